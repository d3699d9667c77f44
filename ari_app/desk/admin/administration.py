"""The administrators' page: its port, and what it asks for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from ari_app.desk.web.accounts import Role


class ScheduleRow(Struct, frozen=True):
    """A schedule: whether it is open now, until when (None: for good), and who forced it, and
    why; ``forced_by`` is "" where no one did."""

    name: str
    open: bool
    until: datetime | None
    forced_by: str
    why: str


class AnnouncementRow(Struct, frozen=True):
    """An announcement in force: to whom ("" for everyone), its text, and how many heard it and
    asked for a text when it is fixed."""

    id: int
    whom: str
    text: str
    until: datetime
    by: str
    heard: int
    requests: int


class CallbackRow(Struct, frozen=True):
    """An open request for a callback, at ``due`` or as soon as possible; an agent may have
    promised it (``by``)."""

    id: int
    at: datetime
    number: str
    due: datetime | None
    by: str


class ComplaintRow(Struct, frozen=True):
    """An open complaint, by its recording's length in seconds, and until when it is answered."""

    id: int
    at: datetime
    number: str
    seconds: float
    due: datetime


Phone = Literal["sip", "browser"]
"""What the one phone of an agent is."""


class AgentRow(Struct, frozen=True):
    """An agent, and the queues they serve."""

    name: str
    full_name: str
    extension: str
    role: Role
    may_sign_in: bool
    queues: Collection[str] = ()
    suspended: bool = False
    second_factor: bool = False
    phone: Phone = "sip"


class ChangeRow(Struct, frozen=True):
    """A change that was made by hand."""

    at: datetime
    who: str
    what: str
    subject: str
    detail: str


class MenuSetRow(Struct, frozen=True):
    """A set of menus that came into force: by whom ("" if it is not known), and what it changed."""

    id: int
    at: datetime
    how: str
    by: str
    changes: Sequence[str]
    in_force: bool = False


class Preview(Struct, frozen=True):
    """What a reload of the menus would change, in words, or why it would be rejected."""

    changes: Sequence[str]
    problems: Sequence[str]


class Overview(Struct, frozen=True):
    """What the page shows; ``areas`` are those that an announcement may be for, ``queues`` those of
    our Asterisk."""

    schedules: Sequence[ScheduleRow]
    announcements: Sequence[AnnouncementRow]
    callbacks: Sequence[CallbackRow]
    complaints: Sequence[ComplaintRow]
    agents: Sequence[AgentRow]
    changes: Sequence[ChangeRow]
    menus: Sequence[MenuSetRow]
    areas: Sequence[str]
    languages: Sequence[str]
    queues: Sequence[str] = ()
    flows: Sequence[str] = ()


# What the forms ask for.


class ForceHours(Struct, frozen=True):
    """Force a schedule open or closed until a time of the site."""

    schedule: str
    to: Literal["open", "closed"]
    until: str
    why: str


class FreeHours(Struct, frozen=True):
    """Lift the override of a schedule."""

    schedule: str


class Announce(Struct, frozen=True):
    """Announce texts, each in a language, to an area ("": to everyone) until a time of the site."""

    area: str
    texts: Mapping[str, str]
    until: str


class EndAnnouncement(Struct, frozen=True):
    """End an announcement; ``restored``: it works again, and those who asked get a text."""

    id: int
    restored: bool


class CloseCallback(Struct, frozen=True):
    """The caller was called back."""

    id: int


class CloseComplaint(Struct, frozen=True):
    """The caller was given an answer."""

    id: int
    answer: str


class PutRole(Struct, frozen=True):
    """An agent may do what a role may."""

    agent: str
    role: Role


class SignOut(Struct, frozen=True):
    """Sign an agent out of all browsers."""

    agent: str


class PutQueues(Struct, frozen=True):
    """An agent serves these queues, and no others."""

    agent: str
    queues: frozenset[str]


class Suspend(Struct, frozen=True):
    """Keep an agent out, browser and phone; or let them in again."""

    agent: str
    suspended: bool


class PutPhone(Struct, frozen=True):
    """The phone of an agent is a SIP phone, whose new password is shown once, or the browser."""

    agent: str
    phone: Phone


class NewFactor(Struct, frozen=True):
    """An agent signs in with a second factor, whose key is made now and shown once; or, with
    ``removed``, without one."""

    agent: str
    removed: bool


class NewPassword(Struct, frozen=True):
    """An agent signs in with a password that is made now, and shown once."""

    agent: str


class AddAgent(Struct, frozen=True):
    """A new agent; the password of a SIP phone is shown once."""

    name: str
    full_name: str
    extension: str
    role: Role
    languages: tuple[str, ...]
    phone: Phone = "sip"


class ReloadMenus(Struct, frozen=True):
    """Give the menus on the disk to new calls."""


class RollBack(Struct, frozen=True):
    """Make the files those of a set of menus, and give it to new calls."""

    id: int


Request: TypeAlias = (
    ForceHours
    | FreeHours
    | Announce
    | EndAnnouncement
    | CloseCallback
    | CloseComplaint
    | PutRole
    | SignOut
    | NewPassword
    | Suspend
    | NewFactor
    | PutPhone
    | PutQueues
    | AddAgent
    | ReloadMenus
    | RollBack
)


class Outcome(Struct, frozen=True):
    """What came of a change that has more to say than that it is done: texts of ``words.yaml``
    with their values, and ``details``, such as what a rollback changed."""

    said: Sequence[tuple[str, Mapping[str, str]]] = ()
    details: Sequence[str] = ()


class Refused(Exception):  # noqa: N818 - named by what is so, not as an error
    """Nothing was changed; ``word`` of ``words.yaml`` says why, ``details`` which ones."""

    def __init__(self, word: str, details: Sequence[str] = ()) -> None:
        super().__init__(word)
        self.word = word
        self.details = details


class Administration(Protocol):
    """What administrators see and change. May raise :class:`~ari_app.desk.ports.DeskUnavailable`.

    Each change is recorded with who made it.
    """

    async def overview(self) -> Overview:
        """What is so now."""

    async def preview(self) -> Preview:
        """What differs between the menus on the disk and those in force."""

    async def graph(self, flow: str) -> bytes | None:
        """The picture of a flow in force with its recent calls, as SVG; None if there is no such
        flow. :class:`Refused` if it cannot be drawn."""

    async def change(self, by: str, request: Request) -> Outcome | None:
        """Make a change; :class:`Refused` if it cannot be made. None: it is done, no more."""
