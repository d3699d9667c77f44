"""AMI's events of queues and calls, parsed from headers into what a board folds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, get_args

from msgspec import Struct

from ari_app.ami.client import Headers
from ari_app.ami.queue_actions import ASK
from ivr.acd.channels import Channel
from ivr.acd.dials import DialEnded, Dialled, HungUp, Originated, Rung, Transferred
from ivr.acd.queues import (
    Caller,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    Completed,
    Connected,
    Event,
    Member,
    MemberRemoved,
    MemberStatus,
    Offered,
    QueueListed,
    State,
    Unanswered,
)


class Listed(Struct, frozen=True):
    """An item of the answer to QueueStatus."""

    item: Event


class ListEnd(Struct, frozen=True):
    """QueueStatusComplete: the end of that list."""


class ChannelListed(Struct, frozen=True):
    """An item of the answer to Status: a channel that exists now."""

    channel: Channel


class Unparsed(Struct, frozen=True):
    """An event that is used, but malformed; ``why`` says how."""

    event: str
    why: str


Parsed: TypeAlias = Event | Listed | ListEnd | ChannelListed | Unparsed


def parse(headers: Headers, now: datetime) -> Parsed | None:
    """The event in ``headers``, received at ``now``; None for one that is not used. Never raises.

    Its time is Asterisk's own where ``timestampevents`` is on.
    """
    name = headers.get("Event", "")
    if name == "QueueStatusComplete":
        return ListEnd()
    read = _LISTED.get(name) or _EVENTS.get(name)
    try:
        if name == "Status":
            return ChannelListed(_channel(headers, now))
        if read is None:
            return None
        event = read(headers, _moment(headers.get("Timestamp", ""), now))
    except KeyError as error:
        return Unparsed(name, f"it has no {error.args[0]}")
    except (ValueError, OverflowError, OSError) as error:
        return Unparsed(name, str(error))
    return Listed(event) if event and name in _LISTED else event


def _moment(timestamp: str, otherwise: datetime) -> datetime:
    """The time of a Timestamp header, in seconds since the epoch."""
    return datetime.fromtimestamp(float(timestamp), UTC) if timestamp else otherwise


def _caller(headers: Headers, since: datetime, of: str = "") -> Caller:
    """The caller in the headers, or in those that begin with ``of``."""
    said = {key: headers.get(f"{of}CallerID{key}", "") for key in ("Num", "Name")}
    number, name = ("" if one in ("unknown", "<unknown>") else one for one in said.values())
    channel = headers.get(f"{of}Channel", "")
    return Caller(headers[f"{of}Uniqueid"], channel, number, name, since)


def _member(headers: Headers, _: datetime) -> MemberStatus:
    listed = headers["Event"] == "QueueMember"
    last = int(headers.get("LastCall", "0"))
    states = get_args(State)
    state = int(headers.get("Status", "0"))
    return MemberStatus(
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


def _entry(headers: Headers, at: datetime) -> CallerJoined:
    since = at - timedelta(seconds=int(headers.get("Wait", "0")))
    return CallerJoined(headers["Queue"], int(headers["Position"]), _caller(headers, since))


def _channel(headers: Headers, now: datetime) -> Channel:
    """A channel to an agent's phone is in the application AppQueue or AppDial."""
    does, what = headers.get("Application", ""), headers.get("Data", "")
    asks = headers.get("Exten", "") if headers.get("Context") == ASK else ""
    return Channel(
        _caller(headers, now - timedelta(seconds=int(headers.get("Seconds", "0")))),
        first=headers.get("Linkedid", ""),
        queue=what.partition(",")[0] if does == "Queue" else "",
        bridge=headers.get("BridgeID", ""),
        dialled=does in ("AppQueue", "AppDial"),
        rings=headers.get("ChannelStateDesc") == "Ringing",
        asks=asks,
        held=headers.get("Variable", "").partition("=")[2] if asks else "",
    )


def _connected(headers: Headers, at: datetime) -> Connected:
    since = at - timedelta(seconds=int(headers.get("HoldTime", "0")))
    who = (headers["Interface"], _caller(headers, since))
    return Connected(headers["Queue"], *who, at, headers.get("DestChannel", ""))


def _offered(headers: Headers, at: datetime) -> Offered:
    who = (headers["Interface"], headers["Uniqueid"])
    return Offered(headers["Queue"], *who, at, headers.get("DestChannel", ""))


def _completed(headers: Headers, at: datetime) -> Completed:
    """AgentComplete; after a transfer the caller's channel is another one, or none."""
    return Completed(headers["Queue"], headers["Interface"], headers.get("Uniqueid", ""), at)


def _dialled(headers: Headers, at: datetime) -> Dialled | Originated:
    """DialBegin."""
    leg = headers["DestChannel"]
    caller = _caller(headers, at) if "Uniqueid" in headers else None
    return Dialled(caller, leg.rpartition("-")[0], leg, at) if caller else Originated(leg)


def _transferred(headers: Headers, at: datetime) -> Transferred | None:
    """AttendedTransfer; None if it failed, or connects more than two parties."""
    if headers["Result"] != "Success" or "TransfereeUniqueid" not in headers:
        return None
    return Transferred(_caller(headers, at, "Transferee"), headers["SecondTransfererUniqueid"], at)


_Read: TypeAlias = Callable[[Headers, datetime], Event | None]

_LISTED: dict[str, _Read] = {
    "QueueParams": lambda it, _: QueueListed(it["Queue"]),
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
    "QueueCallerLeave": lambda it, at: CallerLeft(it["Queue"], it["Uniqueid"], at),
    "QueueCallerAbandon": lambda it, at: CallerAbandoned(it["Queue"], it["Uniqueid"], at),
    "AgentCalled": _offered,
    "AgentRingNoAnswer": lambda it, _: Unanswered(it["Queue"], it["Interface"], it["Uniqueid"]),
    "AgentConnect": _connected,
    "AgentComplete": _completed,
    "DialBegin": _dialled,
    "DialEnd": lambda it, at: DialEnded(
        it["DestChannel"], it["DialStatus"] == "ANSWER", at, it["DialStatus"]
    ),
    "DialState": lambda it, _: Rung(it["DestChannel"]) if it["DialStatus"] == "RINGING" else None,
    "Hangup": lambda it, at: HungUp(it["Uniqueid"], it.get("Channel", ""), at),
    "AttendedTransfer": _transferred,
}

READ = frozenset(_EVENTS)
"""The events that are used; manager.conf filters out all others."""
