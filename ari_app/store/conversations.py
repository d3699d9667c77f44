"""Recorded conversations between callers and agents: whose they are. The sound is in files."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

_COLUMNS = "id, file, at, channel, call, agent, queue, number, subscriber, paused"


class Conversation(Struct, frozen=True, kw_only=True):
    """A conversation: ``file`` is the name of its recording, ``at`` when the agent answered,
    ``channel`` that of the caller; ``paused``: its recording was paused when that was last
    changed."""

    id: int = 0
    file: str
    at: datetime
    channel: str
    call: str = ""
    agent: str
    queue: str
    number: str
    subscriber: int | None = None
    paused: bool = False


def add(db: Database, new: Conversation) -> None:
    """Store a conversation; with the same file it is the same, and remains its agent's, who may
    have found out meanwhile whose it is."""
    db.conn.execute(
        "insert into conversations (file, at, channel, call, agent, queue, number, subscriber)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (file)"
        " do update set subscriber = excluded.subscriber"
        " where conversations.agent = excluded.agent",
        (
            *(new.file, micros(new.at), new.channel, new.call, new.agent, new.queue),
            *(db.numbers.msisdn(new.number) or new.number, new.subscriber),
        ),
    )


def link(db: Database, channel: str, agent: str, subscriber: int) -> None:
    """An agent's conversations on a caller's channel are those of a subscriber."""
    db.conn.execute(
        "update conversations set subscriber = ? where channel = ? and agent = ?",
        (subscriber, channel, agent),
    )


def by_id(db: Database, id: int) -> Conversation | None:
    """A conversation; None if there is none of this id (any more)."""
    return next(iter(_found(db, "where id = ?", id)), None)


def last_of_channel(db: Database, channel: str) -> Conversation | None:
    """The last conversation of a caller's channel."""
    tail = "where channel = ? order by at desc, id desc limit 1"
    return next(iter(_found(db, tail, channel)), None)


def of_channel(db: Database, channel: str) -> list[Conversation]:
    """The conversations of a caller's channel, oldest first."""
    return _found(db, "where channel = ? order by at, id", channel)


def of_person(
    db: Database, subscriber: int | None, number: str, limit: int = 20
) -> list[Conversation]:
    """The last conversations of a subscriber, or of a number that is none's, newest first."""
    tail = "order by at desc, id desc limit ?"
    if subscriber is not None:
        return _found(db, f"where subscriber = ? {tail}", subscriber, limit)
    if not number:
        return []
    where = "where number = ? and number <> '' and subscriber is null"
    return _found(db, f"{where} {tail}", db.numbers.msisdn(number) or number, limit)


def set_paused(db: Database, channel: str, paused: bool) -> None:
    """The recording of a channel was paused, or goes on."""
    db.conn.execute(
        "update conversations set paused = ? where id ="
        " (select id from conversations where channel = ? order by at desc, id desc limit 1)",
        (paused, channel),
    )


def oldest(db: Database, limit: int, before: datetime | None = None) -> list[Conversation]:
    """The oldest conversations, or those of them before a time."""
    until = micros(before) if before else 2**62
    return _found(db, "where at < ? order by at, id limit ?", until, limit)


def count_before(db: Database, before: datetime) -> int:
    """How many conversations are older."""
    rows = db.conn.execute("select count(*) from conversations where at < ?", (micros(before),))
    return int(rows.fetchone()[0])


def known(db: Database, files: Collection[str]) -> set[str]:
    """Those of some files that belong to a conversation."""
    asked = "select file from conversations where file = ?"
    return {file for file in files if db.conn.execute(asked, (file,)).fetchone()}


def remove(db: Database, ids: Collection[int]) -> None:
    """Remove conversations whose files were removed."""
    db.conn.executemany("delete from conversations where id = ?", [(id,) for id in ids])


def _found(db: Database, tail: str, *values: object) -> list[Conversation]:
    rows = db.conn.execute(f"select {_COLUMNS} from conversations {tail}", values)
    return [
        Conversation(
            id=id,
            file=file,
            at=moment(at),
            channel=channel,
            call=call,
            agent=agent,
            queue=queue,
            number=number,
            subscriber=subscriber,
            paused=bool(paused),
        )
        for id, file, at, channel, call, agent, queue, number, subscriber, paused in rows
    ]
