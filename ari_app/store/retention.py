"""Retention: count the records that have expired, and remove them in batches."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from ari_app.store.sqlite import Database
from ari_app.store.times import micros

Kind: TypeAlias = Literal[
    "calls",
    "texts",
    "tries",
    "hearings",
    "cards",
    "acts",
    "views",
    "events",
    "campaigns",
    "stays",
    "states",
    "work",
    "scores",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

# The table of a kind, its key, and which rows are over.
_EXPIRED: dict[Kind, tuple[str, str, str]] = {
    "calls": ("calls", "id", "began < :before and ended is not null"),
    "texts": ("outbox", "key", "created < :before and state <> 'waiting'"),
    "tries": ("code_word_tries", "id", "at < :before"),
    "hearings": ("announcement_hearings", "(announcement, call)", "at < :before"),
    "cards": ("cards", "id", "opened < :before and closed is not null"),
    "acts": ("acts", "key", "at < :before"),
    "views": ("views", "id", "at < :before"),
    "campaigns": (
        "campaign_targets",
        "(campaign, number)",
        "campaign in (select id from campaigns where created < :before"
        " and state in ('ended', 'cancelled')) and state <> 'calling'",
    ),
    "stays": ("queue_calls", "id", "joined < :before and left is not null"),
    "states": ("agent_states", "id", "since < :before and until is not null"),
    "work": ("agent_quarters", "(at, agent, state, reason)", "at < :before"),
    "scores": ("scores", "id", "called < :before"),
    "events": ("webhook_events", "seq", "at < :before"),
}

# What is removed with the rows of a kind: its table and its reference.
_PARTS: dict[Kind, tuple[tuple[str, str], ...]] = {
    "calls": (
        ("steps", "call"),
        ("surveys", "call"),
        ("survey_answers", "call"),
        ("tapes", "call"),
        ("canary_calls", "call"),
    ),
    "cards": (("card_texts", "card"),),
    "scores": (("score_answers", "score"),),
    "events": (("webhook_deliveries", "seq"),),
}


# Before the first number of a campaign is removed, what became of all stays as counts.
_COUNTED = """
    update campaigns set counts = (
        select json_group_object(state, many) from (
            select state, count(*) as many from campaign_targets
            where campaign = campaigns.id group by state
        ) as counted
    )
    where created < :before and state in ('ended', 'cancelled') and counts = ''
"""


def count_expired(db: Database, kind: Kind, before: datetime) -> int:
    """How many records of a kind are older than ``before``."""
    table, _, over = _EXPIRED[kind]
    asked = f"select count(*) from {table} where {over}"
    (count,) = db.conn.execute(asked, {"before": micros(before)}).fetchone()
    return int(count)


def remove_expired(db: Database, kind: Kind, before: datetime, limit: int) -> int:
    """Remove records older than ``before``, at most ``limit``; returns how many."""
    table, key, over = _EXPIRED[kind]
    columns = key.strip("()")
    given = {"before": micros(before), "limit": limit}
    where = f"{key} in (select {columns} from {table} where {over} limit :limit)"
    for part, of in _PARTS.get(kind, ()):
        db.conn.execute(
            f"delete from {part} where {of} in (select {columns} from {table} where {where})", given
        )
    if kind == "campaigns":
        db.conn.execute(_COUNTED, given)
    if kind == "tries":  # only an anonymous attempt can be deleted
        db.conn.execute(
            f"update {table} set number = '', subscriber = null, why = '' where {where}", given
        )
    return db.conn.execute(f"delete from {table} where {where}", given).rowcount


def expired_recordings(db: Database, before: datetime) -> tuple[dict[str, int], list[str]]:
    """The expired recordings of complaints, with the complaint of each; and all others.

    The recording of an open complaint never expires.
    """
    rows = db.conn.execute(
        "select file, id, state <> 'open' and at < ? from complaints where file <> ''",
        (micros(before),),
    ).fetchall()
    over = {file: id for file, id, is_over in rows if is_over}
    return over, [file for file, _, is_over in rows if not is_over]


def clear_recordings(db: Database, complaints: Collection[int]) -> None:
    """Complaints whose recordings were removed."""
    db.conn.executemany(
        "update complaints set file = '' where id = ?", [(id,) for id in complaints]
    )
