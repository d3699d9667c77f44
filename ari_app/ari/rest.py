"""The operations of ARI that we use, named as in Asterisk's REST documentation.

``channels.continueInDialplan`` there is ``channels.continue_in_dialplan`` here. A test compares
every :class:`Verb` with the description that the running Asterisk ships (``rest-api/*.json``).
"""

import re
from collections.abc import Awaitable, Sequence
from functools import cache
from typing import Protocol, TypeVar
from urllib.parse import quote

from msgspec import Struct, json

from ari_app.ari.errors import AriError

T = TypeVar("T")


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
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.verb.method} /{self.path}"

    def over_socket(self, key: str) -> str:
        """The request as a message of the WebSocket; its answer carries ``key``."""
        message = _Message(
            transaction_id=key,
            request_id=key,
            method=self.verb.method,
            uri=self.path,
            query_strings=tuple(_Pair(name, value) for name, value in self.query),
            content_type="application/json" if self.body else "",
            message_body=self.body.decode(),
        )
        return json.encode(message).decode()


class _Pair(Struct, frozen=True):
    name: str
    value: str


class _Message(Struct, frozen=True, tag="RESTRequest", tag_field="type", omit_defaults=True):
    """The model RESTRequest of ``rest-api/events.json``."""

    transaction_id: str
    request_id: str
    method: str
    uri: str
    query_strings: tuple[_Pair, ...] = ()
    content_type: str = ""
    message_body: str = ""


class Sender(Protocol):
    """Sends a request and returns the body of the answer, empty if it does not wait for one."""

    def __call__(self, request: Request) -> Awaitable[bytes]: ...


GET_INFO = Verb("asterisk.getInfo", "GET", "asterisk/info", ("only",))
PING = Verb("asterisk.ping", "GET", "asterisk/ping")
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
HANGUP = Verb("channels.hangup", "DELETE", "channels/{channelId}", ("reason_code",))
CONTINUE = Verb(
    "channels.continueInDialplan",
    "POST",
    "channels/{channelId}/continue",
    ("context", "extension", "priority"),
)
PLAY = Verb("channels.playWithId", "POST", "channels/{channelId}/play/{playbackId}", ("media",))
SET_VARIABLE = Verb(
    "channels.setChannelVar",
    "POST",
    "channels/{channelId}/variable",
    ("variable", "value"),
    blocks=True,
)
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
GET_STORED = Verb("recordings.getStored", "GET", "recordings/stored/{recordingName}")
GET_FILE = Verb(
    "recordings.getStoredFile", "GET", "recordings/stored/{recordingName}/file", binary=True
)
DELETE_STORED = Verb("recordings.deleteStored", "DELETE", "recordings/stored/{recordingName}")

VERBS = (
    GET_INFO, PING, GET_APPLICATION, FILTER, SUBSCRIBE, HANGUP, CONTINUE, PLAY,
    SET_VARIABLE, RECORD, STOP, GET_LIVE, GET_STORED, GET_FILE, DELETE_STORED,
)  # fmt: skip


def request(verb: Verb, *names: str, body: bytes = b"", **query: str) -> Request:
    """A request of ``verb``: ``names`` fill its path in order, ``query`` its parameters."""
    path = _template(verb.path) % tuple(
        name if _PLAIN(name) else quote(name, safe="") for name in names
    )
    return Request(verb, path, tuple(query.items()), body)


_PLAIN = re.compile(r"[\w.~-]+", re.ASCII).fullmatch
"""What stands in a path as it is: nearly every id."""


@cache
def _template(path: str) -> str:
    """A path with %s for its parameters."""
    return re.sub(r"\{.*?\}", "%s", path)


class System(Struct, frozen=True):
    """The version of the Asterisk that answers."""

    version: str


class Info(Struct, frozen=True):
    """What Asterisk says of itself."""

    system: System


class Application(Struct, frozen=True):
    """An application and the channels that it hears of: those in it, and those subscribed to."""

    name: str
    channel_ids: tuple[str, ...] = ()


async def _asked(send: Sender, asked: Request, answer: type[T]) -> T:
    """Ask, and read the answer."""
    body = await send(asked)
    try:
        return json.decode(body, type=answer)
    except ValueError as error:
        raise AriError(200, str(asked), f"not as documented: {error}") from error


class Ari:
    """ARI's operations over a sender. Each raises as :mod:`ari_app.ari.errors` says."""

    def __init__(self, send: Sender, application: str) -> None:
        self.asterisk = Asterisk(send)
        self.applications = Applications(send, application)
        self.channels = Channels(send)
        self.playbacks = Playbacks(send)
        self.recordings = Recordings(send)


class Asterisk:
    """``/asterisk``"""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def get_info(self) -> Info:
        """The version of Asterisk."""
        return await _asked(self._send, request(GET_INFO, only="system"), Info)

    async def ping(self) -> None:
        """Nothing, if Asterisk answers."""
        await self._send(request(PING))


class Applications:
    """``/applications``, always our own."""

    def __init__(self, send: Sender, name: str) -> None:
        self._send = send
        self.name = name

    async def get(self) -> Application:
        """Our application as Asterisk sees it."""
        return await _asked(self._send, request(GET_APPLICATION, self.name), Application)

    async def filter(self, allowed: Sequence[str]) -> None:
        """Let Asterisk send only events of these types."""
        body = json.encode({"allowed": [{"type": kind} for kind in allowed]})
        await self._send(request(FILTER, self.name, body=body))

    async def subscribe(self, channel: str) -> None:
        """Hear of a channel after it left the application, too."""
        await self._send(request(SUBSCRIBE, self.name, eventSource=f"channel:{channel}"))


class Channels:
    """``/channels``"""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def hangup(self, channel: str, cause: int = 16) -> None:
        """Hang up; ``cause`` is of Q.850, 16 the normal clearing."""
        await self._send(request(HANGUP, channel, reason_code=str(cause)))

    async def continue_in_dialplan(self, channel: str, context: str, extension: str) -> None:
        """Let a channel leave the application and go on at priority 1 of an extension."""
        await self._send(
            request(CONTINUE, channel, context=context, extension=extension, priority="1")
        )

    async def play_with_id(self, channel: str, playback: str, media: Sequence[str]) -> None:
        """Play media one after the other as one playback under an id of ours."""
        await self._send(request(PLAY, channel, playback, media=",".join(media)))

    async def set_channel_var(self, channel: str, variable: str, value: str) -> None:
        """Set a variable or a function; waits until the channel's playback is over."""
        await self._send(request(SET_VARIABLE, channel, variable=variable, value=value))

    async def record(self, channel: str, name: str, longest: int, quiet: int, stop: str) -> None:
        """After a tone, record what is said into a new WAV; ``longest`` and ``quiet`` in seconds.

        It ends by itself, by the key ``stop``, or when he hangs up, and that is told.
        """
        asked = request(
            RECORD,
            channel,
            name=name,
            format="wav",
            maxDurationSeconds=str(longest),
            maxSilenceSeconds=str(quiet),
            ifExists="fail",
            beep="true",
            terminateOn=stop,
        )
        await self._send(asked)


class Playbacks:
    """``/playbacks``"""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def stop(self, playback: str) -> None:
        """Stop a playback; its end is told as any other."""
        await self._send(request(STOP, playback))


class Recordings:
    """``/recordings``"""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def get_live(self, name: str) -> bytes:
        """What Asterisk tells of a recording that is not over; :class:`GoneError` if it is."""
        return await self._send(request(GET_LIVE, name))

    async def get_stored(self, name: str) -> bytes:
        """What Asterisk tells of a recording that has a file."""
        return await self._send(request(GET_STORED, name))

    async def get_stored_file(self, name: str) -> bytes:
        """The file of a recording."""
        return await self._send(request(GET_FILE, name))

    async def delete_stored(self, name: str) -> None:
        """Remove the file of a recording."""
        await self._send(request(DELETE_STORED, name))
