"""The messages between a browser and the desk over the WebSocket: JSON with a ``type``.

All ``html`` is made by the server, escaped; the page puts it into its place and makes none itself.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from ari_app.desk.list_messages import (
    CallBack,
    Calls,
    Key,
    NewTask,
    Task,
    Tasks,
    Text,
    Ticket,
    Tickets,
)
from ari_app.desk.phone.account import PhoneAccount
from ivr import bounds
from ivr.bounds import Short

__all__ = ["CallBack", "Calls", "Key", "NewTask", "Task", "Tasks", "Ticket", "Tickets"]

Id = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
Field = Literal["question", "solution", "topic", "solved", "forms"]
"""``solved`` is ``yes``, ``no`` or ``""``; ``forms``, not stored, has a text if one is unsent."""

Phase = Literal["ringing", "talking", "after", "record"]
"""The agent's phone rings; they talk; the call is over and the card is to be finished; the card was
opened without a call."""


# From a browser. A message with a key is answered by Answer with the same key.


class Save(Struct, frozen=True, tag="save", tag_field="type"):
    """The text of a field after a burst of typing. The same ``key`` twice is the same burst;
    ``base`` is the key of another tab's burst that the page has shown last."""

    card: Id
    field: Field
    key: Key
    text: Text
    base: Annotated[str, Meta(pattern="^[0-9A-Za-z:-]{0,64}$")] = ""


class State(Struct, frozen=True, tag="state", tag_field="type"):
    """The agent goes ready, or pauses for a ``reason``."""

    key: Key
    ready: bool
    reason: Short = ""


class Finish(Struct, frozen=True, tag="finish", tag_field="type"):
    """Close the card and record its contact."""

    card: Id
    key: Key


class Verify(Struct, frozen=True, tag="verify", tag_field="type"):
    """Check the code word that the caller said to the agent."""

    card: Id
    key: Key
    word: Short

    def __repr__(self) -> str:
        return f"Verify({self.card!r}, {self.key!r}, ***)"


class Recording(Struct, frozen=True, tag="recording", tag_field="type"):
    """Pause the recording of a card's call for a reason, or withdraw that reason."""

    card: Id
    key: Key
    pause: bool
    why: Literal["agent", "secret"] = "agent"


class Search(Struct, frozen=True, tag="search", tag_field="type"):
    """Find subscribers by number, name or words of their chronology."""

    key: Key
    text: Short


class ViewSubscriber(Struct, frozen=True, tag="view", tag_field="type"):
    """Show a subscriber's chronology without a call. The view is recorded, with the reason
    (``why``) that is asked for when many were shown."""

    key: Key
    subscriber: bounds.Id
    text: Short = ""
    why: Short = ""


class History(Struct, frozen=True, tag="history", tag_field="type"):
    """Show the contacts of a subscriber before a moment, in ISO 8601."""

    key: Key
    subscriber: bounds.Id
    before: Short


class OpenRecord(Struct, frozen=True, tag="record", tag_field="type"):
    """Open a card of a subscriber whose record was shown, without a call."""

    key: Key
    subscriber: bounds.Id


class Link(Struct, frozen=True, tag="link", tag_field="type"):
    """The caller of a card is the subscriber whose record was shown; ``how`` the agent knows."""

    card: Id
    key: Key
    subscriber: bounds.Id
    how: Literal["details", "document", "confirmed"]


class Form(Struct, frozen=True, tag="form", tag_field="type"):
    """A form of a card that was filled in: its name and its fields.
    The ``html`` of the answer may be the next form, for instance to confirm a charge."""

    card: Id
    key: Key
    form: Annotated[str, Meta(pattern="^[a-z-]{1,40}$")]
    values: Annotated[Mapping[Short, Text], Meta(max_length=20)] = {}


class Supervise(Struct, frozen=True, tag="supervise", tag_field="type"):
    """Monitor (``listen``), whisper to, or barge into the call of an agent; or ``stop`` that."""

    key: Key
    agent: Short
    how: Literal["listen", "whisper", "barge", "stop"]


FromBrowser: TypeAlias = (
    Save
    | State
    | Finish
    | Verify
    | Search
    | ViewSubscriber
    | History
    | OpenRecord
    | Link
    | Recording
    | Form
    | Supervise
    | Tickets
    | Ticket
    | Calls
    | CallBack
    | Tasks
    | NewTask
    | Task
)


# To a browser.


class Hello(Struct, frozen=True, omit_defaults=True, tag="hello", tag_field="type"):
    """The whole desk of an agent, sent first; cards that are not among ``cards`` are gone.

    ``phone`` is absent when the agent has a SIP phone.
    """

    cards: tuple[str, ...]
    state: str
    queues: str
    due: str
    build: str
    """The version of pages and scripts; a page of another version reloads itself."""
    phone: PhoneAccount | None = None


class Card(Struct, frozen=True, tag="card", tag_field="type"):
    """A card opens; ``announcement`` is a sentence for screen readers."""

    card: str
    html: str
    announcement: str


class Part(Struct, frozen=True, tag="part", tag_field="type"):
    """A part of a card was loaded, or changed."""

    card: str
    part: str
    html: str


class Wrote(Struct, frozen=True, tag="wrote", tag_field="type"):
    """A field of a card was written in another tab."""

    card: str
    field: str
    text: str
    key: str = ""


class Conflict(Struct, frozen=True, tag="conflict", tag_field="type"):
    """A burst was not saved: another tab has written ``text`` meanwhile, with ``key``."""

    card: str
    field: str
    text: str
    key: str


class Phased(Struct, frozen=True, tag="phase", tag_field="type"):
    """The call of a card entered another phase, ``since`` a moment in ISO 8601."""

    card: str
    phase: Phase
    text: str
    since: str


class Gone(Struct, frozen=True, tag="gone", tag_field="type"):
    """A card closes; ``text`` says why."""

    card: str
    text: str


class Saved(Struct, frozen=True, tag="saved", tag_field="type"):
    """The burst of this key is on the server's disk."""

    key: str


class Stated(Struct, frozen=True, tag="stated", tag_field="type"):
    """The agent's own state changed."""

    html: str


class Queues(Struct, frozen=True, tag="queues", tag_field="type"):
    """The queues changed: who waits and who is free."""

    html: str


class Due(Struct, frozen=True, tag="due", tag_field="type"):
    """The calls that are due now; ``html`` is blank if there are none."""

    html: str


class Targets(Struct, frozen=True, tag="targets", tag_field="type"):
    """Whom an agent can reach by a transfer changed."""

    html: str


class Answer(Struct, frozen=True, tag="answer", tag_field="type"):
    """The answer to the message of ``key``; if not ``ok``, ``text`` says why. ``card``: to show."""

    key: str
    ok: bool
    text: str = ""
    html: str = ""
    card: str = ""


class Notice(Struct, frozen=True, tag="notice", tag_field="type"):
    """Something the agent should know: a supervisor monitors the call, Asterisk is silent."""

    text: str


class Beat(Struct, frozen=True, tag="beat", tag_field="type"):
    """Keep-alive; a page that gets no message for some seconds reconnects."""


ToBrowser: TypeAlias = (
    Hello
    | Card
    | Part
    | Wrote
    | Conflict
    | Phased
    | Gone
    | Saved
    | Stated
    | Queues
    | Due
    | Targets
    | Answer
    | Notice
    | Beat
)
