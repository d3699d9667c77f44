"""The calls of an Asterisk that several applications share: claimed, or adopted from a dead one.

``StasisBroadcast()`` offers a call to all of them, and the first to claim it has it.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from typing import Any

from ari_app.ari.calls import Calls
from ari_app.ari.errors import AriError, GoneError, RefusedError, UnreachableError
from ari_app.ari.events import CallBroadcast, Event
from ari_app.ari.inherited import (
    Inherited,
    came_back,
    outcome_of,
    place_of,
)
from ari_app.ari.link import Handler
from ari_app.ari.rest import Ari

log = logging.getLogger(__name__)

AGAIN = 1.0
"""Seconds until Asterisk is asked again for the channels of calls that were left."""


class SharedCalls:
    """What one application does about the calls that it shares with others."""

    def __init__(
        self,
        ari: Ari,
        calls: Calls,
        inherited: Inherited,
        begin: Callable[[Coroutine[Any, Any, None]], object],
        return_to: Callable[[str, str], Coroutine[Any, Any, None]],
        takes_calls: Callable[[], bool] = lambda: True,
    ) -> None:
        """``return_to`` has a channel, by its name, come back to an application from the
        dialplan; calls are claimed while ``takes_calls``."""
        self._takes_calls = takes_calls
        self._ari = ari
        self._calls = calls
        self._inherited = inherited
        self._begin = begin
        self._return_to = return_to

    def handling(self, handle: Handler) -> Handler:
        """Claim what is offered, and hand all other events on."""

        def claim_or_handle(event: Event) -> None:
            if not isinstance(event, CallBroadcast):
                handle(event)
            elif self._takes_calls() and not self._calls.closed:
                self._begin(self._claim(event.channel.id))

        return claim_or_handle

    async def _claim(self, channel: str) -> None:
        name = self._ari.applications.name
        try:
            await self._ari.events.claim_channel(channel, name)
        except GoneError:
            log.debug("channel %s is another application's: it claimed it first", channel)
        except (AriError, UnreachableError, RefusedError) as error:
            log.warning("channel %s is not claimed: %s", channel, error)

    async def adopt(self, application: str, left: Collection[str]) -> None:
        """Go on with the calls that another application left when it died; its other callers go to
        the fallback. The calls are ours already: where Asterisk does not answer, it is asked again
        until it does, though its dead-man switches bring the callers to the fallback meanwhile."""
        while True:
            try:
                await self._adopt(application, left)
            except (AriError, UnreachableError, RefusedError) as error:
                log.error("the calls of %s do not go on yet: %s", application, error)
                await asyncio.sleep(AGAIN)
            else:
                return

    async def _adopt(self, application: str, left: Collection[str]) -> None:
        inside: Collection[str] = ()
        with suppress(GoneError):  # it had no calls
            inside = (await self._ari.applications.named(application)).channel_ids
        listed = {one.id: one for one in await self._ari.channels.list()}
        for channel in left:
            found = listed.get(channel)
            if (call := self._inherited.go_on(channel, place_of(found))) is None:
                self._begin(self._calls.rescue(channel))
                continue
            away = found is None or found.arguments is None
            self._calls.serve_soon(channel, call, None if away else self._calls.move(channel))
            if away and found is not None:
                self._begin(self._return_to(found.name, self._ari.applications.name))
            if found is not None and came_back(found):
                call.line.returned(outcome_of(found.arguments or ()))
        known = {*left, *self._calls.channels}
        for channel in inside:
            if channel not in known and channel in listed and listed[channel].arguments is not None:
                log.warning("channel %s of %s goes to the fallback", channel, application)
                self._begin(self._calls.rescue(channel))
