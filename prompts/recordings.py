"""The operator's recordings: ``<directory>/<language>/<prompt>.wav``, and words of values.

The words that amounts, counts, days and times are put together from stand beside the prompts, in
``<language>/numbers/`` (:mod:`prompts.recorded_values`).
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from msgspec.structs import replace

from ivr.values import Rows, Spoken, Value, Values
from prompts.catalogue import Catalogue
from prompts.pieces import audible
from prompts.plan import Recordings
from prompts.recorded_values import NUMBERS, vocabulary
from prompts.sound_files import SUFFIXES, converted
from prompts.template import Template
from prompts.wav import SoundError

_PREFERRED = {suffix: number for number, suffix in enumerate(SUFFIXES)}


def scan(
    directory: Path, catalogue: Catalogue, conversions: Path | None = None
) -> tuple[Recordings, tuple[str, ...]]:
    """The usable recordings of a directory, and the problems of the others.

    A recording of another format is converted into ``conversions``; without that directory its
    own path stands for it, for a line that plays nothing. Blocks.
    """
    found: dict[tuple[str, str], str] = {}
    problems: list[str] = []
    for language, name, path in files(directory, catalogue):
        problem = unknown(name, language, catalogue)
        if not problem and (language, name) in found:
            problem = "there is another recording of it: keep one"
        if not problem:
            try:
                played = converted(path, conversions)
                found[language, name] = str(played.absolute().with_suffix(""))
            except SoundError as error:
                problem = str(error)
            except OSError as error:
                problem = f"it cannot be converted ({error.strerror}): allow space in {conversions}"
        if problem:
            problems.append(f"{path}: {problem}")
    return found, tuple(problems)


def without_recordings(values: Values, gone: Collection[str]) -> Values:
    """Values whose recordings among ``gone`` are left out: their texts are spoken."""

    def spoken(value: Value) -> Value:
        match value:
            case Spoken(recording=path) if path in gone:
                return replace(value, recording="")
            case Rows(rows):
                return Rows(tuple(without_recordings(row, gone) for row in rows))
        return value

    return {name: spoken(value) for name, value in values.items()}


def files(directory: Path, catalogue: Catalogue) -> Iterator[tuple[str, str, Path]]:
    """(language, name, path) of all files, those first that need no conversion."""
    for language in catalogue.languages:
        root = directory / language
        for folder, prefix in ((root, ""), (root / NUMBERS, f"{NUMBERS}/")):
            every = (path for path in folder.glob("*.*") if path.is_file())
            for path in sorted(every, key=_order):
                if not path.name.startswith("."):
                    yield language, prefix + path.stem, path


def _order(path: Path) -> tuple[str, int]:
    return path.stem, _PREFERRED.get(path.suffix.lower(), len(_PREFERRED))


def unknown(name: str, language: str, catalogue: Catalogue) -> str:
    """Why a recording of this name would never be played; empty if it would."""
    if name.startswith(f"{NUMBERS}/"):
        word = name.removeprefix(f"{NUMBERS}/")
        known = vocabulary(language, catalogue.operator.currency)
        unused = f"no value has a word {word}: see `firstline prompts studio`"
        return "" if word in known else unused
    prompt, _, stretch = name.partition(".")
    template = catalogue.texts[language].get(prompt)
    if template is None:
        return f"there is no prompt {prompt} in {language}: name the file after one"
    if not stretch and template.slots:
        return f"{prompt} has placeholders: record the words around them as {_numbered(template)}"
    if stretch and stretch not in (str(number) for number, _ in numbered(template)):
        return f"{prompt} has no stretch {stretch}: there is {_numbered(template)}"
    return ""


def numbered(template: Template) -> Iterator[tuple[int, str]]:
    """The stretches of words between the placeholders of a text, from 1."""
    words = (part.strip() for part in template.parts if isinstance(part, str) and audible(part))
    yield from enumerate(words, 1)


def _numbered(template: Template) -> str:
    return ", ".join(f"….{number}.wav ({words})" for number, words in numbered(template))
