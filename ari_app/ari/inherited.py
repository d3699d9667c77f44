"""Calls that another application left, for the one that goes on with them, and where they are."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from ari_app.ari.answers import ListedChannel
from ari_app.ari.errors import AriError, GoneError, RefusedError, UnreachableError
from ari_app.ari.events import Channel
from ari_app.ari.line import ChannelLine
from ari_app.session.outcomes import OUTCOMES

log = logging.getLogger(__name__)

ADOPTED = "adopted"
"""The first argument of StasisStart of a channel that was moved here from another application."""

BACK = "back"
"""The first argument of StasisStart when the dialplan hands a caller back."""


class AcceptedCall(Struct, frozen=True):
    """A call and its line; ``serve`` runs its session to the end."""

    line: ChannelLine
    serve: Callable[[], Awaitable[None]]


Accept = Callable[[Channel, str], AcceptedCall]
"""Accepts a new call: its channel and the dialled number. Never raises: ``serve`` does."""


Place = Literal["inside", "away", "gone"]
"""Where the channel of a call is: in the application, out in the dialplan, or hung up."""


class Inherited(Protocol):
    """The calls that an application before this one left when it died."""

    async def find(self) -> Collection[str]:
        """Their channels; waits until that application has ended them, if it still runs."""
        ...

    async def fetch(self, channel: str) -> bool:
        """Whether the call of a channel that came back, and is no call of ours, can go on."""
        ...

    def go_on(self, channel: str, place: Place) -> AcceptedCall | None:
        """Go on with a call. None if that cannot be: then its caller goes to the fallback."""
        ...


def place_of(found: ListedChannel | None, arriving: Collection[str] = ()) -> Place:
    """Where the channel of a call is that was left.

    ``arriving``: those whose StasisStart is held until all calls that were left go on.
    """
    if found is None:
        return "gone"
    away = found.arguments is None or came_back(found) or found.id in arriving
    return "away" if away else "inside"


def came_back(found: ListedChannel | None) -> bool:
    """Whether a channel is in an application again after it was in the dialplan."""
    return found is not None and (found.arguments or ())[:1] == (BACK,)


def outcome_of(arguments: Sequence[str]) -> str:
    """With which outcome a channel came back from the dialplan."""
    return OUTCOMES.get(arguments[1] if len(arguments) > 1 else "", "failed")


async def attempt(channel: str, request: Awaitable[None]) -> None:
    """Make a request that may fail: then the dialplan's dead-man switch takes the caller back."""
    try:
        await request
    except GoneError as error:
        log.info("channel %s: %s", channel, error)
    except (AriError, UnreachableError, RefusedError) as error:
        log.warning("channel %s: %s", channel, error)
