"""Calls without an end whose application died: taken by another one, or closed as lost."""

from collections.abc import Collection, Iterable

from ari_app.store import calls, checkpoints
from ari_app.store.lines import listed
from ari_app.store.sqlite import Database
from ari_app.store.workers import LEFT


def close_lost(
    db: Database,
    alive: Collection[str] = (),
    lines: Collection[str] = (),
    owner: int = 0,
) -> list[str]:
    """End the unfinished calls that are not ``alive`` as ``LOST``; returns their ids.

    Of calls over these ``lines`` alone, if any are named, and of those that are left to the worker
    ``owner``, if the database is shared. For the start after a crash. A lost call ends
    with its last known step, in the past: that is all that is known of it.
    """
    lost = [id for id in left(db, lines, owner) if id not in alive]
    db.conn.executemany(
        "update calls set ending = ?, cause = 0, ended ="
        " max(began, coalesce((select max(at) from steps where call = calls.id), began))"
        " where id = ?",
        [(calls.LOST, call) for call in lost],
    )
    checkpoints.forget(db, lost)
    return lost


def left(db: Database, lines: Collection[str] = (), owner: int = 0) -> list[str]:
    """The unfinished calls over some lines, or any; of those that are left to the worker
    ``owner``, if the database is shared."""
    if not owner:
        return [
            call.began.call
            for call in calls.unfinished(db)
            if not lines or call.began.line in lines
        ]
    rows = db.conn.execute(
        f"select id from calls where ended is null and line in {listed(*lines)} and {LEFT}"
        " order by +began, id",
        (owner,),
    )
    return [id for (id,) in rows]


def own(db: Database, ids: Iterable[str], owner: int) -> None:
    """A worker goes on with calls: from now on no other one writes to them."""
    db.conn.executemany("update calls set owner = ? where id = ?", [(owner, id) for id in ids])


def owner(db: Database, call: str) -> int:
    """The worker that serves a call; 0 if it is no one's, or not stored yet."""
    row = db.conn.execute("select owner from calls where id = ?", (call,)).fetchone()
    return 0 if row is None else int(row[0])
