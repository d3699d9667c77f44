"""What Asterisk answers to requests of ARI: the fields that are used of its models."""

from datetime import UTC, datetime

from msgspec import Struct

from ari_app.ari.events import CallerId
from ivr.model import OUTBOUND

JUST_NOW = 10.0
"""A channel that is so many seconds old and has no session has not had one before."""


class System(Struct, frozen=True):
    """The version of the Asterisk that answers."""

    version: str


class Info(Struct, frozen=True):
    """The answer to ``asterisk.getInfo``."""

    system: System


class Application(Struct, frozen=True):
    """An application and its channels: those in it, and those that it is subscribed to."""

    name: str
    channel_ids: tuple[str, ...] = ()
    events_allowed: "tuple[EventType, ...]" = ()


class EventType(Struct, frozen=True):
    """A type of events in a filter."""

    type: str = ""


class DialplanCEP(Struct, frozen=True):
    """Where a channel is in the dialplan; ``app_data`` are the arguments of ``app_name``."""

    app_name: str = ""
    app_data: str = ""


class ListedChannel(Struct, frozen=True):
    """A channel of Asterisk."""

    id: str
    name: str = ""
    caller: CallerId = CallerId()
    dialplan: DialplanCEP = DialplanCEP()
    creationtime: str = ""

    @property
    def arguments(self) -> tuple[str, ...] | None:
        """With which arguments it is in an application of ARI; None if it is in none."""
        given = self.dialplan.app_data
        match self.dialplan.app_name:
            case "Stasis":
                return tuple(given.split(",")[1:])
            case "StasisBroadcast":
                return tuple(given.split(",")[2].split(":"))
        return None

    @property
    def age(self) -> float:
        """For how many seconds it has existed, by our clock; infinite if that is not known."""
        if not self.creationtime:
            return float("inf")
        return (datetime.now(UTC) - datetime.fromisoformat(self.creationtime)).total_seconds()

    def just_came(self, dialled: str) -> bool:
        """Whether it has had no session before, when it has none. The channel of a campaign's call
        is as old as its ringing; the store knows whether it was answered before."""
        return self.age <= JUST_NOW or dialled.startswith(OUTBOUND)


class StoredRecording(Struct, frozen=True):
    """A recording that Asterisk has."""

    name: str


class Variable(Struct, frozen=True):
    """The answer to ``asterisk.getGlobalVar``."""

    value: str


class Endpoint(Struct, frozen=True):
    """A SIP account: ``state`` is "online" while a phone is registered, else "offline"."""

    state: str = ""
