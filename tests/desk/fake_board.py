"""The board's port in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from ari_app.desk.board.board_port import AgentDay, DayFigures
from ari_app.desk.ports import DeskUnavailable
from ivr.acd.figures import SECOND, Figures
from tests.desk.fakes import NOW

MORNING = Figures(
    joined=60,
    answered=50,
    in_time=40,
    abandoned=6,
    abandoned_late=5,
    short=2,
    waited_answered=50 * 22 * SECOND,
    handled=50,
    talked=50 * 228 * SECOND,
    wrapped=50 * 41 * SECOND,
)
DAY = DayFigures(
    at=NOW,
    today={"support": MORNING},
    hour={"support": Figures(joined=20, answered=14, in_time=10, abandoned=6, abandoned_late=4)},
    quarters=[(NOW - timedelta(minutes=15), MORNING)],
    lately={"support": (1, 2, 3, 2, 1, 0, 4, 5, 3, 2, 1, 2)},
    agents={"anna": AgentDay(31, 0.78)},
    usual=48,
    in_time={"support": 30},
)


class FakeBoard:
    """Remembers what was asked; while it is ``locked`` the figures cannot be read."""

    def __init__(self) -> None:
        self.day = DAY
        self.locked = False
        self.put_into: list[tuple[str, str, str, bool]] = []
        self.alarms: list[tuple[str, str, float]] = []
        self.alarm_texts: list[str] = []
        self.moved: list[tuple[str, str, str]] = []

    def queues(self) -> Sequence[str]:
        return ("support", "technical")

    async def figures(self) -> DayFigures:
        if self.locked:
            raise DeskUnavailable("the database is locked")
        return self.day

    async def names(self, subscribers: Collection[int]) -> Mapping[int, str]:
        return {one: f"Вера <b>{one}</b>" for one in subscribers}

    async def put(self, by: str, agent: str, queue: str, serves: bool) -> bool:
        self.put_into.append((by, agent, queue, serves))
        return True

    async def alarmed(
        self,
        kind: str,
        queue: str,
        value: float,
        limit: float,
        text: str,
        over: bool,
    ) -> None:
        self.alarms.append(("over " * over + kind, queue, limit))
        self.alarm_texts.append(text)

    async def move(self, queue: str, channel: str, to: str) -> None:
        self.moved.append((queue, channel, to))
