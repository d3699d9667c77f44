"""Messages from a browser about what is listed beside the cards: tickets, calls to make, tasks."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ivr import bounds, tickets
from ivr.bounds import Short

Key = Annotated[str, Meta(pattern="^[0-9A-Za-z:-]{1,64}$")]
Text = Annotated[str, Meta(max_length=20_000)]


class Tickets(Struct, frozen=True, tag="tickets", tag_field="type"):
    """Show all unresolved tickets."""

    key: Key


class Ticket(Struct, frozen=True, tag="ticket", tag_field="type"):
    """Show a ticket; change it first if a state (``to``) or a ``note`` is given.

    The same ``key`` twice is the same change.
    """

    key: Key
    id: bounds.Id
    to: tickets.State | Literal[""] = ""
    note: Text = ""


class Calls(Struct, frozen=True, tag="calls", tag_field="type"):
    """Show all calls that are to be made."""

    key: Key


class CallBack(Struct, frozen=True, tag="callback", tag_field="type"):
    """Dial a call that is to be made, take it over, put it off, or close it."""

    key: Key
    id: bounds.Id
    do: Literal["call", "take", "later", "leave", "done"]


class Tasks(Struct, frozen=True, tag="tasks", tag_field="type"):
    """Show the tasks that are still to be done."""

    key: Key


class NewTask(Struct, frozen=True, tag="task-add", tag_field="type"):
    """Add a task of an agent (``owner``; "": of anyone), ``due`` at a moment of the desk's clock.
    The same ``key`` twice is the same task."""

    key: Key
    text: Text
    due: Short
    owner: Short


class Task(Struct, frozen=True, tag="task", tag_field="type"):
    """Take a task over, give it ``to`` an agent ("": to anyone), put it off, close it, or open the
    card of its subscriber."""

    key: Key
    id: bounds.Id
    do: Literal["take", "give", "later", "tomorrow", "done", "open"]
    to: Short = ""
