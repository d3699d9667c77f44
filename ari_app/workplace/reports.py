"""What reports read: stays in queues, states of agents, calls through the menus."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NoReturn, TypeVar

from msgspec import Struct

from ari_app.desk.cards.caller_profile import Names
from ari_app.desk.reports.port import CardContact, FunnelNode, MenuCall, TriedMenus, WholeCall
from ari_app.store import (
    calls,
    canaries,
    cards,
    history,
    menu_report,
    quality,
    quarters,
    queue_calls,
    queue_report,
    survey_report,
)
from ari_app.store.calls import Call
from ari_app.store.db import Store, StoreError
from ari_app.store.queue_report import Rules
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ari_app.workplace.caller_profile import StoredProfiles
from ari_app.workplace.conversations import StoredConversations
from ari_app.workplace.store_answers import answer
from ivr.acd.chosen import By, Chosen
from ivr.acd.figures import Figures, Stay
from ivr.acd.outcomes import Contacts, MenuCalls, Surveyed
from ivr.quality.score import Sums

log = logging.getLogger(__name__)

T = TypeVar("T")

DAYS_EACH_TIME = 7
"""Days of calls that are counted, if they are not yet, before a report is shown; the rest is
read again."""
BETWEEN_DAYS = 1.0
"""Seconds between two days, so that an upgrade with a year of calls delays no one."""


class StoredReports:
    """See :class:`ari_app.desk.reports.port.Reports`; ``rules`` are the zone of days, and within
    which span queues are to be answered."""

    def __init__(
        self,
        store: Store,
        profiles: StoredProfiles,
        recorded: StoredConversations,
        rules: Rules,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._profiles = profiles
        self._recorded = recorded
        self._rules = rules
        self._now = now

    def in_time(self, queue: str) -> int:
        """Within which span a queue is to be answered."""
        return self._rules.in_time(queue)

    async def sums(self, chosen: Chosen, by: By) -> Mapping[str, Figures]:
        """The figures, by the values of the stays."""
        return await answer(self._store.read(queue_report.sums, chosen, by, self._rules))

    async def contacts(self, chosen: Chosen, by: By) -> Mapping[str, Contacts]:
        """What became of the answered."""
        return await answer(self._store.read(queue_report.contacts, chosen, by, self._rules))

    async def slow(self, chosen: Chosen) -> tuple[int | None, int | None]:
        """Within which time 95 of 100 were answered, and had their card."""
        read, given = self._store.read, (chosen, self._rules)
        waited = await answer(read(queue_report.percentile, *given, "waited"))
        return waited, await answer(read(queue_report.percentile, *given, "pop"))

    async def agents(self, since: int, until: int) -> Mapping[str, Mapping[tuple[str, str], int]]:
        """What agents did, by quarter hours."""
        found: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
        for agent, state, reason, spent in await answer(
            self._store.read(quarters.spent_between, since, until)
        ):
            found[agent][state, reason] = spent
        return found

    async def containment(self, since: int, until: int) -> Mapping[tuple[str, str], MenuCalls]:
        """The calls through the menus."""
        await self._fill()
        return await answer(self._store.read(menu_report.containment, since, until))

    async def canaries(self, since: int, until: int) -> Sequence[TriedMenus]:
        """New menus for a share of the callers."""
        return await answer(self._store.read(_tried, since, until))

    async def surveyed(self, chosen: Chosen, by: By) -> Mapping[str, Surveyed]:
        """What callers said of conversations."""
        return await answer(self._store.read(survey_report.surveyed, chosen, by, self._rules))

    async def scored(
        self, since: int, until: int, agent: str
    ) -> tuple[Mapping[str, Sums], Mapping[str, Sums], Mapping[str, Names]]:
        """What supervisors scored."""
        agents = await answer(self._store.read(quality.sums_by_agent, since, until))
        asked = self._store.read(quality.sums_by_question, since, until, agent)
        mine = {name: one for name, one in agents.items() if agent in ("", name)}
        words = await answer(self._store.read(quality.words_of_questions, since, until))
        return mine, await answer(asked), words

    async def flows(self, since: int, until: int) -> Sequence[str]:
        """The flows that calls went through."""
        return await answer(self._store.read(menu_report.flows, since, until))

    async def funnel(self, since: int, until: int, flow: str) -> Sequence[FunnelNode]:
        """How calls went through a flow: the nodes that callers notice, and the queues."""
        await self._fill()
        found = await answer(self._store.read(menu_report.funnel, since, until, flow))
        narrator = self._profiles.narrator()
        places = narrator.places(flow)
        found.sort(key=lambda one: (-one.passed, places.get(one.node, len(places))))
        heard = ((one, narrator.heard(one.flow, one.node)) for one in found)
        return [
            FunnelNode(one, names or {"": one.node}, narrator.queue(one.flow, one.node))
            for one, names in heard
            if names is not None or one.gone
        ]

    async def _fill(self) -> None:
        """Count quarter hours that are over and not counted yet, some days of them."""
        for _ in range(DAYS_EACH_TIME):
            if not await answer(self._store.write(menu_report.fill, micros(self._now()))):
                return

    async def run(self, every: float) -> NoReturn:
        """Count the quarter hours that are over, a day of them at a time, look again after
        ``every`` seconds, and never return."""
        while True:
            more = False
            try:
                more = await self._store.write(menu_report.fill, micros(self._now()))
            except StoreError as error:
                log.error("calls through the menus not counted, trying again later: %s", error)
            except Exception:
                log.exception("calls through the menus not counted; retry in %g s", every)
            await asyncio.sleep(BETWEEN_DAYS if more else every)

    async def stays(
        self, chosen: Chosen, limit: int, after: tuple[int, int] | None
    ) -> Sequence[Stay]:
        """The stays, the newest first."""
        read = self._store.read(queue_report.stays, chosen, self._rules, limit, after)
        return await answer(read)

    async def gone_at(
        self, since: int, until: int, flow: str, node: str, limit: int
    ) -> Sequence[MenuCall]:
        """The last calls that ended at a node and joined no queue."""
        read = self._store.read(menu_report.gone_at, since, until, flow, node, limit)
        return [_menu_call(one) for one in await answer(read)]

    async def of_stay(self, stay: int) -> WholeCall | None:
        """The whole call of a stay."""
        found = await answer(self._store.read(queue_calls.by_id, stay))
        return None if found is None else await self._whole(found.channel, found.call)

    async def of_call(self, call: str) -> WholeCall | None:
        """The whole call through the menus."""
        stays = await answer(self._store.read(queue_calls.of_call, call))
        channel = stays[0].channel if stays else ""
        found = await self._whole(channel, call)
        return found if found.call else None

    async def _whole(self, channel: str, call: str) -> WholeCall:
        read = await answer(self._store.read(_read, channel, call))
        return WholeCall(
            stays=read.stays,
            call=None if read.call is None else _menu_call(read.call),
            path=await self._profiles.path(call) if read.call else None,
            contacts=read.contacts,
            recordings=await self._recorded.of_channel(channel) if channel else (),
        )


def _tried(db: Database, since: int, until: int) -> list[TriedMenus]:
    return [
        TriedMenus(one.id, one.share, one.end, canaries.both_sides(db, one))
        for one in canaries.between(db, since, until)
    ]


class _Read(Struct, frozen=True):
    stays: Sequence[Stay]
    call: Call | None
    contacts: Sequence[CardContact]


def _read(db: Database, channel: str, call: str) -> _Read:
    """What there is of a channel and a call; either may be ""."""
    stays = queue_calls.of_channel(db, channel) if channel else []
    path = calls.path(db, call) if call else None
    shown = cards.by_channel(db, channel) if channel else []
    contacts = [_contact(db, card) for card in reversed(shown)]
    return _Read(stays, path.call if path else None, contacts)


def _contact(db: Database, card: cards.Card) -> CardContact:
    """What was noted on a card; what is typed on an open one, too."""
    noted = history.of_card(db, card.id)
    if noted is not None:
        solved: bool | None = noted.first_contact_solved
        texts = (noted.topic, noted.question, noted.solution)
    else:
        typed = cards.texts(db, card.id)
        solved = {"yes": True, "no": False}.get(typed.get("solved", ""))
        texts = (
            typed.get("topic") or card.topic,
            typed.get("question", ""),
            typed.get("solution", ""),
        )
    return CardContact(card.agent, card.opened, *texts, solved)


def _menu_call(call: Call) -> MenuCall:
    began = call.began
    return MenuCall(
        id=began.call,
        number=began.caller,
        dialled=began.dialled,
        subscriber=began.subscriber,
        language=began.language,
        flow=began.flow,
        version=began.version,
        began=began.at,
        ended=call.ended.at if call.ended else None,
    )
