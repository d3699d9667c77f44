"""What workers change in the database that this one remembers, and its Asterisk has of it.

It is looked for again and again. The server could notify of it, but each look would be needed
nevertheless: a notification is lost with its connection.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from ari_app.main.foundation import clock
from ari_app.store import agents, announcements, forced_hours, nodes
from ari_app.store.agents import Agent
from ari_app.store.announcements import Announcement
from ari_app.store.db import Store, StoreError
from ari_app.store.forced_hours import Override
from ari_app.store.sqlite import Database
from ivr.secret import Secret

log = logging.getLogger(__name__)

EVERY = 1.5
"""Seconds between two looks."""


class Remembered(Struct, frozen=True):
    """What workers remember of the database."""

    announcements: Sequence[Announcement]
    hours: Mapping[str, Sequence[Override]]
    agents: Sequence[Agent]
    drained: frozenset[str]
    """The nodes that take no new calls."""

    @property
    def phones(self) -> Sequence[Agent]:
        """The agents, without what Asterisk does not know."""
        desk = {"role": "agent", "password": "", "second_factor": Secret("")}
        return [replace(one, **desk) for one in self.agents]


def remembered(db: Database, at: datetime) -> Remembered:
    """What workers remember at a moment."""
    return Remembered(
        announcements.unended(db, at),
        forced_hours.unexpired(db, at),
        agents.everyone(db),
        nodes.drained(db),
    )


async def follow(
    store: Store,
    refresh: Callable[[], Awaitable[None]],
    phones: Callable[[], Awaitable[str]],
    drain: Callable[[frozenset[str]], None],
) -> NoReturn:
    """Have what is remembered read again when it changed, by whomever. Never returns.

    ``phones`` gives agents that changed to Asterisk: it is asked until it returns "" instead of why
    that was not possible. ``drain`` takes which nodes take no new calls.
    """
    known: Remembered | None = None
    at_asterisk: Sequence[Agent] | None = None
    while True:
        try:
            found = await store.read(remembered, clock())
            drain(found.drained)
            if found != known:
                await refresh()
            known = found
            if at_asterisk is None or (found.phones != at_asterisk and not await phones()):
                at_asterisk = found.phones
        except StoreError as error:
            log.debug("what others change is not known: %s", error)
        await asyncio.sleep(EVERY)
