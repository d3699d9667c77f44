"""The messages between the recognition process and its owner, one line of JSON each."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

Engine = Literal["built-in", "vosk", "sherpa", "openai"]


class Setup(Struct, frozen=True, kw_only=True, tag="setup"):
    """The first message to the process.

    ``host``: where Asterisk sends the sound. ``url``, ``model``, ``token``: of a server that makes
    out the words. ``templates``: directories of the ``built-in`` engine, as in
    :mod:`ari_app.speech_recognition.templates`. ``sure``: from there on words are acted on;
    ``least``: below it they count as not understood; between the two they are asked back.
    ``secrets``: whether a server may hear what is secret. ``timeout`` of a server, in seconds.
    """

    engine: Engine
    host: str = "127.0.0.1"
    url: str = ""
    model: str = ""
    token: str = ""
    templates: tuple[str, ...] = ()
    sure: float = 0.6
    least: float = 0.3
    secrets: bool = False
    timeout: float = 6.0

    def __repr__(self) -> str:
        return f"Setup({self.engine})"


class Expect(Struct, frozen=True, tag="expect"):
    """The sound of a call is going to come; ``call``: the UUID of its connection."""

    call: str


class Listen(Struct, frozen=True, tag="listen"):
    """Listen to a call from now on; ``turn`` tells the asks of a call apart.

    ``phrases``: what may be said, in plain words -> what it answers; with ``most`` above 0 they are
    digits, and so many may be said one by one.
    """

    call: str
    turn: int
    language: str
    phrases: Mapping[str, str]
    most: int = 0
    secret: bool = False


class Stop(Struct, frozen=True, tag="stop"):
    """Listen to a call no more until the next :class:`Listen`."""

    call: str


class Forget(Struct, frozen=True, tag="forget"):
    """The call is over, or goes elsewhere: its connection is ended."""

    call: str


Order: TypeAlias = Setup | Expect | Listen | Stop | Forget


class Ready(Struct, frozen=True, tag="ready"):
    """The process takes the sound of calls on this port of TCP; ``voices``: how it knows speech."""

    port: int
    voices: str = ""


class Began(Struct, frozen=True, tag="began"):
    """The caller began to speak; ``early``: before they were listened to."""

    call: str
    turn: int
    early: bool = False


class Heard(Struct, frozen=True, tag="heard"):
    """What the caller said; ``words`` is "" for speech that was not understood, None for noise."""

    call: str
    turn: int
    words: str | None
    sure: float = 0.0
    doubtful: bool = False


class Lost(Struct, frozen=True, tag="lost"):
    """The sound of a call comes no more."""

    call: str


Report: TypeAlias = Ready | Began | Heard | Lost
