"""One file of menus: YAML text to a flow, a schedule or an operation, or to all its problems.

The types of :mod:`ivr.model`, :mod:`ivr.nodes` and :mod:`ivr.http.declaration` define the language.
Every scalar is read as the text that stands in the file, so ``on``, ``011`` and ``12:30`` mean what
they look like.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Literal, get_args, get_origin

import yaml
from msgspec import Meta, Struct
from msgspec.structs import replace

from ivr import nodes
from ivr.annotations import bare, described, meaning, noun, required
from ivr.check import Mention, Read
from ivr.choices import ChoiceError, has_choices, spread
from ivr.file_kinds import shape_of, stray
from ivr.hours.schedule import Schedule
from ivr.http.declaration import SOURCES, HttpOperation, Source, Tree, source_kind
from ivr.lists import Listed
from ivr.model import Flow
from ivr.nodes import KINDS, Node, kind
from ivr.problems import Place, Problem, near
from ivr.slips import commented_keys, odd_space
from ivr.source import NO_JSON, compose, json_scalar, place
from ivr.terms import ACTIONS, Is, seconds

MOST = 200
"""The most problems reported for a file."""


def version(text: str) -> str:
    """The version of a flow: the first 12 digits of the SHA-256 of its text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class _EnoughError(Exception):
    """A file has :data:`MOST` problems."""


class Reader:
    """Reads one file. A node with a problem is left out of the flow, and reading goes on."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.problems: list[Problem] = []
        self.mentions: list[Mention] = []
        self.places: dict[str, Place] = {}
        self.owner = ""
        """The node that is being read; "" outside nodes."""
        self.faulty: set[str] = set()
        """The nodes that have problems."""

    def read(self) -> Read:
        found: Struct | None = None
        root = compose(self.file, self.text)
        if not isinstance(root, Problem):
            root = stray(self.file, root) or root
        if not isinstance(root, Problem) or root.rule == "not-yaml":
            root = odd_space(self.file, self.text) or root
        self.problems += islice(commented_keys(self.file, self.text), MOST - 1)
        if isinstance(root, Problem):
            self.problems.append(root)
        else:
            try:
                found = self.struct(root, shape_of(root))
            except _EnoughError:
                last = self.problems[-1]
                self.problems.append(
                    Problem(last.place, "there are more problems: fix these first", last.rule)
                )
        return Read(
            _complete(found, version(self.text), self.file) if isinstance(found, Flow) else None,
            tuple(self.mentions),
            self.places,
            tuple(self.problems),
            found if isinstance(found, Schedule) else None,
            replace(found, file=self.file) if isinstance(found, HttpOperation) else None,
            found if isinstance(found, Listed) else None,
        )

    def wrong(self, node: yaml.Node, text: str, rule: str = "wrong-type") -> None:
        self.problems.append(Problem(place(self.file, node), text, rule))
        self.faulty.add(self.owner)
        if len(self.problems) == MOST:
            raise _EnoughError

    # Tables into structs.

    def struct(self, table: yaml.MappingNode, shape: type[Struct]) -> Struct | None:
        """The struct of ``table``, or None after adding problems."""
        known = described(shape)
        given: dict[str, Any] = {}
        for key, value in self.entries(table):
            found = known.get(key.value)
            if found is None:
                what = _called(shape)
                text = f"{what} has no key {key.value!r}: {near(key.value, known)}"
                self.wrong(key, text, "unknown-key")
            else:
                field, hint = found
                given[field.name] = self.value(value, hint)
        for name, (field, hint) in known.items():
            if field.name not in given and required(field):
                text = f"{name} is missing: add `{name}: …` ({meaning(hint)})"
                self.wrong(table, text, "missing-key")
        return None if self.owner in self.faulty else shape(**given)

    def entries(self, table: yaml.MappingNode) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        """The entries of a table; a key given twice is a problem."""
        seen: dict[str, yaml.ScalarNode] = {}
        for key, value in table.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(key, "a key must be a word")
            elif key.value in seen:
                first = place(self.file, seen[key.value]).line
                text = f"{key.value!r} stands twice (first in line {first}): keep one"
                self.wrong(key, text, "twin-key")
            else:
                seen[key.value] = key
                yield key, value

    def nodes(self, table: yaml.MappingNode) -> Mapping[str, Node]:
        """The nodes without problems; of the others only the places are kept."""
        found = {}
        for key, value in self.entries(table):
            name = key.value
            self.places[name] = place(self.file, key)
            if name in ACTIONS or not re.fullmatch(r"[\w-]{1,60}", name):
                text = f"{name!r} cannot name a node: use letters, digits and -, not back or repeat"
                self.wrong(key, text, "bad-name")
                continue
            self.owner = name
            if has_choices(value):
                list(self.entries(value))  # which finds keys given twice, also those that go now
            try:
                for made, inner in spread(name, value):
                    self.owner, self.places[made] = made, self.places[name]
                    if (node := self.node(inner)) is not None:
                        found[made] = node
            except ChoiceError as error:
                self.owner = name
                self.wrong(error.node, str(error), "open-choice")
            self.owner = ""
        return found

    def node(self, value: yaml.Node) -> Node | None:
        """A node of a flow."""
        made = self.kind(value, _KINDS, "node", "{ say: welcome, then: main }")
        return made if isinstance(made, Node) else None

    def kind(
        self, value: yaml.Node, kinds: Mapping[str, type[Struct]], what: str, example: str
    ) -> Struct | None:
        """A table of one of several kinds: the key that is named like a kind says which."""
        if not isinstance(value, yaml.MappingNode):
            self.wrong(value, f"a {what} is a table such as {example}")
            return None
        keys = {key.value for key, _ in value.value if isinstance(key, yaml.ScalarNode)}
        found = sorted(keys & kinds.keys())
        if len(found) != 1:
            which = f"both {' and '.join(found)}" if found else "no kind"
            text = f"this {what} has {which}: give it one of {', '.join(kinds)}"
            self.wrong(value, text, "no-kind")
            return None
        return self.struct(value, kinds[found[0]])

    # Values by their types. A wrong one gives any value: its owner is left out.

    def value(self, node: yaml.Node, hint: Any) -> Any:
        """The value of ``node`` for a type of :mod:`ivr.model`."""
        hint, notes = bare(hint)
        origin = get_origin(hint)
        if hint is Tree or (isinstance(hint, type) and issubclass(hint, Struct)):
            return self.inner(node, hint)
        if origin is tuple:
            items = node.value if isinstance(node, yaml.SequenceNode) else [node]
            found: Any = tuple(self.value(item, get_args(hint)[0]) for item in items)
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            return self.table(node, *get_args(hint))
        elif not isinstance(node, yaml.ScalarNode):
            self.wrong(node, _ONE_TEXT if Is.SPANS in notes else "one word belongs here")
            return None
        elif not (node.value or (node.style and "" in get_args(hint))):
            self.wrong(node, "a word belongs here (put one that begins with # in quotes)")
            return None
        else:
            found = self.scalar(node, hint, notes)
        for note in notes:
            if isinstance(note, Meta):
                self.bounded(node, found, note)
            elif isinstance(note, Is) and isinstance(node, yaml.ScalarNode):
                self.mentions.append(Mention(note, node.value, self.owner, place(self.file, node)))
        return found

    def inner(self, node: yaml.Node, hint: Any) -> Any:
        """A table within a table, or JSON."""
        if hint is Tree:
            return self.tree(node)
        if hint is Source:
            return self.kind(node, _SOURCES, "value", "{ text: order.title }")
        if isinstance(node, yaml.MappingNode):
            return self.struct(node, hint)
        self.wrong(node, f"a table belongs here, such as {{ {next(iter(described(hint)))}: … }}")
        return None

    def tree(self, node: yaml.Node) -> Tree:
        """JSON as YAML writes it: texts are in quotes, or look like nothing else."""
        if isinstance(node, yaml.MappingNode):
            return {key.value: self.tree(value) for key, value in self.entries(node)}
        if isinstance(node, yaml.SequenceNode):
            return tuple(map(self.tree, node.value))
        assert isinstance(node, yaml.ScalarNode)
        text: str = node.value
        if not node.style and (plain := json_scalar(text)) is not NO_JSON:
            return plain
        self.mentions.append(Mention(Is.TEMPLATE, text, self.owner, place(self.file, node)))
        return text

    def table(self, node: yaml.Node, keys: Any, values: Any) -> Mapping[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, 'a table belongs here, such as { "1": balance }')
            return {}
        if values is Node:
            return self.nodes(node)
        return {
            self.value(key, keys): self.value(value, values) for key, value in self.entries(node)
        }

    def scalar(self, node: yaml.ScalarNode, hint: Any, notes: tuple[Any, ...]) -> Any:
        text: str = node.value
        if get_origin(hint) is Literal:
            options = get_args(hint)
            if text not in options:
                self.wrong(node, f"{text!r} is none of {', '.join(filter(None, options))}")
        elif hint is bool:
            if text not in ("yes", "no"):
                self.wrong(node, f"{text!r}: write yes or no")
            return text == "yes"
        elif hint is int:
            if re.fullmatch(r"[0-9]{1,6}", text):
                return int(text)
            self.wrong(node, f"{text!r} is no whole number: write one such as 3")
            return None
        elif hint is float:
            if (found := seconds(text)) is None:
                long = any(isinstance(note, Meta) and (note.ge or 0) >= 60 for note in notes)
                fit = "30m or 1h" if long else "5s, 1.5s, 500ms or 2m"
                self.wrong(node, f"{text!r} is no time: write {fit}")
            return found
        return text

    def bounded(self, node: yaml.Node, found: Any, note: Meta) -> None:
        """Add a problem when a value is out of the bounds of its type."""
        unit, fault = "s" if isinstance(found, float) else "", ""
        if note.min_length is not None and len(found) < note.min_length:
            fault = "at least one belongs here"
        elif note.ge is not None and found is not None and found < note.ge:
            fault = f"{found:g}{unit} is too little: at least {note.ge:g}{unit}"
        elif note.le is not None and found is not None and found > note.le:
            fault = f"{found:g}{unit} is too much: at most {note.le:g}{unit}"
        if fault:
            self.wrong(node, fault, "out-of-bounds")


def _called(shape: type[Struct]) -> str:
    """What messages call a table."""
    if issubclass(shape, Node):
        return kind(shape)
    if issubclass(shape, Source):
        return f"a {source_kind(shape)}"
    return {HttpOperation: "an operation", Listed: "a list"}.get(shape) or noun(shape)


def _complete(flow: Flow, text_version: str, file: str) -> Flow:
    """The flow with its version and file, and the keys of ``always`` added to every menu."""
    complete = {
        name: replace(node, keys={**flow.always, **node.keys})
        if isinstance(node, nodes.Menu | nodes.Listen)
        else node
        for name, node in flow.nodes.items()
    }
    return replace(flow, nodes=complete, version=text_version, file=file)


_SOURCES: Mapping[str, type[Source]] = {source_kind(shape): shape for shape in SOURCES}
_KINDS: Mapping[str, type[Node]] = {kind(shape): shape for shape in KINDS}
_ONE_TEXT = 'one text belongs here: write two spans as "09:00-13:00, 14:00-18:00"'
