"""Plays the screens of one channel: each as one playback, and once more if that fails."""

from collections.abc import Callable

from msgspec import Struct

from ari_app.ari.dead_man import DeadMan
from ari_app.ari.player import Player
from ari_app.session.media import SHORT, Sounds
from ivr.gather import Keypad
from ivr.wants import Screen


class Screening(Struct):
    """Where the present screen stands."""

    played: bool | None = None
    """Whether it is played, or was; None if that has not begun."""
    repeated: bool = False
    """Whether it was played again, because it failed: that is done once."""
    lasting: float = 0.0
    """How long what plays lasts, in seconds."""


class Screens:
    """The screens of one channel, one at a time."""

    def __init__(self, player: Player, keypad: Keypad, dead_man: DeadMan, sounds: Sounds) -> None:
        self._player = player
        self._keypad = keypad
        self._dead_man = dead_man
        self._sounds = sounds
        self._channel = player.channel
        self.state = Screening()

    def over(self) -> None:
        """The next screen is another one."""
        self.state = Screening(lasting=self.state.lasting)

    async def begin(self, screen: Screen, barged: Callable[[], bool]) -> bool:
        """Begin to play a screen, unless an application before this one did."""
        if self.state.played is None:
            self.state.played = not barged() and await self.play(screen, barged)
        return self.state.played

    async def play(self, screen: Screen, barged: Callable[[], bool]) -> bool:
        """Begin to play a screen as one playback; False if there is nothing to play, or if a key
        that came meanwhile makes it needless."""
        channel = self._channel
        media = await self._sounds.speak(screen)
        await self._player.settle()
        if channel.gone or not media or barged():
            return False
        since = channel.clock() - self._keypad.pressed
        media = (*self._sounds.after_key(since), *media)
        self.state.lasting = self._sounds.lasts(media)
        await self.grant(self.state.lasting or channel.timeouts.media)
        self.state.played = True
        await self._player.play(media)
        return True

    async def grant(self, seconds: float) -> None:
        """Put the dead-man switch off for what is to begin."""
        if self._player.quiet:
            await self._dead_man.grant(seconds)

    def is_short(self) -> bool:
        """Whether a playback that ends now is over before its files would be."""
        lasted = self._channel.clock() - self._player.requested
        return lasted < self.state.lasting - SHORT

    @property
    def repeats(self) -> bool:
        """Whether a playback failed that is to be played again."""
        return bool(self._player.state.failed) and not self.state.repeated

    async def play_again(self, screen: Screen, barged: Callable[[], bool]) -> bool:
        """Play a screen whose playback failed again, from other files where there are any.

        A hang-up makes it fail, too: it is waited for, and needs no report.
        """
        channel = self._channel
        self.state.repeated = True
        until = channel.clock() + channel.timeouts.hanging_up
        while not channel.gone and channel.clock() < until:
            await channel.change(until)
        if channel.gone:
            return False
        self._player.caller_present()
        return await self.play(screen, barged)
