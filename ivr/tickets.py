"""The policy of tickets: states, departments, and when a ticket is due."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

State: TypeAlias = Literal["open", "working", "waiting", "solved", "closed"]
"""``open``: not taken yet; ``waiting``: for the subscriber or a part; ``solved``: answered, may be
reopened; ``closed``: final."""
STATES: tuple[State, ...] = get_args(State)

Department: TypeAlias = Literal["information", "finance", "technical", "field", "claims"]
"""``field``: field engineers, who visit the subscriber."""
DEPARTMENTS: tuple[Department, ...] = get_args(Department)

FOLLOWS: Mapping[State, frozenset[State]] = {
    "open": frozenset({"working", "waiting", "solved", "closed"}),
    "working": frozenset({"open", "waiting", "solved", "closed"}),
    "waiting": frozenset({"open", "working", "solved", "closed"}),
    "solved": frozenset({"open", "working", "closed"}),
    "closed": frozenset(),
}
"""State -> the states that may follow. A solved ticket may be reopened; a closed one may not: a new
ticket is opened instead."""

ACTIVE: frozenset[State] = frozenset({"open", "working", "waiting"})
"""States in which work is left to do."""

USUAL = timedelta(hours=24)
VISIT = timedelta(hours=48)
"""What is promised for a visit: eight of ten are made within a day, the rest within two."""
VISITED: frozenset[Department] = frozenset({"field"})
VISIT_TOPICS = frozenset({"repair", "visit"})
"""Topics that need a visit, in whichever department."""


def may_follow(state: State, then: State) -> bool:
    """Whether a ticket may change from ``state`` to ``then``; keeping its state is allowed."""
    return then == state or then in FOLLOWS[state]


def due(department: Department, topic: str, created: datetime) -> datetime:
    """The default due time of a ticket."""
    return created + (VISIT if department in VISITED or topic in VISIT_TOPICS else USUAL)


def late(state: State, due: datetime, now: datetime) -> bool:
    """Whether an active ticket is past its due time."""
    return state in ACTIVE and due < now
