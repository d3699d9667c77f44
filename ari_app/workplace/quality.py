"""Scores, sampled conversations and calibrations behind the desk's port."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ari_app.config.settings import QualitySettings
from ari_app.desk.quality.quality_port import Sampled
from ari_app.desk.words import page_languages
from ari_app.quality.files import CardFiles
from ari_app.store import agents, quality, queue_calls
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ari_app.workplace.store_answers import answer
from ivr.acd.figures import SECOND
from ivr.quality.card import ScoreCard
from ivr.quality.sample import drawn
from ivr.quality.score import Calibration, Score

SHOWN = 100
"""Scores of an agent, and calibrations, that are listed."""


def card_files(directory: Path, queues: Callable[[], Collection[str] | None]) -> CardFiles:
    """The score cards of a directory, in the languages of the desk."""
    return CardFiles(directory, queues, page_languages())


class StoredQuality:
    """See :class:`ari_app.desk.quality.quality_port.Quality`; ``zone`` is that of weeks."""

    def __init__(
        self,
        store: Store,
        files: CardFiles,
        settings: QualitySettings,
        zone: str,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._files = files
        self._settings = settings
        self._zone = ZoneInfo(zone)
        self._now = now

    async def cards(self) -> tuple[Sequence[ScoreCard], Sequence[str]]:
        """The score cards, and what is wrong with others."""
        return await asyncio.to_thread(self._files.cards)

    async def sample(self, week: date) -> Sequence[Sampled]:
        """The conversations to score of a week."""
        begin, end = (
            micros(datetime.combine(day, time(), self._zone))
            for day in (week, week + timedelta(days=7))
        )
        least, each = self._settings.least * SECOND, self._settings.sample
        return await answer(self._store.read(sampled, begin, end, least, each))

    async def of_stay(self, stay: int) -> Sequence[Score]:
        """The scores of a conversation."""
        found = await answer(self._store.read(quality.of_stays, [stay]))
        return [one for one in found if one.calibration is None]

    async def of_agent(self, agent: str) -> Sequence[Score]:
        """The last scores of an agent."""
        return await answer(self._store.read(quality.of_agent, agent, SHOWN))

    async def save(self, score: Score) -> None:
        """Keep a score."""
        await answer(self._store.write(quality.put, score))

    async def acknowledge(self, id: int, agent: str, given: datetime, reply: str) -> bool:
        """The agent read a score of theirs."""
        now = self._now()
        return await answer(self._store.write(quality.acknowledge, id, agent, given, reply, now))

    async def scorers(self) -> Sequence[str]:
        """The supervisors and administrators."""
        found = await answer(self._store.read(agents.everyone))
        return sorted(one.name for one in found if one.role in ("supervisor", "admin"))

    async def calibrate(
        self, stay: int, card: ScoreCard, author: str, scorers: Sequence[str]
    ) -> int:
        """Have several score a conversation."""
        who, now = (author, scorers), self._now()
        return await answer(self._store.write(quality.begin_calibration, stay, card, *who, now))

    async def calibration(self, id: int) -> Calibration | None:
        """A calibration; who may score no more, and has not, is not waited for."""
        found = await answer(self._store.read(quality.calibration, id))
        return found and _of_those_left(found, await self.scorers())

    async def calibrations(self) -> Sequence[Calibration]:
        """The last calibrations."""
        may = await self.scorers()
        found = await answer(self._store.read(quality.calibrations, SHOWN))
        return [_of_those_left(one, may) for one in found]


def _of_those_left(one: Calibration, may: Collection[str]) -> Calibration:
    there = {*may, *(score.scorer for score in one.scores)}
    return replace(one, scorers=tuple(name for name in one.scorers if name in there))


def sampled(db: Database, since: int, until: int, least: int, each: int) -> list[Sampled]:
    """The conversations that are drawn of a time, and all others of it that have a score, with
    their scores, by agent."""
    there, found = quality.candidates(db, since, until, least), []
    recorded = {one.stay: one.recorded for one in there}
    chosen = [one.stay for one in drawn(there, each)]
    for id in dict.fromkeys([*chosen, *quality.scored_stays(db, since, until)]):
        stay = queue_calls.by_id(db, id)
        scores = [one for one in quality.of_stays(db, [id]) if one.calibration is None]
        found += [Sampled(stay, recorded.get(id, False), scores)] if stay else []
    return sorted(found, key=lambda one: one.stay.agent)
