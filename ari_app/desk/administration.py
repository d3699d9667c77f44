"""The administrators' page: its port, and what its forms ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, get_args

from msgspec import Struct

from ari_app.desk.accounts import Role
from ari_app.desk.form_input import InvalidField

LONGEST = 600
"""The most characters of a field."""


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
    """An open request for a callback; an agent may have promised it (``by``, ``due``)."""

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


class AgentRow(Struct, frozen=True):
    """An agent."""

    name: str
    full_name: str
    extension: str
    role: Role
    may_sign_in: bool


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


class Preview(Struct, frozen=True):
    """What a reload of the menus would change, in words, or why it would be rejected."""

    changes: Sequence[str]
    problems: Sequence[str]


class Overview(Struct, frozen=True):
    """What the page shows; ``areas`` are those that an announcement may be for."""

    schedules: Sequence[ScheduleRow]
    announcements: Sequence[AnnouncementRow]
    callbacks: Sequence[CallbackRow]
    complaints: Sequence[ComplaintRow]
    agents: Sequence[AgentRow]
    changes: Sequence[ChangeRow]
    menus: Sequence[MenuSetRow]
    areas: Sequence[str]
    languages: Sequence[str]


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


class ReloadMenus(Struct, frozen=True):
    """Give the menus on the disk to new calls."""


Request: TypeAlias = (
    ForceHours
    | FreeHours
    | Announce
    | EndAnnouncement
    | CloseCallback
    | CloseComplaint
    | PutRole
    | SignOut
    | ReloadMenus
)


class Refused(Exception):  # noqa: N818 - named by what is so, not as an error
    """Nothing was changed; ``word`` of ``words.yaml`` says why."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Administration(Protocol):
    """What administrators see and change. May raise :class:`~ari_app.desk.ports.DeskUnavailable`.

    Each change is recorded with who made it.
    """

    async def overview(self) -> Overview:
        """What is so now."""

    async def preview(self) -> Preview:
        """What differs between the menus on the disk and those in force."""

    async def change(self, by: str, request: Request) -> None:
        """Make a change; :class:`Refused` if it cannot be made."""


def requested(what: str, fields: Mapping[str, str]) -> Request:
    """The request of a form; :class:`InvalidField` names a field that is missing or wrong."""
    match what:
        case "force-open" | "force-closed":
            to: Literal["open", "closed"] = "open" if what == "force-open" else "closed"
            return ForceHours(_text(fields, "schedule"), to, _text(fields, "until"), _why(fields))
        case "free":
            return FreeHours(_text(fields, "schedule"))
        case "announce":
            said = {name[5:]: _text(fields, name) for name in fields if name.startswith("text-")}
            return Announce(fields.get("area", ""), said, _text(fields, "until"))
        case "role":
            role = next((one for one in get_args(Role) if one == fields.get("role")), None)
            if role is None:
                raise InvalidField("role")
            return PutRole(_text(fields, "agent"), role)
        case "reload":
            return ReloadMenus()
        case "agent-out":
            return SignOut(_text(fields, "agent"))
    return _of_one(what, fields)


def _of_one(what: str, fields: Mapping[str, str]) -> Request:
    """The request of a form about something with a number."""
    number = _text(fields, "id")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise InvalidField("id")
    match what:
        case "cancel" | "mended":
            return EndAnnouncement(int(number), what == "mended")
        case "called-back":
            return CloseCallback(int(number))
        case "answered":
            return CloseComplaint(int(number), _text(fields, "answer"))
    raise InvalidField("what")


def _why(fields: Mapping[str, str]) -> str:
    return " ".join(fields.get("why", "").split())[:LONGEST]


def _text(fields: Mapping[str, str], name: str) -> str:
    value = " ".join(fields.get(name, "").split())
    if not 0 < len(value) <= LONGEST:
        raise InvalidField(name)
    return value
