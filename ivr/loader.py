"""YAML text to :class:`~ivr.model.Book`, or to all that is wrong with it at once.

The types of :mod:`ivr.model` say what may stand where. Every scalar is read as the text that
stands in the file, so ``on``, ``011`` and ``12:30`` mean what they look like.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields, replace

from ivr import model
from ivr.check import Mention, Read, check
from ivr.model import KINDS, Book, Flow, Is, Node, Operation, kind
from ivr.problems import Place, Problem, near

LIMIT = 1_000_000
"""The longest file that is read (characters): a flow of ten thousand nodes is shorter."""

Slots = Mapping[str, Mapping[str, str]]


class Loaded(Struct, frozen=True):
    """The book, if there are no problems."""

    book: Book | None
    problems: tuple[Problem, ...]


def load(files: Mapping[str, str], slots: Slots, operations: Mapping[str, Operation]) -> Loaded:
    """Read the flows of ``files`` (name -> text) together.

    ``slots`` are the prompts of the catalogue with their placeholders, ``operations`` what flows
    may do. A flow's version is the hash of its text.
    """
    read = [_Reader(name, text).read() for name, text in sorted(files.items())]
    problems = [problem for each in read for problem in each.problems]
    if not problems:
        problems = list(check(read, slots, operations))
    if problems:
        return Loaded(None, tuple(sorted(problems)))
    flows = {each.flow.flow: each.flow for each in read if each.flow is not None}
    return Loaded(Book(flows, slots), ())


def version(text: str) -> str:
    """The version of a flow: the first 12 digits of the SHA-256 of its text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class _Reader:
    """One file while it is read."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.problems: list[Problem] = []
        self.mentions: list[Mention] = []
        self.places: dict[str, Place] = {}
        self.owner = ""

    def read(self) -> Read:
        root = self.compose()
        flow = None
        if isinstance(root, yaml.MappingNode):
            found = self.struct(root, Flow, skip=("version", "file"))
            if found is not None and not self.problems:
                assert isinstance(found, Flow)
                flow = _complete(found, version(self.text), self.file)
        elif not self.problems:
            self.wrong(root, "a flow is a table of keys: begin with `flow: name`")
        return Read(flow, tuple(self.mentions), self.places, tuple(self.problems))

    def compose(self) -> yaml.Node | None:
        """The file as YAML nodes, which know their places."""
        if len(self.text) > LIMIT:
            self.wrong(None, f"the file is longer than {LIMIT} characters: split it into flows")
            return None
        try:
            for event in yaml.parse(self.text, Loader=_YAML):
                if isinstance(event, yaml.AliasEvent):
                    self.wrong(event, "aliases (*name) are not read: write the value out")
                    return None
            return yaml.compose(self.text, Loader=_YAML)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            hint = "indent with spaces, not tabs" if "'\\t'" in str(error) else "mend the YAML"
            place = Place(self.file, mark.line + 1, mark.column + 1) if mark else self.start()
            self.problems.append(Problem(place, f"{error.problem or error.context}: {hint}"))
        except (yaml.YAMLError, RecursionError) as error:
            reason = str(error).split("\n")[0] or "nested too deep"
            self.wrong(None, f"this is no YAML: {reason}")
        return None

    def start(self) -> Place:
        return Place(self.file, 1, 1)

    def place(self, node: yaml.Node | yaml.Event | None) -> Place:
        if node is None or node.start_mark is None:
            return self.start()
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def wrong(self, node: yaml.Node | yaml.Event | None, text: str) -> None:
        self.problems.append(Problem(self.place(node), text))

    # Tables into structs.

    def struct(
        self, table: yaml.MappingNode, shape: type[Struct], skip: tuple[str, ...] = ()
    ) -> Struct | None:
        """The struct that ``table`` describes, or None after saying why it does not."""
        hints = get_type_hints(shape, include_extras=True)
        described = {spelled(field): field for field in fields(shape) if field.name not in skip}
        given: dict[str, Any] = {}
        sound = True
        for key, value in self.entries(table):
            field = described.get(key.value)
            if field is None:
                what = "a flow" if shape is Flow else f"{kind(shape)}"  # type: ignore[arg-type]
                hint = near(key.value, described)
                self.wrong(key, f"{what} has no key {key.value!r}: {hint}")
                sound = False
            else:
                given[field.name] = self.value(value, hints[field.name])
        for name, field in described.items():
            if field.name not in given and _required(field):
                self.wrong(table, f"{name} is missing: add `{name}: …` ({_meaning(hints, field)})")
                sound = False
        return shape(**given) if sound else None

    def entries(self, table: yaml.MappingNode) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        """The entries of a table with each key only once."""
        seen: dict[str, yaml.ScalarNode] = {}
        for key, value in table.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(key, "a key must be a word")
            elif key.value in seen:
                first = self.place(seen[key.value]).line
                self.wrong(key, f"{key.value!r} stands twice (first in line {first}): keep one")
            else:
                seen[key.value] = key
                yield key, value

    def node(self, value: yaml.Node) -> Node | None:
        """A node of a flow: its kind is the key that is named like it."""
        if not isinstance(value, yaml.MappingNode):
            self.wrong(value, "a node is a table such as { say: welcome, then: main }")
            return None
        keys = {key.value for key, _ in value.value if isinstance(key, yaml.ScalarNode)}
        kinds = {kind(shape): shape for shape in KINDS}
        found = sorted(keys & kinds.keys())
        if len(found) != 1:
            which = f"both {' and '.join(found)}" if found else "no kind"
            self.wrong(value, f"this node has {which}: give it one of {', '.join(kinds)}")
            return None
        made = self.struct(value, kinds[found[0]])
        assert made is None or isinstance(made, Node)
        return made

    # Values by their types.

    def value(self, node: yaml.Node, hint: Any) -> Any:
        """The value of ``node`` for a type of :mod:`ivr.model`."""
        while get_origin(hint) is Annotated:
            hint, *notes = get_args(hint)
            for note in notes:
                if isinstance(note, Is):
                    self.mention(node, note)
        origin = get_origin(hint)
        if hint is Node:
            return self.node(node)
        if origin is tuple:
            return self.several(node, get_args(hint)[0])
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self.table(node, *get_args(hint))
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            self.wrong(node, "one word belongs here")
            return ""
        return self.scalar(node, hint, origin)

    def scalar(self, node: yaml.ScalarNode, hint: Any, origin: Any) -> Any:
        text: str = node.value
        if origin is Literal:
            options = get_args(hint)
            if text not in options:
                self.wrong(node, f"{text!r} is none of {', '.join(filter(None, options))}")
            return text
        if hint is bool:
            if text not in ("yes", "no"):
                self.wrong(node, f"{text!r}: write yes or no")
            return text == "yes"
        if hint is int:
            if not re.fullmatch(r"\d{1,6}", text):
                self.wrong(node, f"{text!r} is no whole number: write one such as 3")
                return 1
            return int(text)
        if hint is float:
            return self.seconds(node)
        return text

    def seconds(self, node: yaml.ScalarNode) -> float:
        found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,3})?)(s|m)", node.value)
        if not found:
            self.wrong(node, f"{node.value!r} is no time: write 5s, 1.5s or 2m")
            return 1.0
        return float(found[1]) * (60 if found[2] == "m" else 1)

    def several(self, node: yaml.Node, hint: Any) -> tuple[Any, ...]:
        """A list; one alone may stand without brackets."""
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(self.value(item, hint) for item in items)

    def table(self, node: yaml.Node, keys: Any, values: Any) -> Mapping[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, 'a table belongs here, such as { "1": balance }')
            return {}
        found = {}
        for key, value in self.entries(node):
            if values is Node:
                self.owner = key.value
                self.places[key.value] = self.place(key)
            found[self.value(key, keys)] = self.value(value, values)
        return found

    def mention(self, node: yaml.Node, what: Is) -> None:
        if isinstance(node, yaml.ScalarNode):
            self.mentions.append(Mention(what, node.value, self.owner, self.place(node)))


def spelled(field: FieldInfo) -> str:
    """How a field is written in YAML: ``gave_up`` is ``gave-up``, ``else_`` is ``else``."""
    return field.name.strip("_").replace("_", "-")


def _required(field: FieldInfo) -> bool:
    return field.default is NODEFAULT and field.default_factory is NODEFAULT


def _meaning(hints: Mapping[str, Any], field: FieldInfo) -> str:
    """What a field's annotation says of it in words; the first word is the nearest one."""
    hint = hints[field.name]
    notes = list(getattr(hint, "__metadata__", ()))
    if not notes and get_origin(hint) in (Union, UnionType):
        return spelled(field)
    for note in reversed(notes):
        if isinstance(note, Is):
            return note.value
        if note.description:
            return str(note.description)
    return spelled(field)


def _complete(flow: Flow, text_version: str, file: str) -> Flow:
    """The flow with its version, and the keys of ``always`` in every menu that has not its own."""
    nodes = {
        name: _with_keys(node, flow) if isinstance(node, model.Menu) else node
        for name, node in flow.nodes.items()
    }
    return replace(flow, nodes=nodes, version=text_version, file=file)


def _with_keys(menu: model.Menu, flow: Flow) -> model.Menu:
    return replace(menu, keys={**flow.always, **menu.keys})


_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
