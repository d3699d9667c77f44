"""The dead-man switch of a channel: until when the dialplan leaves it to the application.

It is ``TIMEOUT(absolute)``, which can only be set while nothing plays or records on the channel, as
setting a variable waits for that. So it is set before a playback, for as long as that lasts and a
little more, and in short steps while the caller is heard or waits in silence.

AMI's AbsoluteTimeout sets the same limit and waits for nothing. So while a recording lasts, which
may be minutes, steps go over AMI. They outlast a reconnection of AMI; an AMI that stays away longer
ends the recording. If it never was there, the limit is the whole recording, as set before it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import ceil

from ari_app.ari.channel_state import ChannelState
from ari_app.ari.errors import AriError, GoneError, UnreachableError
from ari_app.ari.rest import Channels

log = logging.getLogger(__name__)

Extend = Callable[[str, int], Awaitable[bool]]
"""Sets the limit of a channel, by its id, to so many seconds from now, whatever it does; returns
whether it did. Never raises."""

SLACK = 2.0
"""How many seconds too many are left as they are, which saves a request."""


class DeadMan:
    """The switch of one channel; no request waits for its answer."""

    def __init__(self, channel: ChannelState) -> None:
        self._channel = channel
        self._channels = Channels(channel.link.fire_and_forget(self._failed))
        self.until = 0.0
        """When it fires, as far as it is known."""
        self._grants = 0
        self.set_by_dialplan()

    def set_by_dialplan(self) -> None:
        """The dialplan has just set it."""
        self.until = self._channel.clock() + self._channel.timeouts.dead_man

    def inherited(self) -> None:
        """A dead application set it last, and when it fires is unknown."""
        self.until = 0.0

    async def grant(self, seconds: float) -> None:
        """Have it fire ``dead_man`` after the next ``seconds``. Nothing may be playing.

        Raises :class:`UnreachableError`.
        """
        self._grants += 1
        now, dead_man = self._channel.clock(), self._channel.timeouts.dead_man
        wanted = now + seconds + dead_man
        if wanted <= self.until <= wanted + SLACK:
            return
        granted = ceil(seconds + dead_man)
        await self._channels.extend_absolute_timeout(self._channel.id, granted)
        self.until = now + granted

    def _in_step(self, seconds: int) -> bool:
        """Whether it fires about so many seconds from now."""
        left = self.until - self._channel.clock()
        return seconds - self._channel.timeouts.step < left <= seconds + SLACK

    async def renew(self) -> None:
        """Put it off while nothing plays, if a step of the time has passed."""
        if self._in_step(self._channel.timeouts.dead_man):
            return
        try:
            await self.grant(0.0)
        except UnreachableError as error:
            log.debug("channel %s: %s", self._channel.id, error)

    async def renew_by(self, extend: Extend) -> None:
        """Put it off, or forward, while the channel records.

        If the recording ends meanwhile and more is granted for what follows, AMI may have set its
        limit after that: then what was granted is set again, over AMI, as something may play.
        """
        timeouts = self._channel.timeouts
        seconds = max(timeouts.recorded, timeouts.dead_man)
        if self._in_step(seconds):
            return
        until = self._channel.clock() + seconds
        while True:
            grants, done = self._grants, False
            with suppress(TimeoutError):
                async with asyncio.timeout(timeouts.extending):
                    done = await extend(self._channel.id, seconds)
            if grants == self._grants:
                break
            until = self.until
            seconds = max(1, ceil(until - self._channel.clock()))
        if done:
            self.until = until

    def _failed(self, error: AriError | UnreachableError) -> None:
        if isinstance(error, GoneError):
            self._channel.ended(0)
        else:
            log.warning("channel %s: the dead-man switch: %s", self._channel.id, error)
