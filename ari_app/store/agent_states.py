"""What agents did, and from when to when: one row for each span, that of now without an end."""

from collections.abc import Sequence

from ari_app.store.sqlite import Database, distinct
from ivr.acd.figures import Span

_COLUMNS = "id, agent, state, reason, since, until"


def put(db: Database, spans: Sequence[Span]) -> None:
    """Store spans as they are now; of one agent and one beginning there is one."""
    db.conn.executemany(
        "insert into agent_states (agent, state, reason, since, until) values (?, ?, ?, ?, ?)"
        " on conflict (agent, since) do update set state = excluded.state,"
        " reason = excluded.reason, until = excluded.until",
        [(one.agent, one.state, one.reason, one.since, one.until) for one in spans],
    )


def now(db: Database) -> list[Span]:
    """What agents do now, one span for each agent."""
    return _found(db, "where until is null order by agent, since")


def between(db: Database, since: int, until: int, agent: str | None = None) -> list[Span]:
    """The spans that reach into a time, by agent, the oldest first.

    The spans of an agent follow each other, so only the last one before ``since`` may reach in.
    """
    agents = [agent] if agent is not None else distinct(db, "agent_states", "agent")
    found: list[Span] = []
    for name in agents:
        found += _found(
            db,
            "where id = (select id from agent_states where agent = ? and since < ?"
            " order by since desc limit 1) and (until is null or until > ?)",
            *(name, since, since),
        )
        where = "where agent = ? and since >= ? and since < ? order by since"
        found += _found(db, where, name, since, until)
    return found


def _found(db: Database, tail: str, *values: object) -> list[Span]:
    rows = db.conn.execute(f"select {_COLUMNS} from agent_states {tail}", values)
    return [
        Span(id=id, agent=agent, state=state, reason=reason, since=since, until=until)
        for id, agent, state, reason, since, until in rows
    ]
