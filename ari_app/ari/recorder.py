"""Records what a caller says: begins, waits for the end, fetches the file and removes it.

Asterisk keeps the recording under the name of the want. So after a break of the link it can be
asked what became of it, and nothing is recorded twice.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from math import ceil
from typing import TypeVar

from ari_app.ari.channel_state import ChannelState
from ari_app.ari.errors import AriError, GoneError, UnreachableError
from ari_app.ari.rest import Channels
from ari_app.session.line import LineError
from ari_app.session.media import Keep
from ivr.events import Gone, Recorded, Silent
from ivr.gather import Keypad
from ivr.wants import Record

log = logging.getLogger(__name__)

T = TypeVar("T")

BEEP = 5.0
"""How long the tone before a recording may take, at most; seconds."""


class Recorder:
    """The recordings of one channel. Keys during a recording end it or count for nothing."""

    def __init__(self, channel: ChannelState, keypad: Keypad, keep: Keep) -> None:
        self._channel = channel
        self._keypad = keypad
        self._keep = keep
        self._recordings = channel.link.ari.recordings
        self._begun = ""
        """The name of the recording that was begun last."""
        self._live = ""
        """The name of the recording whose end was not reported yet."""
        self._inherited = False
        self._doubtful = False
        """Whether the link broke, so that the end may have passed without its event."""

    def finished(self, name: str) -> None:
        """RecordingFinished or RecordingFailed."""
        if name == self._live:
            self._live = ""
            self._keypad.ahead.clear()
            self._channel.changed()

    def interrupted(self) -> None:
        """The link broke, or a request of the call got no answer."""
        self._doubtful = True
        self._channel.changed()

    @property
    def records(self) -> bool:
        """Whether Asterisk may be recording."""
        return bool(self._live)

    def inherit(self) -> None:
        """The first recording may have been begun by an application that died."""
        self._inherited = True

    def go_on(self, live: str) -> None:
        """Go on where another application stood, which was recording ``live``."""
        self._inherited = True
        self._begun = self._live = live
        self._doubtful = bool(live)

    @property
    def live(self) -> str:
        """The name of the recording in progress, "" if there is none."""
        return self._live

    async def begun(self, want: Record) -> bool:
        """Whether this recording was begun before a break of the link, or a restart."""
        if self._inherited:
            self._inherited = False
            asked = (self._recordings.get_live, self._recordings.get_stored)
            for ask in asked:
                if await self._retried(partial(ask, want.name)) is not None:
                    self._begun = want.name
                    self._live = want.name if ask is asked[0] else ""
                    self._doubtful = bool(self._live)
                    break
        return self._begun == want.name

    async def begin(self, want: Record) -> None:
        """Sound the tone and record. Whether it really began is asked if the link breaks."""
        self._begun = want.name
        self._doubtful = False
        await self._request(want)

    async def stop(self) -> None:
        """End a recording in progress: what was said so far is kept."""
        if self._live:
            await self._recordings.stop(self._live)

    async def result(self, want: Record) -> Recorded | Silent | Gone:
        """Wait for the end of a recording that was begun, and keep its file.

        Raises :class:`LineError` when Asterisk recorded nothing though the caller is there.
        """
        await self._ended(want)
        wav = await self._retried(partial(self._recordings.get_stored_file, want.name))
        if wav is None:
            return await self._nothing()
        kept = await self._keep(want.name, wav)
        await self._retried(partial(self._recordings.delete_stored, want.name))
        return Recorded(kept) if kept else self._channel.gone or Silent()

    async def _request(self, want: Record) -> None:
        self._keypad.ahead.clear()
        self._live = want.name
        channels = Channels(self._channel.link.fire_and_forget(self._failed))
        longest, quiet = ceil(want.longest), ceil(want.quiet)
        try:
            await channels.record(self._channel.id, want.name, longest, quiet, want.stop)
        except UnreachableError:
            self.interrupted()

    def _failed(self, error: AriError | UnreachableError) -> None:
        """Asterisk did not begin to record; the reason is for its operator."""
        match error:
            case GoneError():
                self._channel.ended(0)
            case UnreachableError():
                self.interrupted()
            case AriError():
                log.error("channel %s: %s", self._channel.id, error)
                self.finished(self._live)

    async def _ended(self, want: Record) -> None:
        """Wait for the end of a recording; Asterisk is asked when the event may be lost."""
        channel = self._channel
        lasting = want.longest + BEEP + channel.timeouts.margin
        deadline = channel.clock() + lasting
        while self._live and not channel.gone:
            if self._doubtful or channel.clock() >= deadline:
                self._doubtful = False
                deadline = channel.clock() + lasting
                if await self._retried(partial(self._recordings.get_live, want.name)) is None:
                    if await self._retried(partial(self._recordings.get_stored, want.name)):
                        return
                    await self._request(want)
            else:
                await channel.change(deadline)
        await self._while(lambda: bool(self._live))

    async def _nothing(self) -> Gone:
        """There is no file: the caller hung up before the tone, or Asterisk cannot record."""
        await self._while(lambda: not self._channel.gone)
        if self._channel.gone:
            return self._channel.gone
        raise LineError(
            "Asterisk recorded nothing: it needs room in `recording` in its spool directory, and "
            "its sound `beep`"
        )

    async def _while(self, fact: Callable[[], bool]) -> None:
        """Wait a moment for the second of two events that come at once."""
        channel = self._channel
        deadline = channel.clock() + channel.timeouts.stopping
        while fact() and channel.clock() < deadline:
            await channel.change(deadline)

    async def _retried(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """What Asterisk answers, also after a break of the link; None if there is no such thing."""
        while True:
            try:
                return await ask()
            except GoneError:
                return None
            except UnreachableError as error:
                log.warning("channel %s: %s; retrying when the link is up", self._channel.id, error)
                await self._channel.reconnect()
