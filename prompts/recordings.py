"""The operator's recordings: ``<directory>/<language>/<prompt>.wav``."""

from collections.abc import Iterator
from pathlib import Path

from prompts.catalogue import Catalogue
from prompts.plan import Recordings
from prompts.telephone import playable
from prompts.template import Template

PLAYED = ("wav", "alaw", "ulaw", "sln", "gsm", "g722", "wav16", "sln16")
"""File types that Asterisk plays; only wav files are checked."""


def scan(directory: Path, catalogue: Catalogue) -> tuple[Recordings, tuple[str, ...]]:
    """The usable recordings of a directory, and the problems of the others."""
    found: dict[tuple[str, str], str] = {}
    problems: list[str] = []
    for language, path in _files(directory, catalogue):
        problem = _problem(path, language, catalogue)
        if problem:
            problems.append(f"{path}: {problem}")
        else:
            found[language, path.stem] = str(path.absolute().with_suffix(""))
    return found, tuple(problems)


def _files(directory: Path, catalogue: Catalogue) -> Iterator[tuple[str, Path]]:
    for language in catalogue.languages:
        for path in sorted(directory.joinpath(language).glob("*.*")):
            if not path.name.startswith("."):
                yield language, path


def _problem(path: Path, language: str, catalogue: Catalogue) -> str:
    prompt, _, stretch = path.stem.partition(".")
    template = catalogue.texts[language].get(prompt)
    if path.suffix[1:] not in PLAYED:
        return f"Asterisk plays no {path.suffix} files: make it a WAV file"
    if template is None:
        return f"there is no prompt {prompt} in {language}: name the file after one"
    if not stretch and template.slots:
        return f"{prompt} has placeholders: record the words around them as {_numbered(template)}"
    if path.suffix == ".wav" and not playable(path):
        return (
            "not 8000 Hz, mono, 16 bits, or damaged: "
            f"sox in.wav -r 8000 -c 1 -b 16 {path.name} makes it so"
        )
    return ""


def _numbered(template: Template) -> str:
    words = [part for part in template.parts if isinstance(part, str) and part.strip(" .,;:!?")]
    return ", ".join(f"….{number}.wav ({each.strip()})" for number, each in enumerate(words, 1))
