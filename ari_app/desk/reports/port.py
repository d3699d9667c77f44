"""The port of the reports: what they read of the calls that were."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NoReturn, Protocol

from msgspec import Struct

from ari_app.desk.cards.caller_profile import CallPath, Names
from ari_app.desk.recorded import Conversation
from ivr.acd.canary import CanaryFigures
from ivr.acd.chosen import By, Chosen
from ivr.acd.figures import Figures, Stay
from ivr.acd.outcomes import Contacts, MenuCalls, NodeCalls, Surveyed
from ivr.quality.score import Sums


class MenuCall(Struct, frozen=True):
    """A call through the menus; ``number`` is the caller's; ``ended`` is None while it lasts."""

    id: str
    number: str
    dialled: str
    subscriber: int | None
    language: str
    flow: str
    version: str
    began: datetime
    ended: datetime | None


class CardContact(Struct, frozen=True):
    """What an agent noted of a call; the texts are "" where there are none, ``solved`` is None
    where nothing is noted."""

    agent: str
    opened: datetime
    topic: str
    question: str
    solution: str
    solved: bool | None


class WholeCall(Struct, frozen=True):
    """One call: the stays in queues, the way through the menus, the cards, what was recorded."""

    stays: Sequence[Stay]
    call: MenuCall | None
    path: CallPath | None
    contacts: Sequence[CardContact]
    recordings: Sequence[Conversation]


class FunnelNode(Struct, frozen=True):
    """A node of the menus, and what callers hear there, by language; ``queue`` is the one to which
    it leads, "" for none."""

    calls: NodeCalls
    names: Names
    queue: str = ""


class TriedMenus(Struct, frozen=True):
    """New menus for a ``share`` of the callers, in per cent; ``end`` is "" while that lasts."""

    id: int
    share: int
    end: Literal["", "whole", "rolled back"]
    figures: CanaryFigures


class Reports(Protocol):
    """What reports are made of. May raise :class:`ari_app.desk.ports.DeskUnavailable`.

    Times are microseconds; ``in_time`` is the span in which a queue is to be answered.
    """

    def in_time(self, queue: str) -> int: ...

    async def run(self, every: float) -> NoReturn:
        """Count beforehand what takes long, every so many seconds. Never returns."""

    async def sums(self, chosen: Chosen, by: By) -> Mapping[str, Figures]:
        """The figures, by the values of the stays."""

    async def contacts(self, chosen: Chosen, by: By) -> Mapping[str, Contacts]:
        """What became of the answered, by the values of their stays."""

    async def slow(self, chosen: Chosen) -> tuple[int | None, int | None]:
        """Within which time 95 of 100 were answered, and had their card."""

    async def agents(self, since: int, until: int) -> Mapping[str, Mapping[tuple[str, str], int]]:
        """What agents did: agent -> state and reason -> for how long."""

    async def containment(self, since: int, until: int) -> Mapping[tuple[str, str], MenuCalls]:
        """The calls through the menus, by flow and version."""

    async def canaries(self, since: int, until: int) -> Sequence[TriedMenus]:
        """New menus for a share of the callers that lasted in a time, the newest first."""

    async def surveyed(self, chosen: Chosen, by: By) -> Mapping[str, Surveyed]:
        """What callers said of conversations, by the values of their stays."""

    async def scored(
        self, since: int, until: int, agent: str
    ) -> tuple[Mapping[str, Sums], Mapping[str, Sums], Mapping[str, Names]]:
        """What supervisors scored of calls, of one agent if one is given: by agent, by question;
        and the words of the questions."""

    async def flows(self, since: int, until: int) -> Sequence[str]:
        """The flows that calls went through, the busiest first."""

    async def funnel(self, since: int, until: int, flow: str) -> Sequence[FunnelNode]:
        """How calls went through a flow: the nodes that callers notice."""

    async def stays(
        self, chosen: Chosen, limit: int, after: tuple[int, int] | None
    ) -> Sequence[Stay]:
        """The stays, the newest first; those after one, by its time and id."""

    async def gone_at(
        self, since: int, until: int, flow: str, node: str, limit: int
    ) -> Sequence[MenuCall]:
        """The last calls that ended at a node and joined no queue."""

    async def of_stay(self, stay: int) -> WholeCall | None:
        """The whole call of a stay; None if there is no such stay any more."""

    async def of_call(self, call: str) -> WholeCall | None:
        """The whole call through the menus; None if there is no such call any more."""
