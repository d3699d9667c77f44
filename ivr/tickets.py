"""What becomes of a question that nobody could answer at once: a policy as a value."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

State: TypeAlias = Literal["open", "working", "waiting", "solved", "closed"]
"""``open`` until somebody takes it, ``waiting`` for the subscriber or for a part, ``solved`` as
we say, ``closed`` for good."""
STATES: tuple[State, ...] = get_args(State)

Department: TypeAlias = Literal["information", "finance", "technical", "field", "claims"]
"""``field`` are the engineers who come to the subscriber."""
DEPARTMENTS: tuple[Department, ...] = get_args(Department)

FOLLOWS: Mapping[State, frozenset[State]] = {
    "open": frozenset({"working", "waiting", "solved", "closed"}),
    "working": frozenset({"open", "waiting", "solved", "closed"}),
    "waiting": frozenset({"open", "working", "solved", "closed"}),
    "solved": frozenset({"open", "working", "closed"}),
    "closed": frozenset(),
}
"""Which states may follow which. What turns out not to be solved is taken up again; what is
closed stays closed, and is asked about in another ticket."""

ACTIVE: frozenset[State] = frozenset({"open", "working", "waiting"})
"""Somebody must still do something."""

USUAL = timedelta(hours=24)
VISIT = timedelta(hours=48)
"""Eight visits of ten are made within a day, the hard rest within two; this much is promised."""
VISITED: frozenset[Department] = frozenset({"field"})
VISIT_TOPICS = frozenset({"repair", "visit"})
"""Where somebody has to come, whichever department has it."""


def may_follow(state: State, then: State) -> bool:
    """Whether a ticket may go from one state to another; it may stay in any."""
    return then == state or then in FOLLOWS[state]


def due(department: Department, topic: str, created: datetime) -> datetime:
    """By when it is to be solved, if nobody says otherwise."""
    return created + (VISIT if department in VISITED or topic in VISIT_TOPICS else USUAL)


def late(state: State, due: datetime, now: datetime) -> bool:
    """Whether it should have been solved before."""
    return state in ACTIVE and due < now
