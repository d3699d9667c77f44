"""The operations of ARI that are used, named as in Asterisk's REST documentation.

``channels.continueInDialplan`` there is ``channels.continue_in_dialplan`` here; what each of them
sends is in :mod:`ari_app.ari.verbs`.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import json

from ari_app.ari.answers import (
    Application,
    Endpoint,
    Info,
    ListedChannel,
    StoredRecording,
    Variable,
)
from ari_app.ari.errors import AriError, GoneError
from ari_app.ari.verbs import (
    CLAIM,
    CONTINUE,
    DELETE_STORED,
    EXTEND,
    FILTER,
    GET_APPLICATION,
    GET_ENDPOINT,
    GET_FILE,
    GET_GLOBAL,
    GET_INFO,
    GET_LIVE,
    GET_STORED,
    HANGUP,
    LIST_CHANNELS,
    LIST_STORED,
    MOVE,
    ORIGINATE,
    PING,
    PLAY,
    RECORD,
    SEND_MESSAGE,
    SET_GLOBAL,
    SET_VARIABLE,
    SNOOP,
    SPY,
    START_MUSIC,
    STOP,
    STOP_MUSIC,
    STOP_RECORDING,
    SUBSCRIBE,
    USER_EVENT,
    Pair,
    Request,
    Sender,
    request,
)

T = TypeVar("T")


async def _asked(send: Sender, asked: Request, answer: type[T]) -> T:
    """Send a request and parse the answer."""
    body = await send(asked)
    try:
        return json.decode(body, type=answer)
    except ValueError as error:
        raise AriError(200, str(asked), f"malformed answer: {error}") from error


class Ari:
    """ARI's operations over a sender. Each raises as :mod:`ari_app.ari.errors` says."""

    def __init__(self, send: Sender, application: str) -> None:
        self.asterisk = Asterisk(send)
        self.applications = Applications(send, application)
        self.texting = Applications(send, f"{application}-text")
        self.whispering = Applications(send, f"{application}-whisper")
        self.events = Events(send)
        self.channels = Channels(send)
        self.endpoints = Endpoints(send)
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
        """Return if Asterisk answers."""
        await self._send(request(PING))

    async def get_global_var(self, variable: str) -> str:
        """The value of a global variable; "" if it is not set."""
        asked = request(GET_GLOBAL, variable=variable)
        return (await _asked(self._send, asked, Variable)).value

    async def set_global_var(self, variable: str, value: str) -> None:
        """Set a global variable."""
        await self._send(request(SET_GLOBAL, variable=variable, value=value))


class Applications:
    """``/applications``, always one of our own."""

    def __init__(self, send: Sender, name: str) -> None:
        self._send = send
        self.name = name

    async def get(self) -> Application:
        """Our application as Asterisk sees it."""
        return await self.named(self.name)

    async def named(self, name: str) -> Application:
        """An application of any name; ``GoneError`` if there is none."""
        return await _asked(self._send, request(GET_APPLICATION, name), Application)

    async def is_registered(self, name: str) -> bool:
        """Whether an application of any name is registered, or has subscriptions left."""
        try:
            await self._send(request(GET_APPLICATION, name))
        except GoneError:
            return False
        return True

    async def is_foreign(self) -> bool:
        """Whether our application exists without an event filter of ours."""
        try:
            found = await self.get()
        except GoneError:
            return False
        return "RESTResponse" not in {each.type for each in found.events_allowed}

    async def filter(self, allowed: Sequence[str]) -> None:
        """Let Asterisk send only events of these types."""
        body = json.encode({"allowed": [{"type": kind} for kind in allowed]})
        await self._send(request(FILTER, self.name, body=body))

    async def subscribe(self, source: str) -> None:
        """Get events of ``channel:…`` also after it left the application, or of ``endpoint:…``."""
        await self._send(request(SUBSCRIBE, self.name, eventSource=source))


class Events:
    """``/events``"""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def user_event(self, name: str, application: str, variables: Mapping[str, str]) -> None:
        """Send an event to an application; raises ``GoneError`` if it is not registered."""
        body = json.encode({"variables": variables})
        await self._send(request(USER_EVENT, name, body=body, application=application))

    async def claim_channel(self, channel: str, application: str) -> None:
        """Take a call of a CallBroadcast; ``GoneError`` if another application has it."""
        await self._send(request(CLAIM, channelId=channel, application=application))


class Channels:
    """``/channels``"""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def list(self) -> tuple[ListedChannel, ...]:
        """All channels of Asterisk."""
        return await _asked(self._send, request(LIST_CHANNELS), tuple[ListedChannel, ...])

    async def hangup(self, channel: str, cause: int = 16) -> None:
        """Hang up; ``cause`` is of Q.850, 16 the normal clearing."""
        await self._send(request(HANGUP, channel, reason_code=str(cause)))

    async def originate(
        self,
        endpoint: str,
        context: str,
        extension: str,
        variables: Mapping[str, str],
        shown: str,
        channel: str = "",
        other: str = "",
    ) -> None:
        """Ring an endpoint such as ``PJSIP/703`` with a caller ID such as ``<702>``.

        When it answers, it continues at priority 1 of the extension, with those variables.
        ``channel`` is an id of our choosing, ``other`` that of the second half of a Local channel;
        ``GoneError`` if there is a channel of that id.
        """
        place = {"context": context, "extension": extension, "priority": "1"}
        if channel:
            place["channelId"] = channel
        if other:
            place["otherChannelId"] = other
        body = json.encode({"variables": variables})
        asked = request(ORIGINATE, body=body, endpoint=endpoint, callerId=shown, **place)
        await self._send(asked)

    async def continue_in_dialplan(self, channel: str, context: str, extension: str) -> None:
        """Let a channel leave the application and go on at priority 1 of an extension."""
        await self._send(
            request(CONTINUE, channel, context=context, extension=extension, priority="1")
        )

    async def move(self, channel: str, app: str, argument: str) -> None:
        """Let a channel go from another application into one: a StasisStart with the argument."""
        await self._send(request(MOVE, channel, app=app, appArgs=argument))

    async def play_with_id(self, channel: str, playback: str, media: Sequence[str]) -> None:
        """Play media one after the other as one playback under an id chosen by us."""
        await self._send(request(PLAY, channel, playback, media=",".join(media)))

    async def set_channel_var(self, channel: str, variable: str, value: str) -> None:
        """Set a variable or a function; waits until the channel's playback is over."""
        await self._send(request(SET_VARIABLE, channel, variable=variable, value=value))

    async def extend_absolute_timeout(self, channel: str, seconds: int) -> None:
        """Set when the dialplan takes the channel back. Nothing may play or record on it."""
        variable = "TIMEOUT(absolute)"
        await self._send(request(EXTEND, channel, variable=variable, value=str(seconds)))

    async def start_moh(self, channel: str) -> None:
        """Play music on hold, of the channel's own class or the default one."""
        await self._send(request(START_MUSIC, channel))

    async def stop_moh(self, channel: str) -> None:
        """Stop music on hold; without effect where none plays."""
        await self._send(request(STOP_MUSIC, channel))

    async def snoop_channel_with_id(self, channel: str, id: str, application: str) -> None:
        """Create a channel in an application; what is played there is added to what the one that
        ``channel`` is hears, wherever that is. It ends with it."""
        await self._send(request(SNOOP, channel, id, app=application, whisper="out"))

    async def snoop_speech(self, channel: str, id: str, application: str) -> None:
        """Create a channel in an application that hears what comes from the one that ``channel``
        is, but for keys. It ends with it."""
        await self._send(request(SPY, channel, id, app=application, spy="in"))

    async def record(self, channel: str, name: str, longest: int, quiet: int, stop: str) -> None:
        """After a tone, record what is said into a new WAV; ``longest`` and ``quiet`` in seconds.

        It ends at those limits, at the key ``stop`` or at the hang-up: RecordingFinished.
        """
        limits = {"maxDurationSeconds": str(longest), "maxSilenceSeconds": str(quiet)}
        how = {"format": "wav", "ifExists": "fail", "beep": "true", "terminateOn": stop}
        await self._send(request(RECORD, channel, body=b"", name=name, **limits, **how))


class Endpoints:
    """``/endpoints``"""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def get(self, tech: str, resource: str) -> Endpoint:
        """An endpoint such as ``PJSIP``, ``alice``; ``GoneError`` if there is none."""
        return await _asked(self._send, request(GET_ENDPOINT, tech, resource), Endpoint)

    async def send_message(self, to: str, sender: str, body: str) -> None:
        """Send a text to a URI such as ``pjsip:alice``.

        Whether the phone takes it is not reported. Raises ``GoneError`` if no phone is
        registered there.
        """
        query = (Pair("to", to), Pair("from", sender), Pair("body", body))
        await self._send(Request(SEND_MESSAGE, SEND_MESSAGE.path, query))


class Playbacks:
    """``/playbacks``"""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def stop(self, playback: str) -> None:
        """Stop a playback; PlaybackFinished follows as for any other."""
        await self._send(request(STOP, playback))


class Recordings:
    """``/recordings``"""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def get_live(self, name: str) -> bytes:
        """A recording in progress; raises ``GoneError`` if there is none of that name."""
        return await self._send(request(GET_LIVE, name))

    async def list_stored(self) -> tuple[str, ...]:
        """The names of all finished recordings."""
        found = await _asked(self._send, request(LIST_STORED), tuple[StoredRecording, ...])
        return tuple(one.name for one in found)

    async def get_stored(self, name: str) -> bytes:
        """A finished recording; raises ``GoneError`` if there is none of that name."""
        return await self._send(request(GET_STORED, name))

    async def get_stored_file(self, name: str) -> bytes:
        """The WAV file of a finished recording."""
        return await self._send(request(GET_FILE, name))

    async def stop(self, name: str) -> None:
        """End a recording in progress, whose file is kept: RecordingFinished follows."""
        await self._send(request(STOP_RECORDING, name))

    async def delete_stored(self, name: str) -> None:
        """Remove the file of a recording."""
        await self._send(request(DELETE_STORED, name))
