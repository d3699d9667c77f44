"""Operations of ARI as data, and requests ready to be sent over either transport.

``channels.continueInDialplan`` of Asterisk's REST documentation is :data:`CONTINUE`. A test
compares every :class:`Verb` with the description that the running Asterisk ships
(``rest-api/*.json``).
"""

import re
from collections.abc import Awaitable
from functools import cache
from typing import Protocol
from urllib.parse import quote

from msgspec import Struct, json


class Verb(Struct, frozen=True):
    """An operation: ``path`` with its parameters in braces, ``query`` the parameters we send.

    ``blocks`` marks what waits in the channel's command queue, behind a playing prompt, and would
    hold up every request behind it on the WebSocket (measured: 29 s): it goes over HTTP, as does
    what is answered in ``binary``, which a message of JSON cannot carry.
    """

    nickname: str
    method: str
    path: str
    query: tuple[str, ...] = ()
    body: str = ""
    blocks: bool = False
    binary: bool = False


class Request(Struct, frozen=True):
    """A request, ready to be sent over either transport."""

    verb: Verb
    path: str
    query: "tuple[Pair, ...]" = ()
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.verb.method} /{self.path}"

    def over_socket(self, key: str) -> bytes:
        """The request as a message of the WebSocket; its answer carries ``key``."""
        message = _Message(
            transaction_id=key,
            request_id=key,
            method=self.verb.method,
            uri=self.path,
            query_strings=self.query,
            content_type="application/json" if self.body else "",
            message_body=self.body.decode(),
        )
        return json.encode(message)


class Pair(Struct, frozen=True):
    """A parameter, as the WebSocket takes it."""

    name: str
    value: str


class _Message(Struct, frozen=True, tag="RESTRequest", tag_field="type", omit_defaults=True):
    """The model RESTRequest of ``rest-api/events.json``."""

    transaction_id: str
    request_id: str
    method: str
    uri: str
    query_strings: tuple[Pair, ...] = ()
    content_type: str = ""
    message_body: str = ""


class Sender(Protocol):
    """Sends a request and returns the body of the answer; empty if it does not wait for one."""

    def __call__(self, request: Request) -> Awaitable[bytes]: ...


GET_INFO = Verb("asterisk.getInfo", "GET", "asterisk/info", ("only",))
PING = Verb("asterisk.ping", "GET", "asterisk/ping")
GET_GLOBAL = Verb("asterisk.getGlobalVar", "GET", "asterisk/variable", ("variable",))
SET_GLOBAL = Verb("asterisk.setGlobalVar", "POST", "asterisk/variable", ("variable", "value"))
USER_EVENT = Verb(
    "events.userEvent", "POST", "events/user/{eventName}", ("application",), body="variables"
)
CLAIM = Verb("events.claimChannel", "POST", "events/claim", ("channelId", "application"))
GET_APPLICATION = Verb("applications.get", "GET", "applications/{applicationName}")
FILTER = Verb(
    "applications.filter", "PUT", "applications/{applicationName}/eventFilter", body="filter"
)
SUBSCRIBE = Verb(
    "applications.subscribe",
    "POST",
    "applications/{applicationName}/subscription",
    ("eventSource",),
)
GET_ENDPOINT = Verb("endpoints.get", "GET", "endpoints/{tech}/{resource}")
SEND_MESSAGE = Verb("endpoints.sendMessage", "PUT", "endpoints/sendMessage", ("to", "from", "body"))
HANGUP = Verb("channels.hangup", "DELETE", "channels/{channelId}", ("reason_code",))
ORIGINATE = Verb(
    "channels.originate",
    "POST",
    "channels",
    ("endpoint", "context", "extension", "priority", "callerId"),
    body="variables",
)
CONTINUE = Verb(
    "channels.continueInDialplan",
    "POST",
    "channels/{channelId}/continue",
    ("context", "extension", "priority"),
)
MOVE = Verb("channels.move", "POST", "channels/{channelId}/move", ("app", "appArgs"))
PLAY = Verb("channels.playWithId", "POST", "channels/{channelId}/play/{playbackId}", ("media",))
SET_VARIABLE = Verb(
    "channels.setChannelVar",
    "POST",
    "channels/{channelId}/variable",
    ("variable", "value"),
    blocks=True,
)
EXTEND = Verb(
    "channels.setChannelVar", "POST", "channels/{channelId}/variable", ("variable", "value")
)
"""The same, for when nothing plays: it stays in its place among the requests of the channel."""
SNOOP = Verb(
    "channels.snoopChannelWithId",
    "POST",
    "channels/{channelId}/snoop/{snoopId}",
    ("app", "whisper"),
)
SPY = Verb(
    "channels.snoopChannelWithId", "POST", "channels/{channelId}/snoop/{snoopId}", ("app", "spy")
)
LIST_CHANNELS = Verb("channels.list", "GET", "channels")
START_MUSIC = Verb("channels.startMoh", "POST", "channels/{channelId}/moh")
STOP_MUSIC = Verb("channels.stopMoh", "DELETE", "channels/{channelId}/moh")
RECORD = Verb(
    "channels.record",
    "POST",
    "channels/{channelId}/record",
    (
        "name",
        "format",
        "maxDurationSeconds",
        "maxSilenceSeconds",
        "ifExists",
        "beep",
        "terminateOn",
    ),
)
STOP = Verb("playbacks.stop", "DELETE", "playbacks/{playbackId}")
GET_LIVE = Verb("recordings.getLive", "GET", "recordings/live/{recordingName}")
LIST_STORED = Verb("recordings.listStored", "GET", "recordings/stored")
GET_STORED = Verb("recordings.getStored", "GET", "recordings/stored/{recordingName}")
GET_FILE = Verb(
    "recordings.getStoredFile", "GET", "recordings/stored/{recordingName}/file", binary=True
)
STOP_RECORDING = Verb("recordings.stop", "POST", "recordings/live/{recordingName}/stop")
DELETE_STORED = Verb("recordings.deleteStored", "DELETE", "recordings/stored/{recordingName}")

VERBS = (
    GET_INFO, PING, GET_APPLICATION, FILTER, SUBSCRIBE, HANGUP, ORIGINATE,
    CONTINUE, PLAY, SET_VARIABLE, RECORD, STOP, GET_ENDPOINT, SEND_MESSAGE, GET_LIVE, GET_STORED,
    GET_FILE, DELETE_STORED, START_MUSIC, STOP_MUSIC, GET_GLOBAL, SET_GLOBAL, USER_EVENT,
    STOP_RECORDING, EXTEND, LIST_CHANNELS, LIST_STORED, SNOOP, SPY, CLAIM, MOVE,
)  # fmt: skip


def request(verb: Verb, *names: str, body: bytes = b"", **query: str) -> Request:
    """A request of ``verb``: ``names`` fill its path in order, ``query`` its parameters."""
    path = _template(verb.path) % tuple(map(_quoted, names))
    return Request(verb, path, tuple(map(Pair, query, query.values())), body)


_PLAIN = re.compile(r"[\w.~-]+", re.ASCII).fullmatch
"""What stands in a path as it is: nearly every id."""


def _quoted(name: str) -> str:
    """A name as it stands in a path."""
    return name if _PLAIN(name) else quote(name, safe="")


@cache
def _template(path: str) -> str:
    """A path with %s for its parameters."""
    return re.sub(r"\{.*?\}", "%s", path)
