"""What scoring conversations needs from the store and the site's files: its port."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from ivr.acd.figures import Stay
from ivr.quality.card import ScoreCard
from ivr.quality.score import Calibration, Score


class Sampled(Struct, frozen=True):
    """A conversation that was drawn to be scored, whether there is a recording of it, and the
    scores that it has without calibrations."""

    stay: Stay
    recorded: bool
    scores: Sequence[Score] = ()


class Quality(Protocol):
    """May raise :class:`~ari_app.desk.ports.DeskUnavailable`."""

    async def cards(self) -> tuple[Sequence[ScoreCard], Sequence[str]]:
        """The score cards, and what is wrong with files that are none."""

    async def sample(self, week: date) -> Sequence[Sampled]:
        """The conversations to score of a week that begins on a Monday, by agent."""

    async def of_stay(self, stay: int) -> Sequence[Score]:
        """The scores of a conversation, without calibrations."""

    async def of_agent(self, agent: str) -> Sequence[Score]:
        """The last scores that an agent may see, the newest first."""

    async def save(self, score: Score) -> None:
        """Keep a score in place of an earlier one of the same supervisor."""

    async def acknowledge(self, id: int, agent: str, given: datetime, reply: str) -> bool:
        """The agent read a score of theirs as it was ``given`` at a moment, and says something or
        ""; False if it is not theirs, was changed since, or is acknowledged already."""

    async def scorers(self) -> Sequence[str]:
        """The logins of those who may score."""

    async def calibrate(
        self, stay: int, card: ScoreCard, author: str, scorers: Sequence[str]
    ) -> int:
        """Have several score a conversation; returns the id of the calibration."""

    async def calibration(self, id: int) -> Calibration | None:
        """A calibration with the scores that are there."""

    async def calibrations(self) -> Sequence[Calibration]:
        """The last calibrations, the newest first."""
