"""What the forms of the administrators' page ask for."""

from collections.abc import Mapping
from typing import Literal, cast, get_args

from ari_app.desk.admin.administration import (
    AddAgent,
    Announce,
    CloseCallback,
    CloseComplaint,
    EndAnnouncement,
    ForceHours,
    FreeHours,
    NewFactor,
    NewPassword,
    Phone,
    PutPhone,
    PutQueues,
    PutRole,
    ReloadMenus,
    Request,
    RollBack,
    SignOut,
    Suspend,
)
from ari_app.desk.web.accounts import Role
from ari_app.pages.operations import InvalidField

LONGEST = 600
"""The most characters of a field."""


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
        case "reload":
            return ReloadMenus()
        case "agent-add":
            return _added(fields)
    if what == "role" or what.startswith("agent-"):
        return _of_agent(what, _text(fields, "agent"), fields)
    return _of_one(what, fields)


def _of_agent(what: str, agent: str, fields: Mapping[str, str]) -> Request:
    """The request of a form about an agent."""
    match what:
        case "role":
            return PutRole(agent, _role(fields))
        case "agent-out":
            return SignOut(agent)
        case "agent-queues":
            return PutQueues(agent, frozenset(_ticked(fields, "queue-")))
        case "agent-password":
            return NewPassword(agent)
        case "agent-suspend" | "agent-resume":
            return Suspend(agent, what == "agent-suspend")
        case "agent-factor" | "agent-no-factor":
            return NewFactor(agent, what == "agent-no-factor")
        case "agent-sip-phone" | "agent-browser-phone":
            return PutPhone(agent, "sip" if what == "agent-sip-phone" else "browser")
    raise InvalidField("what")


def _added(fields: Mapping[str, str]) -> AddAgent:
    name, full_name = _text(fields, "name"), _text(fields, "full_name")
    return AddAgent(
        name,
        full_name,
        _text(fields, "extension"),
        _role(fields),
        tuple(_ticked(fields, "speaks-")),
        _phone(fields),
    )


def _phone(fields: Mapping[str, str]) -> Phone:
    for phone in get_args(Phone):
        if phone == fields.get("phone", "sip"):
            return cast(Phone, phone)
    raise InvalidField("phone")


def _ticked(fields: Mapping[str, str], prefix: str) -> list[str]:
    """What is ticked, of boxes whose names have a prefix."""
    return [each.removeprefix(prefix) for each in fields if each.startswith(prefix)]


def _role(fields: Mapping[str, str]) -> Role:
    for role in get_args(Role):
        if role == fields.get("role"):
            return cast(Role, role)
    raise InvalidField("role")


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
        case "rollback":
            return RollBack(int(number))
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
