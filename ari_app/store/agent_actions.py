"""What agents did for subscribers with an operation of self-service, for whoever asks later."""

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
    """An act of an agent: with which ``inputs`` (never a secret) and for which ``reason`` he did
    it, how well the caller was known, and what came of it: ``""`` while that is not known. How it
    stood with the account ``before`` and ``after``, as far as that is known."""

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


def begin(db: Database, act: AgentAction) -> AgentAction:
    """Write an act down before it is tried, and return it; the same key twice is the same act,
    which is returned as it was begun, with what came of it."""
    db.conn.execute(
        f"insert into acts ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict (key) do nothing",
        (
            *(act.key, micros(act.at), act.agent, act.subscriber, act.call, act.card),
            *(act.operation, _written(act.inputs), act.reason),
            *(act.identity, act.outcome, _written(act.before), _written(act.after)),
        ),
    )
    (kept,) = _acts(db, "where key = ?", act.key)
    return kept


def finish(db: Database, key: str, outcome: str, after: Mapping[str, str] | None = None) -> bool:
    """Write down what came of an act; False if that is known already, or there is no such act."""
    done = db.conn.execute(
        "update acts set outcome = ?, after = ? where key = ? and outcome = ''",
        (outcome, _written(after or {}), key),
    )
    return done.rowcount == 1


def recent(
    db: Database, limit: int = 50, *, subscriber: int | None = None, agent: str | None = None
) -> list[AgentAction]:
    """The last acts, the newest first: all, or those for a subscriber, or of an agent, or both."""
    given = {"subscriber = ?": subscriber, "agent = ?": agent}
    where = " and ".join(sql for sql, value in given.items() if value is not None) or "true"
    values = [value for value in given.values() if value is not None]
    return _acts(db, f"where {where} order by at desc, rowid desc limit ?", *values, limit)


def of_card(db: Database, card: str) -> list[AgentAction]:
    """What was done from a card, the oldest first."""
    return _acts(db, "where card = ? and card <> '' order by at, rowid", card)


def _acts(db: Database, tail: str, *values: object) -> list[AgentAction]:
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
