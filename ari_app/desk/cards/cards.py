"""The open cards of all agents: how they open, change phase and close with the calls."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec.structs import replace

from ari_app.desk.cards.caller_profile import Arrival, CallerProfile, Identified, Identity
from ari_app.desk.cards.card import Begin, Card, phase_of
from ari_app.desk.cards.card_store import CardRecord, CardStore
from ari_app.desk.cards.card_writer import CardWriter
from ari_app.desk.cards.pop import Place, Places, Why, places, why_gone
from ari_app.desk.ports import AgentPhones, CallerProfiles
from ivr.acd.queues import Board

log = logging.getLogger(__name__)

REMEMBERED = 500
"""Finished cards that are remembered at most, while their callers may still be on the line."""

GONE_DELAY = 0.5
"""Seconds for which a ringing card stays after its offer ended: between "no longer waiting" and
"connected", Asterisk reports other events."""


class UnknownCard(Exception):  # noqa: N818 - named by what is so, not as an error
    """The agent has no such card."""


class CardListener(Protocol):
    """Notified of changes of cards. Its methods never wait."""

    def card_opened(self, card: Card) -> None: ...

    def phase_changed(self, card: Card) -> None: ...

    def card_closed(self, card: Card, why: Why) -> None:
        """A card closed without having been answered."""

    def card_kept(self, card: Card, why: Why) -> None:
        """A card was not answered, and stays, because something was typed."""


class OpenCards:
    """All open cards, by agent and caller, kept in step with the queue board and the store."""

    def __init__(
        self,
        store: CardStore,
        profiles: CallerProfiles,
        phones: AgentPhones,
        listener: CardListener,
        now: Callable[[], datetime],
        begin: Begin,
    ) -> None:
        self._store = store
        self._writer = CardWriter(store, begin)
        self._profiles = profiles
        self._phones = phones
        self._listener = listener
        self._now = now
        self._begin = begin
        self._cards: dict[str, Card] = {}
        self._at: dict[tuple[str, str], Card] = {}
        """Agent and caller's channel, while the caller is at the agent's phone."""
        self._finished: dict[str, Card] = {}
        """Caller's channel: the card finished last by an agent who talked with them."""
        self._places: Places = {}
        self._board, self._pending = Board(), frozenset[str]()
        self._asked: dict[tuple[str, str], str] = {}
        """Agent and caller's channel, while the agent is asked about the caller: who asks."""
        self._leaving: dict[tuple[str, str], object] = {}
        """Offers that ended, until it is known what became of the caller; one object each."""

    async def restore(self) -> None:
        """Restore the unfinished cards from the store, after a restart, or after another worker had
        the desk; what was known before is forgotten."""
        self._places = {}
        for known in (self._cards, self._at, self._finished, self._asked, self._leaving):
            known.clear()
        for record in await self._store.unfinished():
            card = Card(record, phase_of(record), record.ended or record.answered or record.opened)
            card.stored.set()
            card.typed.texts.update(await self._store.texts(card.id))
            self._cards[card.id] = card
            if card.phase in ("ringing", "talking"):
                self._at[record.agent, record.arrival.channel] = card

    def own(self, agent: str, id: str) -> Card:
        """An agent's card; raises :class:`UnknownCard` if they have no such card."""
        if (card := self.find(agent, id)) is None:
            raise UnknownCard(id)
        return card

    def of(self, agent: str) -> Iterable[Card]:
        """The cards of an agent, oldest first."""
        return tuple(one for one in self._cards.values() if one.record.agent == agent)

    def about(self, subscriber: int) -> Iterable[Card]:
        """The cards of a subscriber, of all agents."""
        cards = tuple(self._cards.values())
        return tuple(one for one in cards if one.record.arrival.subscriber == subscriber)

    def all(self) -> Iterable[Card]:
        """The open cards of all agents."""
        return tuple(self._cards.values())

    def transferred_from(self, id: str) -> Iterable[Card]:
        """The cards of agents to whom the caller of a card was transferred."""
        return tuple(one for one in self._cards.values() if one.record.came_from == id)

    def update(self, board: Board, pending: Collection[str] = ()) -> None:
        """Open, change and close cards by a current board; none opens for ``pending`` channels."""
        now = places(board)
        if now == self._places and self._at.keys() <= {*map(self._key, now.values())}:
            return
        self._places, self._board = {} if pending else now, board
        self._pending = frozenset(pending)
        here = {key: place for place in now.values() if (key := self._key(place)) is not None}
        for key in [key for key in self._at if key not in here]:
            self._caller_left(key)
        for key, place in here.items():
            self._leaving.pop(key, None)
            if place.asked and (by := self._asked.get(("", key[1]))):
                self._asked.setdefault(key, by)
            if key in self._at:
                self._answered(self._at[key], place)
            elif key[1] not in pending:
                self._open(key, place)

    def asked(self, agent: str, channel: str, by: str) -> None:
        """A colleague, whose name is ``by``, asks this agent ("": who answers in a queue) about a
        caller who hears music, with whom the agent has not spoken. ``by`` "": no one asks any more;
        a card that is open closes with its call."""
        if by:
            self._asked[agent, channel] = by
            if card := self._at.get((agent, channel)):
                card.asked_by = by
        elif (agent, channel) not in self._at:
            self._asked.pop((agent, channel), None)

    def joined(self, channel: str) -> Card | None:
        """The agent who was asked hears the caller now; returns the card."""
        found = [self._at[key] for key in self._asked if key[1] == channel and key in self._at]
        card = next((card for card in found if card.phase == "talking"), None)
        self._asked.pop(("", channel), None)
        if card is None:
            return None
        del self._asked[card.record.agent, channel]
        card.asked_by = ""
        self._change(card, answered=card.record.answered or self._now(), ended=None)
        return card

    def identify(self, card: Card, identity: Identity) -> None:
        """Record how well the caller of a card is identified."""
        self._change(card, identity=identity)

    def open_record(self, agent: str, arrival: Arrival) -> Card:
        """Open an agent's card without a call, unless there is one of the same person."""
        for card in self.of(agent):
            there = card.record.arrival
            same = (there.channel, there.subscriber, there.number)
            if same == ("", arrival.subscriber, arrival.number):
                return card
        record = CardRecord(
            id=secrets.token_hex(8), agent=agent, arrival=arrival, opened=self._now()
        )
        return self._add(Card(record, "record", record.opened))

    def link(self, card: Card, subscriber: int, number: str, how: Identified) -> None:
        """The caller of a card is the subscriber with this number, whom an agent identified;
        raises :class:`UnknownCard` if it was finished meanwhile."""
        card = self.own(card.record.agent, card.id)
        arrival = replace(card.record.arrival, subscriber=subscriber, about=number, identified=how)
        self._change(card, arrival=arrival, identity="caller")
        card.profile, card.loading = CallerProfile(path=card.profile.path), False
        card.shown.clear()

    async def texts(self, card: Card) -> Mapping[str, str]:
        """The fields of a card; empty while it is not in the store."""
        return await self._store.texts(card.id) if card.stored.is_set() else {}

    def find(self, agent: str, id: str) -> Card | None:
        """An agent's open card; None for any other."""
        card = self._cards.get(id)
        return card if card is not None and card.record.agent == agent else None

    async def save(self, agent: str, id: str, field: str, key: str, text: str) -> None:
        """Save a field of an agent's card, also of a finished one; returns when it is stored."""
        if (card := self.find(agent, id)) is not None:
            card.typed.saved(field, key, text)
            await card.stored.wait()
        await self._store.save(id, agent, field, key, text, self._now())

    async def finish(self, card: Card) -> None:
        """Close a card and record its contact."""
        await self._store.finish(card.id, self._now())
        self.forget(card)

    def forget(self, card: Card) -> None:
        """Take a finished card off the desk; remember who talked with its caller."""
        card.closed = True
        self._cards.pop(card.id, None)
        if card.record.answered:
            self._finished[card.record.arrival.channel] = card
            if len(self._finished) > REMEMBERED:
                del self._finished[next(iter(self._finished))]
        key = (card.record.agent, card.record.arrival.channel)
        if self._at.get(key) is card:  # the caller came back while it was being finished
            del self._at[key]
            self._leaving.pop(key, None)
            self._places = {}
            self.update(self._board, self._pending)

    def _key(self, place: Place) -> tuple[str, str] | None:
        agent = self._phones.agent(place.interface)
        return None if agent is None else (agent, place.caller.call)

    def _open(self, key: tuple[str, str], place: Place) -> None:
        agent, channel = key
        if self._comes_back(key, place):
            return
        before = self._previous(channel)
        arrival = self._profiles.arrival(place.caller, place.queue)
        if before and (was := before.record.arrival).identified:
            arrival = replace(
                arrival, subscriber=was.subscriber, about=was.about, identified=was.identified
            )
        record = CardRecord(
            id=secrets.token_hex(8),
            agent=agent,
            arrival=arrival,
            opened=place.since,
            answered=place.since if place.phase == "talking" and key not in self._asked else None,
            identity=before.record.identity if before else arrival.identity,
            came_from=before.id if before else "",
        )
        card = Card(record, place.phase, place.since)
        card.asked_by = self._asked.get(key, "")
        self._at[key] = self._add(card)

    def _add(self, card: Card) -> Card:
        self._cards[card.id] = card
        self._listener.card_opened(card)
        self._writer.opened(card)
        return card

    def _comes_back(self, key: tuple[str, str], place: Place) -> bool:
        """Whether the agent has a card of this call already, which then goes on."""
        agent, channel = key
        for card in self.of(agent):
            if card.record.arrival.channel == channel and card.phase == "after":
                self._at[key] = card
                card.phase, card.since = place.phase, place.since
                card.asked_by = self._asked.get(key, "")
                if place.phase == "talking" and not card.asked_by:
                    self._change(card, answered=card.record.answered or place.since, ended=None)
                self._listener.phase_changed(card)
                return True
        return False

    def _previous(self, channel: str) -> Card | None:
        """The card of the agent who talked with this caller before."""
        its = (one for one in self._cards.values() if one.record.arrival.channel == channel)
        answered = [one for one in its if one.record.answered]
        finished = self._finished.get(channel)
        return max(answered, key=lambda one: one.record.opened, default=finished)

    def _answered(self, card: Card, place: Place) -> None:
        if card.phase == place.phase or card.phase == "talking":
            return
        card.phase, card.since = place.phase, place.since
        if self._key(place) not in self._asked:
            self._change(card, answered=card.record.answered or place.since, ended=None)
        self._listener.phase_changed(card)

    def _caller_left(self, key: tuple[str, str]) -> None:
        card, why = self._at[key], why_gone(self._board, key[1])
        asked = self._asked.pop(key, "")
        if asked and card.record.answered is None:
            self._close(key, "waits" if ("", key[1]) in self._asked else "taken-back")
        elif card.phase == "talking" or card.record.answered:
            spoke = card.phase == "talking" and not asked
            del self._at[key]
            card.phase, card.since, card.asked_by = "after", self._now(), ""
            self._change(card, ended=card.since if spoke else card.record.ended or card.since)
            self._listener.phase_changed(card)
        elif why in ("answered-elsewhere", "rings-elsewhere"):
            self._close(key, why)
        elif key not in self._leaving:
            self._leaving[key] = end = object()
            self._begin(self._close_later(key, end))

    async def _close_later(self, key: tuple[str, str], end: object) -> None:
        await asyncio.sleep(GONE_DELAY)
        if self._leaving.get(key) is end:
            self._close(key, why_gone(self._board, key[1]))

    def _close(self, key: tuple[str, str], why: Why) -> None:
        self._leaving.pop(key, None)
        card = self._at.pop(key)
        if card.typed.anything:  # the agent finishes it, or the caller rings again
            card.phase, card.since, card.asked_by = "after", self._now(), ""
            self._change(card, ended=card.since)
            self._listener.card_kept(card, why)
            return
        card.closed = True
        del self._cards[card.id]
        self._listener.card_closed(card, why)
        self._writer.closed(card, self._now())

    def _change(self, card: Card, **what: Any) -> None:
        card.record = replace(card.record, **what)
        self._writer.changed(card)
