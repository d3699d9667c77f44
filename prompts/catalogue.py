"""The catalogue: what callers are told, a text per prompt and language, in YAML.

One file per language, ``ru.yaml``, ``be.yaml``, ``en.yaml``, each a table ``name: text``. A text
may have placeholders such as ``{balance:money}``; their kinds are those of :mod:`ivr.phrases`.
A prompt whose name ends in a language (``language-be``) is told in that language to everybody and
stands in that file only. Every scalar is read as text, whatever YAML 1.1 would make of it.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from msgspec import Struct

from ivr.phrases import LANGUAGES, PhraseError
from ivr.problems import Place, Problem, near
from prompts.template import PROMPT_NAME, Slot, Template, parse

Texts = Mapping[str, Template]


class CatalogueError(Exception):
    """The catalogue cannot be used: all that is wrong with it, for the author of the texts."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Listed(Struct, frozen=True):
    """A prompt as a list shows it; ``texts`` by language, as their author wrote them."""

    prompt: str
    slots: Mapping[str, str]
    texts: Mapping[str, str]


class Catalogue(Struct, frozen=True):
    """Language to prompt to text. Languages are in the order of :data:`ivr.phrases.LANGUAGES`."""

    texts: Mapping[str, Texts]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.texts)

    @property
    def prompts(self) -> tuple[str, ...]:
        return tuple(sorted({prompt for texts in self.texts.values() for prompt in texts}))

    def template(self, prompt: str, language: str) -> tuple[str, Template]:
        """The text of a prompt and its language: the one asked for, or else the first that is.

        Raises :class:`~ivr.phrases.PhraseError` for a prompt that is in no language.
        """
        for each in (language, *self.texts):
            found = self.texts.get(each, {}).get(prompt)
            if found is not None:
                return each, found
        raise PhraseError(f"there is no prompt {prompt} in the catalogue: add it")

    def slots(self, prompt: str) -> Mapping[str, str]:
        """Name to kind of a prompt's placeholders; raises like :meth:`template`."""
        return self.template(prompt, "")[1].slots

    def signatures(self) -> dict[str, Mapping[str, str]]:
        """Every prompt and its placeholders, as the loader of flows takes them."""
        return {prompt: self.slots(prompt) for prompt in self.prompts}

    def missing(self) -> tuple[tuple[str, str], ...]:
        """The prompts and the languages in which they have no text yet."""
        return tuple(
            (prompt, language)
            for prompt in self.prompts
            for language, texts in self.texts.items()
            if prompt not in texts and own_language(prompt) is None
        )

    def listing(self) -> tuple[Listed, ...]:
        """Every prompt with its placeholders and texts, by name."""
        return tuple(
            Listed(
                prompt,
                self.slots(prompt),
                {
                    name: texts[prompt].source
                    for name, texts in self.texts.items()
                    if prompt in texts
                },
            )
            for prompt in self.prompts
        )


def own_language(prompt: str) -> str | None:
    """The language in which a prompt is told to everybody, by its name: ``language-be``."""
    last = prompt.rpartition("-")[2]
    return last if last in LANGUAGES and last != prompt else None


def shipped() -> Catalogue:
    """The catalogue that comes with Firstline, beside this module."""
    return load(Path(__file__).parent)


def load(directory: Path) -> Catalogue:
    """The catalogue of a directory; raises :class:`CatalogueError` with everything to mend."""
    files = {}
    problems = []
    try:
        paths = sorted(path for path in directory.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError as error:
        raise CatalogueError(
            (_whole(directory, f"the catalogue cannot be read: {error.strerror}"),)
        ) from error
    for path in paths:
        try:
            files[str(path)] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            problems.append(_whole(path, f"not UTF-8 at byte {error.start}: save it as UTF-8"))
        except OSError as error:
            problems.append(_whole(path, f"the file cannot be read: {error.strerror}"))
    if not paths:
        problems.append(_whole(directory, f"no texts here: add {LANGUAGES[0]}.yaml"))
    return read(files, tuple(problems))


def read(files: Mapping[str, str], problems: tuple[Problem, ...] = ()) -> Catalogue:
    """The catalogue of the texts of files, by name; raises like :func:`load`."""
    found = list(problems)
    readers: dict[str, _Reader] = {}
    for name, text in files.items():
        language = Path(name).stem
        if language in LANGUAGES and language not in readers:
            readers[language] = _Reader(name, text)
            readers[language].read()
            found += readers[language].problems
        else:
            text = f"{language} is no language that we speak: {near(language, LANGUAGES)}"
            found.append(_whole(name, text))
    ordered = {name: readers[name] for name in LANGUAGES if name in readers}
    found += _compared(ordered)
    if found:
        raise CatalogueError(tuple(sorted(set(found))))
    return Catalogue({name: reader.texts for name, reader in ordered.items()})


def _whole(file: Path | str, text: str) -> Problem:
    return Problem(Place(str(file), 1, 1), text)


class _Reader:
    """One file while it is read."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.texts: dict[str, Template] = {}
        self.places: dict[str, Place] = {}
        self.problems: list[Problem] = []

    def read(self) -> None:
        root = self.compose(self.text)
        if root is None:
            return
        if not isinstance(root, yaml.MappingNode):
            self.wrong(self.place(root.start_mark), "texts are a table: write `name: text`")
            return
        for key, value in root.value:
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
        while True:
            try:
                return yaml.compose(text, Loader=yaml.SafeLoader)
            except yaml.MarkedYAMLError as error:
                mark = error.problem_mark or error.context_mark
                if mark is None:
                    self.wrong(Place(self.file, 1, 1), f"this is no YAML: {error.problem}")
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
        template, faults = parse(node.value)
        start, end = node.start_mark.index, node.end_mark.index
        written = self.text[start:end]
        for fault in faults:
            self.wrong(self.at(start + max(0, written.find(fault.piece))), fault.text)
        if node.style is None and re.match(r"[ \t]+#", self.text[end:]):
            self.wrong(
                self.place(node.end_mark),
                "what follows # is not told: quote the text, or move the comment to its own line",
            )
        own = own_language(prompt)
        if own is not None and own != Path(self.file).stem:
            self.wrong(
                self.places[prompt],
                f"{prompt} is told in {own} to everybody, by its name: "
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


def _compared(readers: Mapping[str, _Reader]) -> Iterator[Problem]:
    """What is wrong between the languages, and between prompts."""
    known = {prompt for reader in readers.values() for prompt in reader.texts}
    first: dict[str, tuple[str, Template]] = {}
    for reader in readers.values():
        for prompt, template in reader.texts.items():
            place = reader.places[prompt]
            file, model = first.setdefault(prompt, (reader.file, template))
            if model.slots != template.slots:
                yield Problem(
                    place,
                    f"{prompt} has the placeholders {_named(template)}, but {_named(model)} in "
                    f"{Path(file).name}: a prompt has the same in all languages",
                )
            for row in _rows(template):
                if row not in known:
                    yield Problem(
                        place, f"there is no prompt {row} for the rows: {near(row, known)}"
                    )
                elif prompt in _reached(row, reader.texts):
                    yield Problem(place, f"{prompt} is a row of itself: name another prompt")


def _named(template: Template) -> str:
    return (
        ", ".join(f"{{{name}:{kind}}}" for name, kind in sorted(template.slots.items())) or "none"
    )


def _rows(template: Template) -> Iterator[str]:
    for part in template.parts:
        if isinstance(part, Slot) and part.kind == "each":
            yield part.argument


def _reached(prompt: str, texts: Texts) -> set[str]:
    """A prompt and all that its lists tell, and their lists."""
    reached: set[str] = set()
    waiting = [prompt]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _rows(texts[name]) if name in texts else ()
    return reached
