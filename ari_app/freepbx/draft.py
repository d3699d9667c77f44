"""Menus of ours before they are written: nodes with notes, hours, lists, prompts and findings."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from ari_app.freepbx.calendar import Calendar
from ari_app.freepbx.company import Sound

Plain: TypeAlias = str | list[str] | dict[str, str]

Outcome: TypeAlias = Literal["imported", "changed", "not imported", "left out"]
"""``changed``: imported, but callers notice something; ``left out``: no call gets there."""


class DraftNode(Struct):
    """A node: its keys as the language of menus has them, and what is said beside it."""

    body: dict[str, Plain]
    notes: list[str]


class DraftPrompt(Struct, frozen=True):
    """A prompt of its own: the sound files that it is made of, and its text.

    ``known``: whether the text is what is played; otherwise it only says what it is about.
    """

    sound: Sound
    text: str
    known: bool = False


class Finding(Struct, frozen=True):
    """What became of one object: its sort and name, its nodes, and why it is not the same."""

    what: str
    name: str
    outcome: Outcome
    nodes: tuple[str, ...] = ()
    why: str = ""


class Schedule(Struct, frozen=True):
    """Hours of a node. ``zone``: "" for that of the site."""

    calendar: Calendar
    zone: str
    notes: tuple[str, ...] = ()


class DraftMenus(Struct, frozen=True):
    """A flow with all that belongs to it."""

    flow: str
    numbers: tuple[str, ...]
    languages: tuple[str, ...]
    start: str
    patience: int
    nodes: Mapping[str, DraftNode]
    schedules: Mapping[str, Schedule]
    lists: Mapping[str, tuple[str, ...]]
    prompts: Mapping[str, DraftPrompt]
    findings: tuple[Finding, ...]
    farewell: str = "farewell"
