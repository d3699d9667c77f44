"""Audit: what agents did for subscribers with operations of self-service."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, json

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.terms import Need

_COLUMNS = (
    "key, at, agent, subscriber, call, card, operation, inputs, reason, identity, outcome, before,"
    " after"
)


class AgentAction(Struct, frozen=True, kw_only=True):
    """One action of an agent: its ``inputs`` (never a secret), the ``reason`` given, how the
    caller was identified, and the ``outcome``, ``""`` while it is unknown; the state of the
    account ``before`` and ``after``, as far as it is known."""

    key: str
    at: datetime
    agent: str
    subscriber: int | None
    call: str = ""
    card: str = ""
    operation: str
    inputs: Mapping[str, str] = {}
    reason: str = ""
    identity: Need = "none"
    outcome: str = ""
    before: Mapping[str, str] = {}
    after: Mapping[str, str] = {}


def begin(db: Database, action: AgentAction) -> AgentAction:
    """Store an action before it is tried, and return it. The same key twice is the same action,
    which is returned as it was first stored, with its outcome."""
    db.conn.execute(
        f"insert into acts ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict (key) do nothing",
        (
            *(action.key, micros(action.at), action.agent, action.subscriber),
            *(action.call, action.card, action.operation, _written(action.inputs), action.reason),
            *(action.identity, action.outcome, _written(action.before), _written(action.after)),
        ),
    )
    (kept,) = _actions(db, "where key = ?", action.key)
    return kept


def finish(db: Database, key: str, outcome: str, after: Mapping[str, str] | None = None) -> bool:
    """Store the outcome of an action; False if it has one, or there is no such action."""
    done = db.conn.execute(
        "update acts set outcome = ?, after = ? where key = ? and outcome = ''",
        (outcome, _written(after or {}), key),
    )
    return done.rowcount == 1


def recent(
    db: Database, limit: int = 50, *, subscriber: int | None = None, agent: str | None = None
) -> list[AgentAction]:
    """The last actions, the newest first: all, or for a subscriber, or of an agent, or both."""
    given = {"subscriber = ?": subscriber, "agent = ?": agent}
    where = " and ".join(sql for sql, value in given.items() if value is not None) or "true"
    values = [value for value in given.values() if value is not None]
    return _actions(db, f"where {where} order by at desc, rowid desc limit ?", *values, limit)


def of_card(db: Database, card: str) -> list[AgentAction]:
    """What was done from a card, the oldest first."""
    return _actions(db, "where card = ? and card <> '' order by at, rowid", card)


def _actions(db: Database, tail: str, *values: object) -> list[AgentAction]:
    rows = db.conn.execute(f"select {_COLUMNS} from acts {tail}", values)
    return [
        AgentAction(
            key=key,
            at=moment(at),
            agent=agent,
            subscriber=subscriber,
            call=call,
            card=card,
            operation=operation,
            inputs=_read(inputs),
            reason=reason,
            identity=identity,
            outcome=outcome,
            before=_read(before),
            after=_read(after),
        )
        for (
            key, at, agent, subscriber, call, card, operation, inputs, reason, identity, outcome,
            before, after,
        ) in rows
    ]  # fmt: skip


def _written(values: Mapping[str, str]) -> str:
    return json.encode(values).decode()


def _read(written: str) -> dict[str, str]:
    return json.decode(written, type=dict[str, str])
