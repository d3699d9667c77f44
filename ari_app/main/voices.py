"""Who speaks in an installation, and RHVoice, which is fetched for it from Debian's archive."""

import logging
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from ari_app.config.settings import Config, LanguageVoice
from ari_app.config.state import State
from asterisk_conf.debian_packages import ArchiveError, Progress, Wanted, install
from asterisk_conf.discovery import PbxError
from ivr.speech import languages
from ivr.speech.languages import language as spoken_language
from prompts import rhvoice_files, voice
from prompts.rhvoice_files import RHVoiceFiles
from prompts.speaker import Speaker, usual_voice

log = logging.getLogger(__name__)

_SUITE = "bookworm"
"""Of Debian: its libraries run wherever glibc is 2.34 or later."""
_LIBRARIES = ("librhvoice-core7", "librhvoice5")
_MEGABYTES = 600
DOWNLOAD_MB = 141
_CONFIG = "# The telephone has 8 kHz: voices of 16 kHz take half the time.\nquality=min\n"
_FINE = "24000"


def packages() -> Wanted:
    """RHVoice, and the voices of the languages that it has free ones of."""
    named = {spoken_language(code).voice.package for code in languages.known()} - {""}
    wanted = (*_LIBRARIES, *sorted(named))
    return Wanted(_SUITE, ("main", "non-free"), wanted, megabytes=_MEGABYTES)


def fetch(state: State, progress: Progress, mirror: str | None = None) -> RHVoiceFiles:
    """Fetch RHVoice and its free voices into the state directory, even if they are there.

    Raises :class:`~asterisk_conf.debian_packages.ArchiveError`.
    """
    try:
        install(packages(), state.rhvoice, _trim, progress, mirror)
    except PbxError as error:
        raise ArchiveError(str(error)) from error
    found = rhvoice_files.find(state.rhvoice)
    if found is None:
        raise ArchiveError(f"the RHVoice in {state.rhvoice} is incomplete: remove it, try again")
    return found


def _trim(root: Path) -> None:
    """Keep the voices that an operator may use, of the rate that the telephone needs."""
    free = {name.lower() for voices in rhvoice_files.free().values() for name in voices}
    for directory in root.glob("usr/share/RHVoice/voices/*"):
        if directory.name.lower() not in free:
            shutil.rmtree(directory)
        else:
            shutil.rmtree(directory / _FINE, ignore_errors=True)
    config = root / "etc/RHVoice/RHVoice.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(_CONFIG)
    if rhvoice_files.find(root) is None:
        raise ArchiveError("the archive's RHVoice has other files than expected: set espeak")


def directory(config: Config, state: State) -> Path:
    """Where RHVoice is unpacked: what the settings name, else in the state directory."""
    return Path(config.voice.path).expanduser() if config.voice.path else state.rhvoice


def found(config: Config, state: State) -> RHVoiceFiles | None:
    """The RHVoice to use; None if there is none, or not the package that it is loaded with."""
    return rhvoice_files.find(directory(config, state)) if find_spec("rhvoice_wrapper") else None


def engine(config: Config, language: str) -> str:
    """The engine that the settings name for a language; ``auto`` takes RHVoice where it can."""
    own = config.voices.get(language, LanguageVoice())
    if own.engine:
        return own.engine
    fits = usual_voice("rhvoice", language) or config.voice.engine == "espeak"
    return config.voice.engine if fits else "espeak"


def spoken(config: Config) -> tuple[str, ...]:
    """The languages whose voices are chosen here: those of the site; espeak speaks any other."""
    return tuple(dict.fromkeys((*config.site.languages, *config.voices)))


def settings(config: Config, state: State) -> voice.Settings:
    """Who speaks which language."""
    speakers = dict(_speakers(config, found(config, state)))
    asks = any(each.engine == "http" for each in speakers.values())
    return voice.Settings(
        speakers=speakers,
        rhvoice=directory(config, state),
        token=state.keys().voice.reveal() if asks else "",
        pause=config.voice.pause,
    )


def _speakers(config: Config, there: RHVoiceFiles | None) -> Iterator[tuple[str, Speaker]]:
    for language in spoken(config):
        own = config.voices.get(language, LanguageVoice())
        named, chosen = engine(config, language), own.voice
        if named == "auto":
            named = (
                "rhvoice" if there is not None and usual_voice("rhvoice", language) else "espeak"
            )
            chosen = chosen if named == "rhvoice" else ""
        yield (
            language,
            Speaker(
                named,
                chosen or usual_voice(named, language),
                own.rate,
                own.volume,
                tuple(own.lexicon.items()),
                own.url if named == "http" else "",
                own.model if named == "http" else "",
            ),
        )


def wanted(config: Config, state: State) -> bool:
    """Whether RHVoice is to be fetched: a language is to be spoken by it, and it is missing."""
    engines = {engine(config, language) for language in spoken(config)}
    return bool({"auto", "rhvoice"} & engines) and found(config, state) is None


def provide(config: Config, state: State, progress: Progress) -> bool:
    """Fetch RHVoice if it is wanted; returns whether everything is there that is wanted.

    Raises :class:`ArchiveError` if the settings insist on RHVoice.
    """
    if not wanted(config, state):
        return True
    log.info(
        "fetching the voices of RHVoice (%d MB) from Debian's archive into %s; "
        "`firstline up --voice espeak` does without",
        DOWNLOAD_MB,
        state.rhvoice,
    )
    insists = any(engine(config, language) == "rhvoice" for language in spoken(config))
    try:
        if not find_spec("rhvoice_wrapper"):
            raise ArchiveError("RHVoice needs the package rhvoice-wrapper: pip install it")
        fetch(state, progress)
    except ArchiveError as error:
        if insists:
            raise
        log.warning(
            "NO GOOD VOICE: callers hear espeak, which is hard to understand: %s; then run "
            '`firstline voices install`, or set [voice] engine = "espeak"',
            error,
        )
        return False
    return True
