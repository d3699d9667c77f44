"""The desk: what agents see and do, joined from calls, knowledge and what they say."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from ari_app.desk import acts
from ari_app.desk import messages as m
from ari_app.desk.agent_state import AgentState, standing
from ari_app.desk.cards import Begin, Card, Desks, Listener
from ari_app.desk.hub import Hub, Tab
from ari_app.desk.pop import Why
from ari_app.desk.ports import Colleague, DeskUnavailable, How, Ports
from ari_app.desk.render import PARTS, Render
from ivr.acd.queues import Board, Talk

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds in which what is to be known of a caller must be found out; else the card says so."""


class Desk(Listener):
    """Everything on all desks. ``wrapups`` are the queues' pauses after a call, in seconds."""

    def __init__(
        self,
        desks: Desks,
        hub: Hub,
        ports: Ports,
        render: Render,
        now: Callable[[], datetime],
        begin: Begin,
        wrapups: Mapping[str, int],
    ) -> None:
        self.desks = desks
        self.hub = hub
        self.keep = ports.cards
        self.knowledge = ports.knowledge
        self.floor = ports.floor
        self.acts = ports.acts
        self.clerk = ports.clerk
        self._operations = tuple(acts.offered(ports.acts.catalogue).values())
        self.render = render
        self.now = now
        self._phones = ports.phones
        self.begin = begin
        self._wrapups = wrapups
        self._board = Board()
        self._current: bool | None = None
        self._standing: dict[str, AgentState] = {}
        self._changed = asyncio.Event()
        self._late = 0
        self.counted = asyncio.Event()
        """Set when the late tickets are to be counted anew."""
        desks.listener = self

    # What the exchange tells.

    def update(self, board: Board, current: bool) -> None:
        """Take the newest board; while it is not ``current`` the exchange tells nothing."""
        self._board, was = board, self._current
        self._current = current
        if current:
            self.desks.update(board)
        if was is not None and current != was:
            for tab in self.hub.all():
                word = "exchange-back" if current else "exchange-silent"
                tab.tell(m.Notice(self.render.word(word, tab.language)))
        self._changed.set()

    async def tell_queues(self, pause: float) -> None:
        """Tell all tabs of the queues when they change, for ever; with a pause between."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            made: dict[tuple[str, bool], m.Queues] = {}
            for tab in self.hub.all():
                kind = (tab.language, tab.mentor)
                if kind not in made:
                    made[kind] = m.Queues(self._queues(tab))
                tab.tell(made[kind])
            await asyncio.sleep(pause)

    async def count_late(self, pause: float) -> None:
        """Count the tickets that are late, for ever: after each pause, and when one was changed."""
        while True:
            try:
                late = sum(one.late for one in await self.clerk.tickets())
            except DeskUnavailable as error:
                log.warning("late tickets are not counted: %s", error)
            else:
                if late != self._late:
                    self._late = late
                    self._changed.set()
            self.counted.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self.counted.wait()

    def standing(self, agent: str) -> AgentState:
        """Where an agent stands now."""
        interface = self._phones.of(agent)
        if interface is None:
            return AgentState("nowhere")
        return standing(self._board, interface, self._wrapups, self.now())

    def tell_standings(self) -> None:
        """Tell agents where they stand, if that is no more as they know it."""
        for agent in self.hub.present():
            now = self.standing(agent)
            if self._standing.get(agent) != now:
                self._standing[agent] = now
                for tab in self.hub.of(agent):
                    tab.tell(m.Stated(self.render.standing(now, tab.language)))

    def _queues(self, tab: Tab) -> str:
        talks = self.talking() if tab.mentor else ()
        return self.render.queues(
            self._board, bool(self._current), talks, self._late, self.now(), tab.language
        )

    # Who is there.

    def queues(self) -> Sequence[str]:
        """The names of all queues."""
        return sorted(self._board.queues)

    def colleagues(self, agent: str) -> Sequence[tuple[Colleague, AgentState]]:
        """All others, and where they stand."""
        others = (one for one in self._phones.everyone() if one.name != agent)
        return [(one, self.standing(one.name)) for one in others]

    def talking(self) -> Sequence[tuple[Colleague, Talk]]:
        """The agents who speak with somebody now."""
        people = {one.name: one for one in self._phones.everyone()}
        found = ((self._phones.agent(talk.interface), talk) for talk in self._board.talks)
        return [(people[name], talk) for name, talk in found if name in people]

    def leg(self, card: Card) -> str | None:
        """The channel over which the agent of a card speaks with its caller, while he does."""
        for one, talk in self.talking():
            if (one.name, talk.caller.call) == (card.kept.agent, card.kept.arrival.channel):
                return talk.leg
        return None

    async def mentored(self, mentor: str, agent: str, how: How) -> None:
        """An agent is told, and it is noted, that a mentor hears him."""
        names = {one.name: one.full_name for one in self._phones.everyone()}
        who = names.get(mentor, mentor)
        for tab in self.hub.of(agent):
            tab.tell(m.Notice(self.render.word(f"mentor-{how}", tab.language, mentor=who)))
        log.info("%s mentors %s: %s", mentor, agent, how)
        cards = [one.kept for one in self.desks.of(agent) if one.phase == "talking"]
        subscriber = cards[0].arrival.subscriber if cards else None
        await self.viewed(mentor, subscriber, f"{how} {agent}")

    # What lies on a desk.

    async def hello(self, tab: Tab) -> m.Hello:
        """All that lies on the desk of a tab's agent now."""
        texts = {card.id: await self._texts(card) for card in self.desks.of(tab.agent)}
        # From here on nothing waits: what happens next is told after this.
        cards = self.desks.of(tab.agent)
        for card in cards:
            if not card.filled:
                self.begin(self._fill(card))
        self._standing[tab.agent] = stands = self.standing(tab.agent)
        return m.Hello(
            cards=tuple(self._card(card, texts.get(card.id, {}), tab.language) for card in cards),
            state=self.render.standing(stands, tab.language),
            queues=self._queues(tab),
            built=self.render.built,
        )

    async def _texts(self, card: Card) -> Mapping[str, str]:
        if not card.opened.is_set():
            return {}
        try:
            return await self.keep.texts(card.id)
        except DeskUnavailable as error:
            log.warning("card %s: no texts: %s", card.id, error)
            return {}

    def _card(self, card: Card, texts: Mapping[str, str], language: str) -> str:
        return self.render.card(card, texts, self._operations, self.now(), language)

    def came(self, card: Card) -> None:
        """See :class:`Listener`."""
        for tab in self.hub.of(card.kept.agent):
            html = self._card(card, {}, tab.language)
            tab.tell(m.Card(card.id, html, self.render.told(card, tab.language)))
        self.begin(self._fill(card))

    def went_on(self, card: Card) -> None:
        """See :class:`Listener`."""
        for tab in self.hub.of(card.kept.agent):
            word = self.render.word(f"phase-{card.phase}", tab.language)
            tab.tell(m.Phased(card.id, card.phase, word, card.since.isoformat()))

    def went(self, card: Card, why: Why) -> None:
        """See :class:`Listener`."""
        for tab in self.hub.of(card.kept.agent):
            tab.tell(m.Gone(card.id, self.render.word(f"gone-{why}", tab.language)))

    # What is found out for a card: what is known first, the rest as it comes.

    async def _fill(self, card: Card) -> None:
        """Find out all parts of a card, side by side; none waits for another."""
        card.filled = True
        arrival = card.kept.arrival
        subscriber = arrival.subscriber
        with_what = {"path": arrival.call, "calls": arrival.number, "passed": card.kept.came_from}
        parts = tuple(part for part, there in with_what.items() if there)
        if subscriber is not None:
            parts += ("who", "account", "history", "tickets", "notes", "outages")
            self.begin(self.viewed(card.kept.agent, subscriber, f"card {card.id}"))
        await self.refresh(card, *parts)

    def wrote(self, card: str) -> None:
        """Something was written on a card: whoever has its caller by now sees it."""
        for one in self.desks.after(card):
            self.begin(self.refresh(one, "passed"))

    async def refresh(self, card: Card, *parts: str) -> None:
        """Find out parts of a card, or find them out anew: something was done."""
        await asyncio.gather(*(self._found(card, part) for part in parts))

    async def _found(self, card: Card, part: str) -> None:
        known: dict[str, object] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                known[part] = await self._find(card, part)
        except (TimeoutError, DeskUnavailable) as error:
            log.warning("card %s: no %s: %s", card.id, part, str(error) or "it took too long")
        missing = card.known.missing - {part} if known else card.known.missing | {part}
        card.known = replace(card.known, **known, missing=missing)
        if self.desks.get(card.id) is card:
            for told in {part, "why", "tips"} & set(PARTS):
                self.tell_part(card, told)

    async def _find(self, card: Card, part: str) -> object:
        arrival, ask = card.kept.arrival, self.knowledge
        match part:
            case "path":
                return await ask.path(arrival.call)
            case "calls":
                return await ask.promised(arrival.number)
            case "passed":
                return await self.keep.passed(card.kept.came_from)
        assert arrival.subscriber is not None
        find: Mapping[str, Callable[[int], Awaitable[object]]] = {
            "who": ask.who,
            "account": ask.account,
            "history": ask.history,
            "tickets": ask.tickets,
            "notes": ask.notes,
            "outages": ask.outages,
        }
        return await find[part](arrival.subscriber)

    def tell_part(self, card: Card, part: str) -> None:
        """Tell the tabs of a card's agent what a part of it is now, if that is news."""
        tabs = self.hub.of(card.kept.agent)
        for language in {tab.language for tab in tabs}:
            html = self.render.part(part, card, self.now(), language)
            if card.shown.get((part, language)) != html:
                card.shown[part, language] = html
                for tab in tabs:
                    if tab.language == language:
                        tab.tell(m.Part(card.id, part, html))

    async def viewed(self, agent: str, subscriber: int | None, what: str) -> None:
        """Note that an agent saw personal data; that it could not be noted is an error."""
        try:
            await self.knowledge.viewed(agent, subscriber, what)
        except DeskUnavailable as error:
            log.error(
                "%s saw subscriber %s (%s), and it was not noted: %s",
                agent,
                subscriber,
                what,
                error,
            )
