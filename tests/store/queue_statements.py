"""What records queues and agents, as :mod:`tests.store.every_statement`."""

from collections.abc import Iterator

from ari_app.store import agent_states, places, quarters, queue_calls
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ivr.acd.figures import QUARTER, SECOND, Span, Stay, quarter
from tests.store.big_ids import AGENT, CALL, DAY, NEW, NOW, NUMBER, Use

_UNTIL = quarter(micros(NOW - DAY))


def stays_of_days(db: Database) -> object:
    return queue_calls.between(db, _UNTIL - 9 * 96 * QUARTER, _UNTIL, "support")


def unmatched_of_days(db: Database) -> object:
    return queue_calls.unmatched(db, _UNTIL - 9 * 96 * QUARTER, _UNTIL)


def outside_of_days(db: Database) -> object:
    return queue_calls.outside(db, _UNTIL - 9 * 96 * QUARTER, _UNTIL, SECOND)


def statistics() -> Iterator[tuple[str, Use]]:
    now, channel, since = micros(NOW), "1700000000.9", _UNTIL - QUARTER
    stay = Stay(channel=NEW, queue="support", number=NUMBER, joined=now)
    yield "queue_calls.put", lambda db: queue_calls.put(db, [stay])
    yield "queue_calls.unfinished", queue_calls.unfinished
    yield "queue_calls.by_id", lambda db: queue_calls.by_id(db, 9)
    yield "queue_calls.of_call", lambda db: queue_calls.of_call(db, CALL)
    yield "queue_calls.of_channel", lambda db: queue_calls.of_channel(db, channel)
    yield "queue_calls.of_number", lambda db: queue_calls.of_number(db, NUMBER)
    yield "queue_calls.set_how", lambda db: queue_calls.set_how(db, channel, "callback")
    span = Span(agent=AGENT, state="ready", since=now)
    yield "agent_states.put", lambda db: agent_states.put(db, [span])
    yield "agent_states.now", agent_states.now
    yield "agent_states.between", lambda db: agent_states.between(db, since, _UNTIL)
    yield "quarters.count", lambda db: quarters.count(db, since, lambda _: 20 * SECOND)
    yield "places.put", lambda db: places.put(db, "queue_log", "{}")
    yield "places.of", lambda db: places.of(db, "queue_log")
    yield "quarters.of_queues", lambda db: quarters.of_queues(db, since, _UNTIL)
    yield "quarters.arrivals", lambda db: quarters.arrivals(db, since, _UNTIL)
    yield "quarters.of_agents", lambda db: quarters.of_agents(db, since, _UNTIL, AGENT)
    yield "quarters.changed", lambda db: quarters.changed(db, since)
    yield "quarters.take_changed", quarters.take_changed
    yield "quarters.counted", lambda db: quarters.counted(db, since)
    yield "quarters.answered", lambda db: quarters.answered(db, since, _UNTIL)
    yield "queue_calls.answered_by", lambda db: queue_calls.answered_by(db, since)
    yield "quarters.last", quarters.last
