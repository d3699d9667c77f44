"""Tests of flows, from YAML: strictly, with all that is wrong at once."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import yaml
from msgspec import Struct, structs

from ari_app.sim.script import (
    After,
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
    Wait,
)
from ivr import nodes
from ivr.digits import KEYS
from ivr.events import Answered
from ivr.examples import BROKEN, Asked, Reply, brought, outcomes, reply, row
from ivr.loader import Reader
from ivr.model import UNAVAILABLE, Book
from ivr.problems import Problem, near
from ivr.source import compose, place
from ivr.spelling import READERS
from ivr.values import Rows, Spoken, Value

BEGIN = "tests of flows are a table: begin with `tests:` and a list"

_WORDS: Mapping[str, Hear | HangUp | Silence] = {
    "hang-up": HangUp(),
    "hear": Hear(),
    "silence": Silence(),
}
_DOERS = ("press", "secret", "wait", "speak", "expect")


class Tests(Struct, frozen=True):
    """The tests of a file that read well, and what is wrong with the others."""

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


class _Reader(Reader):
    """One file while it is read."""

    def __init__(self, file: str, text: str, book: Book) -> None:
        super().__init__(file, text)
        self.book = book
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
        """Whether a test is about something that is there."""
        if self.book.answering(test.call) is None:
            numbers = [number for flow in self.book.flows.values() for number in flow.numbers]
            self.wrong(node, f"no flow has the number {test.call}: {near(test.call, numbers)}")
        languages = {each for flow in self.book.flows.values() for each in flow.languages}
        self.known(node, "language", test.lang, languages)
        return self.owner not in self.faulty

    def known(self, node: yaml.Node, what: str, name: str, names: Collection[str]) -> None:
        """Say so when there is nothing of that name."""
        if name and name not in names:
            self.wrong(node, f"there is no {what} {name}: {near(name, names)}")

    # Values by their types.

    def value(self, node: yaml.Node, hint: Any) -> Any:
        """See :meth:`ivr.loader.Reader.value`; some types are read here."""
        bare = getattr(hint, "__origin__", hint) if hasattr(hint, "__metadata__") else hint
        own = self.hints.get(bare)
        return own(node) if own else super().value(node, hint)

    def moment(self, node: yaml.Node) -> datetime | None:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None:
            self.wrong(node, f"{text!r} is no local time: write one such as 2026-03-02T10:00")
        return found

    def step(self, node: yaml.Node) -> Step | None:
        where = place(self.file, node)
        if isinstance(node, yaml.ScalarNode) and node.value in _WORDS:
            return Step(_WORDS[node.value], where)
        pairs = list(self.entries(node)) if isinstance(node, yaml.MappingNode) else []
        if len(pairs) != 1 or pairs[0][0].value not in _DOERS:
            words = ", ".join([*_DOERS, *_WORDS])
            self.wrong(node, f'this is no step: write one of {words}, such as `press: "1"`')
            return None
        key, value = pairs[0]
        match key.value:
            case "press" | "secret":
                does: Any = self.press(value, key.value == "secret")
            case "wait":
                does = Wait(self.seconds(value))
            case "speak":
                does = Speak(self.seconds(value))
            case _:
                does = self.expectation(value)
        return Step(does, where)

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
            self.wrong(node, f"{made.keys!r} are no keys: write 0 to 9, * or #, in quotes")
            return None
        return structs.replace(made, secret=secret) if isinstance(made, Press) else None

    def expectation(self, node: yaml.Node) -> Expectation | None:
        if not isinstance(node, yaml.MappingNode) or not node.value:
            self.wrong(node, "a table belongs here, such as { prompt: balance-is }")
            return None
        found = self.struct(node, Expectation)
        if not isinstance(found, Expectation):
            return None
        flows = self.book.flows
        all_nodes = [each for flow in flows.values() for each in flow.nodes.values()]
        queues = {each.queue for each in all_nodes if isinstance(each, nodes.Queue)}
        for prompt in (*found.prompt, *found.untold, *found.message):
            self.known(node, "prompt in the catalogue named", prompt, self.book.slots)
        self.known(node, "flow", found.flow, flows)
        self.known(
            node, "node", found.node, {name for flow in flows.values() for name in flow.nodes}
        )
        self.known(node, "queue in these flows named", found.queue, queues)
        for operation, outcome in found.outcome.items():
            self.known(node, "operation", operation, self.book.operations)
            if operation in self.book.operations:
                told = self.book.operations[operation].outcomes
                self.known(node, f"outcome of {operation} named", outcome, told)
        return found

    # What the world answers.

    def given(self, node: yaml.Node) -> Given:
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, "a table belongs here, such as { balance: unavailable }")
            return {}
        found: dict[Asked, tuple[Reply | After, ...]] = {}
        for key, value in self.entries(node):
            match key.value:
                case "hours" | "queue" | "dial" as what:
                    if not isinstance(value, yaml.MappingNode):
                        self.wrong(value, f"a table belongs here: the {what}, and what comes of it")
                        continue
                    for name, told in self.entries(value):
                        if what == "hours":
                            self.known(name, "schedule", name.value, self.book.schedules)
                        found[what, name.value] = self.replies((what, name.value), told)
                case "sms":
                    found["sms", ""] = self.replies(("sms", ""), value)
                case "announcements":
                    found["announce", ""] = self.announced(value)
                case operation if operation in self.book.operations:
                    found["do", operation] = self.replies(("do", operation), value)
                case name:
                    known = [
                        *self.book.operations,
                        "hours",
                        "queue",
                        "dial",
                        "sms",
                        "announcements",
                    ]
                    self.wrong(key, f"nothing here is named {name}: {near(name, known)}")
        return found

    def replies(self, of: Asked, node: yaml.Node) -> tuple[Reply | After, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(filter(None, (self.reply(of, each) for each in items)))

    def reply(self, of: Asked, node: yaml.Node) -> Reply | After | None:
        if isinstance(node, yaml.MappingNode) and len(node.value) == 1:
            [(key, values)] = self.entries(node)
            if self.outcome(of, key) and isinstance(values, yaml.MappingNode):
                kinds = brought(self.book, of, key.value)
                return reply(self.book, of, key.value, self.values(values, kinds))
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(node, "an outcome belongs here, or { outcome: { value: … } }")
            return None
        known = outcomes(self.book, of)
        if node.value not in known and of[0] not in ("queue", "dial"):
            if node.value == "broken":
                return BROKEN
            if node.value == "slow" and of[0] == "do":
                outcome = UNAVAILABLE if UNAVAILABLE in known else known[-1]
                return After(Answered(outcome), self.book.operations[of[1]].deadline)
        return reply(self.book, of, node.value) if self.outcome(of, node) else None

    def outcome(self, of: Asked, node: yaml.ScalarNode) -> bool:
        known = outcomes(self.book, of)
        if node.value in known:
            return True
        extra = {"do": ("slow", "broken"), "queue": (), "dial": ()}.get(of[0], ("broken",))
        self.wrong(
            node, f"there is no outcome {node.value} here: {near(node.value, [*known, *extra])}"
        )
        return False

    def values(self, table: yaml.MappingNode, kinds: Mapping[str, str]) -> Mapping[str, Value]:
        found = {}
        for key, value in self.entries(table):
            if key.value not in kinds:
                self.wrong(key, f"it brings no {key.value}: {near(key.value, kinds)}")
                continue
            made = self.made(key.value, kinds[key.value].split()[0], value)
            if made is not None:
                found[key.value] = made
        return found

    def made(self, name: str, kind: str, node: yaml.Node) -> Value | None:
        if kind == "each":
            slots = row(self.book, name)
            tables = node.value if isinstance(node, yaml.SequenceNode) else [node]
            rows = [
                self.values(each, slots) for each in tables if isinstance(each, yaml.MappingNode)
            ]
            if len(rows) != len(tables):
                self.wrong(node, f"a list of tables belongs here, each with {', '.join(slots)}")
            return Rows(tuple(rows))
        try:
            return READERS[kind](str(self.value(node, str)))
        except (ValueError, ArithmeticError):
            self.wrong(node, f"{node.value!r} is no {kind}")
            return None

    def announced(self, node: yaml.Node) -> tuple[Reply | After, ...]:
        """Announcements that concern the caller: what is told, and until when."""
        if isinstance(node, yaml.ScalarNode):
            return self.replies(("announce", ""), node)
        rows = []
        for each in node.value:
            spelled = self.value(each, Mapping[str, str])
            unknown = set(spelled) - {"text", "until"}
            if unknown or not re.match(r"\S", str(spelled.get("text", ""))):
                self.wrong(each, 'an announcement is { text: "…", until: 2026-03-02T18:00 }')
                continue
            until = spelled.get("until", "2026-03-02T18:00")
            try:
                rows.append(
                    {
                        "announcement": Spoken({"": spelled["text"]}),
                        "until": READERS["moment"](until),
                    }
                )
            except ValueError:
                self.wrong(each, f"{until!r} is no local time: write one such as 2026-03-02T10:00")
        if not rows:
            return (Answered("none"),)
        return (Answered("some", {"announcements": Rows(tuple(rows))}),)
