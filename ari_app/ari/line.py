"""A channel as a line: what a session wants of a caller.

The events of the channel come from :mod:`ari_app.ari.calls` through plain calls and only set state;
:meth:`ChannelLine.present` acts. What it plays is in :mod:`ari_app.ari.playback`, what it records
in :mod:`ari_app.ari.recorder`.
"""

import logging
from collections.abc import Callable, Mapping
from math import ceil

from ari_app.ari.channel_state import ChannelState, Timeouts
from ari_app.ari.errors import GoneError, UnreachableError
from ari_app.ari.link import Link
from ari_app.ari.music import Music
from ari_app.ari.playback import Finished, HungUp, Phase
from ari_app.ari.player import Player
from ari_app.ari.recorder import BEEP, Recorder
from ari_app.session.media import SHORT, Keep, Sounds
from ari_app.session.outcomes import fitting
from ivr.events import Bridged, Event, Gone, Keyed, Played, Recorded, Silent
from ivr.gather import Gather, Keypad
from ivr.terms import DIAL_OUTCOMES, QUEUE_OUTCOMES
from ivr.wants import Ask, Dial, Done, Enqueue, LineWant, Record, Say, Screen

log = logging.getLogger(__name__)


class ChannelLine:
    """A channel through which a session meets its caller."""

    def __init__(
        self,
        link: Link,
        channel: str,
        sounds: Sounds,
        keep: Keep,
        timeouts: Timeouts,
    ) -> None:
        """``channel`` is the channel's id; ``keep`` stores what is recorded of the caller."""
        self._speak = sounds.speak
        self._after_key = sounds.after_key
        self._lasts = sounds.lasts
        self._lasting = 0.0
        """How long what plays lasts, in seconds."""
        self._repeated = False
        """Whether what failed was played again: that is done once for a screen."""
        self.state = ChannelState(link, channel, timeouts)
        self.player = Player(self.state, sounds.heard, sounds.unplayable)
        self.keypad = Keypad()
        self._music = Music(self.state)
        self._recorder = Recorder(self.state, self.keypad, keep)
        self._ari = link.ari
        self._away = False
        self._gather: Gather | None = None
        """The digits of the present ask."""
        self._outcome: str | None = None
        """With which outcome the channel came back from the dialplan."""
        self._granted = self.state.clock() + timeouts.dead_man
        """Until when the dialplan leaves the channel to the application."""

    @property
    def channel(self) -> str:
        """The channel's id."""
        return self.state.id

    @property
    def gone(self) -> Gone | None:
        """Set when the channel is gone."""
        return self.state.gone

    # What happens to the channel.

    def key(self, digit: str) -> None:
        """ChannelDtmfReceived. Keys in a queue or in a conversation are not for the session."""
        if not self._away and self.keypad.press(digit, self.state.clock()):
            self.state.changed()

    def playback_finished(self, playback: str, state: str) -> None:
        """PlaybackFinished. A key that comes after it comes after the prompt, however soon."""
        playing = self.player.state.phase is Phase.PLAYING
        short = self.state.clock() - self.player.requested < self._lasting - SHORT
        self.player.take(Finished(playback, state == "failed" or (playing and short)))
        if playing and self._gather is not None and not (self.player.state.busy or self._repeats):
            self._gather.prompt_played(self.state.clock(), self.player.state.whole)

    def recording_finished(self, name: str) -> None:
        """RecordingFinished or RecordingFailed."""
        self._recorder.finished(name)

    def left(self) -> None:
        """StasisEnd: the channel went on in the dialplan, or hung up."""
        if not self._away:
            self.ended(0)

    def returned(self, outcome: str) -> None:
        """StasisStart of a channel that comes back from the dialplan."""
        self._away, self._outcome = False, outcome
        self.keypad.ahead.clear()
        self.state.changed()

    def ended(self, cause: int) -> None:
        """The channel is gone; ``cause`` is of Q.850, 0 if unknown."""
        self.player.take(HungUp())
        self.state.ended(cause)

    async def give_back(self) -> None:
        """The session ends here, and the caller goes on without it. What is being recorded of them
        is kept as far as it is."""
        self.ended(0)
        await self._recorder.stop()

    def interrupted(self) -> None:
        """The link broke, or a request got no answer: events may have passed unheard."""
        self.player.interrupted()
        self._recorder.interrupted()

    # What the session wants.

    async def present(self, want: LineWant) -> Event:
        """See :class:`ari_app.session.line.Line`.

        Raises :class:`UnreachableError` when the link was down for too long. A caller who hangs up
        while being recorded ends the recording: it is returned, and Gone the next time.
        """
        while self.gone is None:
            if not isinstance(want, Done):
                self.player.caller_present()
            self._repeated = False
            try:
                return await self._do(want)
            except GoneError:
                self.ended(0)
            except UnreachableError as error:
                if self.gone is None:
                    log.warning("channel %s: %s; retrying when the link is up", self.channel, error)
                    self.interrupted()
                    await self.state.reconnect()
        return self.gone

    async def _do(self, want: LineWant) -> Event:
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
                self.player.caller_present()  # the hang-up was ours
                return Gone()

    async def _ask(self, ask: Ask) -> Keyed | Silent | Gone:
        self._gather = gather = Gather(ask, self.keypad, self.state.clock())
        try:
            return gather.answer or await self._gathered(ask, gather)
        finally:
            self._gather = None
            await self._music.stop()

    async def _gathered(self, ask: Ask, gather: Gather) -> Keyed | Silent | Gone:
        player, clock = self.player, self.state.clock
        await self._extend(self.state.timeouts.media + ask.grammar.lasts)

        def barged() -> bool:
            gather.keyed(clock())
            return gather.barged

        played = not barged() and await self._play(ask.screen, barged)
        listening = False
        while not self.gone:
            now = clock()
            gather.keyed(now)
            gather.timer_fired(now)
            if self._repeats:
                played = await self._play_again(ask.screen, barged)
                continue
            if not player.state.busy and not listening:
                listening = True
                gather.prompt_played(now, played and player.state.whole)
                if ask.music and gather.answer is None:
                    await self._music.start()
            elif player.state.busy and gather.barged:
                await player.stop()
            elif player.state.doubtful:
                played = await self._play(ask.screen, barged)
                continue
            if gather.answer is not None:
                return gather.answer
            await self.state.change(gather.due)
        return self.gone

    async def _say(self, screen: Screen) -> Played | Gone:
        player = self.player

        def barged() -> bool:
            return screen.barge_in and bool(self.keypad.ahead)

        await self._extend(self.state.timeouts.media)
        played = await self._play(screen, barged)
        while (player.state.busy or self._repeats) and not self.gone:
            if self._repeats:
                played = await self._play_again(screen, barged)
            elif barged():
                await player.stop()
                break
            elif player.state.doubtful:
                played = await self._play(screen, barged)
            else:
                await self.state.change()
        return self.gone or Played(played and player.state.whole)

    async def _record(self, want: Record) -> Recorded | Silent | Gone:
        """Play, sound the tone, record. A key cuts the prompt short and is no more than that."""
        if not self._recorder.begun(want):
            await self._say(want.screen)
            await self._extend(want.longest + BEEP)
            if self.gone:
                return self.gone
            await self._recorder.begin(want)
        return await self._recorder.result(want)

    async def _play(self, screen: Screen, barged: Callable[[], bool]) -> bool:
        """Begin to play a screen as one playback; False if there is nothing to play, or if a key
        that came meanwhile makes it needless."""
        media = await self._speak(screen)
        await self.player.settle()
        if self.gone or not media or barged():
            return False
        since = self.state.clock() - self.keypad.pressed
        media = (*self._after_key(since), *media)
        self._lasting = self._lasts(media)
        await self.player.play(media)
        return True

    @property
    def _repeats(self) -> bool:
        """Whether a playback failed that is to be played again."""
        return bool(self.player.state.failed) and not self._repeated

    async def _play_again(self, screen: Screen, barged: Callable[[], bool]) -> bool:
        """Play a screen whose playback failed again, from other files where there are any.

        A hang-up makes it fail, too: it is waited for, and needs no report.
        """
        self._repeated = True
        until = self.state.clock() + self.state.timeouts.hanging_up
        while not self.gone and self.state.clock() < until:
            await self.state.change(until)
        if self.gone:
            return False
        self.player.caller_present()
        return await self._play(screen, barged)

    async def _extend(self, seconds: float) -> None:
        """Extend the dialplan's dead-man switch to last the next ``seconds`` at least.

        The dialplan takes the caller back when TIMEOUT(absolute) passes. The variable can only be
        set while nothing plays, so it is set before anything that might outlast it.
        """
        timeouts, now = self.state.timeouts, self.state.clock()
        if now + seconds + timeouts.margin <= self._granted:
            return
        await self.player.settle()
        granted = max(timeouts.dead_man, ceil(seconds + timeouts.margin))
        await self._ari.channels.set_channel_var(self.channel, "TIMEOUT(absolute)", str(granted))
        self._granted = now + granted

    # Out in the dialplan.

    async def _enqueue(self, want: Enqueue) -> Bridged | Gone:
        variables = {
            "CHANNEL(language)": want.language,
            "FIRSTLINE_PRIORITY": str(want.priority),
            "FIRSTLINE_TOPIC": want.topic,
        }
        back = await self._leave("firstline-queue", want.queue, variables)
        return fitting(back, QUEUE_OUTCOMES, "timeout")

    async def _dial(self, want: Dial) -> Bridged | Gone:
        """The number goes in a variable, which the dialplan filters; an extension would be run."""
        variables = {"FIRSTLINE_NUMBER": want.number, "FIRSTLINE_RING": f"{ceil(want.ring)}"}
        back = await self._leave("firstline-dial", "s", variables)
        return fitting(back, DIAL_OUTCOMES, "no-answer")

    async def _leave(
        self, context: str, extension: str, variables: Mapping[str, str]
    ) -> Bridged | Gone:
        """Let the channel go on in the dialplan, and wait until it comes back, without a limit."""
        await self.player.settle()
        await self._ari.applications.subscribe(f"channel:{self.channel}")
        for variable, value in variables.items():
            await self._ari.channels.set_channel_var(self.channel, variable, value)
        self._away, self._outcome = True, None
        try:
            await self._ari.channels.continue_in_dialplan(self.channel, context, extension)
            while self._outcome is None and not self.gone:
                await self.state.change()
        finally:
            self._away = False
        self._granted = self.state.clock() + self.state.timeouts.dead_man
        if self.gone or self._outcome is None:
            return self.gone or Gone()
        return Bridged(self._outcome)
