"""What came of attempts to call back: noted in the store, and then deleted in Asterisk.

The dialplan keeps a mark of each attempt, which holds until the outcome is stored. Where the
application ends between the two, or a ticket is closed while an attempt goes on, the mark is
swept up later.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from ari_app.callbacks.port import ERRORS, StandIns
from ari_app.log import masked
from ari_app.store import callbacks
from ari_app.store.callbacks import Callback
from ari_app.store.db import Store
from ivr.acd.callbacks import Policy, Ticket, came_of, channel_of, final, of_key

log = logging.getLogger(__name__)

MOST = 20
"""Marks that one sweep deletes: each is a short call in Asterisk."""


_READ = 500
"""Marks of which the requests are read at once."""


class Attempts:
    """``queue`` is where a ticket without one waits."""

    def __init__(
        self,
        store: Store,
        stand_ins: StandIns,
        policy: Policy,
        queue: str,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._stand_ins = stand_ins
        self._policy = policy
        self._queue = queue
        self._now = now

    def ticket(self, one: Callback) -> Ticket:
        """A request as the ticket that is worked on."""
        joined = one.joined or one.at
        return Ticket(
            id=one.id,
            asked=one.at,
            number=one.number,
            queue=one.queue or self._queue,
            place=max(joined, one.due) if one.due else joined,
            due=one.due or one.at,
            language=one.language,
            priority=one.priority,
            attempts=one.attempts,
            tried=one.tried,
            calling=one.calling,
        )

    async def settle(self, one: Ticket, attempt: int) -> bool:
        """Note the outcome of an attempt that is over; False if no one was dialled. One that was
        heard to begin has an end, also where Asterisk's database has lost it."""
        outcome = came_of(await self._stand_ins.mark(one, attempt))
        if not outcome and one.calling:
            outcome = "agent-left"
        if not outcome:
            return False
        end = final(outcome, attempt, self._policy)
        log.info("call back %d of %s: attempt %d: %s", one.id, masked(one.number), attempt, outcome)
        await self._store.write(callbacks.ended, one.id, attempt, outcome, end, self._now())
        try:
            await self._stand_ins.forget(one.key(attempt))
        except ERRORS as error:
            log.info("call back %d: its mark stays in Asterisk for now: %s", one.id, error)
        return True

    async def sweep(self, alive: Collection[str]) -> None:
        """Delete the marks of attempts that are over and need no outcome any more; ``alive`` are
        the channels of stand-ins. What goes wrong is logged, and tried at the next sweep."""
        deleted = 0
        try:
            for key in await self._over(await self._stand_ins.marks(), alive):
                if not await self._stand_ins.forget(key):
                    break
                deleted += 1
        except ERRORS as error:
            log.info("marks of calls back stay in Asterisk for now: %s", error)
        if deleted:
            log.info("marks of %d calls back deleted in Asterisk", deleted)

    async def _over(self, keys: Sequence[str], alive: Collection[str]) -> list[str]:
        """The first :data:`MOST` of the marks that are over."""
        over = list[str]()
        for begin in range(0, len(keys), _READ):
            ours = [(key, of_key(key)) for key in keys[begin : begin + _READ]]
            ended = [(key, of) for key, of in ours if of and channel_of(*of) not in alive]
            ids = sorted({id for _, (id, _) in ended})
            there = {one.id: one for one in await self._store.read(callbacks.by_ids, ids)}
            over += [key for key, (id, at) in ended if self._is_over(key, there.get(id), at)]
            if len(over) >= MOST:
                break
        return over[:MOST]

    def _is_over(self, key: str, one: Callback | None, attempt: int) -> bool:
        if one is None or one.state != "open" or self.ticket(one).key(attempt) != key:
            return True
        return attempt < one.attempts or (attempt == one.attempts and not one.calling)
