"""Plays on a channel: carries out what :mod:`ari_app.ari.playback` decides."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from ari_app.ari.channel_state import ChannelState
from ari_app.ari.errors import AriError, GoneError, UnreachableError
from ari_app.ari.playback import (
    CallerPresent,
    Command,
    Event,
    Finished,
    Heard,
    HungUp,
    NotFound,
    Phase,
    Play,
    Playback,
    PlayRequested,
    Reconnected,
    Rejected,
    ReportFailed,
    Stop,
    StopRequested,
    StopTimedOut,
    Unanswered,
    step,
)
from ari_app.ari.rest import Channels, Playbacks
from ari_app.session.media import OnHeard, OnUnplayable

log = logging.getLogger(__name__)

LATER = 4
"""How many playbacks a dead application may have requested since its last checkpoint."""


class Player:
    """The playbacks of one channel. No request waits for its answer."""

    def __init__(self, channel: ChannelState, heard: OnHeard, unplayable: OnUnplayable) -> None:
        self.state = Playback(channel.id)
        self._heard = heard
        self._unplayable = unplayable
        self.channel = channel
        self.requested = 0.0
        """When the last playback was requested."""
        self._overdue = ""
        """A playback that did not end in time when it was to stop."""
        self._send = channel.link.fire_and_forget

    @property
    def quiet(self) -> bool:
        """Whether it is known that nothing plays."""
        return not (self.state.busy or self._overdue)

    def take(self, event: Event) -> None:
        """Take an event that leads to no request, and wake the task of the call."""
        if isinstance(event, Finished) and event.playback == self._overdue:
            self._overdue = ""
        self.state, command = step(self.state, event)
        self.channel.changed()
        self._report(command)

    async def play(self, media: Sequence[str]) -> None:
        """Request a playback. Nothing else may be playing: see :meth:`settle`.

        Raises :class:`UnreachableError` and, over HTTP, what Asterisk rejected.
        """
        self.requested = self.channel.clock()
        await self._request(PlayRequested(tuple(media)))
        self.channel.check()

    async def stop(self) -> None:
        """Request the end of what plays. A key that does so counts even while the link is down."""
        try:
            await self._request(StopRequested())
        except UnreachableError as error:
            log.warning("channel %s: %s", self.channel.id, error)

    async def settle(self) -> None:
        """Wait until nothing plays, for a limited time; a playback in doubt is stopped.

        Raises what Asterisk rejected, and :class:`UnreachableError`.
        """
        channel = self.channel
        deadline = channel.clock() + channel.timeouts.stopping
        while self.state.busy and channel.clock() < deadline:
            if self.state.doubtful:
                await self._request(StopRequested())
            else:
                await channel.change(deadline)
        if self.state.busy:
            self._overdue = self.state.id
        self.take(StopTimedOut())
        channel.check()

    async def inherit(self, plays: int) -> None:
        """Stop what a dead application may be playing, which had requested ``plays`` playbacks when
        its last checkpoint was kept. Raises :class:`UnreachableError`."""
        for number in range(plays + 1, plays + LATER):
            with suppress(GoneError):
                playback = f"{self.channel.id}-{number}"
                await self.channel.link.ari.playbacks.stop(playback)
        number = plays + LATER
        self.state = Playback(self.channel.id, Phase.DOUBTFUL, number)
        await self.settle()

    def go_on(self, state: Playback, requested: float) -> None:
        """Go on where another application stood: what plays goes on."""
        self.state, self.requested = state, requested

    def interrupted(self) -> None:
        """The link broke, or a request of the call got no answer."""
        self.take(Reconnected())

    def caller_present(self) -> None:
        """The caller was still there after the last playback: if it failed, report that."""
        self.take(CallerPresent())

    async def _request(self, event: PlayRequested | StopRequested) -> None:
        self.state, command = step(self.state, event)
        try:
            match command:
                case Play(playback, media):
                    failed = partial(self._play_failed, playback)
                    files = [f"sound:{file}" for file in media]
                    await Channels(self._send(failed)).play_with_id(
                        self.channel.id, playback, files
                    )
                case Stop(playback):
                    await Playbacks(self._send(partial(self._stop_failed, playback))).stop(playback)
        except UnreachableError:
            # Without a wake-up: the task of the call is awake, and would try again in a busy loop.
            self.state, _ = step(self.state, Unanswered(self.state.id))
            raise

    def _report(self, command: Command | None) -> None:
        match command:
            case Heard():
                self._heard()
            case ReportFailed(media):
                files = ", ".join(media)
                log.error(
                    "channel %s: the caller did not hear all of %s: Asterisk could not play it; "
                    "its log says why",
                    self.channel.id,
                    files,
                )
                self._unplayable(media)

    def _play_failed(self, playback: str, error: AriError | UnreachableError) -> None:
        if isinstance(error, GoneError):
            self.take(HungUp())
            self.channel.ended(0)
        else:
            self._failed(playback, error)

    def _stop_failed(self, playback: str, error: AriError | UnreachableError) -> None:
        if isinstance(error, GoneError):
            self.take(NotFound(playback))
        else:
            self._failed(playback, error)

    def _failed(self, playback: str, error: AriError | UnreachableError) -> None:
        if isinstance(error, UnreachableError):
            self.take(Unanswered(playback))
        else:
            self.take(Rejected())
            self.channel.rejected(error)
