"""The playback of one channel as a value: events in, commands out, no clock and no `await`.

A channel plays at most one playback at a time, because Asterisk queues a second one and sends no
event when a queued one is cancelled. :func:`step` takes the state and an event and returns the next
state and at most one command; :class:`ari_app.ari.player.Player` carries the commands out.

After a break of the link the end of a playback may have passed without its event: the playback is
then in doubt, and is stopped before anything else is played.
"""

from enum import Enum, auto
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace


class Phase(Enum):
    """Where the playback of a channel is."""

    IDLE = auto()
    """Nothing plays."""
    PLAYING = auto()
    """It was requested; PlaybackFinished is to come."""
    STOPPING = auto()
    """It is to stop; PlaybackFinished is still to come."""
    DOUBTFUL = auto()
    """The link broke, or a request got no answer: it may play, or have ended unheard."""
    REJECTED = auto()
    """Asterisk rejected a request; the session cannot go on. Final, but for a hang-up."""
    ENDED = auto()
    """The channel is gone. Final."""


BUSY = frozenset({Phase.PLAYING, Phase.STOPPING, Phase.DOUBTFUL})
"""The phases in which Asterisk may be playing."""


class Playback(Struct, frozen=True):
    """The state of a channel's playback."""

    channel: str
    phase: Phase = Phase.IDLE
    number: int = 0
    """How many playbacks were requested on this channel."""
    media: tuple[str, ...] = ()
    """The sound files of the last one, without extension."""
    cut: bool = False
    """Whether we asked Asterisk to stop it: then it does not count as heard."""
    whole: bool = False
    """Whether the last one was played to its end: neither cut, nor failed, nor in doubt."""
    failed: tuple[str, ...] = ()
    """The files of a playback that failed and is not reported yet."""

    @property
    def id(self) -> str:
        """The id of the last playback, chosen by us before it is requested."""
        return f"{self.channel}-{self.number}"

    @property
    def busy(self) -> bool:
        """Whether Asterisk may be playing."""
        return self.phase in BUSY

    @property
    def doubtful(self) -> bool:
        """Whether it is unknown if Asterisk is playing."""
        return self.phase is Phase.DOUBTFUL


# Events.


class PlayRequested(Struct, frozen=True):
    """The line has something to play. Ignored unless nothing plays."""

    media: tuple[str, ...]


class StopRequested(Struct, frozen=True):
    """The playback is to end now: for a key, or because it is in doubt."""


class Finished(Struct, frozen=True):
    """PlaybackFinished: a playback ended, was stopped, or was not played or not all of it
    (``failed``)."""

    playback: str
    failed: bool = False


class NotFound(Struct, frozen=True):
    """Asterisk knows no such playback to stop: it had ended, and its event may be lost."""

    playback: str


class Unanswered(Struct, frozen=True):
    """A request for this playback was not sent, or got no answer."""

    playback: str


class Reconnected(Struct, frozen=True):
    """The link to Asterisk is back after a break; events of the meantime are lost."""


class StopTimedOut(Struct, frozen=True):
    """The end of a playback did not come in time: give it up."""


class Rejected(Struct, frozen=True):
    """Asterisk answered a request with an error that does not mean that the channel is gone."""


class HungUp(Struct, frozen=True):
    """The channel is gone, or no longer ours."""


class CallerPresent(Struct, frozen=True):
    """The caller was still there after the last playback, so no hang-up made it fail."""


Event: TypeAlias = (
    PlayRequested
    | StopRequested
    | Finished
    | NotFound
    | Unanswered
    | Reconnected
    | StopTimedOut
    | Rejected
    | HungUp
    | CallerPresent
)


# Commands.


class Play(Struct, frozen=True):
    """Request a playback of these files under this id."""

    playback: str
    media: tuple[str, ...]


class Stop(Struct, frozen=True):
    """Request the end of this playback."""

    playback: str


class Heard(Struct, frozen=True):
    """Report that a playback was played to its end."""


class ReportFailed(Struct, frozen=True):
    """Report that Asterisk could not play one of these files."""

    media: tuple[str, ...]


Command: TypeAlias = Play | Stop | Heard | ReportFailed


def step(state: Playback, event: Event) -> tuple[Playback, Command | None]:
    """The state after an event, and what is to be done about it."""
    match event:
        case PlayRequested(media) if state.phase is Phase.IDLE:
            number = state.number + 1
            state = replace(
                state, phase=Phase.PLAYING, number=number, media=media, cut=False, whole=False
            )
            return state, Play(state.id, media)
        case StopRequested() if state.phase in (Phase.PLAYING, Phase.DOUBTFUL):
            return replace(state, phase=Phase.STOPPING, cut=True), Stop(state.id)
        case Finished(state.id, failed) if state.busy:
            unreported = state.media if failed else state.failed
            whole = not (state.cut or failed)
            state = replace(state, phase=Phase.IDLE, failed=unreported, whole=whole)
            return state, Heard() if whole else None
        case NotFound(state.id) | StopTimedOut() if state.busy:
            return replace(state, phase=Phase.IDLE), None
        case Unanswered(state.id) | Reconnected() if state.busy:
            return replace(state, phase=Phase.DOUBTFUL), None
        case Rejected() if state.phase is not Phase.ENDED:
            return replace(state, phase=Phase.REJECTED), None
        case HungUp():
            return replace(state, phase=Phase.ENDED), None
        case CallerPresent() if state.failed:
            return replace(state, failed=()), ReportFailed(state.failed)
    return state, None
