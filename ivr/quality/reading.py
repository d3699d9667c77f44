"""A file of a score card: YAML text to the card, or to its problems with file, line and remedy."""

import re
from collections.abc import Collection

import yaml
from msgspec.structs import replace

from ivr.problems import Problem, near
from ivr.quality.card import Question, ScoreCard
from ivr.reader import Reader
from ivr.source import compose

BEGIN = "a score card is a table of keys: begin with `title: { en: … }`"
MOST = 20
"""Questions of a card: what a supervisor answers about one conversation."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def read(
    name: str, file: str, text: str, queues: Collection[str] | None, languages: Collection[str]
) -> tuple[ScoreCard | None, list[Problem]]:
    """The card of a file, None where there are problems. ``queues`` are those of the site, None
    where they are not known; ``languages`` those of its desk."""
    root = compose(file, text, BEGIN)
    if isinstance(root, Problem):
        return None, [root]
    reader = _Reader(file, text, queues, languages)
    found = reader.card(root)
    problems = sorted(reader.problems)
    return (None if problems or found is None else replace(found, name=name)), problems


class _Reader(Reader):
    """One file while it is read."""

    def __init__(
        self, file: str, text: str, queues: Collection[str] | None, languages: Collection[str]
    ) -> None:
        super().__init__(file, text)
        self._queues = queues
        self._languages = languages
        self._names: set[str] = set()

    def card(self, root: yaml.MappingNode) -> ScoreCard | None:
        found = self.struct(root, ScoreCard)
        for key, value in root.value:
            if isinstance(key, yaml.ScalarNode) and key.value in ("name",):
                self.wrong(key, "a score card is named by its file: leave name out", "unknown-key")
            elif isinstance(key, yaml.ScalarNode) and key.value == "queues":
                self._known(value)
        if isinstance(found, ScoreCard) and sum(1 for _ in found.questions) > MOST:
            self.wrong(root, f"more than {MOST} questions: make two cards of them", "too-many")
        return found if isinstance(found, ScoreCard) else None

    def struct(self, table: yaml.MappingNode, shape: type) -> object:  # type: ignore[override]
        found = super().struct(table, shape)
        given = {key.value: value for key, value in table.value if hasattr(key, "value")}
        for words in ("title", "asks"):
            if isinstance(one := given.get(words), yaml.MappingNode):
                self._worded(one)
        if isinstance(found, Question):
            self._question(given, found)
        return found

    def _worded(self, words: yaml.MappingNode) -> None:
        """Each language of the desk has its words, and no other."""
        given = {key.value: key for key, _ in words.value}
        for language, key in given.items():
            if language not in self._languages:
                text = f"the desk has no language {language}: {near(language, self._languages)}"
                self.wrong(key, text, "unknown-language")

    def _question(self, given: dict[str, yaml.Node], one: Question) -> None:
        if not _NAME.fullmatch(one.name):
            text = f"{one.name!r} cannot name a question: use a-z, 0-9 and -, such as listened"
            self.wrong(given["name"], text, "bad-name")
        elif one.name in self._names:
            text = f"two questions are named {one.name}: answers are kept by the name"
            self.wrong(given["name"], text, "twin-name")
        self._names.add(one.name)
        if one.kind == "yes-no" and "best" in given:
            self.wrong(given["best"], "best is for kind: scale", "unknown-key")

    def _known(self, node: yaml.Node) -> None:
        if self._queues is None:
            return
        for one in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if one.value not in self._queues:
                text = f"the site has no queue {one.value}: {near(one.value, self._queues)}"
                self.wrong(one, text, "unknown-queue")
