"""Asterisk's events in the order of the calls: who dials a ``Local`` channel comes before what its
far half does.

Each half of ``Local/…`` runs in a thread of its own: ``QueueCallerJoin`` or ``DialBegin`` of ``;2``
may be reported before the ``DialBegin`` of who dials ``;1``.
"""

from ivr.acd.board import LOCAL, Caller
from ivr.acd.dials import Dialled, HungUp, Originated
from ivr.acd.queues import CallerJoined, Connected, Event

PATIENCE = 1.0
"""Seconds to wait for the dialler. It comes some milliseconds later, if at all: a transfer by a
feature code of Asterisk reports none."""


class EventOrder:
    """Holds back what a far half does until its dialler is known, and what belongs to it; other
    events pass. Without input or output; times are seconds of any clock."""

    def __init__(self) -> None:
        self._dialled: set[str] = set()
        """The far halves whose dialler was reported, until they hang up."""
        self._held: list[tuple[float, Event]] = []

    @property
    def until(self) -> float | None:
        """When :meth:`late` has to be asked; None while nothing is held back."""
        return self._held[0][0] + PATIENCE if self._held else None

    def present(self, channel: str) -> None:
        """There is this channel already: its dialler is not waited for."""
        self._dialled.add(_far(channel) or channel)

    def take(self, event: Event, at: float) -> list[Event]:
        """What is in order with an event that came at a moment."""
        self._held.append((at, event))
        return self._in_order()

    def late(self, at: float) -> list[Event]:
        """What is not held back any longer at a moment."""
        due: list[Event] = []
        while self._held and self._held[0][0] + PATIENCE <= at:
            self._dialled.add(_half(self._held[0][1]))
            due += self._in_order()
        return due

    def _in_order(self) -> list[Event]:
        due: list[Event] = []
        found = True
        while found:
            held, found = self._held, False
            self._held, back = [], set[str]()
            for at, event in held:
                half = _half(event)
                if (half and half not in self._dialled) or not back.isdisjoint(_about(event)):
                    self._held.append((at, event))
                    back |= _about(event)
                    continue
                due.append(event)
                if isinstance(event, Dialled | Originated) and (far := _far(event.leg)):
                    self._dialled.add(far)
                    found = bool(self._held)
                elif isinstance(event, HungUp):
                    self._dialled.discard(event.leg)
        return due


def _far(channel: str) -> str:
    """The far half of ``Local/…;1``; "" for any other channel."""
    near = channel.startswith(LOCAL) and channel.endswith(";1")
    return f"{channel.removesuffix(';1')};2" if near else ""


def _half(event: Event) -> str:
    """The far half that does something in an event; "" for none."""
    if not isinstance(event, Dialled | CallerJoined | Connected):
        return ""
    channel = event.caller.channel
    return channel if channel.startswith(LOCAL) and channel.endswith(";2") else ""


def _about(event: Event) -> set[str]:
    """The channels in an event, by name and by unique id."""
    caller: Caller | None = getattr(event, "caller", None)
    own = {getattr(event, "call", ""), getattr(event, "leg", "")} - {""}
    return own | {caller.call, caller.channel} if caller else own
