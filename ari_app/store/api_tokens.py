"""The tokens by which other systems ask the API; only their digests are stored."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.secret import Secret

PREFIX = "fl_"
"""What every token begins with, so that scanners of repositories find one that was published."""

_USED = timedelta(minutes=1)
"""How exactly it is known when a token was last used."""
_COLUMNS = "id, name, scopes, created, expires, used, author"


class ApiToken(Struct, frozen=True):
    """A token: ``scopes`` are what it may do, ``expires`` until when, None for ever; ``used`` is
    when it was last used, to the minute; ``author`` made it."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None
    used: datetime | None
    author: str


def make() -> Secret:
    """A new token: 256 bits of chance, so that its digest needs no salt and no slow hash."""
    return Secret(PREFIX + secrets.token_urlsafe(32))


def add(
    db: Database,
    token: Secret,
    name: str,
    scopes: Sequence[str],
    by: str,
    at: datetime,
    expires: datetime | None = None,
) -> bool:
    """Store a token that was made; False if the name is taken."""
    added = db.conn.execute(
        "insert into api_tokens (name, digest, scopes, created, expires, author)"
        " values (?, ?, ?, ?, ?, ?) on conflict (name) do nothing",
        (
            *(name, _digest(token.reveal()), " ".join(scopes), micros(at)),
            *(expires and micros(expires), by),
        ),
    )
    return added.rowcount == 1


def listed(db: Database) -> list[ApiToken]:
    """All tokens, in the order of their names."""
    return _tokens(db, "order by name")


def remove(db: Database, name: str) -> bool:
    """Revoke a token; False if there is none of this name."""
    return db.conn.execute("delete from api_tokens where name = ?", (name,)).rowcount == 1


def of_secret(db: Database, given: str, at: datetime) -> ApiToken | None:
    """The token that somebody shows, if it is one and has not expired."""
    tail = "where digest = ? and (expires is null or expires > ?)"
    return next(iter(_tokens(db, tail, _digest(given), micros(at))), None)


def use(db: Database, one: ApiToken, at: datetime) -> None:
    """Note that it was used."""
    db.conn.execute("update api_tokens set used = ? where id = ?", (micros(at), one.id))


def to_note(one: ApiToken, at: datetime) -> bool:
    """Whether its use is worth a note: the last one is a while ago."""
    return one.used is None or at - one.used > _USED


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def _tokens(db: Database, tail: str, *values: object) -> list[ApiToken]:
    rows = db.conn.execute(f"select {_COLUMNS} from api_tokens {tail}", values)
    return [
        ApiToken(
            id,
            name,
            tuple(scopes.split()),
            moment(created),
            None if expires is None else moment(expires),
            None if used is None else moment(used),
            author,
        )
        for id, name, scopes, created, expires, used, author in rows
    ]
