"""What a browser and the desk tell each other over the WebSocket, as JSON with a ``type``.

All ``html`` is made by the server, escaped; a browser puts it into its place and makes none itself.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct, json

LONGEST = 64 * 1024
"""Bytes of a message of a browser."""

Id = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
Key = Annotated[str, Meta(pattern="^[0-9A-Za-z:-]{1,64}$")]
Short = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=20_000)]
Field = Literal["question", "solution", "topic", "solved"]
"""What an agent writes of a contact; ``solved`` is ``yes``, ``no`` or ``""``."""

Phase = Literal["ringing", "talking", "after"]
"""His phone rings; they speak; they spoke, and it is to be written down."""


# What a browser says.


class Save(Struct, frozen=True, tag="save", tag_field="type"):
    """A burst of typing: what stands in a field now. The same ``key`` twice is the same burst."""

    card: Id
    field: Field
    key: Key
    text: Text


class State(Struct, frozen=True, tag="state", tag_field="type"):
    """The agent is ready, or pauses for a ``reason``."""

    ready: bool
    reason: Short = ""


class Finish(Struct, frozen=True, tag="finish", tag_field="type"):
    """The contact is written down: the card closes. Answered by :class:`Answer`."""

    card: Id
    key: Key


class Verify(Struct, frozen=True, tag="verify", tag_field="type"):
    """The code word as the agent heard it. Answered by :class:`Answer`."""

    card: Id
    key: Key
    word: Short

    def __repr__(self) -> str:
        return f"Verify({self.card!r}, {self.key!r}, ***)"


class Look(Struct, frozen=True, tag="look", tag_field="type"):
    """Look for subscribers, by number, name or words of their chronology: :class:`Answer`."""

    key: Key
    text: Short


class See(Struct, frozen=True, tag="see", tag_field="type"):
    """See a subscriber without a call: :class:`Answer`. It is noted who saw whom."""

    key: Key
    subscriber: int
    text: Short = ""


class Form(Struct, frozen=True, tag="form", tag_field="type"):
    """A form of the desk that was filled in: what is to be done, and its fields.

    Answered by :class:`Answer`, whose ``html`` may be the next form: to agree to a charge, say.
    """

    card: Id
    key: Key
    form: Annotated[str, Meta(pattern="^[a-z-]{1,40}$")]
    values: Annotated[Mapping[Short, Text], Meta(max_length=20)] = {}


class Supervise(Struct, frozen=True, tag="mentor", tag_field="type"):
    """A mentor wants to hear how an agent speaks with his caller. Answered by :class:`Answer`."""

    key: Key
    agent: Short
    how: Literal["listen", "whisper", "barge"]


class Tickets(Struct, frozen=True, tag="tickets", tag_field="type"):
    """Show all tickets of which somebody must still do something: :class:`Answer`."""

    key: Key


class Ticket(Struct, frozen=True, tag="ticket", tag_field="type"):
    """Show a ticket, and before that change it, if ``to`` or a ``note`` is given: :class:`Answer`.

    The same ``key`` twice is the same change.
    """

    key: Key
    id: int
    to: Short = ""
    note: Text = ""


Said: TypeAlias = Save | State | Finish | Verify | Look | See | Form | Supervise | Tickets | Ticket


# What the desk tells.


class Hello(Struct, frozen=True, tag="hello", tag_field="type"):
    """All that stands on the desk of an agent now; cards that are not among ``cards`` are over."""

    cards: tuple[str, ...]
    state: str
    queues: str
    built: str
    """Which pages and scripts belong to this; a browser with others loads them anew."""


class Card(Struct, frozen=True, tag="card", tag_field="type"):
    """A card opens; ``told`` is a sentence for those who listen to their screen."""

    card: str
    html: str
    told: str


class Part(Struct, frozen=True, tag="part", tag_field="type"):
    """A part of a card is known, or known anew."""

    card: str
    part: str
    html: str


class Wrote(Struct, frozen=True, tag="wrote", tag_field="type"):
    """A field of a card was written in another tab."""

    card: str
    field: str
    text: str


class Phased(Struct, frozen=True, tag="phase", tag_field="type"):
    """A card's call goes on to another phase. ``since`` and ``until`` are moments, in ISO 8601."""

    card: str
    phase: Phase
    told: str
    since: str
    until: str = ""


class Gone(Struct, frozen=True, tag="gone", tag_field="type"):
    """A card closes; ``told`` says why."""

    card: str
    told: str


class Saved(Struct, frozen=True, tag="saved", tag_field="type"):
    """The burst of this key is on the disk."""

    key: str


class Stated(Struct, frozen=True, tag="stated", tag_field="type"):
    """What the agent does now, as he and the exchange know it."""

    html: str


class Queues(Struct, frozen=True, tag="queues", tag_field="type"):
    """Who waits and who is free."""

    html: str


class Answer(Struct, frozen=True, tag="answer", tag_field="type"):
    """The answer to what was said with ``key``; not ``ok``: ``told`` says why and what to do."""

    key: str
    ok: bool
    told: str = ""
    html: str = ""


class Notice(Struct, frozen=True, tag="notice", tag_field="type"):
    """Something that the agent should know: a mentor listens, the exchange is silent."""

    told: str


class Beat(Struct, frozen=True, tag="beat", tag_field="type"):
    """The desk is there; a browser that does not hear so for long comes anew."""


Told: TypeAlias = (
    Hello | Card | Part | Wrote | Phased | Gone | Saved | Stated | Queues | Answer | Notice | Beat
)

_said = json.Decoder(Said)


def said(text: str | bytes) -> Said:
    """What a browser said; :class:`msgspec.DecodeError` if that is none of these."""
    found: Said = _said.decode(text)
    return found


def told(message: Told) -> str:
    """A message as it goes to a browser."""
    return json.encode(message).decode()
