"""Keeps the record of queues and agents: live, over restarts, and by quarter hours.

Live events come first. What they miss is found at each look: a stay that the board no longer shows,
a caller whom only it shows, and what Asterisk's ``queue_log`` knows.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import NoReturn

from msgspec import Struct, json
from msgspec.structs import replace

from ari_app.statistics import completion, gaps, queue_log, reconciliation
from ari_app.statistics.reconciliation import Reconciled
from ari_app.statistics.spans import GAP, Doing, Spans
from ari_app.statistics.stays import Stays
from ari_app.store import agent_states, places, quarters, queue_calls
from ari_app.store.db import Store, StoreError
from ari_app.store.recorder import Recorder
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ivr.acd.board import Board, Caller, Talk
from ivr.acd.figures import QUARTER, SECOND, Origin, Span, Stay, quarter
from ivr.acd.queues import Event

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two looks."""
SETTLED = 5 * SECOND
"""Lines of the log are read when they are so old: their events were heard by then."""
GRACE = 10 * SECOND
"""For how long a stay may differ from the board until the board is believed."""
UNDECIDED = 30 * SECOND
"""For how long it may be unknown how a wait ended."""
ROLLED = 60 * SECOND
"""How often quarter hours are counted."""
MANY = 24
"""How many quarter hours are counted in a transaction."""
NIGHT = timedelta(minutes=30)
"""How long after midnight the last day is reconciled: conversations go on."""
LOG, SEEN, COUNTED = "queue_log", "seen", "quarters"
"""Names of :mod:`ari_app.store.places`."""


class Sources(Struct, frozen=True):
    """From where it is known what happens. ``board`` is None while AMI is not connected;
    ``agents`` are the logins of all, ``agent`` is that of an interface, ``origin`` says from where
    a caller came, ``doing`` what an agent does. ``names`` are queue members' names with the logins,
    ``log`` and ``cdr`` are Asterisk's ``queue_log`` and ``Master.csv``, None if there is none.
    ``in_time``: within which span a queue is to be answered."""

    board: Callable[[], Board | None]
    agents: Callable[[], Iterable[str]]
    agent: Callable[[str], str]
    origin: Callable[[Caller], Origin]
    doing: Callable[[str], Doing]
    names: Callable[[], Sequence[tuple[str, str]]]
    in_time: Callable[[str], int]
    log: Path | None
    now: Callable[[], datetime]
    cdr: Path | None = None
    zone: tzinfo = UTC
    """The days of the site: the last one is reconciled in the night."""


class QueueRecord:
    """The record of queues and agents. To be used from the event loop's thread."""

    def __init__(self, store: Store, recorder: Recorder, sources: Sources) -> None:
        self._store = store
        self._recorder = recorder
        self._sources = sources
        self.stays = Stays(recorder.put, sources.origin, sources.agent, sources.now)
        self.spans = Spans(
            recorder.put, sources.doing, sources.agent, self.stays.wrapped, sources.now
        )
        self._place: queue_log.Place | None = None
        self._differs: dict[tuple[str, str], int] = {}
        """By channel and queue, since when a stay and the board differ."""
        self._gaps: list[gaps.Gap] = []
        """When the application did not run, until they are filled."""
        self._counted = 0
        self._again = 0
        """From when on quarter hours are to be counted again, as gaps were filled; 0 for none."""
        self._failing = ""
        self._held: list[tuple[Board, Event]] | None = None
        """Events that wait until what was stored is known."""
        self.reconciled: Reconciled | None = None
        """The last reconciliation."""

    def observe(self, before: Board, event: Event) -> None:
        """Take an event, with the board before it. Never waits."""
        if self._held is not None:
            self._held.append((before, event))
            return
        self.stays.observe(before, event)
        self.spans.observe(before, event)

    async def restore(self) -> None:
        """Go on with what was stored, before the first event."""
        try:
            stored = await self._store.read(_stored)
        except StoreError as error:
            log.error("the record of queues does not go on, the store is unavailable: %s", error)
            return
        stays, spans, seen, place, self._counted, self.reconciled = stored
        for stay in stays:
            self.stays.restore(stay)
        self.spans.restore(spans, seen)
        if place:
            self._place = queue_log.restored(place)

    async def take_over(self) -> NoReturn:
        """Look at intervals, for ever, from what is stored and no longer from what is known here:
        another worker kept the record meanwhile."""
        held = self._held = []
        await self._recorder.settle()
        for known in (self.stays, self._differs, self._gaps):
            known.clear()
        await self.restore()
        self._held = None
        for before, event in held:
            self.observe(before, event)
        await self.run()

    async def run(self) -> NoReturn:
        """Look at intervals, for ever."""
        try:
            while True:
                await asyncio.sleep(EVERY)
                try:
                    await self.look()
                    self._failing = ""
                except (OSError, StoreError) as error:
                    if str(error) != self._failing:
                        log.error("the record of queues is not complete, retried: %s", error)
                    self._failing = str(error)
                except Exception:
                    log.exception("the record of queues failed; retry in %g s", EVERY)
        finally:
            self.spans.close()

    async def look(self) -> None:
        """Compare with the board, read the log, count the quarter hours."""
        board = self._sources.board()
        now = micros(self._sources.now())
        if board is not None:
            self._compare(board, now)
            seen, before = self.spans.seen, self.spans.now
            self.spans.look({*self._sources.agents(), *self._members(board)})
            if seen and now - seen > GAP:
                self._gaps.append(gap := gaps.Gap(seen, now, before))
                self._changed_in(gap)  # what counted as going on meanwhile did not
        whole = await self._complete(now)
        while self._gaps and (whole or (self._place and self._place.at >= self._gaps[0].until)):
            await self._fill(self._gaps[0])
            del self._gaps[0]
        self._decide(now)
        if now - self._counted >= ROLLED:
            await self._count(now)
            await self._reconcile()

    def _members(self, board: Board) -> set[str]:
        return {self._sources.agent(one) for it in board.queues.values() for one in it.members}

    def _compare(self, board: Board, now: int) -> None:
        """Adopt who is on the board and not known; end what the board does not show any more."""
        waiting = {(one.call, name): one for name, it in board.queues.items() for one in it.waiting}
        talking = {(one.caller.call, one.queue): one for one in board.talks if one.queue}
        known = {(one.channel, one.queue): one for one in self.stays.going_on}
        differ: dict[tuple[str, str], int] = {}
        for key in known.keys() | waiting.keys() | talking.keys():
            stay = known.get(key)
            if stay is None:
                right = False
            elif stay.left is None:
                right = key in waiting
            else:
                right = stay.answered is None or key in talking
            if right:
                continue
            since = self._differs.get(key, now)
            if now - since < GRACE:
                differ[key] = since
            elif stay is not None:
                self._catch_up(stay, since, talking.get(key))
            elif key in waiting:
                self.stays.adopt(key[1], waiting[key])
            else:
                talk = talking[key]
                self.stays.adopt(talk.queue, talk.caller, micros(talk.since), talk.interface)
        self._differs = differ

    def _catch_up(self, stay: Stay, since: int, talk: Talk | None) -> None:
        """What no event reported: who waited has an agent or left, who talked is gone."""
        if stay.left is not None:
            self.stays.ends(stay, since)
        elif talk is None:
            self.stays.put(replace(stay, left=since))
        else:
            agent, at = self._sources.agent(talk.interface), micros(talk.since)
            self.stays.put(replace(stay, answered=at, left=at, how="answered", agent=agent))

    def _changed_in(self, gap: gaps.Gap) -> None:
        self._again = min(self._again or gap.since, gap.since)

    async def _fill(self, gap: gaps.Gap) -> None:
        """What agents did while no one looked, as far as the log knows."""
        if self._sources.log is None:
            return
        pauses = await asyncio.to_thread(gaps.logged, self._sources.log, gap)
        if pauses is None:
            return
        await self._recorder.settle()
        stays = await self._store.read(gaps.talks, gap)
        agent = completion.members(self._sources.names())
        agents = {*self._sources.agents(), *(one.agent for one in gap.before)}
        for span in gaps.spans(gap, pauses, stays, agent, agents):
            self._recorder.put(span)
        self._changed_in(gap)

    async def _complete(self, now: int) -> bool:
        """Fill in what the log knows; whether it is read to its end."""
        file = self._sources.log
        if file is None:
            return True
        until = now - SETTLED
        if self._place is None:  # never read: what was before this application is not its own
            self._place = queue_log.Place(at=now - QUARTER)
        lines, place = await asyncio.to_thread(queue_log.read, file, self._place, until)
        if place == self._place:
            return True
        agent = completion.members(self._sources.names())
        await self._recorder.settle()
        others = []
        for one in lines:
            held = self.stays.find(one.channel, one.queue)
            if held is None or not completion.belongs(held, one):
                others.append(one)
            elif (after := completion.completed(held, one, agent)) != held:
                self.stays.put(after)
        if others:
            for stay in await self._store.read(completion.complete, others, agent):
                held = self.stays.find(stay.channel, stay.queue)
                if held is None or held.joined != stay.joined:
                    self._recorder.put(stay)
                    self.stays.restore(stay)
        await self._store.write_unsynced(places.put, LOG, queue_log.stored(place))
        self._place = place
        return False

    async def _reconcile(self) -> None:
        """Compare the last day, once it is over for some time."""
        now = self._sources.now()
        since, until = reconciliation.last_day(now - NIGHT, self._sources.zone)
        if self.reconciled is not None and self.reconciled.until >= micros(until):
            return
        log_and_cdr = (self._sources.log, self._sources.cdr)
        found = await asyncio.to_thread(reconciliation.read, *log_and_cdr, since, until)
        agent = completion.members(self._sources.names())
        compare = reconciliation.reconciled
        done = await self._store.read(compare, now, since, until, *found, agent)
        stored = json.encode(done).decode()
        await self._store.write_unsynced(places.put, reconciliation.PLACE, stored)
        self.reconciled = done
        if done.differ:
            log.warning(
                "the record of queues of %s has %d differences from Asterisk's: "
                "`firstline queues reconcile` shows them",
                since.date(),
                done.differ,
            )

    def _decide(self, now: int) -> None:
        for stay in self.stays.undecided:
            if stay.left is not None and now - stay.left > UNDECIDED:
                self.stays.put(replace(stay, how="lost"))

    async def _count(self, now: int) -> None:
        """Count the quarter hours in which something changed, and those since the last time."""
        await self._recorder.settle()
        changed = await self._store.write_unsynced(quarters.take_changed)
        since = quarter(min(one or now for one in (self._counted, self._again, changed)))
        at = range(since, now, QUARTER)
        in_time = self._sources.in_time
        for n in range(0, len(at), MANY):
            await self._store.write_unsynced(_count, at[n : n + MANY], now, in_time)
        await self._store.write_unsynced(_counted, now, self.spans.seen, changed)
        self._counted, self._again = now, 0


def _stored(db: Database) -> tuple[list[Stay], list[Span], int, str, int, Reconciled | None]:
    return (
        queue_calls.unfinished(db),
        agent_states.now(db),
        int(places.of(db, SEEN) or 0),
        places.of(db, LOG),
        int(places.of(db, COUNTED) or 0),
        reconciliation.last(db),
    )


def _count(db: Database, begins: Sequence[int], now: int, in_time: Callable[[str], int]) -> None:
    for at in begins:
        quarters.count(db, at, in_time, now)


def _counted(db: Database, now: int, seen: int, changed: int | None) -> None:
    quarters.counted(db, changed)
    places.put(db, COUNTED, str(now))
    places.put(db, SEEN, str(seen))
