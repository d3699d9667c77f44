"""Where the calls in progress stand, so that they go on after a restart of the application.

A call has one checkpoint, the last one, until its end is stored.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec import Struct, json

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.checkpoint import Checkpoint, to_json


class CallStands(Struct, frozen=True):
    """Where a call stands, and the channel in Asterisk that it is on."""

    call: str
    channel: str
    at: datetime
    checkpoint: Checkpoint


class Kept(Struct, frozen=True):
    """A checkpoint as it is stored; ``body`` is JSON."""

    call: str
    channel: str
    at: datetime
    body: bytes


def put(db: Database, stands: Iterable[CallStands], ended: Collection[str]) -> None:
    """Store the last checkpoint of each call, and forget those of calls that have ended."""
    last = {one.call: one for one in stands if one.call not in ended}
    db.conn.executemany(
        "insert into checkpoints (call, channel, at, body) values (?, ?, ?, ?) on conflict (call)"
        " do update set channel = excluded.channel, at = excluded.at, body = excluded.body",
        [(one.call, one.channel, micros(one.at), to_json(one.checkpoint)) for one in last.values()],
    )
    forget(db, ended)


def forget(db: Database, calls: Iterable[str]) -> None:
    """Forget the checkpoints of calls."""
    db.conn.executemany("delete from checkpoints where call = ?", [(call,) for call in calls])


def of(db: Database, calls: Collection[str]) -> list[Kept]:
    """Where some calls stand."""
    return _kept(db, "call in (select value from json_each(?))", json.encode(tuple(calls)).decode())


def on(db: Database, channel: str) -> Kept | None:
    """Where the call stands that is on a channel, if it has not ended."""
    return next(iter(_kept(db, "channel = ? order by at desc limit 1", channel)), None)


def _kept(db: Database, which: str, value: str) -> list[Kept]:
    rows = db.conn.execute(
        f"select call, channel, at, body from checkpoints where {which}", (value,)
    )
    return [Kept(call, channel, moment(at), body) for call, channel, at, body in rows]
