"""A channel: what happens to it, what it plays, and how it is kept.

The events of the channel come from :mod:`ari_app.ari.calls` through plain calls, at any time, and
only set state; :class:`ari_app.ari.line.ChannelLine` acts. So no key and no hang-up can be missed
between two awaits.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import count
from math import ceil

from msgspec import Struct

from ari_app.ari.errors import AriError, GoneError, UnreachableError
from ari_app.ari.link import Link
from ari_app.ari.rest import Channels, Playbacks
from ari_app.ari.signal import Signal
from ivr.events import Gone
from ivr.gather import Keypad
from ivr.wants import Screen

log = logging.getLogger(__name__)

Speak = Callable[[Screen], Awaitable[Sequence[str]]]
"""The sound files of a screen, without extension, in the order in which they are told."""


class Times(Struct, frozen=True):
    """How long a line waits; seconds."""

    stopping: float = 1.0
    """For the end of a playback that was told to stop."""
    pause: float = 0.1
    """Before a request that did not reach Asterisk is made again."""
    reconnecting: float = 30.0
    """For the link, when it is down, before the call is given up to the dialplan."""
    dead_man: int = 120
    """What the dialplan grants us before it takes the caller back; see :meth:`_hold`."""
    margin: float = 20.0
    """How much of that must be left after the longest course of a want."""
    media: float = 60.0
    """The longest screen we reckon with."""

    @classmethod
    def within(cls, dead_man: int) -> "Times":
        """For a dead-man switch of so many seconds: half of them are the longest screen."""
        return cls(dead_man=dead_man, media=dead_man / 2, margin=dead_man / 6)


class Leg:
    """One channel of Asterisk, from its StasisStart to its end."""

    def __init__(self, link: Link, channel: str, speak: Speak, times: Times) -> None:
        self.channel = channel
        self.gone: Gone | None = None
        self.told: Callable[[], None] | None = None
        """Called when a screen was told to its end, not cut short."""
        self.unplayable: Callable[[Sequence[str]], None] | None = None
        """Called with the files of a screen that Asterisk could not play."""
        self._ari = link.ari
        self._tell = link.tell
        self._channels = Channels(link.tell(self._refused))
        self.speak = speak
        self._link_up = link.wait_connected
        self._times = times
        self._clock = asyncio.get_running_loop().time
        self._keypad = Keypad()
        self._playing = ""
        self._media: Sequence[str] = ()
        self._cut = False
        self._failed = False
        self._doubtful = False
        self._fault: AriError | None = None
        self._numbers = count(1)
        self._away = False
        self._back: str | None = None
        self._tape = ""
        self._changed = Signal()
        self._granted = self._clock() + times.dead_man

    # What happens to the channel.

    def key(self, digit: str) -> None:
        """A key was pressed. What he presses in the queue or in a conversation is not for us."""
        if not self._away and self._keypad.press(digit, self._clock()):
            self._changed.ring()

    def played(self, playback: str, state: str) -> None:
        """A playback ended."""
        if playback == self._playing:
            self._playing = ""
            self._changed.ring()
            if self.told and not self._cut:
                self.told()
        self._failed = state == "failed"

    def left(self) -> None:
        """The channel left the application: for the dialplan, or because it hung up."""
        if not self._away:
            self.ended(0)

    def returned(self, outcome: str) -> None:
        """The channel is back from the dialplan."""
        self._away, self._back = False, outcome
        self._keypad.ahead.clear()
        self._changed.ring()

    def recorded(self, recording: str) -> None:
        """A recording ended. What was pressed meanwhile ended it, or was no answer to anything."""
        if recording == self._tape:
            self._tape = ""
            self._keypad.ahead.clear()
            self._changed.ring()

    def ended(self, cause: int) -> None:
        """The channel is no more."""
        self.gone = self.gone or Gone(cause)
        self._changed.ring()

    def relinked(self) -> None:
        """The link is back; the end of a playback may have passed in the break unheard."""
        self._doubtful = True
        self._changed.ring()

    def _refused(self, error: AriError | UnreachableError) -> None:
        """Asterisk did not take what we told it."""
        match error:
            case GoneError():
                self.ended(0)
            case UnreachableError():
                self.relinked()
            case AriError():
                self._fault = error
                self._changed.ring()

    def _not_stopped(self, playback: str, error: AriError | UnreachableError) -> None:
        """A playback was not stopped: if it had ended by itself, its event may be lost."""
        if not isinstance(error, GoneError):
            self._refused(error)
        elif playback == self._playing:  # the next one may have begun meanwhile
            self._playing = ""
            self._changed.ring()

    # Playing.

    async def _play(self, screen: Screen) -> None:
        """Begin to tell a screen as one playback under an id of ours, known before it exists.

        A key that came while it was made ready makes it needless.
        """
        self._media = media = await self.speak(screen)
        await self._settled()
        if self.gone or not media or (screen.barge_in and self._keypad.ahead):
            return
        self._cut = False
        self._playing = f"{self.channel}-{next(self._numbers)}"
        await self._channels.play_with_id(
            self.channel, self._playing, [f"sound:{file}" for file in media]
        )

    async def _cut_short(self) -> None:
        """Stop for a key. A key counts even while the link is down."""
        try:
            await self._stop()
        except UnreachableError as error:
            log.warning("channel %s: %s", self.channel, error)
            self._doubtful = True

    async def _stop(self) -> None:
        self._cut = True
        failed = partial(self._not_stopped, self._playing)
        await Playbacks(self._tell(failed)).stop(self._playing)

    async def _settled(self) -> None:
        """Wait until nothing plays: two playbacks at once would queue in Asterisk."""
        deadline = self._clock() + self._times.stopping
        while self._playing and not self.gone and self._clock() < deadline:
            if self._doubtful:
                self._doubtful = False  # until we hear that the stop was lost too
                await self._stop()
            else:
                await self._change(deadline)
        self._playing, self._doubtful = "", False
        if self._fault is not None:
            raise self._fault

    async def _hold(self, lasting: float) -> None:
        """Keep the dead-man switch away while we live, for the next ``lasting`` seconds.

        The dialplan takes the caller back when TIMEOUT(absolute) passes. The variable can only be
        set while nothing plays, so it is set anew before what might outlast it.
        """
        times, now = self._times, self._clock()
        if now + lasting + times.margin <= self._granted:
            return
        await self._settled()
        seconds = max(times.dead_man, ceil(lasting + times.margin))
        await self._ari.channels.set_channel_var(self.channel, "TIMEOUT(absolute)", str(seconds))
        self._granted = now + seconds

    async def _change(self, until: float | None = None) -> None:
        """Wait until something happened to the channel, or until a time of the clock."""
        await self._changed.wait(until)
        if self._fault is not None:
            raise self._fault

    def _complain(self) -> None:
        """Tell of a prompt that could not be played; one cut by a hang-up never gets here."""
        if self._failed:
            self._failed = False
            log.error(
                "channel %s: Asterisk cannot play one of %s; its log says why",
                self.channel,
                ", ".join(self._media),
            )
            if self.unplayable:
                self.unplayable(self._media)

    async def _relink(self) -> None:
        """Wait for the link; the pause is for one that broke and does not know it yet."""
        seconds = self._times.reconnecting
        try:
            async with asyncio.timeout(seconds):
                await asyncio.sleep(self._times.pause)
                await self._link_up()
        except TimeoutError:
            raise UnreachableError(f"the link was down for {seconds:g} s") from None
