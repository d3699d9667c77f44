"""What is kept for a time only: how much of it is over, and a batch of it removed."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from ari_app.store.sqlite import Database
from ari_app.store.times import micros

Kind: TypeAlias = Literal["calls", "texts", "tries", "hearings", "cards", "acts", "views"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# The table of a kind, its key, and which rows are over.
_OVER: dict[Kind, tuple[str, str, str]] = {
    "calls": ("calls", "id", "began < :before and ended is not null"),
    "texts": ("outbox", "key", "created < :before and state <> 'waiting'"),
    "tries": ("code_word_tries", "id", "at < :before"),
    "hearings": ("announcement_hearings", "(announcement, call)", "at < :before"),
    "cards": ("cards", "id", "opened < :before and closed is not null"),
    "acts": ("acts", "key", "at < :before"),
    "views": ("views", "id", "at < :before"),
}

# What goes with the rows of a kind: its table, and what it calls them.
_PARTS: dict[Kind, tuple[tuple[str, str], ...]] = {
    "calls": (("steps", "call"),),
    "cards": (("card_texts", "card"),),
}


def count_expired(db: Database, kind: Kind, before: datetime) -> int:
    """How much of a kind was over at a moment."""
    table, _, over = _OVER[kind]
    asked = f"select count(*) from {table} where {over}"
    (count,) = db.conn.execute(asked, {"before": micros(before)}).fetchone()
    return int(count)


def remove_expired(db: Database, kind: Kind, before: datetime, limit: int) -> int:
    """Remove what was over at a moment, at most ``limit`` of it; returns how much that was."""
    table, key, over = _OVER[kind]
    columns = key.strip("()")
    given = {"before": micros(before), "limit": limit}
    where = f"{key} in (select {columns} from {table} where {over} limit :limit)"
    for part, of in _PARTS.get(kind, ()):
        db.conn.execute(
            f"delete from {part} where {of} in (select {columns} from {table} where {where})", given
        )
    if kind == "tries":  # only a try that is nobody's can be deleted
        db.conn.execute(
            f"update {table} set number = '', subscriber = null, why = '' where {where}", given
        )
    return db.conn.execute(f"delete from {table} where {where}", given).rowcount


def expired_recordings(db: Database, before: datetime) -> tuple[dict[str, int], list[str]]:
    """The recordings of complaints that are over, with the complaint of each; and all others.

    That of an open complaint is never over.
    """
    rows = db.conn.execute(
        "select file, id, state <> 'open' and at < ? from complaints where file <> ''",
        (micros(before),),
    ).fetchall()
    over = {file: id for file, id, is_over in rows if is_over}
    return over, [file for file, _, is_over in rows if not is_over]


def clear_recordings(db: Database, complaints: Collection[int]) -> None:
    """The recordings of complaints were removed."""
    db.conn.executemany(
        "update complaints set file = '' where id = ?", [(id,) for id in complaints]
    )
