"""The administrator's own languages: ``languages/LANG.yaml`` beside the flows.

A file of a shipped language is laid over it; another one adds a language. docs/languages.md
describes them.
"""

from pathlib import Path

from ari_app.config.settings import Config
from ivr.speech import languages

LANGUAGES = "languages"
"""The directory, beside the flows."""


def install(menus: Path | None) -> None:
    """Take the languages of a directory of menus; without one, only those that are shipped.

    Raises :class:`~ivr.speech.language.LanguageError` or ``OSError``; those before then stay.
    """
    found = {}
    directory = menus / LANGUAGES if menus else None
    if directory is not None and directory.is_dir():
        for file in sorted(directory.glob("*.yaml")):
            found[file.stem] = file.read_text("utf-8-sig")
    languages.install(found)


def faults(config: Config) -> str:
    """What is wrong with the languages that the settings name; "" if nothing is."""
    known = languages.known()
    named = {
        "[site] languages": config.site.languages,
        "[operator]": sorted(config.operator.languages),
        "[voice.…]": tuple(config.voices),
    }
    for where, codes in named.items():
        for code in codes:
            if code not in known:
                return (
                    f"{where}: {code!r} is not a language that values can be spoken in: write some "
                    f"of {', '.join(known)}, or add {LANGUAGES}/{code}.yaml to your menus"
                )
    return ""
