"""The settings in force, and the voices: what a reload of the settings may change, and what not."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict, replace

from ari_app.config import own_languages
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main import pbx_site, speech, voices
from ari_app.main.site_names import menus_in_use
from ari_app.menus.live import MenuRelease
from ari_app.menus.loading import FlowsError, directory
from ari_app.outbound.answered import WAY
from ivr.problems import Place, Problem
from ivr.speech import languages
from prompts.media import PromptMedia
from prompts.speech_meter import UNMEASURED, SpeechMeter
from prompts.voice import Voice

_OF_SITE = ("numbers", "queues", "languages")
_SECTIONS = ("queues", "trunk", "voice", "voices", "canary")
"""What takes effect by a reload; of ``[site]`` only a part does."""

_IN_FILE: Mapping[str, str] = {"voices": "voice"}


class LiveSettings:
    """The settings in force, from which menus are read with the voices that they name."""

    def __init__(
        self, config: Config, state: State, voice: Voice, meter: SpeechMeter = UNMEASURED
    ) -> None:
        self.config = config
        self._state = state
        self._voice = voice
        self._meter = meter
        self._before: AsyncExitStack | None = None
        self._opened: AsyncExitStack | None = None
        self.turn = asyncio.Lock()
        """Held while settings or phones are taken: one after the other, none with older data."""
        self.wrapups = dict(pbx_site.wrapups(config))
        """Queue -> wrap-up time in seconds; changed in place."""
        self.forgeable = {*config.forgeable, WAY}
        """Endpoints whose caller IDs are not trusted, and the way of campaigns, where the one who
        picks up is not proved to be the subscriber; changed in place."""

    def read(self, wanted: Config | None = None, menus: Path | None = None) -> MenuRelease:
        """Read the menus from the disk, with their recordings; raises ``FlowsError``. Blocks.

        ``wanted``: as :meth:`take` would have them with other settings, which are not taken.
        ``menus``: those of another directory.
        """
        config = self.config if wanted is None else _merged(self.config, wanted)
        found = menus_in_use(config, self._state, menus)
        if fault := own_languages.faults(config):
            where = Place(str(directory(config) / own_languages.LANGUAGES), 1, 1)
            raise FlowsError((Problem(where, fault),))
        recordings = speech.recordings(config, self._state)
        return MenuRelease(found, PromptMedia(self._voice, found.catalogue, recordings))

    async def take(self, wanted: Config) -> "Taken":
        """Put what may change by day of other settings in force.

        Fetches voices that are missing, and starts speech processes if the voices differ; calls in
        progress keep those of before until the next time. Raises ``SpeechFailed`` and
        :class:`~asterisk_conf.debian_packages.ArchiveError`, and then nothing changed.
        """
        before = Taken(self.config, self._voice)
        config = _merged(self.config, wanted)
        await asyncio.to_thread(voices.provide, config, self._state, lambda *_: None)
        now, then = (voices.settings(each, self._state) for each in (config, self.config))
        if now != then or set(languages.known()).difference(self._voice.languages):
            opened = AsyncExitStack()
            voice = Voice(now, self._state.sounds, self._meter)
            self._voice = await opened.enter_async_context(voice)
            if self._before is not None:
                await self._before.aclose()
            self._before, self._opened = self._opened, opened
        self._put(config)
        return before

    async def give_back(self, before: "Taken") -> None:
        """Return to the settings and voices of before :meth:`take`."""
        self._put(before.config)
        if self._voice is not before.voice:
            self._voice, refused = before.voice, self._opened
            self._opened, self._before = self._before, None
            if refused is not None:
                await refused.aclose()

    async def close(self) -> None:
        """End the speech processes that were started here."""
        for opened in (self._before, self._opened):
            if opened is not None:
                await opened.aclose()

    def _put(self, config: Config) -> None:
        self.config = config
        self.wrapups.clear()
        self.wrapups.update(pbx_site.wrapups(config))
        self.forgeable.clear()
        self.forgeable.update((*config.forgeable, WAY))


class Taken(Struct, frozen=True):
    """The settings and voices of a moment."""

    config: Config
    voice: Voice


def changed(old: Config, new: Config) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which settings a reload puts in force, and which only the next start does."""
    merged = _merged(old, new)
    site = [f"[site] {each}" for each in _OF_SITE if _differs(old.site, new.site, each)]
    by_day = [*site, *_named(each for each in _SECTIONS if _differs(old, new, each))]
    return tuple(by_day), tuple(_named(each for each in asdict(new) if _differs(merged, new, each)))


def _merged(old: Config, new: Config) -> Config:
    site = replace(old.site, **{name: getattr(new.site, name) for name in _OF_SITE})
    return replace(old, site=site, **{name: getattr(new, name) for name in _SECTIONS})


def _differs(old: Struct, new: Struct, name: str) -> bool:
    return bool(getattr(old, name) != getattr(new, name))


def _named(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(f"[{_IN_FILE.get(name, name)}]" for name in names))
