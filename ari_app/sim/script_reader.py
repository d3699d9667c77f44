"""Reads tests of flows from YAML, with all problems at once."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import yaml
from msgspec import Struct, structs

from ari_app.sim.reply_reader import Answers
from ari_app.sim.script import (
    Expectation,
    Given,
    HangUp,
    Hear,
    Pause,
    Press,
    Silence,
    Speak,
    Step,
    Test,
    Utter,
    Wait,
)
from ivr import nodes
from ivr.digits import KEYS
from ivr.model import Book
from ivr.problems import Problem, near
from ivr.source import compose, place

BEGIN = "tests of flows are a table: begin with `tests:` and a list"

WORDS: Mapping[str, Hear | HangUp | Silence] = {
    "hang-up": HangUp(),
    "hear": Hear(),
    "silence": Silence(),
}
DOERS = ("press", "secret", "say", "wait", "speak", "expect")


class Tests(Struct, frozen=True):
    """The valid tests of a file, and the problems of the others."""

    __test__ = False

    tests: tuple[Test, ...]
    problems: tuple[Problem, ...]


def read(file: str, text: str, book: Book) -> Tests:
    """The tests of a file, for the flows of ``book``. Never raises for what is in the file."""
    root = compose(file, text, BEGIN)
    if isinstance(root, Problem):
        return Tests((), (root,))
    reader = _Reader(file, text, book)
    found = tuple(reader.tests(root))
    return Tests(found, tuple(sorted(reader.problems)))


class _Reader(Answers):
    """One file while it is read."""

    def __init__(self, file: str, text: str, book: Book) -> None:
        super().__init__(file, text, book)
        flows = book.flows.values()
        self.node_names = {name for flow in flows for name in flow.nodes}
        self.language_names = {each for flow in flows for each in flow.languages}
        every = (node for flow in flows for node in flow.nodes.values())
        self.queue_names = {each.queue for each in every if isinstance(each, nodes.Queue)}
        self.hints: Mapping[Any, Callable[[yaml.Node], Any]] = {
            Step: self.step,
            Given: self.given,
            datetime: self.moment,
        }

    def tests(self, root: yaml.MappingNode) -> Iterator[Test]:
        for key, value in self.entries(root):
            if key.value != "tests":
                self.wrong(key, f"there is no key {key.value!r} here: write `tests:` and a list")
            elif not isinstance(value, yaml.SequenceNode):
                self.wrong(value, "a list of tests belongs here: begin each with `- test: …`")
            else:
                for number, each in enumerate(value.value):
                    self.owner = f"test {number}"
                    if isinstance(each, yaml.MappingNode):
                        made = self.struct(each, Test)
                        if isinstance(made, Test) and self.fits(each, made):
                            yield structs.replace(made, place=place(self.file, each))
                    else:
                        self.wrong(each, "a test is a table: begin it with `- test: …`")

    def fits(self, node: yaml.Node, test: Test) -> bool:
        """Whether the number and the language of a test exist."""
        if self.book.answering(test.call) is None:
            dialled = self.book.dialled
            self.wrong(node, f"no flow has the number {test.call}: {near(test.call, dialled)}")
        self.known(node, "language", test.lang, self.language_names)
        return self.owner not in self.faulty

    # Values by their types.

    def value(self, node: yaml.Node, hint: Any) -> Any:
        """See :meth:`ivr.reader.Reader.value`; some types are read here."""
        bare = getattr(hint, "__origin__", hint) if hasattr(hint, "__metadata__") else hint
        own = self.hints.get(bare)
        return own(node) if own else super().value(node, hint)

    def step(self, node: yaml.Node) -> Step | None:
        where = place(self.file, node)
        if isinstance(node, yaml.ScalarNode) and node.value in WORDS:
            return Step(WORDS[node.value], where)
        pairs = list(self.entries(node)) if isinstance(node, yaml.MappingNode) else []
        if len(pairs) != 1 or pairs[0][0].value not in DOERS:
            words = ", ".join([*DOERS, *WORDS])
            self.wrong(node, f'this is not a step: write one of {words}, such as `press: "1"`')
            return None
        key, value = pairs[0]
        match key.value:
            case "press" | "secret":
                does: Any = self.press(value, key.value == "secret")
            case "say":
                does = self.utter(value)
            case "wait":
                does = Wait(self.seconds(value))
            case "speak":
                does = Speak(self.seconds(value))
            case _:
                does = self.expectation(value)
        return Step(does, where)

    def utter(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self.struct(node, Utter)
        return Utter(self.value(node, str) or "-")

    def seconds(self, node: yaml.Node) -> float:
        return float(self.value(node, Pause) or 0)

    def press(self, node: yaml.Node, secret: bool) -> Press | None:
        made: Any = None
        if isinstance(node, yaml.MappingNode):
            made = self.struct(node, Press)
        else:
            keys = self.value(node, str)
            made = Press(keys) if keys else None
        if made is not None and set(made.keys) - KEYS:
            self.wrong(node, f"{made.keys!r} are not keys: write 0 to 9, * or #, in quotes")
            return None
        return structs.replace(made, secret=secret) if isinstance(made, Press) else None

    def expectation(self, node: yaml.Node) -> Expectation | None:
        if not isinstance(node, yaml.MappingNode) or not node.value:
            self.wrong(node, "a table belongs here, such as { prompt: balance-is }")
            return None
        found = self.struct(node, Expectation)
        if not isinstance(found, Expectation):
            return None
        for prompt in (*found.prompt, *found.untold, *found.message):
            self.known(node, "prompt in the catalogue named", prompt, self.book.slots)
        self.known(node, "flow", found.flow, self.book.flows)
        self.known(node, "node", found.node, self.node_names)
        self.known(node, "queue in these flows named", found.queue, self.queue_names)
        for operation, outcome in found.outcome.items():
            self.known(node, "operation", operation, self.book.operations)
            if operation in self.book.operations:
                outcomes = self.book.operations[operation].outcomes
                self.known(node, f"outcome of {operation} named", outcome, outcomes)
        return found
