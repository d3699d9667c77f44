"""The calls of the application: hands the events of the link to each call's line.

Every call is a task of one group. When a session fails, the caller goes to the dialplan's fallback,
which apologises and queues them for an agent: never silence.
"""

import asyncio
import logging
from collections.abc import Awaitable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from itertools import compress
from typing import NoReturn

from msgspec.structs import replace

from ari_app.ari.dead_man import Extend
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
from ari_app.ari.inherited import (
    ADOPTED,
    BACK,
    Accept,
    AcceptedCall,
    Inherited,
    attempt,
    came_back,
    outcome_of,
    place_of,
)
from ari_app.ari.line import ChannelLine
from ari_app.ari.midway import Midway
from ari_app.ari.rest import Ari
from ari_app.session.conductor import LEFT
from ari_app.session.unknown_code import UnknownNumberError

log = logging.getLogger(__name__)

FALLBACK = ("firstline-fallback", "s")
RENEWING = 0.5
"""Seconds between two looks at the dead-man switches."""

TAKING_OVER = 90
"""Seconds that are granted to those who are recorded when another application is to go on with
them: it puts the dead-man switches off when it has ended this one, which may take a minute."""

EXTENDING = 1.0
"""Seconds in which AMI does that, or does not."""

LAST_WORDS = 2.0
"""Seconds that sessions have to end when the application stops, before the link is closed."""


class Calls:
    """All calls that are in the application now."""

    def __init__(
        self,
        ari: Ari,
        tasks: asyncio.TaskGroup,
        accept: Accept,
        inherited: Inherited | None = None,
    ) -> None:
        """``inherited`` are taken over at the first connection."""
        self._ari = ari
        self._tasks = tasks
        self._accept = accept
        self._inherited = inherited
        self._took_over = False
        self._lines: dict[str, ChannelLine] = {}
        self._begun: set[asyncio.Task[None]] = set()
        self._refused: set[str] = set()
        """Channels of calls that failed, or were left and cannot go on."""
        self._closed = False
        self._extend: Extend | None = None

    @property
    def channels(self) -> Collection[str]:
        """The ids of their channels."""
        return self._lines.keys()

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def closed(self) -> bool:
        """Whether no more calls are taken."""
        return self._closed

    def close(self) -> None:
        """Take no more calls: new ones go to the fallback; those that are here go on."""
        self._closed = True

    def handle(self, event: Event) -> None:
        """Hand an event of the link to the line of its channel."""
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
        """After a (re)connection: end calls that left meanwhile, send unknown ones to the fallback.

        Asterisk replays no event, so it is asked. Its answer names the channels that are in the
        application and those elsewhere that we subscribed to, but none that hung up: subscriptions
        outlive the socket (measured). ``held`` are the events that came meanwhile; they are handled
        next.
        """
        asks = self._inherited is not None and not self._took_over
        left: Collection[str] = await self._inherited.find() if self._inherited and asks else ()
        inside = set((await self._ari.applications.get()).channel_ids)
        for channel, line in self._lines.items():
            if channel in inside:
                line.interrupted()
            else:
                line.ended(0)
        arriving = {event.channel.id for event in held if isinstance(event, StasisStart)}
        if self._inherited is not None and not self._took_over:
            await self._take_over(self._inherited, left, arriving, inside)
            self._took_over = True
        unserved = inside - self._lines.keys() - arriving
        if unserved:
            await self._begin_or_rescue(unserved)

    async def _begin_or_rescue(self, unserved: Collection[str]) -> None:
        """Begin the calls of channels that came a moment ago, when no application took their
        StasisStart; all others without a session go to the fallback."""
        lost = set(unserved)
        for one in await self._ari.channels.list():
            dialled = (one.arguments or (BACK,))[0]
            known = one.id in self._refused or dialled == BACK or not one.just_came(dialled)
            if one.id in unserved and not known and not self._closed:
                log.warning("channel %s came when no application was there: it is served", one.id)
                call = self._accept(Channel(one.id, one.name, caller=one.caller), dialled)
                call.line.inherit(0, away=False)
                self.serve_soon(one.id, call)
                lost.remove(one.id)
        if lost:
            log.warning("channels without a session go to the fallback: %s", ", ".join(lost))
            await asyncio.gather(*map(self.rescue, lost))

    async def _take_over(
        self,
        inherited: Inherited,
        left: Collection[str],
        arriving: Collection[str],
        inside: Collection[str],
    ) -> None:
        """Go on with the calls of the application before this one, once.

        The channels of some are in an application still, which may have another name than this one,
        or in a queue or a conversation, or came back from there; some callers hung up meanwhile.
        """
        listed = {one.id: one for one in await self._ari.channels.list()}
        for channel in left:
            found = listed.get(channel)
            call = inherited.go_on(channel, place_of(found, arriving))
            if call is not None:
                elsewhere = found is not None and found.arguments is not None
                moves = elsewhere and channel not in inside and channel not in arriving
                self.serve_soon(channel, call, self.move(channel) if moves else None)
                if found is not None and came_back(found) and channel not in arriving:
                    call.line.returned(outcome_of(found.arguments or ()))
            else:
                self._refused.add(channel)

    async def watch(self, extend: Extend) -> NoReturn:
        """Put the dead-man switches off all the time; by ``extend`` those of who is recorded."""
        self._extend = extend
        while True:
            await asyncio.gather(*(line.renew(extend) for line in self._lines.values()))
            await asyncio.sleep(RENEWING)

    def _started(self, event: StasisStart) -> None:
        channel = event.channel
        line = self._lines.get(channel.id)
        if event.args[:1] == (BACK,):
            if line is not None:
                line.returned(outcome_of(event.args))
            else:
                self._begin(self._returned_unknown(channel.id, outcome_of(event.args)))
        elif line is None and (self._closed or event.args[:1] == (ADOPTED,)):
            self._begin(self.rescue(channel.id))
        elif line is None:
            dialled = event.args[0] if event.args else ""
            call = self._accept(channel, dialled)
            self.serve_soon(channel.id, call)

    def serve_soon(
        self, channel: str, call: AcceptedCall, first: Awaitable[None] | None = None
    ) -> None:
        """Serve a call, after what has to be done ``first``."""
        self._lines[channel] = call.line
        self._begin(self._serve(channel, call, first))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = self._tasks.create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    async def _serve(self, channel: str, call: AcceptedCall, first: Awaitable[None] | None) -> None:
        """The outermost frame of a call."""
        try:
            if first is not None:
                await first
            await call.serve()
        except Exception as error:  # the outermost frame of the call
            known = isinstance(error, UnknownNumberError)
            why, text = error if known else "the session failed", "the caller goes to the fallback"
            log.error("call %s: %s; %s", channel, why, text, exc_info=not known)
            if call.line.gone is None:
                self._refused.add(channel)
                await self.rescue(channel)
        finally:
            call.line.over()
            del self._lines[channel]

    async def release(self) -> None:
        """Return all callers to the dialplan and end the sessions: the application stops.

        Sessions have a moment for what they still ask of Asterisk, such as what a caller said.
        """
        self.close()
        while staying := [line for line in self._lines.values() if line.gone is None]:
            await asyncio.gather(*map(self._give_back, staying))
        if self._begun:
            await asyncio.wait(self._begun, timeout=LAST_WORDS)

    async def leave(self) -> Mapping[str, Midway]:
        """End the sessions where they stand: another application goes on with the calls. What each
        channel is in the middle of is returned.

        Nothing is asked of Asterisk but time for those who are recorded."""
        self.close()
        midway = {name: line.leave() for name, line in self._lines.items() if not line.gone}
        begun = tuple(self._begun)
        for task in begun:
            task.cancel(LEFT)
        await asyncio.gather(*begun, return_exceptions=True)
        if self._extend is None:
            return midway
        until = asyncio.get_running_loop().time() + TAKING_OVER
        recorded = [name for name, one in midway.items() if one.recording]
        with suppress(TimeoutError):
            async with asyncio.timeout(EXTENDING):
                done = await asyncio.gather(*(self._extend(each, TAKING_OVER) for each in recorded))
                for name in compress(recorded, done):
                    midway[name] = replace(midway[name], until=until)
        return midway

    async def _give_back(self, line: ChannelLine) -> None:
        await attempt(line.channel, line.give_back())
        await self.rescue(line.channel)

    async def rescue(self, channel: str) -> None:
        """Return a caller to the dialplan, which apologises and queues them for an agent."""
        await attempt(channel, self._ari.channels.continue_in_dialplan(channel, *FALLBACK))

    async def move(self, channel: str) -> None:
        """Take a channel out of another application."""
        name = self._ari.applications.name
        await attempt(channel, self._ari.channels.move(channel, name, ADOPTED))

    async def _returned_unknown(self, channel: str, outcome: str) -> None:
        """A caller comes back from the dialplan, and there is no session of theirs here.

        Another worker may have begun it. If there is none, the call is over after a conversation;
        otherwise they still need an agent.
        """
        inherited, call = self._inherited, None
        if inherited is not None and not self._closed and await inherited.fetch(channel):
            call = inherited.go_on(channel, "away")
        if call is not None:
            self.serve_soon(channel, call)
            call.line.returned(outcome)
            return
        if outcome == "ended":
            await attempt(channel, self._ari.channels.hangup(channel))
        else:
            await self.rescue(channel)
