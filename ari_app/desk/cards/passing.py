"""Callers whom agents transfer: starts it, follows what becomes of them, and shows it in the card,
in the way of the call and in the audit."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.cards.card import Begin, Card
from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.card_publisher import CardPublisher
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.cards.pop import Passage
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.ports import DeskUnavailable, Ports
from ivr.acd.board import Board, Talk
from ivr.acd.channels import Consultation
from ivr.acd.passing import Pass, follow
from ivr.acd.queues import Event

Act = Literal["complete", "three", "take-back"]
"""What an agent does who asked somebody first: connects them and leaves, lets the caller join, or
speaks with the caller alone again."""

NOTICES: Mapping[str, tuple[str, ...]] = {
    "back-rings": ("passing-notice-back",),
    "front": ("passing-notice-front",),
}
"""States that an agent must notice, with the text."""

WHEN: Mapping[Act, frozenset[str]] = {
    "complete": frozenset({"talking", "three"}),
    "three": frozenset({"talking"}),
    "take-back": frozenset({"calling", "rings", "talking", "three"}),
}
"""In which states of a transfer with a word first each is possible."""


class NotNow(Exception):  # noqa: N818 - named by what is so, not as an error
    """There is no call, or none in the state that is needed: ``word`` is shown to the agent."""

    def __init__(self, word: str = "transfer-no-call") -> None:
        super().__init__(word)
        self.word = word


class Passing:
    """Transfers callers; a card has its newest passage.

    Its methods may raise :class:`NotNow` and :class:`DeskUnavailable`.
    """

    def __init__(
        self,
        ports: Ports,
        states: AgentStates,
        cards: OpenCards,
        details: CardDetails,
        publisher: CardPublisher,
        now: Callable[[], datetime],
        begin: Begin,
    ) -> None:
        self._states = states
        self._cards = cards
        self._details = details
        self._publisher = publisher
        self._ports = ports
        self._views = ViewLog(ports.profiles)
        self._now = now
        self._begin = begin
        self._under_way: dict[str, Card] = {}
        """Caller's channel: the card of the agent who transfers them."""
        self._moved = asyncio.Event()

    async def transfer(self, card: Card, to: str) -> None:
        """Transfer the caller without a word, to digits or to ``queue-`` and a name."""
        talk = self._start(card, to, warm=False)
        await self._asked(card, self._ports.queue_control.transfer(talk.leg, to))

    async def consult(self, card: Card, to: str) -> None:
        """Call ``to``, digits or ``queue-`` and a name, first, while the caller hears music."""
        agent = card.record.agent
        talk = self._start(card, to, warm=True)
        self._ask_first(card, self._states.full_name(agent))
        control = self._ports.queue_control
        await self._asked(card, control.consult(agent, talk.caller.channel, talk.leg, to))

    async def act(self, card: Card, act: Act) -> None:
        """Go on after asking somebody."""
        passage, control = card.passage, self._ports.queue_control
        if passage is None or not passage.at.warm or passage.at.state not in WHEN[act]:
            raise NotNow
        at = passage.at
        if act == "complete":
            await control.hang_up(at.leg)
        elif act == "three":
            await control.conference(self._talk(card).caller.channel, at.leg)
            self._move(card, replace(at, state="three"))
        elif at.legs:
            card.passage = replace(passage, at=replace(at, taken_back=True))
            await control.hang_up(at.legs[0] if at.queue else at.legs[-1])
        else:
            raise NotNow

    async def settled(self, card: Card, seconds: float) -> Pass | None:
        """What became of the caller as soon as something rings, answers or fails, at the latest
        after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                while card.passage and card.passage.at.state in ("calling", "returns"):
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            pass
        return card.passage.at if card.passage else None

    def observe(self, _: Board, event: Event) -> None:
        """Follow an event of Asterisk. Never waits."""
        for card in tuple(self._under_way.values()):
            assert card.passage is not None
            after = follow(card.passage.at, event)
            if after is not card.passage.at:
                self._move(card, after)

    def resume(self, asking: Collection[Consultation]) -> None:
        """Asterisk is connected again, or for the first time: go on with those who ask somebody.
        Called before the cards know the new board."""
        for one in asking:
            phone = one.leg.rpartition("-")[0]
            agent = self._ports.phones.agent(phone)
            cards = self._cards.of(agent) if agent else ()
            its = (card for card in cards if card.record.arrival.channel == one.caller.call)
            card = next((card for card in its if card.speaks), None)
            if agent is None or card is None:
                continue
            queue, by = one.to.startswith("queue-"), self._states.full_name(agent)
            at = Pass(
                call=one.caller.call,
                phone=phone,
                leg=one.leg,
                queue=queue,
                warm=True,
                state=one.state,
                legs=one.legs[:1] if queue and one.state in ("talking", "three") else one.legs,
            )
            card.passage = self._passage(one.to, at)
            self._under_way[one.caller.call] = card
            self._ask_first(card, by)
            if one.state != "three":
                for other in filter(None, map(self._ports.phones.agent, one.asked)):
                    self._cards.asked(other, one.caller.call, by)

    def reconnected(self, asking: Collection[Consultation]) -> None:
        """What happened meanwhile to anybody else is not known. Called with the new board."""
        known = {one.caller.call for one in asking}
        for channel, card in tuple(self._under_way.items()):
            passage = card.passage
            assert passage is not None
            other = None
            if channel not in known:
                if passage.at.warm and card.phase != "talking":
                    other = self._cards.joined(channel)
                self._ask_first(card, "")
                del self._under_way[channel]
                card.passage = None
            for one in (card, other):
                if one is not None:
                    self._publisher.passing(one)
            self._moved.set()

    def _talk(self, card: Card) -> Talk:
        where = (card.record.agent, card.record.arrival.channel)
        for colleague, talk in self._states.talks():
            if (colleague.name, talk.caller.call) == where:
                return talk
        raise NotNow

    def _start(self, card: Card, to: str, warm: bool) -> Talk:
        talk = self._talk(card)
        if card.passage is not None and not card.passage.at.over:
            raise NotNow("transfer-under-way")
        at = Pass(
            call=talk.caller.call,
            phone=talk.interface,
            leg=talk.leg,
            queue=to.startswith("queue-"),
            warm=warm,
        )
        card.passage = self._passage(to, at)
        self._under_way[talk.caller.call] = card
        return talk

    def _passage(self, to: str, at: Pass) -> Passage:
        people = {one.extension: one for one in self._ports.phones.everyone()}
        found = people.get(to)
        name, full_name = (found.name, found.full_name) if found else ("", "")
        return Passage(to.removeprefix("queue-"), name, full_name, at, self._now())

    async def _asked(self, card: Card, request: Awaitable[None]) -> None:
        """What was asked of Asterisk; if that failed nothing has happened."""
        try:
            await request
        except DeskUnavailable:
            self._ask_first(card, "")
            self._under_way.pop(card.record.arrival.channel, None)
            card.passage = None
            raise
        if card.passage and card.passage.at.state == "calling":  # else that was shown already
            self._report(card)

    def _ask_first(self, card: Card, by: str) -> None:
        passage = card.passage
        if passage and (passage.agent or passage.at.queue):
            self._cards.asked(passage.agent, card.record.arrival.channel, by)

    def _move(self, card: Card, after: Pass) -> None:
        passage = card.passage
        assert passage is not None
        shown = (after.state, after.why) == (passage.at.state, passage.at.why)
        if after.state in ("three", "passed") and after.warm:
            other = self._cards.joined(after.call)
            if other is not None:
                self._publisher.passing(other)
        if after.over or not after.warm:
            self._ask_first(card, "")
        if after.over:
            self._under_way.pop(after.call, None)
        if shown:
            card.passage = replace(passage, at=after)
        else:
            card.passage = replace(passage, at=after, since=self._now())
            self._report(card)
            self._moved.set()

    def _report(self, card: Card) -> None:
        """Show it in the card, the way of the call, and the audit."""
        passage, record = card.passage, card.record
        assert passage is not None
        at, to = passage.at, passage.agent or passage.to
        if record.arrival.call:
            self._ports.profiles.passed(record.arrival.call, f"{at.state} {passage.name or to}")
            self._details.reload(card, "path")
        if at.state in ("passed", "queued"):
            self._ports.transferred(record.arrival.channel, record.agent, passage.to)
        how, why = "consult" if at.warm else "transfer", f" {at.why}" if at.why else ""
        what = f"{how} {to}: {at.state}{why}"
        self._begin(self._views.record(record.agent, record.arrival.subscriber, what))
        self._publisher.passing(card, *NOTICES.get(at.state, ()))
