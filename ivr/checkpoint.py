"""Where a call stands: what another process needs to go on with it.

What is secret is left out: a sealed value, and what is said to the caller alone, are empty after
they were stored. They are asked for again.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, convert, json, to_builtins
from msgspec.structs import replace

from ivr.model import Book
from ivr.secret import Secret
from ivr.session import Session
from ivr.session import check as check_session
from ivr.values import Digits, Rows, Sealed, Value, unwritten
from ivr.wants import Invoke, Want

FORMAT = 1
"""Format of a stored checkpoint; raised when older ones can no longer be read."""

_HIDDEN = b'"hidden":true'
"""Stands in the JSON of digits that are for the caller alone."""


class Checkpoint(Struct, frozen=True, kw_only=True):
    """A session, and the want that it waits for.

    ``flows``: the flows in which it stands, each with the version of its text. ``plays``: how many
    playbacks were requested on its channel before this want.
    """

    session: Session
    want: Want
    flows: Mapping[str, str]
    plays: int = 0
    format: int = FORMAT


def checkpoint(book: Book, session: Session, want: Want, plays: int) -> Checkpoint:
    """The checkpoint of a session on a book."""
    spots = [*session.trail, *(spot for frame in session.frames for spot in frame.trail)]
    names = {session.flow, *(frame.flow for frame in session.frames), *(flow for flow, _ in spots)}
    flows = {name: book.flows[name].version for name in sorted(names)}
    return Checkpoint(session=session, want=want, flows=flows, plays=plays)


def fits(kept: Checkpoint, book: Book) -> bool:
    """Whether a book has the flows in which a call stands, with the same text."""
    return all(
        name in book.flows and book.flows[name].version == version
        for name, version in kept.flows.items()
    )


def is_lost(value: Value) -> bool:
    """Whether a value was secret, and so was not stored."""
    match value:
        case Sealed():
            return value.digits is None
        case Digits():
            return value.hidden and not value.digits
        case Rows():
            return any(is_lost(each) for row in value.rows for each in row.values())
    return False


def carried_out(kept: Checkpoint) -> Checkpoint:
    """The checkpoint of a call whose operation is known to have begun: by its key alone it is
    found, and no secret is needed."""
    want = kept.want
    if not isinstance(want, Invoke):
        return kept
    nothing = Sealed(Secret(""))
    inputs = {name: nothing if is_lost(value) else value for name, value in want.inputs.items()}
    return replace(kept, want=replace(want, inputs=inputs))


def to_json(kept: Checkpoint) -> bytes:
    """The checkpoint as JSON, without anything secret."""
    text = json.encode(kept, enc_hook=unwritten)
    if _HIDDEN not in text:
        return text
    return json.encode(_bared(to_builtins(kept, enc_hook=unwritten)))


def from_json(text: bytes) -> Checkpoint:
    """The checkpoint of JSON ``text``.

    Raises :class:`msgspec.ValidationError` for another structure, ValueError for another format.
    """
    return _checked(text, None)


def revealed(kept: Checkpoint) -> bytes:
    """The checkpoint as JSON with all that is secret: for another process, and never stored."""
    return json.encode(kept, enc_hook=_revealed)


def from_revealed(text: bytes) -> Checkpoint:
    """The checkpoint of :func:`revealed`; raises as :func:`from_json`."""
    return _checked(text, _hidden)


def _revealed(value: object) -> str:
    assert isinstance(value, Secret)
    return value.reveal()


def _hidden(kind: type, value: str) -> object:
    assert kind is Secret
    return Secret(value)


def _checked(text: bytes, hidden: Callable[[type, Any], object] | None) -> Checkpoint:
    found = json.decode(text)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"a checkpoint of another format than {FORMAT}, which this program reads")
    kept = convert(found, Checkpoint, dec_hook=hidden)
    check_session(kept.session)
    return kept


def _bared(value: Any) -> Any:
    """Builtins without the digits that are hidden."""
    match value:
        case {"type": "digits", "hidden": True}:
            return {**value, "digits": ""}
        case dict():
            return {name: _bared(each) for name, each in value.items()}
        case list() | tuple():
            return [_bared(each) for each in value]
    return value
