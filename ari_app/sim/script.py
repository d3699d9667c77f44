"""A test of flows: who calls, the given answers, what the caller does and expects."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ivr.analysis.examples import Reply, Request
from ivr.events import Answered
from ivr.problems import Place
from ivr.terms import Is

MONDAY = datetime(2026, 3, 2, 10, 0)
"""The default time of a test: a Monday morning, local time."""

UNKNOWN, WITHHELD = "unknown", "withheld"
"""Callers who are not subscribers: with an unknown number, and without a number."""

Pause = Annotated[float, Meta(description="a time: 0.3s, 6s, 2m", ge=0.01, le=600)]


class After(Struct, frozen=True):
    """An answer that comes after some seconds."""

    reply: Answered
    seconds: float


Given = Mapping[Request, tuple[Reply | After, ...]]
"""Request -> its answers in turn; the last one is repeated."""


class Press(Struct, frozen=True):
    """Press keys: the first one when something is asked, or at once after a wait.

    ``onward``: where digits were begun, they go on with it.
    """

    keys: Annotated[str, Is.KEYS, Meta(min_length=1)]
    every: Annotated[Pause, Meta(description="from one key to the next")] = 0.3
    secret: bool = False
    onward: bool = False


class Wait(Struct, frozen=True):
    """Do nothing for some seconds, whatever happens meanwhile."""

    seconds: float


class Speak(Struct, frozen=True):
    """Speak for some seconds when a recording has begun."""

    seconds: float


class Utter(Struct, frozen=True):
    """Say words when something is asked. ``doubtful``: they are not sure enough to act on."""

    words: Annotated[str, Meta(min_length=1)]
    doubtful: bool = False


class Silence(Struct, frozen=True):
    """Press nothing until the timer fires."""


class Hear(Struct, frozen=True):
    """Listen until something is asked."""


class HangUp(Struct, frozen=True):
    """Hang up, at once."""


class Expectation(Struct, frozen=True, kw_only=True):
    """What must be so before the caller has to act; what is left out may be anything.

    ``prompt`` and ``untold``, ``queue``, ``topic``, ``dial``, ``message`` and ``outcome`` are about
    what happened since the caller last did something, the others about where the call stands.
    """

    prompt: Annotated[tuple[str, ...], Meta(description="played since the last key")] = ()
    untold: Annotated[tuple[str, ...], Meta(description="not played since the last key")] = ()
    flow: str = ""
    node: str = ""
    lang: str = ""
    identity: Literal["none", "caller", "code-word", ""] = ""
    queue: str = ""
    topic: str = ""
    dial: str = ""
    message: Annotated[tuple[str, ...], Meta(description="sent as a text message")] = ()
    outcome: Annotated[Mapping[str, str], Meta(description="operation: its outcome")] = {}
    value: Annotated[Mapping[str, str], Meta(description="value of the call: what it is")] = {}
    ended: Annotated[
        Literal["ended", "gone", "fault", ""], Meta(description="how the call ended")
    ] = ""


CallerAction = Press | Utter | Wait | Speak | Silence | Hear | HangUp | Expectation


class Step(Struct, frozen=True):
    """A step of a test, and its place."""

    does: CallerAction
    place: Place


class Test(Struct, frozen=True, kw_only=True):
    """A call; after the last step the caller hangs up."""

    __test__ = False  # for pytest, which takes it for one of its own

    test: Annotated[str, Meta(description="what is tested, in words")]
    call: Annotated[str, Is.NUMBER, Meta(description="the number that is dialled")]
    as_: Annotated[
        str, Meta(description="a subscriber's number, unknown, or withheld; else a demo subscriber")
    ] = ""
    vouched: Annotated[
        bool, Meta(description="whether the line vouches for the caller's number")
    ] = True
    at: Annotated[datetime, Meta(description="the local time, such as 2026-03-02T10:00")] = MONDAY
    lang: Annotated[str, Meta(description="the caller's language; else the subscriber's own")] = ""
    given: Annotated[
        Given, Meta(description="answers of operations, queues, hours and numbers")
    ] = {}
    steps: tuple[Step, ...] = ()
    place: Place = Place("", 1, 1)


def describe(action: CallerAction) -> str:
    """A caller's action, in words."""
    match action:
        case Press(secret=True):
            return "the secret"
        case Press():
            return f"key {action.keys}" if len(action.keys) == 1 else f"keys {action.keys}"
        case Wait():
            return f"{action.seconds:g} s"
        case Speak():
            return f"{action.seconds:g} s of speech"
        case Utter():
            return f"the words {action.words!r}"
        case Silence():
            return "silence"
        case Hear():
            return "the prompt"
        case HangUp():
            return "the hang-up"
    return "that"
