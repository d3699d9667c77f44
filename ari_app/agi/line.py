"""A channel under FastAGI as a line: what a session wants of a caller.

While nothing is wanted of the caller (a back end works) keys are waited for as well.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from pathlib import Path

from msgspec import Struct

from ari_app.agi.channel import KEYS, Channel
from ari_app.agi.connection import ChannelGoneError, CommandError, Connection
from ari_app.session.line import LineError
from ari_app.session.media import Keep, Sounds
from ari_app.session.outcomes import DIAL_STATUS, QUEUE_STATUS, fitting
from ivr.events import Bridged, Event, Gone, Keyed, Played, Recorded, Said, Silent
from ivr.gather import Gather
from ivr.terms import DIAL_OUTCOMES, QUEUE_OUTCOMES
from ivr.wants import Ask, Dial, Done, Enqueue, LineWant, Record, Say, Screen

log = logging.getLogger(__name__)

STEP = 0.04
"""For how long keys are waited for before it is looked again whether anything else is to be done,
in seconds."""
GRACE = 0.005
"""How long nothing is wanted of the caller before keys are waited for, in seconds."""
LOOK = 2.0
"""The longest wait for a key; then the caller's dead-man switch is looked after again (s)."""


class Dialplan(Struct, frozen=True):
    """Where the line finds in Asterisk's dialplan what it does not do itself."""

    prepare: str = "firstline-queue-set"
    """The subroutine that sets FIRSTLINE_QUEUE and FIRSTLINE_WAIT for a queue; "" for none."""
    dial: str = "Local/{number}@firstline-people"
    """What is dialled to reach a number."""
    done: str = ""
    """The subroutine for a caller who is out of a queue again; "" for none."""


class AgiSettings(Struct, frozen=True):
    """What the lines of an installation share.

    ``spool``: where Asterisk can write recordings. ``dead_man``: after how many seconds in which
    the application is not heard of the dialplan takes a caller back.
    """

    spool: Path
    dead_man: int = 120
    dialplan: Dialplan = Dialplan()


class AgiLine:
    """A channel through which a session meets its caller."""

    def __init__(
        self, connection: Connection, sounds: Sounds, keep: Keep, settings: AgiSettings
    ) -> None:
        """``keep`` stores what is recorded of the caller."""
        self._channel = Channel(connection, sounds.lasts, settings.dead_man)
        self._keypad = self._channel.keypad
        self._clock = self._channel.clock
        self._sounds = sounds
        self._keep = keep
        self._settings = settings
        self._gone: Gone | None = None
        self._listening: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()

    @property
    def plays(self) -> None:
        """The channel does not outlive the connection, so no other process can go on with it."""
        return

    @property
    def channel(self) -> str:
        """The channel's unique id."""
        return self._channel.id

    @property
    def gone(self) -> Gone | None:
        """Set when the caller has hung up, or Asterisk has closed the connection."""
        return self._gone

    async def present(self, want: LineWant) -> Event:
        """See :class:`ari_app.session.line.Line`."""
        await self.settle()
        if self._gone is not None:
            return self._gone
        try:
            event = await self._do(want)
        except ChannelGoneError:
            self._gone = Gone()
            return self._gone
        except CommandError as error:
            raise LineError(f"Asterisk does not obey a command of AGI: {error}") from error
        if self._gone is None:
            self._listening = asyncio.create_task(self._listen())
        return event

    async def settle(self) -> None:
        """Wait until no command is under way: keys are waited for no more."""
        if self._listening is not None:
            self._wanted.set()
            await self._listening
            self._wanted.clear()
            self._listening = None

    async def _listen(self) -> None:
        """Notice keys while nothing is wanted of the caller."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await self._wanted.wait()
        try:
            while not self._wanted.is_set():
                await self._channel.wait_for_key(STEP)
        except ChannelGoneError:
            self._gone = Gone()

    async def _do(self, want: LineWant) -> Event:
        match want:
            case Ask():
                return await self._ask(want)
            case Say(screen=screen):
                return Played(
                    await self._play(screen, lambda: screen.barge_in and bool(self._keypad.ahead))
                )
            case Record():
                return await self._record(want)
            case Enqueue():
                return await self._enqueue(want)
            case Dial():
                return await self._dial(want)
            case Done():
                await self._channel.hang_up()
                self._gone = Gone()
                return self._gone

    async def _ask(self, ask: Ask) -> Keyed | Said | Silent:
        clock, gather = self._clock, Gather(ask, self._keypad, self._clock())

        def barged() -> bool:
            gather.keyed(clock())
            return gather.barged

        if gather.answer is None:
            whole = await self._play(ask.screen, barged)
            gather.prompt_played(clock(), whole)
        music = ask.music and gather.answer is None
        if music:
            await self._channel.music(on=True)
        while gather.answer is None:
            left = LOOK if gather.due is None else min(LOOK, gather.due - clock())
            if left > 0:
                await self._channel.wait_for_key(left)
            gather.keyed(clock())
            gather.timer_fired(clock())
        if music:
            await self._channel.music(on=False)
        return gather.answer

    async def _play(self, screen: Screen, barged: Callable[[], bool]) -> bool:
        """Play a screen; returns whether it was played to its end.

        It is spoken a second time, by other files, if Asterisk could not play one.
        """
        lost = ""
        for first in (True, False):
            media = await self._spoken(screen)
            if not media or barged():
                return False
            if first:
                media = [*self._sounds.after_key(self._clock() - self._keypad.pressed), *media]
            played: bool | None = True
            for file in media:
                played, lost = await self._channel.play(file, barged), file
                if not played:
                    break
            if played:
                self._sounds.heard()
            if played is not False:
                return bool(played)
            await self._channel.check()
            self._sounds.unplayable([lost])
        log.error(
            "call %s over AGI: the caller did not hear %s: Asterisk could not play it; "
            "its log says why",
            self.channel,
            lost,
        )
        return False

    async def _spoken(self, screen: Screen) -> list[str]:
        """The files of a screen; keys count while it is being spoken."""
        self._listening = asyncio.create_task(self._listen())
        try:
            media = await self._sounds.speak(screen)
        finally:
            await self.settle()
        if self._gone is not None:
            raise ChannelGoneError
        return list(media)

    async def _record(self, want: Record) -> Recorded | Silent | Gone:
        """Play, sound the tone, record. A caller who hangs up meanwhile ends the recording."""
        await self._play(want.screen, lambda: bool(self._keypad.ahead))
        file = self._settings.spool / want.name
        if not await self._channel.record(str(file), want.stop, want.longest, want.quiet):
            try:
                await self._channel.check()
            except ChannelGoneError:
                self._gone = Gone()
        wav = await asyncio.to_thread(_taken, file.with_name(f"{want.name}.wav"))
        if wav is None and self._gone is None:
            raise LineError(
                f"Asterisk recorded nothing: it must be able to write in {self._settings.spool}"
            )
        kept = await self._keep(want.name, wav) if wav is not None else None
        return Recorded(kept) if kept else self._gone or Silent()

    async def _enqueue(self, want: Enqueue) -> Bridged | Gone:
        channel, prepare = self._channel, self._settings.dialplan.prepare
        await channel.set("CHANNEL(language)", want.language)
        await channel.set("FIRSTLINE_PRIORITY", str(want.priority))
        await channel.set("FIRSTLINE_TOPIC", want.topic)
        queue, wait = want.queue, ""
        if prepare:
            await channel.subroutine(prepare, want.queue)
            queue, wait = await channel.get("FIRSTLINE_QUEUE"), await channel.get("FIRSTLINE_WAIT")
        status = await channel.run("Queue", f"{queue or want.queue},ci,,,{wait}", "QUEUESTATUS")
        if done := self._settings.dialplan.done:
            await channel.subroutine(done, "s")
        outcome = QUEUE_STATUS.get(status or "LEFT", "failed")  # a key that leaves sets nothing
        return fitting(Bridged(outcome), QUEUE_OUTCOMES, "timeout")

    async def _dial(self, want: Dial) -> Bridged | Gone:
        number = "".join(key for key in want.number if key in f"{KEYS}+")
        place = self._settings.dialplan.dial.format(number=number)
        status = await self._channel.run("Dial", f"{place},{ceil(want.ring)},gi", "DIALSTATUS")
        return fitting(Bridged(DIAL_STATUS.get(status, "failed")), DIAL_OUTCOMES, "no-answer")


def _taken(file: Path) -> bytes | None:
    """The contents of a file that is then removed; None if it is not there."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    file.unlink(missing_ok=True)
    return content
