"""The cards that lie on the agents' desks now, and how they come and go with the calls."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from ari_app.desk.idempotent_actions import IdempotentActions
from ari_app.desk.known import Identity, Known
from ari_app.desk.messages import Phase
from ari_app.desk.pop import Place, Places, Why, places, why_gone
from ari_app.desk.ports import Cards, DeskUnavailable, Kept, Knowledge, Phones
from ivr.acd.queues import Board

log = logging.getLogger(__name__)

AGAIN = 1.0
"""Seconds after which what could not be kept is tried again."""

REMEMBERED = 500
"""Cards that were finished while their callers may still be there: so many at most."""

WANE = 0.5
"""Seconds in which a card stays of whose caller nothing is told: between the words that he waits no
more and that he speaks, Asterisk tells other things."""

Begin = Callable[[Coroutine[Any, Any, None]], object]


class Card:
    """A card on a desk: what is kept of it, and what was found out for it so far."""

    def __init__(self, kept: Kept, phase: Phase, since: datetime) -> None:
        self.kept = kept
        self.phase: Phase = phase
        self.since = since
        self.known = Known()
        self.filled = False
        """Whether what is known is found out, or on its way."""
        self.shown: dict[tuple[str, str], str] = {}
        """Part and language: the HTML that was told last."""
        self.deeds = IdempotentActions()
        self.opened = asyncio.Event()
        """Set when the card is kept, so that texts can be."""

    @property
    def id(self) -> str:
        return self.kept.id


class Listener:
    """Who is told what happens to cards. Never waits."""

    def came(self, card: Card) -> None:
        """A card lies on the desk of its agent."""

    def went_on(self, card: Card) -> None:
        """Its call went on to another phase."""

    def went(self, card: Card, why: Why) -> None:
        """A card lies there no more."""


class Desks:
    """All cards, by agent and caller."""

    def __init__(
        self,
        keep: Cards,
        knowledge: Knowledge,
        phones: Phones,
        now: Callable[[], datetime],
        begin: Begin,
    ) -> None:
        self.listener = Listener()
        self._keep = keep
        self._knowledge = knowledge
        self._phones = phones
        self._now = now
        self._begin = begin
        self._cards: dict[str, Card] = {}
        self._at: dict[tuple[str, str], Card] = {}
        """Agent and caller's channel, while the caller is on his phone."""
        self._spoke: dict[str, Card] = {}
        """Caller's channel: the card that was finished last, of an agent who spoke with him."""
        self._places: Places = {}
        self._board = Board()
        self._waning: set[tuple[str, str]] = set()
        """Those who ring no more, and of whom it is not told yet what became of them."""

    async def restore(self) -> None:
        """Lay out again what was not finished when the application ended."""
        for kept in await self._keep.unfinished():
            phase: Phase = "after" if kept.ended else "talking" if kept.answered else "ringing"
            card = Card(kept, phase, kept.ended or kept.answered or kept.opened)
            card.opened.set()
            self._cards[card.id] = card
            if phase != "after":
                self._at[kept.agent, kept.arrival.channel] = card

    def get(self, card: str) -> Card | None:
        """The card of an id."""
        return self._cards.get(card)

    def of(self, agent: str) -> Iterable[Card]:
        """The cards on the desk of an agent, the first that came first."""
        return tuple(one for one in self._cards.values() if one.kept.agent == agent)

    def after(self, card: str) -> Iterable[Card]:
        """The cards of colleagues to whom the caller of a card was passed on."""
        return tuple(one for one in self._cards.values() if one.kept.came_from == card)

    def update(self, board: Board) -> None:
        """Take a board that is right: cards come, go on and go."""
        now = places(board)
        if now == self._places and self._at.keys() <= {*map(self._key, now.values())}:
            return
        self._places, self._board = now, board
        here = {key: place for place in now.values() if (key := self._key(place)) is not None}
        for key in [key for key in self._at if key not in here]:
            self._left(key)
        self._waning -= here.keys()
        for key, place in here.items():
            if key in self._at:
                self._phase(self._at[key], place)
            else:
                self._came(key, place)

    def proven(self, card: Card, identity: Identity) -> None:
        """The caller told the agent his code word."""
        self._change(card, identity=identity)

    def finished(self, card: Card) -> None:
        """The agent is done with a card."""
        self._cards.pop(card.id, None)
        if card.kept.answered:
            self._spoke[card.kept.arrival.channel] = card
            if len(self._spoke) > REMEMBERED:
                del self._spoke[next(iter(self._spoke))]
        key = (card.kept.agent, card.kept.arrival.channel)
        if self._at.get(key) is card:
            del self._at[key]

    def _key(self, place: Place) -> tuple[str, str] | None:
        agent = self._phones.agent(place.interface)
        return None if agent is None else (agent, place.caller.call)

    def _came(self, key: tuple[str, str], place: Place) -> None:
        agent, channel = key
        before = self._last(channel)
        arrival = self._knowledge.arrival(place.caller, place.queue)
        kept = Kept(
            id=secrets.token_hex(8),
            agent=agent,
            arrival=arrival,
            opened=place.since,
            answered=place.since if place.phase == "talking" else None,
            identity=before.kept.identity if before else arrival.identity,
            came_from=before.id if before else "",
        )
        card = Card(kept, place.phase, place.since)
        self._cards[card.id] = self._at[key] = card
        self.listener.came(card)
        self._begin(self._opened(card))

    async def _opened(self, card: Card) -> None:
        await self._surely(lambda: self._keep.open(card.kept))
        card.opened.set()

    def _last(self, channel: str) -> Card | None:
        """The card of a colleague who spoke with this caller before."""
        spoke = [
            one
            for one in self._cards.values()
            if one.kept.arrival.channel == channel and one.kept.answered
        ]
        return max(spoke, key=lambda one: one.kept.opened, default=self._spoke.get(channel))

    def _phase(self, card: Card, place: Place) -> None:
        if card.phase == place.phase or card.phase == "talking":
            return
        card.phase, card.since = place.phase, place.since
        self._change(card, answered=place.since)
        self.listener.went_on(card)

    def _left(self, key: tuple[str, str]) -> None:
        card, why = self._at[key], why_gone(self._board, key[1])
        if card.phase == "talking":
            del self._at[key]
            card.phase, card.since = "after", self._now()
            self._change(card, ended=card.since)
            self.listener.went_on(card)
        elif why in ("answered-elsewhere", "rings-elsewhere"):
            self._went(key, why)
        elif key not in self._waning:
            self._waning.add(key)
            self._begin(self._wane(key))

    async def _wane(self, key: tuple[str, str]) -> None:
        await asyncio.sleep(WANE)
        if key in self._waning:
            self._went(key, why_gone(self._board, key[1]))

    def _went(self, key: tuple[str, str], why: Why) -> None:
        self._waning.discard(key)
        card = self._at.pop(key)
        del self._cards[card.id]
        self.listener.went(card, why)
        self._begin(self._closed(card, self._now()))

    async def _closed(self, card: Card, at: datetime) -> None:
        await card.opened.wait()
        await self._surely(lambda: self._keep.close(card.id, at))

    def _change(self, card: Card, **what: Any) -> None:
        card.kept = replace(card.kept, **what)
        self._begin(self._changed(card))

    async def _changed(self, card: Card) -> None:
        await card.opened.wait()
        await self._surely(lambda: self._keep.changed(card.kept))  # as it is by then

    async def _surely(self, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Keep it, when the store can: no card waits for that."""
        while True:
            try:
                return await deed()
            except DeskUnavailable as error:
                log.warning("a card was not kept: %s; trying again", error)
                await asyncio.sleep(AGAIN)
