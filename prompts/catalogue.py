"""The catalogue: the texts of all prompts per language, from YAML.

One file per language, such as ``en.yaml``, each a table ``name: text``. A text
may have placeholders such as ``{balance:money}``, of the kinds in :mod:`ivr.speech.phrases`, and
words of the operator such as ``{operator}`` (:mod:`prompts.operator`).
A prompt whose name ends in a language (``language-en``) is always in that language and belongs in
that file only. ``NAME-written`` is shown on lines of text in place of ``NAME``, where it makes no
sense in writing; an empty one leaves it out there. An operator's texts override the shipped ones,
with their written forms.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from ivr.problems import Place, Problem, near
from ivr.speech import languages
from ivr.speech.language import PhraseError
from prompts.operator import Operator
from prompts.template import Slot, Template
from prompts.text_reader import WRITTEN, Reader, own_language

Texts = Mapping[str, Template]


class CatalogueError(Exception):
    """The catalogue has problems, for the author of the texts; ``problems`` lists them all."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Listed(Struct, frozen=True):
    """A prompt as a list shows it; ``texts`` by language, as their author wrote them."""

    prompt: str
    slots: Mapping[str, str]
    texts: Mapping[str, str]


class Catalogue(Struct, frozen=True):
    """Language to prompt to text, in the order of :func:`ivr.speech.languages.known`."""

    texts: Mapping[str, Texts]
    operator: Operator = Operator()

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of the operator that have texts, its default first."""
        wanted = self.operator.languages or languages.known()
        return tuple(each for each in wanted if each in self.texts)

    @property
    def prompts(self) -> tuple[str, ...]:
        """The names of all prompts, without their written forms."""
        names = {prompt for texts in self.texts.values() for prompt in texts}
        return tuple(sorted(name for name in names if not name.endswith(WRITTEN)))

    def template(self, prompt: str, language: str, written: bool = False) -> tuple[str, Template]:
        """The text of a prompt and its language: the one asked for, or else the first that is,
        of the operator's languages before others. ``written``: the text to read.

        Raises :class:`~ivr.speech.phrases.PhraseError` for a prompt that is in no language.
        """
        spoken = self.languages
        for each in (*(each for each in (language,) if each in spoken), *spoken, *self.texts):
            texts = self.texts.get(each, {})
            if prompt in texts:
                return each, (texts.get(f"{prompt}{WRITTEN}") if written else None) or texts[prompt]
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
            for language in self.languages
            if prompt not in self.texts[language] and own_language(prompt) is None
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


NONE = Catalogue({})


def shipped(operator: Operator) -> Catalogue:
    """The catalogue that comes with Firstline, beside this module, in an operator's name."""
    return load(Path(__file__).parent, operator)


def load(directory: Path, operator: Operator = NONE.operator) -> Catalogue:
    """The catalogue of a directory; raises :class:`CatalogueError` with all problems."""
    empty = Catalogue({}, operator)
    merged = merge_directory(empty, directory)
    if merged == MergedCatalogue(empty, ()):
        merged = MergedCatalogue(
            empty,
            (_whole(directory, f"no texts here: add {languages.known()[0]}.yaml"),),
        )
    return merged.valid()


def read(files: Mapping[str, str], operator: Operator = NONE.operator) -> Catalogue:
    """The catalogue of the texts of files, by name; raises like :func:`load`."""
    return merge(Catalogue({}, operator), files).valid()


def merge_directory(base: Catalogue, directory: Path) -> "MergedCatalogue":
    """``base`` overridden by the texts of a directory."""
    files = {}
    problems = []
    try:
        paths = sorted(
            path
            for path in directory.iterdir()
            if path.suffix in (".yaml", ".yml") and not path.name.startswith(".")
        )
    except OSError as error:
        return MergedCatalogue(
            base, (_whole(directory, f"the texts cannot be read: {error.strerror}"),)
        )
    for path in paths:
        try:
            files[str(path)] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            problems.append(_whole(path, f"not UTF-8 at byte {error.start}: save it as UTF-8"))
        except OSError as error:
            problems.append(_whole(path, f"the file cannot be read: {error.strerror}"))
    return merge(base, files, problems)


def merge(
    base: Catalogue, files: Mapping[str, str], problems: Iterable[Problem] = ()
) -> "MergedCatalogue":
    """``base`` with the texts of files, by name, over it: the texts of files win."""
    found = list(problems)
    readers: dict[str, Reader] = {}
    for name, text in files.items():
        language = Path(name).stem
        if language in languages.known() and language not in readers:
            readers[language] = Reader(name, text, base.operator.in_(language))
            readers[language].read()
            found += readers[language].problems
        else:
            text = f"{language} is not a language with a voice: {near(language, languages.known())}"
            found.append(_whole(name, text))
    ordered = {name: readers[name] for name in languages.known() if name in readers}
    own = {name: reader.texts for name, reader in ordered.items()}
    texts = {
        name: _merged(base.texts.get(name, {}), own.get(name, {}))
        for name in languages.known()
        if name in base.texts or name in own
    }
    found += _compared(ordered, texts)
    found += _against(base, ordered)
    found += _written(ordered, texts)
    there = {name for each in base.texts.values() for name in each}
    places = {
        name: where
        for reader in readers.values()
        for name, where in reader.places.items()
        if name.removesuffix(WRITTEN) not in there
    }
    return MergedCatalogue(Catalogue(texts, base.operator), tuple(sorted(set(found))), places)


class MergedCatalogue(Struct, frozen=True):
    """A merged catalogue, as far as its texts can be read, and all their problems.

    ``own``: where each prompt stands that the base catalogue has in no language. Those that it has
    may be played without a flow that names them, as pages of texts are.
    """

    catalogue: Catalogue
    problems: tuple[Problem, ...]
    own: Mapping[str, Place] = {}

    def valid(self) -> Catalogue:
        """The catalogue; :class:`CatalogueError` if there are problems."""
        if self.problems:
            raise CatalogueError(self.problems)
        return self.catalogue


def _whole(file: Path | str, text: str) -> Problem:
    return Problem(Place(str(file), 1, 1), text)


def _compared(readers: Mapping[str, Reader], texts: Mapping[str, Texts]) -> Iterator[Problem]:
    """Problems between the languages of files, and between prompts of all ``texts``."""
    known = {prompt for each in texts.values() for prompt in each}
    first: dict[str, tuple[str, Template]] = {}
    for language, reader in readers.items():
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
                elif prompt in _reached(row, texts[language]):
                    yield Problem(place, f"{prompt} is a row of itself: name another prompt")


def _against(base: Catalogue, readers: Mapping[str, Reader]) -> Iterator[Problem]:
    """Texts with other placeholders than the base text of another language."""
    for reader in readers.values():
        for prompt, template in reader.texts.items():
            for language, texts in base.texts.items():
                stays = language not in readers or prompt not in readers[language].texts
                if stays and prompt in texts and texts[prompt].slots != template.slots:
                    yield Problem(
                        reader.places[prompt],
                        f"{prompt} has the placeholders {_named(template)}, but "
                        f"{_named(texts[prompt])} in {language}: keep those, or write it in "
                        f"{language}.yaml, too",
                    )


def _merged(texts: Texts, own: Texts) -> Texts:
    """The texts with those of the operator over them, which have no written form but their own."""
    kept = {name: text for name, text in texts.items() if name.removesuffix(WRITTEN) not in own}
    return {**kept, **own}


def _written(readers: Mapping[str, Reader], texts: Mapping[str, Texts]) -> Iterator[Problem]:
    """Written forms without a prompt, or with a placeholder that it has not."""
    for language, reader in readers.items():
        for name, template in reader.texts.items():
            prompt = name.removesuffix(WRITTEN)
            if prompt == name:
                continue
            if prompt not in texts[language]:
                close = near(prompt, texts[language])
                yield Problem(reader.places[name], f"there is no prompt {prompt} to read: {close}")
            elif not template.slots.items() <= (slots := texts[language][prompt]).slots.items():
                yield Problem(
                    reader.places[name],
                    f"{name} has the placeholders {_named(template)}, but {prompt} has "
                    f"{_named(slots)}: use those",
                )


def _named(template: Template) -> str:
    return (
        ", ".join(f"{{{name}:{kind}}}" for name, kind in sorted(template.slots.items())) or "none"
    )


def _rows(template: Template) -> Iterator[str]:
    for part in template.parts:
        if isinstance(part, Slot) and part.kind == "each":
            yield part.argument


def _reached(prompt: str, texts: Texts) -> set[str]:
    """A prompt and the prompts of its lists, transitively."""
    reached: set[str] = set()
    waiting = [prompt]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _rows(texts[name]) if name in texts else ()
    return reached
