"""The calls of the application: from the events of the link to a line and its session.

Every call is a task of one group. Whatever goes wrong in it, the caller is put back into the
dialplan's fallback, which apologises and queues him for an agent: never silence.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from ari_app.ari.errors import AriError, GoneError, RefusedError, UnreachableError
from ari_app.ari.events import (
    Channel,
    ChannelDestroyed,
    ChannelDtmfReceived,
    Event,
    PlaybackFinished,
    RecordingFailed,
    RecordingFinished,
    StasisEnd,
    StasisStart,
)
from ari_app.ari.line import ChannelLine
from ari_app.ari.rest import Ari

log = logging.getLogger(__name__)

FALLBACK = ("firstline-fallback", "s")
BACK = "back"
"""The first argument of a StasisStart that brings a caller back from the dialplan."""

QUEUE_STATUS = {
    "CONTINUE": "ended",
    "TIMEOUT": "timeout",
    "FULL": "full",
    "JOINEMPTY": "closed",
    "LEAVEEMPTY": "closed",
    "WITHDRAW": "left",
    "LEFT": "left",
}
"""app_queue's QUEUESTATUS -> the outcome of a :class:`~ivr.wants.Enqueue`; any other is "failed".

Read in app_queue of Asterisk 22; ``LEFT`` is set by our dialplan, as app_queue sets nothing then.
"""

DIAL_STATUS = {
    "ANSWER": "ended",
    "BUSY": "busy",
    "CONGESTION": "busy",
    "NOANSWER": "no-answer",
    "CANCEL": "no-answer",
}
"""app_dial's DIALSTATUS -> the outcome of a :class:`~ivr.wants.Dial`; any other is "failed"."""

OUTCOMES = QUEUE_STATUS | DIAL_STATUS
"""They have no word in common."""

Serve = Callable[[ChannelLine, Channel, str], Awaitable[None]]
"""Serves a new call on a line: the channel and the dialled number."""

NewLine = Callable[[str], ChannelLine]


class Calls:
    """All calls that are in the application now."""

    def __init__(self, ari: Ari, tasks: asyncio.TaskGroup, new_line: NewLine, serve: Serve) -> None:
        self._ari = ari
        self._tasks = tasks
        self._new_line = new_line
        self._serve = serve
        self._lines: dict[str, ChannelLine] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def handle(self, event: Event) -> None:
        """Take an event of the link."""
        match event:
            case ChannelDtmfReceived():
                if line := self._lines.get(event.channel.id):
                    line.key(event.digit)
            case PlaybackFinished():
                channel, _, _ = event.playback.id.rpartition("-")
                if line := self._lines.get(channel):
                    line.playback_finished(event.playback.id, event.playback.state)
            case RecordingFinished() | RecordingFailed():
                target = event.recording.target_uri.removeprefix("channel:")
                if line := self._lines.get(target):
                    line.recording_finished(event.recording.name)
            case StasisStart():
                self._started(event)
            case StasisEnd():
                if line := self._lines.get(event.channel.id):
                    line.left()
            case ChannelDestroyed():
                if line := self._lines.get(event.channel.id):
                    line.ended(event.cause)

    async def reconcile(self, held: Sequence[Event]) -> None:
        """After a (re)connection: who left meanwhile is gone; who came unseen goes to a human.

        Asterisk replays no event, so it is asked. Its answer names the channels that are in the
        application, those in a queue that we subscribed to, and nobody who hung up: subscriptions
        outlive the socket (measured). ``held`` is what came meanwhile and will be handled next.
        """
        inside = set((await self._ari.applications.get()).channel_ids)
        for channel, line in self._lines.items():
            if channel in inside:
                line.interrupted()
            else:
                line.ended(0)
        arriving = {event.channel.id for event in held if isinstance(event, StasisStart)}
        unserved = inside - self._lines.keys() - arriving
        if unserved:
            log.warning("unserved in the application, to the fallback: %s", ", ".join(unserved))
            await asyncio.gather(*map(self.rescue, unserved))

    def _started(self, event: StasisStart) -> None:
        channel = event.channel
        line = self._lines.get(channel.id)
        if event.args[:1] == (BACK,):
            status = event.args[1] if len(event.args) > 1 else ""
            if line is not None:
                line.returned(OUTCOMES.get(status, "failed"))
            else:
                self._tasks.create_task(self._dismiss(channel.id, status))
        elif line is None:
            dialled = event.args[0] if event.args else ""
            self._lines[channel.id] = line = self._new_line(channel.id)
            self._tasks.create_task(self._call(line, channel, dialled))

    async def _call(self, line: ChannelLine, channel: Channel, dialled: str) -> None:
        """The outermost frame of a call."""
        try:
            await self._serve(line, channel, dialled)
        except Exception:
            log.exception("call %s: the session broke; the caller goes to the fallback", channel.id)
            if line.gone is None:
                await self.rescue(channel.id)
        finally:
            del self._lines[channel.id]

    async def release(self) -> None:
        """Give every caller back to the dialplan and end his session: we are about to stop."""
        while staying := [line for line in self._lines.values() if line.gone is None]:
            for line in staying:
                line.ended(0)
            await asyncio.gather(*(self.rescue(line.channel) for line in staying))

    async def rescue(self, channel: str) -> None:
        """Give a caller back to the dialplan, which apologises and queues him."""
        await _attempt(channel, self._ari.channels.continue_in_dialplan(channel, *FALLBACK))

    async def _dismiss(self, channel: str, status: str) -> None:
        """A caller comes back from the dialplan and nobody knows his session any more.

        After a conversation that is its end; otherwise a human is still owed to him.
        """
        if OUTCOMES.get(status) == "ended":
            await _attempt(channel, self._ari.channels.hangup(channel))
        else:
            await self.rescue(channel)


async def _attempt(channel: str, deed: Awaitable[None]) -> None:
    """Do what may fail: then the dead-man switch of the dialplan takes the caller back."""
    try:
        await deed
    except GoneError as error:
        log.info("channel %s: %s", channel, error)
    except (AriError, UnreachableError, RefusedError) as error:
        log.warning("channel %s: %s", channel, error)
