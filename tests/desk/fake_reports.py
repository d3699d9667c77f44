"""A fake of what reports read, in memory."""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from msgspec.structs import replace

from ari_app.desk.cards.caller_profile import CallPath, Step
from ari_app.desk.reports.port import CardContact, FunnelNode, MenuCall, TriedMenus, WholeCall
from ivr.acd.canary import CanaryFigures, SideFigures
from ivr.acd.chosen import By, Chosen
from ivr.acd.figures import SECOND, Figures, Stay
from ivr.acd.outcomes import Contacts, MenuCalls, NodeCalls, Surveyed
from ivr.quality.score import Sums
from tests.desk.fakes import NOW

AT = round(NOW.timestamp()) * SECOND
STAY = Stay(
    id=7,
    channel="1.1",
    call="c1",
    queue="support",
    topic="money",
    language="en",
    number="375990000001",
    subscriber=1,
    joined=AT,
    answered=AT + 12 * SECOND,
    left=AT + 12 * SECOND,
    how="answered",
    agent="anna",
    ended=AT + 72 * SECOND,
    wrap=5 * SECOND,
    promised=20 * SECOND,
    pop=SECOND // 4,
)
CALL = MenuCall("c1", "375990000001", "611", 1, "en", "611", "6a01f3c2d4", NOW, NOW)
FIGURES = Figures(
    joined=4, answered=2, in_time=1, abandoned=1, abandoned_late=1, short=1, handled=2,
    waited_answered=60 * SECOND, talked=120 * SECOND, wrapped=10 * SECOND, longest=48 * SECOND,
)  # fmt: skip
WHOLE = WholeCall(
    stays=[STAY],
    call=CALL,
    path=CallPath([Step(NOW, {"en": "Main menu <b>"}, "1", "", False)], (), 0),
    contacts=[CardContact("anna", NOW, "money", "Why <more>?", "The tax.", True)],
    recordings=[],
)


class FakeReports:
    """A day on which four called."""

    def __init__(self) -> None:
        self.found: Mapping[str, Figures] = {"support": FIGURES}
        self.asked: list[tuple[Chosen, By]] = []
        self.listed: list[Stay] = [STAY]
        self.whole = WHOLE
        self.chosen: list[Chosen] = []

    def in_time(self, queue: str) -> int:
        return 30 * SECOND

    async def run(self, every: float) -> NoReturn:
        raise AssertionError("no test runs it")

    async def sums(self, chosen: Chosen, by: By) -> Mapping[str, Figures]:
        self.asked.append((chosen, by))
        values = {"queue": "support", "agent": "anna", "day": f"{NOW:%Y-%m-%d}", "topic": "money"}
        return {values.get(by, "1"): one for one in self.found.values()}

    async def contacts(self, chosen: Chosen, by: By) -> Mapping[str, Contacts]:
        return {"support": Contacts(2, 1, 2, 1)} if by == "queue" else {}

    async def slow(self, chosen: Chosen) -> tuple[int | None, int | None]:
        return 48 * SECOND, None

    async def agents(self, since: int, until: int) -> Mapping[str, Mapping[tuple[str, str], int]]:
        done = {("talking", ""): 300, ("ready", ""): 100, ("paused", "lunch"): 60}
        done |= {("unreachable", ""): 9000, ("signed-out", ""): 9000, ("no-queue", ""): 9000}
        return {"anna": {state: seconds * SECOND for state, seconds in done.items()}}

    async def containment(self, since: int, until: int) -> Mapping[tuple[str, str], MenuCalls]:
        return {("611", "6a01f3c2d4"): MenuCalls(10, 6)}

    async def canaries(self, since: int, until: int) -> Sequence[TriedMenus]:
        new, old = SideFigures(40, 40, 1, 10, 20, 31.5), SideFigures(400, 390, 0, 80, 78, 30.0)
        return [TriedMenus(3, 10, "rolled back", CanaryFigures(old, new))]

    async def surveyed(self, chosen: Chosen, by: By) -> Mapping[str, Surveyed]:
        return {
            "anna": Surveyed(4, 2, {"solved": (2, 0.5), "agent": (1, 0.8)}),
            "boris": Surveyed(1, 1, {"solved": (1, 1.0)}),
        }

    async def scored(
        self, since: int, until: int, agent: str
    ) -> tuple[Mapping[str, Sums], Mapping[str, Sums], Mapping[str, Mapping[str, str]]]:
        found = {"anna": Sums(count=2, mean=0.85, zero=0, other=1)}
        sums = Sums(count=1, mean=1.0, zero=0, other=1)
        return found, {"greeted": sums, "old": sums}, {"greeted": {"en": "Was there a greeting?"}}

    async def flows(self, since: int, until: int) -> Sequence[str]:
        return ["611", "money"]

    async def funnel(self, since: int, until: int, flow: str) -> Sequence[FunnelNode]:
        main = NodeCalls(flow, "main", 10, 2)
        return [
            FunnelNode(main, {"en": "Main menu"}),
            FunnelNode(NodeCalls(flow, "queue", 6, 0), {"": "queue"}, "support"),
            FunnelNode(NodeCalls(flow, "gone", 5, 1), {"": "gone"}),
        ]

    async def stays(
        self, chosen: Chosen, limit: int, after: tuple[int, int] | None
    ) -> Sequence[Stay]:
        self.chosen.append(chosen)
        stays = [one for one in self.listed if after is None or (one.joined, one.id) < after]
        return stays[:limit]

    async def gone_at(
        self, since: int, until: int, flow: str, node: str, limit: int
    ) -> Sequence[MenuCall]:
        return [CALL] if node == "main" else []

    async def of_stay(self, stay: int) -> WholeCall | None:
        return self.whole if stay == STAY.id else None

    async def of_call(self, call: str) -> WholeCall | None:
        return replace(WHOLE, stays=[]) if call == CALL.id else None
