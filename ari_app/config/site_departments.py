"""[departments] and [topics]: who works on tickets, and what contacts are about."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from ivr.tickets import GENERAL, UNCHOSEN, Department, Labels, TicketPolicy, Topic

Hours = Annotated[int, Meta(ge=0, le=8_784)]
"""Hours until a ticket is due, a year at most; 0 for the usual time."""

OF_ANY = (GENERAL, "other")
"""The default topics that are of any operator."""

NAME = re.compile(r"[\w-]{1,40}")
_LANGUAGE = re.compile("[a-z]{2,3}|")


class DepartmentSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[departments.NAME]: ``label`` is one text for all languages, or one for each."""

    label: str | dict[str, str] = ""
    visits: bool = False
    due: Hours = 0

    def __post_init__(self) -> None:
        """The label can be shown and spoken."""
        _check(self.label)


class TopicSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[topics.NAME]: ``label`` is one text for all languages, or one for each."""

    label: str | dict[str, str] = ""
    department: str = ""
    visits: bool = False
    due: Hours = 0
    chosen: bool = True
    vague: bool = False
    outages: bool = False

    def __post_init__(self) -> None:
        """The label can be shown and spoken."""
        _check(self.label)


Departments = Mapping[str, DepartmentSettings]
Topics = Mapping[str, TopicSettings]


class Defaults(Struct, frozen=True):
    """The departments and topics of the file, and the labels of queues."""

    departments: dict[str, DepartmentSettings]
    topics: dict[str, TopicSettings]
    queues: dict[str, dict[str, str]]


@cache
def defaults() -> Defaults:
    """What a site has that names no departments or topics; read once from the file beside."""
    text = Path(__file__).with_name("default_departments.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Defaults)


def first(
    departments: Mapping[str, str], topics: Mapping[str, str], own_menus: bool
) -> tuple[Departments, Topics]:
    """The first settings of a site: the defaults, or its own departments, and further topics.

    Both are given by name with their label, "" for none or for that of the default. With menus of
    its own it has none of the topics that only the shipped menus set.
    """
    usual = defaults()
    kept = {name: usual.topics[name] for name in (OF_ANY if own_menus else usual.topics)}
    own = {
        name: DepartmentSettings(label=label) if label else usual.departments.get(name)
        for name, label in (departments or dict.fromkeys(usual.departments, "")).items()
    }
    known = {name: one or DepartmentSettings() for name, one in own.items()}
    added = {name: TopicSettings(label=label) for name, label in topics.items() if label}
    every = {**kept, **{name: usual.topics.get(name, TopicSettings()) for name in topics}}
    return known, {
        name: replace(one, department=one.department if one.department in known else "")
        for name, one in {**every, **added}.items()
    }


def policy(departments: Departments, topics: Topics) -> TicketPolicy:
    """The departments and topics of the settings; where there are none, the defaults.

    A default topic has no usual department where the site has its own departments.
    """
    usual = defaults()
    known = departments or usual.departments
    about = {name: _topic(one, known) for name, one in (topics or usual.topics).items()}
    return TicketPolicy(
        {
            name: Department(label=as_labels(one.label), visits=one.visits, due=_time(one.due))
            for name, one in known.items()
        },
        about if GENERAL in about else {GENERAL: UNCHOSEN, **about},
    )


def faults(departments: Departments, topics: Topics) -> Iterator[str]:
    """What is wrong with both together, and with their names."""
    for section, names in (("departments", departments), ("topics", topics)):
        for name in names:
            if not NAME.fullmatch(name):
                yield f"[{section}] {name!r} is not a name: use letters, digits and -, 40 at most"
    known = departments or defaults().departments
    for name, one in topics.items():
        if one.department and one.department not in known:
            there = ", ".join(known)
            yield f"[topics.{name}] names no department of the site: write one of {there}"


def _topic(one: TopicSettings, departments: Departments) -> Topic:
    return Topic(
        label=as_labels(one.label),
        department=one.department if one.department in departments else "",
        visits=one.visits,
        due=_time(one.due),
        chosen=one.chosen,
        vague=one.vague,
        outages=one.outages,
    )


def as_labels(label: str | dict[str, str]) -> Labels:
    """A label of the settings by language, ``""`` for all others."""
    found = {"": label} if isinstance(label, str) else label
    return {language: text for language, text in found.items() if text}


def _time(hours: int) -> timedelta | None:
    return timedelta(hours=hours) if hours else None


def _check(label: str | dict[str, str]) -> None:
    texts = {"": label} if isinstance(label, str) else label
    for language, text in texts.items():
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(f"label: {language!r} is no language: write a code such as en")
        if not text.isprintable() or set(text) & set("{}<>"):
            raise ValueError("label: take the signs out that cannot be said")
