"""The ``given`` answers of a test, from YAML: outcomes and their values."""

from collections.abc import Collection, Mapping
from datetime import datetime

import yaml

from ari_app.sim.script import After, Given
from ivr.analysis.examples import BROKEN, Reply, Request, brought, example, outcomes, reply, row
from ivr.events import Answered
from ivr.model import ACCEPTED, UNAVAILABLE, Book
from ivr.problems import near
from ivr.reader import Reader
from ivr.value_readers import READERS
from ivr.values import Rows, Spoken, Value

TABLES = ("hours", "queue", "dial")
_ANNOUNCED = {"text": "spoken", "until": "moment"}


class Answers(Reader):
    """The part of a reader of tests that reads ``given``."""

    def __init__(self, file: str, text: str, book: Book) -> None:
        super().__init__(file, text)
        self.book = book

    def known(self, node: yaml.Node, what: str, name: str, names: Collection[str]) -> None:
        """Add a problem if the name does not exist."""
        if name and name not in names:
            self.wrong(node, f"there is no {what} {name}: {near(name, names)}")

    def moment(self, node: yaml.Node) -> datetime | None:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None:
            self.wrong(node, f"{text!r} is not a local time: write one such as 2026-03-02T10:00")
        return found

    def given(self, node: yaml.Node) -> Given:
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, "a table belongs here, such as { balance: unavailable }")
            return {}
        found: dict[Request, tuple[Reply | After, ...]] = {}
        for key, value in self.entries(node):
            match key.value:
                case what if what in TABLES:
                    found.update(self.each(what, value))
                case "sms":
                    found["sms", ""] = self.replies(("sms", ""), value)
                case "announcements":
                    found["announce", ""] = self.announced(value)
                case operation if operation in self.book.operations:
                    found["do", operation] = self.replies(("do", operation), value)
                case name:
                    known = [*self.book.operations, *TABLES, "sms", "announcements"]
                    self.wrong(key, f"nothing here is named {name}: {near(name, known)}")
        return found

    def each(self, what: str, node: yaml.Node) -> Given:
        """The answers of each schedule, queue or number."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"a table belongs here: the {what}, and its outcome")
            return {}
        found = {}
        for name, answers in self.entries(node):
            if what == "hours":
                self.known(name, "schedule", name.value, self.book.schedules)
            found[what, name.value] = self.replies((what, name.value), answers)
        return found

    def replies(self, of: Request, node: yaml.Node) -> tuple[Reply | After, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(filter(None, (self.reply(of, each) for each in items)))

    def reply(self, of: Request, node: yaml.Node) -> Reply | After | None:
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
                late = next((each for each in (ACCEPTED, UNAVAILABLE) if each in known), known[-1])
                return After(Answered(late), self.book.operations[of[1]].deadline)
        return reply(self.book, of, node.value) if self.outcome(of, node) else None

    def outcome(self, of: Request, node: yaml.ScalarNode) -> bool:
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
                self.wrong(key, f"it has no value {key.value}: {near(key.value, kinds)}")
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
        """Announcements that concern the caller: text and end."""
        if not isinstance(node, yaml.SequenceNode):
            return self.replies(("announce", ""), node)
        usual = row(self.book, "announcements")
        rows = []
        for each in node.value:
            given = self.values(each, _ANNOUNCED) if isinstance(each, yaml.MappingNode) else {}
            if "text" not in given:
                self.wrong(each, 'an announcement is { text: "…", until: 2026-03-02T18:00 }')
            until = given.get("until") or example(self.book, "until", usual["until"])
            rows.append({"announcement": given.get("text", Spoken({})), "until": until})
        if not rows:
            return (Answered("none"),)
        return (Answered("some", {"announcements": Rows(tuple(rows))}),)
