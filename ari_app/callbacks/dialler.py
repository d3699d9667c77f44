"""Keeps stand-ins in the queues for those who are to be called back, and notes what came of it.

What counts is in the store and in Asterisk: tickets, attempts and outcomes survive a restart of
either. An attempt begins when an agent answers the stand-in; the dialplan dials an attempt one
time only, and keeps its outcome until it is noted here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

from ari_app.callbacks.attempts import Attempts
from ari_app.callbacks.port import ERRORS, AttemptUnderWayError, StandIns
from ari_app.log import masked
from ari_app.store import callbacks, campaign_calls
from ari_app.store.callbacks import Callback
from ari_app.store.db import Store, StoreError
from ivr.acd.board import Board, Caller
from ivr.acd.callbacks import (
    Policy,
    Ticket,
    called,
    eligible,
    of_channel,
    place_in,
    to_place,
)
from ivr.acd.dials import HungUp
from ivr.acd.queues import CallerJoined, CallerLeft, Connected, Event

log = logging.getLogger(__name__)

T = TypeVar("T")

LOOK = 2.0
"""Seconds between two looks at the tickets."""
TOO_SOON, AGAIN = timedelta(seconds=3), timedelta(seconds=10)
"""A stand-in that is gone so soon was not let into the queue, and tries again later."""
DOUBT = timedelta(minutes=1)
"""How often Asterisk is asked which stand-ins there are, beside its events."""


class Dialler:
    """``board`` is the present one, None while it is not current; ``in_menus`` returns the numbers
    that are in a call with the menus; ``queue`` is where a ticket without one waits."""

    def __init__(
        self,
        store: Store,
        stand_ins: StandIns,
        board: Callable[[], Board | None],
        in_menus: Callable[[], Collection[str]],
        policy: Policy,
        queue: str,
        begin: Callable[[Coroutine[Any, Any, None]], object],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._stand_ins = stand_ins
        self._board = board
        self._in_menus = in_menus
        self._policy = policy
        self._attempts = Attempts(store, stand_ins, policy, queue, now)
        self._begin = begin
        self._now = now
        self._alive: set[str] = set()
        """The channels of stand-ins, as far as known."""
        self._asked: datetime | None = None
        """When Asterisk was asked for them."""
        self._tickets: dict[int, Ticket] = {}
        self._open: dict[str, int] = {}
        """The open requests of all, by number."""
        self._placed: dict[str, datetime] = {}
        """Since when stand-ins are there that wait, by channel."""
        self._refused: dict[int, datetime] = {}
        """Tickets whose stand-in was not let into the queue, and until when they wait."""
        self._no_way: dict[int, datetime] = {}
        """Tickets whose number or queue the dialplan does not know, and until when they wait."""
        self._looking = asyncio.Lock()
        """Held while tickets are looked at, or one is taken from those that are looked at."""
        self._wake = asyncio.Event()
        self._possible = False

    def wake(self) -> None:
        """Look at the tickets soon."""
        self._wake.set()

    async def by_hand(self, id: int, claim: Callable[[], Awaitable[T]]) -> T:
        """Let a person call: ``claim`` takes the ticket in the store, and its stand-in is ended
        before this returns, so that they alone dial. Raises :class:`AttemptUnderWayError` where an
        agent has answered the stand-in, who then dials, else as ``claim`` and :class:`StandIns`
        do."""
        async with self._looking:
            one = await self._store.read(callbacks.by_id, id)
            if one is None:
                return await claim()
            ticket = self._attempts.ticket(one)
            attempt = one.attempts + (not one.calling)
            there = ticket.channel in await self._stand_ins.alive()
            if not there and await self._settle(ticket, attempt):  # its end was not noted yet
                return await claim()
            if not await self._stand_ins.mark(ticket, attempt):
                claimed = await claim()
                if not await self._stand_ins.mark(ticket, attempt):
                    self._placed.pop(ticket.channel, None)
                    await self._stand_ins.withdraw(ticket.channel)
                    if not await self._stand_ins.mark(ticket, attempt):
                        return claimed
                # An agent answered meanwhile: who claimed it gives it back.
                await self._store.write(callbacks.promise, id, one.agent, one.due, one.note)
            raise AttemptUnderWayError(f"call back {id} is being made")

    def observe(self, _: Board, event: Event) -> None:
        """An event of the queues; see :meth:`ari_app.ami.queue_monitor.QueueMonitor.observe`."""
        match event:
            case Connected(caller=caller):
                if ours := of_channel(caller.call):
                    self._placed.pop(caller.call, None)
                    self._begin(self._noted(callbacks.begun, *ours, event.interface, event.at))
                elif caller.number:
                    self._begin(self._called_in(caller.number))
            case CallerJoined(caller=caller) if caller.call in self._placed:
                self._wake.set()
            case CallerLeft() if self._refused:  # there is room in the queue
                self._refused.clear()
                self._wake.set()
            case HungUp(call=call) if call in self._alive:
                self._alive.discard(call)
                self._wake.set()
                placed, ours = self._placed.pop(call, None), of_channel(call)
                if placed and ours and event.at - placed < TOO_SOON:
                    self._refused[ours[0]] = event.at + AGAIN

    async def run(self) -> NoReturn:
        """Look at the tickets every :data:`LOOK` seconds, and when woken. Never returns."""
        logged = ""
        while True:
            self._wake.clear()
            try:
                await self.look()
                logged = ""
            except ERRORS as error:
                if str(error) != logged:
                    log.warning("calls back wait, retry in %g s: %s", LOOK, error)
                logged, self._asked = str(error), None
            except Exception:  # the outermost frame of the dialler
                log.exception("calls back wait, retry in %g s", LOOK)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._wake.wait()

    async def look(self) -> None:
        """Note what is over, and have a stand-in for each ticket that may have one now."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        board, now = self._board(), self._now()
        if board is None:  # what happens to stand-ins is not heard
            self._asked = None
            return
        if self._asked is None or now - self._asked > DOUBT:
            self._alive = set(await self._stand_ins.alive())
            self._placed.clear()
            await self._attempts.sweep(self._alive)
            self._asked = now
        found = await self._store.read(callbacks.unclaimed)
        await self._end_finished(map(self._attempts.ticket, (one for one in found if one.agent)))
        found = [one for one in found if not one.agent]
        self._open = {one.number: one.id for one in found}
        tickets = {one.id: self._attempts.ticket(one) for one in found if not one.gave_up}
        self._tickets = dict(tickets)
        for id in await self._end_finished(tickets.values()):
            del tickets[id]  # it is looked at again
        outcomes = {one.id: one.outcome for one in found}
        rung = await self._store.read(campaign_calls.calling)
        engaged = {self._number(one.number) for one in called(board)} | {*self._in_menus(), *rung}
        await self._set_expired(found, now)
        may = eligible(tickets.values(), now, self._policy, engaged)
        if await self._withdraw(board, {one.channel for one in may}):
            return  # places are known again when they are gone
        have_one = {id for id, _ in filter(None, map(of_channel, self._alive))}
        for one in to_place(may, have_one, self._policy):
            waits = any(each.get(one.id, now) > now for each in (self._refused, self._no_way))
            if not (waits or self._joins(board, now)) and await self._place(
                one, board, outcomes[one.id]
            ):
                break  # the next one when this has joined, and its place is known

    def _joins(self, board: Board, now: datetime) -> bool:
        """Whether a stand-in was just placed, and no event has said so yet."""
        there = {one.call for queue in board.queues.values() for one in queue.waiting}
        young = (call for call, at in self._placed.items() if now - at < TOO_SOON)
        return any(call in self._alive and call not in there for call in young)

    async def _end_finished(self, tickets: Iterable[Ticket]) -> list[int]:
        """Note what came of attempts whose stand-in is gone; returns the ids of their tickets."""
        over = [one for one in tickets if one.calling and one.channel not in self._alive]
        for one in over:
            await self._settle(one, one.attempts)
        return [one.id for one in over]

    async def _settle(self, one: Ticket, attempt: int) -> bool:
        """Settle an attempt; what follows from it is looked at soon."""
        settled = await self._attempts.settle(one, attempt)
        if settled:
            self._wake.set()
        return settled

    async def _withdraw(self, board: Board, wanted: Collection[str]) -> bool:
        """End the stand-ins that are not wanted any more, wait still, and have dialled no one;
        whether there are any."""
        withdrawn = False
        waiting = {one.call for queue in board.queues.values() for one in queue.waiting}
        for channel in (self._alive & waiting) - set(wanted):
            id, attempt = of_channel(channel) or (0, 0)
            one = await self._store.read(callbacks.by_id, id)
            if one is None or not await self._stand_ins.mark(self._attempts.ticket(one), attempt):
                self._placed.pop(channel, None)
                await self._stand_ins.withdraw(channel)
                withdrawn = True
        return withdrawn

    async def _set_expired(self, found: Iterable[Callback], now: datetime) -> None:
        """Say of those for whom no agent was there in all the time that they are left to people."""
        for one in found:
            if self._policy.ends(one.due or one.at) <= now and one.outcome != "expired":
                end = callbacks.closed if one.gave_up else callbacks.set_outcome
                await self._store.write(end, one.id, "expired")

    async def _place(self, one: Ticket, board: Board, outcome: str) -> bool:
        """Put a stand-in into the queue, unless the ticket is over, or its number has no way."""
        if await self._settle(one, one.attempts + 1):
            return False
        if not await self._stand_ins.knows(one.number):
            self._no_way[one.id] = self._now() + DOUBT
            await self._store.write(callbacks.set_outcome, one.id, "no-way")
            return False
        if outcome == "no-way":
            await self._store.write(callbacks.set_outcome, one.id, "")
        if not await self._is_possible(one):
            return False
        self._placed[one.channel] = self._now()
        waiting = board.queues[one.queue].waiting if one.queue in board.queues else ()
        place = place_in(waiting, one, self._since)
        if await self._stand_ins.stand(one, place):
            log.info(
                "call back %d of %s: at place %d of %s",
                one.id,
                masked(one.number),
                place,
                one.queue,
            )
        self._alive.add(one.channel)
        return True

    async def _is_possible(self, one: Ticket) -> bool:
        """Whether Asterisk has the dialplan; one that has not is asked again."""
        if not self._possible:
            self._possible = await self._stand_ins.are_possible(one.queue)
            if not self._possible:
                self._no_way[one.id] = self._now() + DOUBT
                log.warning(
                    "Asterisk has no context firstline-stand-in: calls back are made by hand"
                )
        return self._possible

    def _since(self, caller: Caller) -> datetime:
        """Since when somebody waits; a stand-in since its caller does."""
        ours = of_channel(caller.call)
        ticket = self._tickets.get(ours[0]) if ours else None
        return ticket.place if ticket else caller.since

    def _number(self, number: str) -> str:
        return self._store.numbers.msisdn(number) or number

    async def _called_in(self, number: str) -> None:
        """An agent answered a caller: their ticket is over."""
        number = self._number(number)
        if (id := self._open.get(number)) is not None:
            log.info("call back %d of %s: the caller called again", id, masked(number))
            await self._noted(callbacks.closed, id, "called-in")

    async def _noted(self, write: Callable[..., object], *values: object) -> None:
        try:
            await self._store.write(write, *values)
        except StoreError as error:
            log.error("what became of a call back is not stored: %s", error)
        self._wake.set()
