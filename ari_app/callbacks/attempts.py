"""What came of attempts to call back: noted in the store, and then deleted in Asterisk.

The dialplan keeps a mark of each attempt, which holds until the outcome is stored. Where the
application ends between the two, or a ticket is closed while an attempt goes on, the mark is
swept up later.
"""

import logging
from collections.abc import Callable, Collection
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
        try:
            over = [key for key in await self._stand_ins.marks() if await self._over(key, alive)]
            for key in over[:MOST]:
                await self._stand_ins.forget(key)
        except ERRORS as error:
            log.info("marks of calls back stay in Asterisk for now: %s", error)
        else:
            if over:
                log.info("marks of %d calls back deleted in Asterisk", len(over[:MOST]))

    async def _over(self, key: str, alive: Collection[str]) -> bool:
        ours = of_key(key)
        if ours is None or channel_of(*ours) in alive:
            return False
        id, attempt = ours
        one = await self._store.read(callbacks.by_id, id)
        if one is None or one.state != "open" or self.ticket(one).key(attempt) != key:
            return True
        return attempt < one.attempts or (attempt == one.attempts and not one.calling)
