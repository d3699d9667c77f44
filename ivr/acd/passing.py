"""A caller whom an agent transfers: what becomes of them, from the events of Asterisk.

Without a word (``warm`` is false) the agent is out at once, and a failure brings the caller back to
the agent's phone, else to the front of the queue. With a word first the agent speaks with who is
asked, while the caller hears music.
"""

from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ivr.acd.board import LOCAL
from ivr.acd.dials import DialEnded, Dialled, HungUp, Rung
from ivr.acd.queues import CallerJoined, Connected, Event

State: TypeAlias = Literal[
    "calling", "rings", "talking", "three", "queued", "passed",
    "returns", "back-rings", "back", "front", "left",
]  # fmt: skip
"""``calling``: nothing rings yet. ``talking``: agent and who is asked, ``three``: the caller as
well. ``queued``: waits in the queue that was chosen. ``passed``: somebody speaks with the caller.
``returns``: no one answered. ``back-rings``, ``back``: the agent's phone rings again, they speak
again. ``front``: waits in the queue as its first. ``left``: the caller hung up."""

Why: TypeAlias = Literal["", "busy", "no-answer", "unavailable", "hung-up", "taken-back"]
"""Why the caller came back."""

OVER = frozenset({"passed", "back", "front", "left"})
"""States that are the end of it."""

_WHY: dict[str, Why] = {"BUSY": "busy", "NOANSWER": "no-answer"}


class Pass(Struct, frozen=True, kw_only=True):
    """A caller on the way. ``call`` is the unique id of the caller's channel, ``phone`` the agent's
    interface, ``leg`` the channel to it; ``queue``: a queue was chosen. ``legs`` are the channels
    to who is called; the first one says how that ended. A queue that is asked first rings its
    members, until one answers. ``taken_back``: the agent asked for the
    caller again."""

    call: str
    phone: str
    leg: str
    queue: bool = False
    warm: bool = False
    state: State = "calling"
    why: Why = ""
    legs: tuple[str, ...] = ()
    back_leg: str = ""
    taken_back: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state in OVER


def follow(one: Pass, event: Event) -> Pass:
    """The same caller after an event; the same value if it is about something else."""
    if one.over:
        return one
    match event:
        case Dialled():
            return _dialled(one, event)
        case Rung(leg) if leg in one.legs and one.state == "calling":
            return replace(one, state="rings")
        case DialEnded():
            return _ended(one, event)
        case CallerJoined(caller=caller) if caller.call == one.call:
            return replace(one, state="queued" if one.queue else "front")
        case Connected(caller=caller) if caller.call == one.call:
            return replace(one, state="passed")
        case HungUp():
            return _hung_up(one, event)
    return one


def _dialled(one: Pass, event: Dialled) -> Pass:
    channel = event.caller.channel
    its = event.caller.call == one.call
    asks = one.warm and channel == one.leg
    if channel.startswith(LOCAL) and not (its or asks):
        known = f"{channel.removesuffix(';2')};1" in one.legs
        return replace(one, legs=(*one.legs, event.leg)) if known else one
    if one.state == "queued":  # any member may be rung there, the agent too
        return one
    if its and event.interface == one.phone:
        return replace(one, state="back-rings", back_leg=event.leg, why=one.why or "unavailable")
    if asks or its:
        return replace(one, state="calling", legs=(event.leg,))
    return one


def _ended(one: Pass, event: DialEnded) -> Pass:
    if event.leg == one.back_leg:
        return replace(one, state="back" if event.answered else "returns")
    if one.state not in ("calling", "rings"):
        return one
    if one.warm and one.queue and event.leg in one.legs[1:]:  # the next member is rung
        return one if event.answered else replace(one, state="calling")
    if event.leg not in one.legs[:1]:
        return one
    if event.answered:
        state: State = "talking" if one.warm else "passed"
        return replace(one, state=state, legs=one.legs[:1] if one.queue else one.legs)
    if one.warm and event.status == "CANCEL" and not one.taken_back:  # the agent hung up
        return replace(one, warm=False, state="calling", legs=())
    why: Why = "taken-back" if one.taken_back else _WHY.get(event.status, "unavailable")
    return replace(one, state="back" if one.warm else "returns", why=why)


def _hung_up(one: Pass, event: HungUp) -> Pass:
    if event.call == one.call:
        return replace(one, state="left")
    speaks = one.state in ("talking", "three")
    if one.warm and event.leg == one.leg:
        if speaks:
            return replace(one, state="passed")
        return replace(one, warm=False, state="calling", legs=())
    if one.warm and speaks and event.leg in one.legs:
        return replace(one, state="back", why="taken-back" if one.taken_back else "hung-up")
    return one
