"""Tapes of calls, for a replay through other menus. One that was not from its beginning to its end
in one application has none, nor has a text session."""

import zlib
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, json

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.tape import FORMAT, Tape
from ivr.values import unwritten


class CallTaped(Struct, frozen=True):
    """The tape of a call that has ended."""

    call: str
    at: datetime
    tape: Tape


class TapedCall(Struct, frozen=True):
    """A call that has ended, and its ``tape``: None if there is none that can be read.

    ``version``: of its first flow.
    """

    call: str
    began: datetime
    line: str
    caller: str
    flow: str
    version: str
    tape: Tape | None


def put(db: Database, taped: Sequence[CallTaped]) -> None:
    """Store tapes."""
    if taped:
        db.conn.executemany(
            "insert into tapes (call, tape) values (?, ?) on conflict do nothing",
            [(one.call, _packed(one.tape)) for one in taped],
        )


def ended(db: Database, since: datetime, after: str, limit: int) -> list[TapedCall]:
    """Calls that began since a moment and have ended, the oldest first: those ``after`` one that
    was found last, at most ``limit``."""
    return _selected(
        db,
        "c.began >= :since and c.ended is not null and (:after = '' or (c.began, c.id) >"
        " (select began, id from calls where id = :after)) order by c.began, c.id limit :limit",
        {"since": micros(since), "after": after, "limit": limit},
    )


def of_call(db: Database, call: str) -> TapedCall | None:
    """One call that has ended; None if there is none."""
    found = _selected(db, "c.id = :call and c.ended is not null", {"call": call})
    return found[0] if found else None


def _selected(db: Database, where: str, given: dict[str, object]) -> list[TapedCall]:
    rows = db.conn.execute(
        "select c.id, c.began, c.line, c.caller, c.flow, c.version, t.tape"
        f" from calls c left join tapes t on t.call = c.id where {where}",
        given,
    )
    return [
        TapedCall(call, moment(began), line, caller, flow, version, tape and _unpacked(tape))
        for call, began, line, caller, flow, version, tape in rows
    ]


def _packed(tape: Tape) -> bytes:
    return zlib.compress(json.encode(tape, enc_hook=unwritten))


def _unpacked(body: bytes) -> Tape | None:
    text = zlib.decompress(body)
    found = json.decode(text, type=_Format)
    return json.decode(text, type=Tape) if found.format == FORMAT else None


class _Format(Struct):
    format: int
