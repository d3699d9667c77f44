"""A fake of what scoring conversations needs, in memory."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec.structs import replace

from ari_app.desk.quality.quality_port import Sampled
from ivr.quality.card import ScoreCard
from ivr.quality.score import Calibration, Score
from ivr.quality.scoring import scored
from tests.desk.fake_reports import STAY
from tests.desk.fakes import NOW
from tests.ivr.quality.samples import card


class FakeQuality:
    """One conversation of Anna to score."""

    def __init__(self) -> None:
        self.known: list[ScoreCard] = [card()]
        self.faults: list[str] = []
        self.scores: list[Score] = []
        self.weeks: list[date] = []
        self.begun: dict[int, Calibration] = {}

    async def cards(self) -> tuple[Sequence[ScoreCard], Sequence[str]]:
        return self.known, self.faults

    async def sample(self, week: date) -> Sequence[Sampled]:
        self.weeks.append(week)
        return [Sampled(STAY, True, await self.of_stay(STAY.id))]

    async def of_stay(self, stay: int) -> Sequence[Score]:
        return [one for one in self.scores if one.stay == stay and one.calibration is None]

    async def of_agent(self, agent: str) -> Sequence[Score]:
        return [one for one in self.scores if one.agent == agent and one.calibration is None]

    async def save(self, score: Score) -> None:
        made = scored(score.card, score.answers)
        new = replace(score, id=len(self.scores) + 1, share=made.share, failed=bool(made.failed))
        self.scores.append(new)
        if score.calibration:
            begun = self.begun[score.calibration]
            self.begun[score.calibration] = replace(begun, scores=(*begun.scores, new))

    async def acknowledge(self, id: int, agent: str, given: datetime, reply: str) -> bool:
        for at, one in enumerate(self.scores):
            if (one.id, one.agent, one.at, one.seen) == (id, agent, given, None):
                self.scores[at] = replace(one, seen=NOW, reply=reply)
                return True
        return False

    async def scorers(self) -> Sequence[str]:
        return ["anna", "boris", "vera"]

    async def calibrate(
        self, stay: int, card: ScoreCard, author: str, scorers: Sequence[str]
    ) -> int:
        id = len(self.begun) + 1
        who = tuple(scorers)
        self.begun[id] = Calibration(
            id=id, stay=stay, agent=STAY.agent, card=card, author=author, at=NOW, scorers=who
        )
        return id

    async def calibration(self, id: int) -> Calibration | None:
        return self.begun.get(id)

    async def calibrations(self) -> Sequence[Calibration]:
        return list(self.begun.values())
