"""The messages between the page of the board and the desk, in the form of
:mod:`ari_app.desk.messages`."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from ari_app.desk.messages import Answer, Beat, Key, Notice, Supervise
from ivr.bounds import Short


class AgentAct(Struct, frozen=True, tag="agent", tag_field="type"):
    """Pause an agent, make them ready, put them into a ``queue`` or take them out of it."""

    key: Key
    agent: Short
    do: Literal["pause", "ready", "serve", "leave"]
    queue: Short = ""


class CallerAct(Struct, frozen=True, tag="caller", tag_field="type"):
    """Move a caller who waits, by the unique id of the channel, to another ``queue``, or let one's
    own phone ring for them."""

    key: Key
    call: Short
    do: Literal["move", "take"]
    queue: Short = ""


FromBoard: TypeAlias = AgentAct | CallerAct | Supervise


class Rows(Struct, frozen=True):
    """The rows of a table: their keys in ``order``, and the cells of those that changed."""

    order: tuple[str, ...]
    html: Mapping[str, str]


class BoardChanged(Struct, frozen=True, omit_defaults=True, tag="board", tag_field="type"):
    """What changed on the board, ``parts`` and ``rows`` by their names; all of it in the first
    message, which has the ``build``."""

    parts: Mapping[str, str] = {}
    rows: Mapping[str, Rows] = {}
    build: str = ""


class Alarmed(Struct, frozen=True, tag="alarm", tag_field="type"):
    """A limit was passed: ``text`` says which."""

    text: str


ToBoard: TypeAlias = BoardChanged | Alarmed | Answer | Notice | Beat
