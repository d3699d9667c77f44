"""What the parts of a channel's line share: whether it is gone, and the signal of a change.

Events of the channel only set state, at any time, and wake the one task that acts for the channel.
So no key and no hang-up is missed between two awaits.
"""

import asyncio

from msgspec import Struct

from ari_app.ari.errors import AriError, UnreachableError
from ari_app.ari.link import Link
from ari_app.ari.signal import Signal
from ivr.events import Gone


class Timeouts(Struct, frozen=True):
    """How long a line waits, in seconds."""

    stopping: float = 1.0
    """For PlaybackFinished of a playback that was asked to stop."""
    hanging_up: float = 0.2
    """For the hang-up that may have made a playback fail, before it is played again."""
    pause: float = 0.1
    """Before a request that did not reach Asterisk is made again."""
    reconnecting: float = 30.0
    """For the link, when it is down, before the call is given up to the dialplan."""
    dead_man: int = 5
    """What the dialplan grants the application before it takes the caller back."""
    step: float = 1.0
    """How much of that may pass in silence before it is granted again."""
    recorded: int = 20
    """What AMI grants the application while the channel records: longer than it takes AMI to
    connect again, and another application to take the place of this one."""
    extending: float = 1.0
    """For AMI to do that while the channel records."""
    margin: float = 20.0
    """How much longer than it can take a recording may take."""
    media: float = 60.0
    """The longest screen that is expected, where its length is unknown."""


class ChannelState:
    """One channel of Asterisk, from its StasisStart to its end."""

    def __init__(self, link: Link, channel: str, timeouts: Timeouts) -> None:
        self.id = channel
        self.link = link
        self.timeouts = timeouts
        self.clock = asyncio.get_running_loop().time
        self.gone: Gone | None = None
        self._changed = Signal()
        self._rejected: AriError | None = None

    def changed(self) -> None:
        """Wake the task that waits in :meth:`change`."""
        self._changed.set()

    def ended(self, cause: int) -> None:
        """The channel is gone; ``cause`` is of Q.850, 0 if unknown."""
        self.gone = self.gone or Gone(cause)
        self.changed()

    def rejected(self, error: AriError) -> None:
        """A request for whose answer no task waits was rejected: the task of the call raises it."""
        self._rejected = error
        self.changed()

    def check(self) -> None:
        """Raise what :meth:`rejected` took, unless the channel is gone anyway."""
        if self._rejected is not None and self.gone is None:
            raise self._rejected

    async def change(self, until: float | None = None) -> None:
        """Wait until something happened to the channel, or until a time of ``clock``."""
        await self._changed.wait(until)
        self.check()

    async def reconnect(self) -> None:
        """Wait for the link; raises :class:`UnreachableError` when it stays down too long, or at
        once when the application stops.

        The pause is for a socket that is closed and not known to be: without it a request that
        fails at once would be repeated in a busy loop.
        """
        seconds = self.timeouts.reconnecting
        try:
            async with asyncio.timeout(seconds):
                await asyncio.sleep(self.timeouts.pause)
                await self.link.wait_connected()
        except TimeoutError:
            raise UnreachableError(f"the link was down for {seconds:g} s") from None
