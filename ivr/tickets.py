"""The policy of tickets: their states, the site's departments and topics, and due times."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

from msgspec import Struct

State: TypeAlias = Literal["open", "working", "waiting", "solved", "closed"]
"""``open``: not taken yet; ``waiting``: for the subscriber or a part; ``solved``: answered, may be
reopened; ``closed``: final."""
STATES: tuple[State, ...] = get_args(State)

Labels: TypeAlias = Mapping[str, str]
"""A text per language; the text under ``""`` is for all others."""

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

GENERAL = "general"
"""The topic of a caller who chose none; every site has it."""


class Department(Struct, frozen=True, kw_only=True):
    """Who works on tickets. ``visits``: its people visit the subscriber; ``due``: after which time
    its tickets are due, None for :data:`USUAL`, or :data:`VISIT` if it visits."""

    label: Labels = {}
    visits: bool = False
    due: timedelta | None = None

    @property
    def time(self) -> timedelta:
        """After which time its tickets are due."""
        return self.due or (VISIT if self.visits else USUAL)


class Topic(Struct, frozen=True, kw_only=True):
    """What a contact is about.

    ``department``: which usually works on it, "" for none. ``visits``: it needs a visit, whichever
    department works on it. ``due``: after which time its tickets are due, None for the time of the
    department. ``chosen``: the caller chose it in the menu. ``vague``: it may be about anything,
    as one that was not chosen. ``outages``: an outage may be the cause.
    """

    label: Labels = {}
    department: str = ""
    visits: bool = False
    due: timedelta | None = None
    chosen: bool = True
    vague: bool = False
    outages: bool = False


UNCHOSEN = Topic(chosen=False)
"""What is known of a topic that the caller did not choose."""


class TicketPolicy(Struct, frozen=True):
    """The departments and topics of a site by name, in the order in which they are offered.

    Names that the site does not know (any more) may still stand in the store: they are shown as
    they are, and mean what a department or topic without settings means.
    """

    departments: Mapping[str, Department] = {}
    topics: Mapping[str, Topic] = {}

    def topic(self, name: str) -> Topic:
        """A topic, also one that is unknown or, ``""``, was not given."""
        name = name or GENERAL
        return self.topics.get(name) or (UNCHOSEN if name == GENERAL else Topic())

    def usual_department(self, topic: str) -> str:
        """Who usually works on a topic: its department, else the first of the site."""
        return self.topic(topic).department or next(iter(self.departments), "")

    def department_label(self, name: str, language: str) -> str:
        """A department as it is shown; one that is unknown, by its name."""
        return label(self.departments.get(name, Department()).label, language) or name

    def topic_label(self, name: str, language: str) -> str:
        """A topic as it is shown; one that is unknown, by its name; "" if it has no label."""
        known = self.topics.get(name or GENERAL)
        return label(known.label, language) if known else name

    def due(self, department: str, topic: str, created: datetime) -> datetime:
        """The default due time of a ticket."""
        about = self.topic(topic)
        usual = self.departments.get(department, Department()).time
        return created + (about.due or (max(usual, VISIT) if about.visits else usual))


def label(labels: Labels, language: str) -> str:
    """The text of a language, else the one for all others, else any; "" if there is none."""
    return labels.get(language) or labels.get("") or next(iter(labels.values()), "")


def may_follow(state: State, then: State) -> bool:
    """Whether a ticket may change from ``state`` to ``then``; keeping its state is allowed."""
    return then == state or then in FOLLOWS[state]


def late(state: State, due: datetime, now: datetime) -> bool:
    """Whether an active ticket is past its due time."""
    return state in ACTIVE and due < now
