"""Reads one file of texts: the entries, and the problems of those that cannot be read.

Every scalar is read as text, whatever YAML 1.1 would make of it.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import yaml

from ivr.problems import Place, Problem
from ivr.slips import conflict, first_tag
from ivr.speech import languages
from prompts.template import PROMPT_NAME, Template, parse

USUAL = "usual-"
"""What begins the name of a text that stands for a word of the operator, if its settings have none:
``usual-site`` for ``{site}``. It is no prompt."""

_WORD = re.compile(r"\{([a-z][a-z-]*)\}")

WRITTEN = "-written"
"""What ends the name of a text that is read in place of another one; an empty one leaves it out."""


def own_language(prompt: str) -> str | None:
    """The language that a prompt's name fixes (``language-be``), or None."""
    last = prompt.rpartition("-")[2]
    return last if last in languages.known() and last != prompt else None


class Reader:
    """Reads one file: its texts, their places, and their problems."""

    def __init__(self, file: str, text: str, words: Mapping[str, str]) -> None:
        """``words`` are those of the operator, in the language of the file."""
        self.file = file
        self.words = words
        self.language = languages.language(Path(file).stem)
        self.text = text
        self.texts: dict[str, Template] = {}
        self.places: dict[str, Place] = {}
        self.problems: list[Problem] = []

    def read(self) -> None:
        """Read it. Never raises for what is in it."""
        if slip := conflict(self.file, self.text) or first_tag(self.file, self.text):
            self.wrong(slip.place, slip.text)
            return
        root = self.compose(self.text)
        if root is None:
            return
        if not isinstance(root, yaml.MappingNode):
            self.wrong(self.place(root.start_mark), "texts are a table: write `name: text`")
            return
        entries, usual = _apart(root)
        self.words = {
            **{name: _filled(text, self.words, usual) for name, text in usual.items()},
            **self.words,
        }
        for key, value in entries:
            place = self.place(key.start_mark)
            if not isinstance(key, yaml.ScalarNode) or not PROMPT_NAME.fullmatch(key.value):
                self.wrong(place, "a prompt's name is small letters, digits and hyphens: main-menu")
            elif key.value in self.places:
                first = self.places[key.value].line
                self.wrong(place, f"{key.value} stands twice (first in line {first}): keep one")
            else:
                self.places[key.value] = place
                self.entry(key.value, value)

    def compose(self, text: str) -> yaml.Node | None:
        """The file's nodes; entries that are no YAML are reported and left out."""
        with suppress(yaml.YAMLError, UnicodeError):  # the slow loader says better what is wrong
            return yaml.compose(text, Loader=yaml.CSafeLoader)
        while True:
            try:
                return yaml.compose(text, Loader=yaml.SafeLoader)
            except yaml.MarkedYAMLError as error:
                mark = error.problem_mark or error.context_mark
                if mark is None:
                    self.wrong(Place(self.file, 1, 1), f"this is not YAML: {error.problem}")
                    return None
                self.wrong(self.place(mark), f"{error.problem}: {_hint(str(error))}")
                rest = _without_entry(text, mark.line)
            except yaml.reader.ReaderError as error:
                what = f"the character U+{error.character:04X} cannot be said: take it out"
                self.wrong(self.at(error.position), what)
                rest = text.replace(chr(error.character), " ")
            if rest == text:
                return None
            text = rest

    def entry(self, prompt: str, node: yaml.Node) -> None:
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(self.place(node.start_mark), "a text belongs here: put it in quotes")
            return
        template, faults = parse(node.value, self.words, self.language)
        if prompt.endswith(WRITTEN) and not node.value:
            faults = ()  # it is left out where it would be read
        start, end = node.start_mark.index, node.end_mark.index
        written = self.text[start:end]
        for fault in faults:
            self.wrong(self.at(start + max(0, written.find(fault.piece))), fault.text)
        if not node.style and re.match(r"[ \t]+#", self.text[end:]):
            self.wrong(
                self.place(node.end_mark),
                "what follows # is not played: quote the text, or move the comment to its own line",
            )
        own = own_language(prompt)
        if own is not None and own != Path(self.file).stem:
            self.wrong(
                self.places[prompt],
                f"{prompt} is always in {own}, by its name: "
                f"keep it in {own}.yaml only, or name it otherwise",
            )
        self.texts[prompt] = template

    def at(self, index: int) -> Place:
        before = self.text[:index]
        return Place(self.file, before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)

    def place(self, mark: yaml.Mark) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def wrong(self, place: Place, text: str) -> None:
        self.problems.append(Problem(place, text))


def _apart(
    root: yaml.MappingNode,
) -> tuple[list[tuple[yaml.Node, yaml.Node]], Mapping[str, str]]:
    """The entries that are prompts, and the usual words of an operator by name."""
    prompts, usual = [], {}
    for key, value in root.value:
        if (
            isinstance(key, yaml.ScalarNode)
            and isinstance(value, yaml.ScalarNode)
            and key.value.startswith(USUAL)
        ):
            usual[key.value.removeprefix(USUAL)] = " ".join(value.value.split())
        else:
            prompts.append((key, value))
    return prompts, usual


def _filled(text: str, words: Mapping[str, str], usual: Mapping[str, str]) -> str:
    """A usual word with the words that are in it, such as the site in the ways to pay."""
    return _WORD.sub(lambda each: words.get(each[1]) or usual.get(each[1], each[0]), text)


def _hint(error: str) -> str:
    if "'\\t'" in error:
        return "indent with spaces, not with tabs"
    return "put the whole text in quotes"


def _without_entry(text: str, line: int) -> str:
    """The text with the entry around ``line`` blanked, so that all places stay where they are."""
    lines = text.split("\n")
    first = min(line, len(lines) - 1)
    while first > 0 and (not lines[first] or lines[first][0] in " \t#"):
        first -= 1
    last = first + 1
    while last < len(lines) and (not lines[last] or lines[last][0] in " \t#"):
        last += 1
    lines[first:last] = [" " * len(each) for each in lines[first:last]]
    return "\n".join(lines)
