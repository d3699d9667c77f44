"""Audit: what people changed by hand in what callers meet, and who did it."""

from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, Literal, ParamSpec, TypeAlias, TypeVar

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

P = ParamSpec("P")
T = TypeVar("T")

Place = Literal["command", "desk"]

What: TypeAlias = Literal[
    "hours force open",
    "hours force closed",
    "hours free",
    "announce add",
    "announce extend",
    "announce cancel",
    "callbacks done",
    "complaints close",
    "tasks add",
    "tasks done",
    "agents add",
    "agents password",
    "agents phone",
    "agents queues",
    "agents role",
    "agents sign-out",
    "agents remove",
    "agents suspend",
    "agents resume",
    "agents second-factor",
    "flows reload",
    "flows rollback",
    "tokens add",
    "tokens revoke",
    "campaigns add",
    "campaigns",
    "campaigns refuse",
    "campaigns allow",
    "subscribers goes-to",
]
"""What is changed: the command that does it; the desk has a text for each."""


class Change(Struct, frozen=True):
    """One change: who made it and when, ``what`` such as "hours free", of which ``subject``, and
    in ``detail`` how. ``place``: by a command, or at the desk."""

    at: datetime
    who: str
    what: What
    subject: str
    detail: str = ""
    place: Place = "command"


def made(
    db: Database,
    change: Change,
    make: Callable[Concatenate[Database, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Make a change and record it, in one transaction; what returns False changed nothing."""
    result = make(db, *args, **kwargs)
    if result is not False:
        record(db, change)
    return result


def record(db: Database, change: Change) -> None:
    """Record a change."""
    db.conn.execute(
        "insert into changes (at, who, what, subject, detail, place) values (?, ?, ?, ?, ?, ?)",
        (micros(change.at), change.who, change.what, change.subject, change.detail, change.place),
    )


def recent(db: Database, limit: int, who: str | None = None) -> list[Change]:
    """The last changes, of one person or of all, the newest first."""
    mine, args = ("where who = ? ", (who,)) if who else ("", ())
    rows = db.conn.execute(
        f"select at, who, what, subject, detail, place from changes {mine}"
        "order by at desc, id desc limit ?",
        (*args, limit),
    )
    return [Change(moment(at), *rest) for at, *rest in rows]
