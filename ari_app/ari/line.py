"""A channel as a line: what a session wants of a caller.

The events of the channel come from :mod:`ari_app.ari.calls` through plain calls and only set state;
:meth:`ChannelLine.present` acts. What it plays is in :mod:`ari_app.ari.playback`, what it records
in :mod:`ari_app.ari.recorder`.
"""

import logging
from collections.abc import Callable

from ari_app.ari.channel_state import ChannelState, Timeouts
from ari_app.ari.dead_man import DeadMan
from ari_app.ari.dialplan import Dialplan
from ari_app.ari.errors import GoneError, UnreachableError
from ari_app.ari.link import Link
from ari_app.ari.music import Music
from ari_app.ari.playback import Finished, HungUp, Phase
from ari_app.ari.player import Player
from ari_app.ari.recorder import BEEP, Recorder
from ari_app.session.media import SHORT, Keep, Sounds
from ivr.events import Event, Gone, Keyed, Played, Recorded, Silent
from ivr.gather import Gather, Keypad
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
        self.dialplan = Dialplan(self.state)
        self._gather: Gather | None = None
        """The digits of the present ask."""
        self._dead_man = DeadMan(self.state)
        self._inherited: int | None = None
        """How many playbacks a dead application had requested, until what it plays is stopped."""

    @property
    def channel(self) -> str:
        """The channel's id."""
        return self.state.id

    @property
    def plays(self) -> int:
        """How many playbacks were requested."""
        return self.player.state.number

    @property
    def gone(self) -> Gone | None:
        """Set when the channel is gone."""
        return self.state.gone

    # What happens to the channel.

    def key(self, digit: str) -> None:
        """ChannelDtmfReceived. Keys in a queue or in a conversation are not for the session."""
        if not self.dialplan.away and self.keypad.press(digit, self.state.clock()):
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
        if not self.dialplan.away:
            self.ended(0)

    def returned(self, outcome: str) -> None:
        """StasisStart of a channel that comes back from the dialplan."""
        self._dead_man.set_by_dialplan()
        self.keypad.ahead.clear()
        self.dialplan.returned(outcome)

    def ended(self, cause: int) -> None:
        """The channel is gone; ``cause`` is of Q.850, 0 if unknown."""
        self.player.take(HungUp())
        self.state.ended(cause)

    async def give_back(self) -> None:
        """The session ends here, and the caller goes on without it. What is being recorded of them
        is kept as far as it is."""
        self.ended(0)
        await self._recorder.stop()

    def inherit(self, plays: int, *, away: bool) -> None:
        """Go on with the channel of a dead application, which had requested ``plays`` playbacks;
        ``away``: it is in the dialplan, such as in a queue."""
        self._inherited, self.dialplan.away = plays, away
        self._recorder.inherit()
        self._dead_man.inherited()

    async def renew(self) -> None:
        """Put the dead-man switch off, if nothing plays or records; to be called all the time."""
        busy = self._recorder.records or self._inherited is not None
        if self.player.quiet and not (busy or self.dialplan.away or self.gone):
            await self._dead_man.renew()

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
        if self._inherited is not None:
            await self._settle_in(self._inherited, want)
            if self.gone:
                return self.gone
        match want:
            case Ask():
                return await self._ask(want)
            case Say():
                return await self._say(want.screen)
            case Enqueue() | Dial():
                await self.player.settle()
                return await self.dialplan.carry_out(want)
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
        if not await self._recorder.begun(want):
            await self._say(want.screen)
            await self.player.settle()
            if self.gone:
                return self.gone
            await self._grant(want.longest + BEEP)
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
        await self._grant(self._lasting or self.state.timeouts.media)
        await self.player.play(media)
        return True

    async def _grant(self, seconds: float) -> None:
        """Put the dead-man switch off for what is to begin."""
        if self.player.quiet:
            await self._dead_man.grant(seconds)

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

    async def _settle_in(self, plays: int, want: LineWant) -> None:
        """Take over the channel of a dead application: wait until it is back from the dialplan, or
        stop what it plays."""
        leaves = isinstance(want, Enqueue | Dial)
        if self.dialplan.away:
            await self._ari.applications.subscribe(f"channel:{self.channel}")
            await self.dialplan.back()
        if leaves and self.dialplan.outcome is not None:
            pass  # it is back
        elif not (isinstance(want, Record) and await self._recorder.begun(want)):
            await self.player.inherit(plays)
        if not leaves:
            self.dialplan.outcome = None
        self._inherited = None
