"""What AMI tells of queues: headers, parsed once, here, into the events that a board folds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, get_args

from msgspec import Struct

from ari_app.ami.client import Headers
from ivr.queues import (
    Caller,
    CallerAbandoned,
    CallerLeft,
    CallerWaits,
    Completed,
    Connected,
    Event,
    Member,
    MemberIs,
    MemberRemoved,
    Offered,
    QueueIs,
    State,
    Unanswered,
)


class Listed(Struct, frozen=True):
    """An item of the list that QueueStatus asks for."""

    item: Event


class ListEnd(Struct, frozen=True):
    """The end of that list."""


class Strange(Struct, frozen=True):
    """One of those that we read, but not as documented."""

    event: str
    why: str


Told: TypeAlias = Event | Listed | ListEnd | Strange


def parse(headers: Headers, now: datetime) -> Told | None:
    """What ``headers``, heard at ``now``, tell; None if nothing that we read. Never raises.

    The time is Asterisk's own where it tells it (``timestampevents``).
    """
    name = headers.get("Event", "")
    if name == "QueueStatusComplete":
        return ListEnd()
    read = _LISTED.get(name) or _EVENTS.get(name)
    if read is None:
        return None
    try:
        event = read(headers, _moment(headers.get("Timestamp", ""), now))
    except KeyError as error:
        return Strange(name, f"it has no {error.args[0]}")
    except (ValueError, OverflowError, OSError) as error:
        return Strange(name, str(error))
    return Listed(event) if name in _LISTED else event


def _moment(timestamp: str, otherwise: datetime) -> datetime:
    """A moment of Asterisk's, in seconds of the epoch."""
    return datetime.fromtimestamp(float(timestamp), UTC) if timestamp else otherwise


def _caller(headers: Headers, since: datetime) -> Caller:
    said = {key: headers.get(f"CallerID{key}", "") for key in ("Num", "Name")}
    number, name = ("" if one in ("unknown", "<unknown>") else one for one in said.values())
    return Caller(headers["Uniqueid"], headers.get("Channel", ""), number, name, since)


def _member(headers: Headers, _: datetime) -> MemberIs:
    listed = headers["Event"] == "QueueMember"
    last = int(headers.get("LastCall", "0"))
    states = get_args(State)
    state = int(headers.get("Status", "0"))
    return MemberIs(
        headers["Queue"],
        Member(
            interface=headers["Location" if listed else "Interface"],
            name=headers.get("Name" if listed else "MemberName", ""),
            state=states[state] if 0 <= state < len(states) else "unknown",
            paused=headers.get("Paused") == "1",
            reason=headers.get("PausedReason", ""),
            penalty=int(headers.get("Penalty", "0")),
            in_call=headers.get("InCall") == "1",
            last_call=datetime.fromtimestamp(last, UTC) if last else None,
            wrapup=int(headers.get("Wrapuptime", "0")),
        ),
    )


def _entry(headers: Headers, at: datetime) -> CallerWaits:
    since = at - timedelta(seconds=int(headers.get("Wait", "0")))
    return CallerWaits(headers["Queue"], int(headers["Position"]), _caller(headers, since))


def _connected(headers: Headers, at: datetime) -> Connected:
    since = at - timedelta(seconds=int(headers.get("HoldTime", "0")))
    return Connected(headers["Queue"], headers["Interface"], _caller(headers, since), at)


_Read: TypeAlias = Callable[[Headers, datetime], Event]

_LISTED: dict[str, _Read] = {
    "QueueParams": lambda it, _: QueueIs(it["Queue"]),
    "QueueMember": _member,
    "QueueEntry": _entry,
}
_EVENTS: dict[str, _Read] = {
    "QueueMemberAdded": _member,
    "QueueMemberStatus": _member,
    "QueueMemberPause": _member,
    "QueueMemberPenalty": _member,
    "QueueMemberRinginuse": _member,
    "QueueMemberRemoved": lambda it, _: MemberRemoved(it["Queue"], it["Interface"]),
    "QueueCallerJoin": _entry,
    "QueueCallerLeave": lambda it, _: CallerLeft(it["Queue"], it["Uniqueid"]),
    "QueueCallerAbandon": lambda it, _: CallerAbandoned(it["Queue"], it["Uniqueid"]),
    "AgentCalled": lambda it, at: Offered(it["Queue"], it["Interface"], it["Uniqueid"], at),
    "AgentRingNoAnswer": lambda it, _: Unanswered(it["Queue"], it["Interface"], it["Uniqueid"]),
    "AgentConnect": _connected,
    "AgentComplete": lambda it, at: Completed(it["Queue"], it["Interface"], it["Uniqueid"], at),
}

READ = frozenset(_EVENTS)
"""The events that we read; manager.conf lets no other through."""
