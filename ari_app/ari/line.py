"""A channel as a line: what a session wants of a caller."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from math import ceil
from typing import TypeVar

from ari_app.ari.errors import AriError, GoneError, UnreachableError
from ari_app.ari.leg import Leg, Speak, Times
from ari_app.ari.link import Link
from ari_app.ari.rest import Channels
from ari_app.session.line import UndoneError
from ivr.events import Bridged, Event, Gone, Keyed, Recorded, Silent, Told
from ivr.gather import Gather
from ivr.terms import DIAL_OUTCOMES, QUEUE_OUTCOMES
from ivr.values import Recording
from ivr.wants import Ask, Dial, Done, Enqueue, Met, Record, Say, Screen

__all__ = ["ChannelLine", "Keep", "Speak", "Times"]

log = logging.getLogger(__name__)

T = TypeVar("T")

Keep = Callable[[str, bytes], Awaitable[Recording | None]]
"""Keeps the WAV of what a caller said under a name; None, and nothing kept, if he said nothing."""

BEEP = 5.0
"""How long the tone before a recording may take, at most; seconds."""


class ChannelLine(Leg):
    """A channel through which a session meets its caller."""

    def __init__(self, link: Link, channel: str, speak: Speak, keep: Keep, times: Times) -> None:
        super().__init__(link, channel, speak, times)
        self._keep = keep
        self._recordings = link.ari.recordings
        self._begun = ""
        """The recording that was begun last."""

    # What the session wants.

    async def present(self, want: Met) -> Event:
        """See :class:`ari_app.session.line.Line`.

        Raises :class:`UnreachableError` when the link was down for too long. Who hangs up while he
        is recorded ends the recording: it is brought, and that he is gone the next time.
        """
        while self.gone is None:
            if not isinstance(want, Done):
                self._complain()
            try:
                return await self._do(want)
            except GoneError:
                self.ended(0)
            except UnreachableError as error:
                log.warning("channel %s: %s; trying again", self.channel, error)
                self._doubtful = True
                await self._relink()
        return self.gone

    async def _do(self, want: Met) -> Event:
        match want:
            case Ask():
                return await self._ask(want)
            case Say():
                return await self._say(want.screen)
            case Enqueue():
                return await self._enqueue(want)
            case Dial():
                return await self._dial(want)
            case Record():
                return await self._record(want)
            case Done():
                await self._ari.channels.hangup(self.channel)
                self._complain()  # now that we know that he was still there
                return Gone()

    async def _ask(self, ask: Ask) -> Keyed | Silent | Gone:
        gather = Gather(ask, self._keypad, self._clock())
        if gather.answer is not None:
            return gather.answer
        await self._hold(self._times.media + ask.grammar.lasts)
        if not gather.barged:
            await self._play(ask.screen)
        told = False
        while not self.gone:
            now = self._clock()
            gather.keyed(now)
            gather.waited(now)
            if not self._playing and not told:
                told = True
                gather.told(now)
            elif self._playing and gather.barged:
                await self._cut_short()
            elif self._playing and self._doubtful:
                await self._play(ask.screen)
                continue
            if gather.answer is not None:
                return gather.answer
            await self._change(gather.due)
        return self.gone

    async def _say(self, screen: Screen) -> Told | Gone:
        await self._hold(self._times.media)
        await self._play(screen)
        while self._playing and not self.gone:
            if screen.barge_in and self._keypad.ahead:
                await self._cut_short()
                break
            if self._doubtful:
                await self._play(screen)
            else:
                await self._change()
        return self.gone or Told()

    # Out in the dialplan.

    async def _enqueue(self, want: Enqueue) -> Bridged | Gone:
        variables = {
            "CHANNEL(language)": want.language,
            "FIRSTLINE_PRIORITY": str(want.priority),
            "FIRSTLINE_TOPIC": want.topic,
        }
        return _fitting(
            await self._out("firstline-queue", want.queue, variables), QUEUE_OUTCOMES, "timeout"
        )

    async def _dial(self, want: Dial) -> Bridged | Gone:
        """The number goes in a variable, which the dialplan filters: there it would be an order."""
        variables = {"FIRSTLINE_NUMBER": want.number, "FIRSTLINE_RING": f"{ceil(want.ring)}"}
        return _fitting(
            await self._out("firstline-dial", "s", variables), DIAL_OUTCOMES, "no-answer"
        )

    async def _out(
        self, context: str, extension: str, variables: Mapping[str, str]
    ) -> Bridged | Gone:
        """Let the dialplan have the caller, and wait for him as long as it takes."""
        await self._settled()
        await self._ari.applications.subscribe(f"channel:{self.channel}")
        for variable, value in variables.items():
            await self._ari.channels.set_channel_var(self.channel, variable, value)
        self._away, self._back = True, None
        try:
            await self._ari.channels.continue_in_dialplan(self.channel, context, extension)
            while self._back is None and not self.gone:
                await self._change()
        finally:
            self._away = False
        self._granted = self._clock() + self._times.dead_man
        if self.gone or self._back is None:
            return self.gone or Gone()
        return Bridged(self._back)

    # Recording.

    async def _record(self, want: Record) -> Recorded | Silent | Gone:
        """Tell, sound the tone, record. A key cuts the words short and is no more than that."""
        if self._begun != want.name:  # not before a break of the link
            await self._say(want.screen)
            await self._hold(want.longest + BEEP)
            if self.gone:
                return self.gone
            self._begun = want.name
            await self._roll(want)
        await self._rolled(want)
        wav = await self._surely(partial(self._recordings.get_stored_file, want.name))
        if wav is None:
            return await self._blank()
        kept = await self._keep(want.name, wav)
        await self._surely(partial(self._recordings.delete_stored, want.name))
        return Recorded(kept) if kept else self.gone or Silent()

    async def _roll(self, want: Record) -> None:
        """Begin to record. Whether it really began is looked at when the link broke."""
        self._keypad.ahead.clear()
        self._tape = want.name
        try:
            await Channels(self._tell(self._unrecorded)).record(
                self.channel, want.name, ceil(want.longest), ceil(want.quiet), want.stop
            )
        except UnreachableError:
            self.relinked()

    def _unrecorded(self, error: AriError | UnreachableError) -> None:
        """Asterisk did not begin to record: what it says is for its operator."""
        if isinstance(error, GoneError | UnreachableError):
            self._refused(error)
        else:
            log.error("channel %s: %s", self.channel, error)
            self.recorded(self._tape)

    async def _rolled(self, want: Record) -> None:
        """Wait for the end of a recording; one of which nobody hears any more is asked for."""
        lasting = want.longest + BEEP + self._times.margin
        deadline = self._clock() + lasting
        while self._tape and not self.gone:
            if self._doubtful or self._clock() >= deadline:
                self._doubtful = False
                deadline = self._clock() + lasting
                if await self._surely(partial(self._recordings.get_live, want.name)) is None:
                    if await self._surely(partial(self._recordings.get_stored, want.name)):
                        return
                    await self._roll(want)
            else:
                await self._change(deadline)
        await self._while(lambda: bool(self._tape))

    async def _blank(self) -> Gone:
        """There is no file: he hung up before there was a tone, or Asterisk cannot record."""
        await self._while(lambda: not self.gone)
        if self.gone:
            return self.gone
        raise UndoneError(
            "Asterisk recorded nothing: it needs room in `recording` in its spool directory, and "
            "its sound `beep`"
        )

    async def _while(self, fact: Callable[[], bool]) -> None:
        """Wait a moment for the other half of what happened at once."""
        deadline = self._clock() + self._times.stopping
        while fact() and self._clock() < deadline:
            await self._change(deadline)

    async def _surely(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """What Asterisk answers, after a break of the link, too; None if there is no such thing."""
        while True:
            try:
                return await ask()
            except GoneError:
                return None
            except UnreachableError as error:
                log.warning("channel %s: %s; trying again", self.channel, error)
                await self._relink()


def _fitting(back: Bridged | Gone, outcomes: Sequence[str], otherwise: str) -> Bridged | Gone:
    """How he came back, in the words of where he went: an agent may have passed him on in vain."""
    if isinstance(back, Bridged) and back.outcome not in outcomes:
        return Bridged(otherwise)
    return back
