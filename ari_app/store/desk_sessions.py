"""Desk sessions of agents. Only a hash of the cookie's token is stored."""

from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

_COLUMNS = "token, agent, csrf, created, rotated, seen, expires"


class Session(Struct, frozen=True):
    """A browser in which an agent signed in: ``token_hash`` is the SHA-256 of its cookie in hex,
    ``csrf`` the token of its forms; ``rotated`` is when it last got a new cookie, ``seen`` when it
    was last used."""

    token_hash: str
    agent: str
    csrf: str
    created: datetime
    rotated: datetime
    seen: datetime
    expires: datetime


def add(db: Database, session: Session) -> None:
    """Store a session; a token that exists is a ``sqlite3.IntegrityError``."""
    times = (session.created, session.rotated, session.seen, session.expires)
    db.conn.execute(
        f"insert into desk_sessions ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",
        (session.token_hash, session.agent, session.csrf, *map(micros, times)),
    )


def find(db: Database, token_hash: str, now: datetime) -> Session | None:
    """The session of a cookie, None if there is none or it has expired."""
    return next(iter(_sessions(db, "token", token_hash, now)), None)


def of_agent(db: Database, agent: str, now: datetime) -> list[Session]:
    """All browsers in which an agent is signed in."""
    return _sessions(db, "agent", agent, now)


def touch(db: Database, token_hash: str, seen: datetime, expires: datetime) -> bool:
    """Prolong a session that was used; False if there is no such session."""
    done = db.conn.execute(
        "update desk_sessions set seen = ?, expires = ? where token = ?",
        (micros(seen), micros(expires), token_hash),
    )
    return done.rowcount == 1


def rotate(db: Database, token_hash: str, new_hash: str, at: datetime) -> bool:
    """Replace the cookie of a session; False if there is none."""
    done = db.conn.execute(
        "update desk_sessions set token = ?, rotated = ? where token = ?",
        (new_hash, micros(at), token_hash),
    )
    return done.rowcount == 1


def end(db: Database, token_hash: str) -> bool:
    """Sign out of one browser; False if there is no such session."""
    gone = db.conn.execute("delete from desk_sessions where token = ?", (token_hash,))
    return gone.rowcount == 1


def end_all(db: Database, agent: str) -> int:
    """Sign an agent out everywhere; returns of how many browsers."""
    return db.conn.execute("delete from desk_sessions where agent = ?", (agent,)).rowcount


def remove_expired(db: Database, now: datetime) -> int:
    """Remove expired sessions; returns how many."""
    return db.conn.execute("delete from desk_sessions where expires <= ?", (micros(now),)).rowcount


def _sessions(db: Database, column: str, value: str, now: datetime) -> list[Session]:
    rows = db.conn.execute(
        f"select {_COLUMNS} from desk_sessions where {column} = ? and expires > ?",
        (value, micros(now)),
    )
    return [Session(*row[:3], *map(moment, row[3:])) for row in rows]
