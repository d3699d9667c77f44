"""Scores that supervisors gave, calibrations, and who may see which of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ivr.quality.card import ScoreCard
from ivr.quality.scoring import Answer


class Score(Struct, frozen=True, kw_only=True):
    """A score. ``stay``: of which stay in a queue, ``called``: when its caller joined; ``agent``
    and ``scorer`` by login; ``share``: 0 to 1, None where no question applies; ``failed``: whether
    by a fatal question. ``seen``: when the agent acknowledged it, ``reply``: what they wrote."""

    id: int = 0
    stay: int
    called: datetime
    agent: str
    scorer: str
    at: datetime
    card: ScoreCard
    answers: Mapping[str, Answer] = {}
    share: float | None = None
    failed: bool = False
    comment: str = ""
    calibration: int | None = None
    seen: datetime | None = None
    reply: str = ""


class Calibration(Struct, frozen=True, kw_only=True):
    """A conversation of an ``agent`` that several ``scorers`` score, each without the others'
    answers. ``scores``: those that are there."""

    id: int
    stay: int
    agent: str
    card: ScoreCard
    author: str
    at: datetime
    scorers: tuple[str, ...]
    scores: tuple[Score, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all have scored."""
        return {one.scorer for one in self.scores} >= set(self.scorers)

    def seen_by(self, viewer: str) -> Sequence[Score]:
        """The scores that a supervisor may see: all when all have scored, before that their own."""
        return [one for one in self.scores if self.complete or one.scorer == viewer]


class Sums(Struct, frozen=True, kw_only=True):
    """What was scored of an agent or a question: how many, their mean from 0 to 1 (None without
    any), how many had 0 by a fatal question, or how often the question did not apply; and how many
    the agent has acknowledged."""

    count: int
    mean: float | None
    zero: int
    other: int
