"""A channel as a line: what a session wants of a caller.

The events of the channel come from :mod:`ari_app.ari.calls` through plain calls and only set state;
:meth:`ChannelLine.present` acts. What it plays is in :mod:`ari_app.ari.playback`, what it records
in :mod:`ari_app.ari.recorder`.
"""

import logging

from ari_app.ari.channel_state import ChannelState, Timeouts
from ari_app.ari.dead_man import DeadMan, Extend
from ari_app.ari.dialplan import Dialplan
from ari_app.ari.ears import Ears
from ari_app.ari.errors import GoneError, UnreachableError
from ari_app.ari.link import Link
from ari_app.ari.midway import Midway
from ari_app.ari.music import Music
from ari_app.ari.playback import Finished, HungUp, Phase
from ari_app.ari.player import Player
from ari_app.ari.recorder import BEEP, Recorder
from ari_app.ari.screens import Screens
from ari_app.session.media import Keep, Sounds
from ivr.events import Event, Gone, Keyed, Played, Recorded, Said, Silent
from ivr.gather import Gather, Gathered, Keypad
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
        ears: Ears | None = None,
    ) -> None:
        """``channel`` is the channel's id; ``keep`` stores what is recorded of the caller;
        ``ears`` hear what is said instead of keys, where the site listens."""
        self.state = ChannelState(link, channel, timeouts)
        self.player = Player(self.state, sounds.heard, sounds.unplayable)
        self.keypad = Keypad()
        self._music = Music(self.state)
        self._ear = ears.of(self.state) if ears else None
        self._recorder = Recorder(self.state, self.keypad, keep)
        self._ari = link.ari
        self.dialplan = Dialplan(self.state)
        self._gather: Gather | None = None
        """The digits of the present ask."""
        self._dead_man = DeadMan(self.state)
        self._screens = Screens(self.player, self.keypad, self._dead_man, sounds)
        self._gathered_before: Gathered | None = None
        """The digits that another application had of the present ask."""
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
        short = playing and self._screens.is_short()
        self.player.take(Finished(playback, state == "failed" or short))
        repeats = self._screens.repeats
        if playing and self._gather is not None and not (self.player.state.busy or repeats):
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
        self.over()

    def over(self) -> None:
        """The session is over: what the caller says from now on is not listened to."""
        if self._ear:
            self._ear.forget()

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

    def leave(self) -> Midway:
        """What the channel is in the middle of, for another application, which goes on with it;
        this line asks nothing more of it."""
        gathered = self._gather.state if self._gather else self._gathered_before
        music, self._music.plays = self._music.plays, False
        return Midway(
            self.player.state,
            self.player.requested,
            self._screens.state,
            self.keypad.state,
            gathered,
            self._recorder.live,
            music,
            self._dead_man.until,
        )

    def go_on(self, midway: Midway) -> None:
        """Go on where another application left the channel, so that the caller notices nothing."""
        self.player.go_on(midway.playback, midway.requested)
        self._screens.state = midway.screen
        self.keypad.go_on(midway.pressed)
        self._gathered_before = midway.gathered
        self._recorder.go_on(midway.recording)
        self._music.plays = midway.music
        self._dead_man.until = midway.until

    async def renew(self, extend: Extend) -> None:
        """Put the dead-man switch off, if nothing plays; to be called all the time."""
        away = self._inherited is not None or self.dialplan.away or self.gone
        if away or not self.player.quiet:
            return
        if self._recorder.records:
            await self._dead_man.renew_by(extend)
        else:
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
            try:
                return await self._do(want)
            except GoneError:
                self.ended(0)
            except UnreachableError as error:
                if self.gone is None:
                    log.warning("channel %s: %s; retrying when the link is up", self.channel, error)
                    self.interrupted()
                    await self.state.reconnect()
            finally:
                self._screens.over()
                self._gathered_before = None
        return self.gone

    async def _do(self, want: LineWant) -> Event:
        if self._inherited is not None:
            await self._settle_in(self._inherited, want)
            if self.gone:
                return self.gone
        if self._ear and not isinstance(want, Ask | Say):
            await self._ear.close()
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

    async def _ask(self, ask: Ask) -> Keyed | Said | Silent | Gone:
        now, before = self.state.clock(), self._gathered_before
        self._gather = gather = Gather(ask, self.keypad, now, before)
        try:
            if self._ear:
                await self._ear.attend(ask, gather)
            return gather.answer or await self._gathered(ask, gather)
        finally:
            self._gather = None
            if self._ear:
                self._ear.rest()
            await self._music.stop()

    async def _gathered(self, ask: Ask, gather: Gather) -> Keyed | Said | Silent | Gone:
        player, clock = self.player, self.state.clock

        def barged() -> bool:
            gather.keyed(clock())
            return gather.barged

        played = await self._screens.begin(ask.screen, barged)
        listening = False
        while not self.gone:
            now = clock()
            gather.keyed(now)
            gather.timer_fired(now)
            if self._screens.repeats:
                played = await self._screens.play_again(ask.screen, barged)
                continue
            if not player.state.busy and not listening:
                listening = True
                gather.prompt_played(now, played and player.state.whole)
                if ask.music and gather.answer is None:
                    await self._music.start()
            elif player.state.busy and gather.barged:
                await player.stop()
            elif player.state.doubtful:
                played = await self._screens.play(ask.screen, barged)
                continue
            if gather.answer is not None:
                return gather.answer
            if self._ear:
                self._ear.look()
            await self.state.change(gather.due)
        return self.gone

    async def _say(self, screen: Screen) -> Played | Gone:
        player = self.player

        def barged() -> bool:
            return screen.barge_in and bool(self.keypad.ahead)

        played = await self._screens.begin(screen, barged)
        while (player.state.busy or self._screens.repeats) and not self.gone:
            if self._screens.repeats:
                played = await self._screens.play_again(screen, barged)
            elif barged():
                await player.stop()
                break
            elif player.state.doubtful:
                played = await self._screens.play(screen, barged)
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
            await self._screens.grant(want.longest + BEEP)
            await self._recorder.begin(want)
        return await self._recorder.result(want)

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
