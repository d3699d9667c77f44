"""Why he calls: what is known, in the order of what explains it best."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.acd.contact_reason import (
    Did,
    Facts,
    Failed,
    LockedOut,
    Lost,
    Outage,
    Owed,
    Passed,
    Reason,
    Repeated,
    Ticket,
    Wants,
    did,
    misses,
    why,
)
from ivr.engine import step
from ivr.events import Answered, Began, Keyed, Silent
from tests.ivr.conversation import begin, shipped

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRE = Outage("Пожар в кабельном канале.", NOW + 6 * HOUR)
LATE = Ticket(1, "technical", "internet", NOW - 30 * HOUR, NOW - 6 * HOUR)
DUE = Ticket(2, "finance", "money", NOW - HOUR, NOW + 23 * HOUR)
DOWN, REFUSED = Did("balance", "unavailable"), Did("tariff-change", "too-little")
NO_BALANCE = Failed("balance", "unavailable", ours=True)
NO_CHANGE = Failed("tariff-change", "too-little", ours=False)


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        (Facts(), ()),
        (Facts(topic="general"), ()),
        (Facts(topic="money"), (Wants("money"),)),
        (Facts(topic="management"), (Wants("management"),)),
        (Facts(outages=(FIRE,)), (FIRE,)),
        (Facts(topic="internet", outages=(FIRE,)), (FIRE, Wants("internet"))),
        (Facts(topic="money", outages=(FIRE,)), (Wants("money"), FIRE)),
        (Facts(topic="late-ticket", tickets=(LATE,)), (Owed(LATE, late=True),)),
        (
            Facts(topic="money", tickets=(LATE, DUE)),
            (Owed(LATE, late=True), Owed(DUE, late=False), Wants("money")),
        ),
        (Facts(topic="tariff", tickets=(DUE,)), (Wants("tariff"), Owed(DUE, late=False))),
        (Facts(topic="ticket", tickets=(DUE,)), (Owed(DUE, late=False),)),
        (Facts(topic="complaint", tickets=(DUE,)), (Owed(DUE, late=False), Wants("complaint"))),
        (Facts(topic="money", contacts=1), (Wants("money"), Repeated(2))),
        (Facts(topic="money", contacts=2), (Repeated(3), Wants("money"))),
        (
            Facts(topic="tariff", did=(REFUSED, DOWN, Did("tariff", "ok"))),
            (NO_BALANCE, NO_CHANGE, Wants("tariff")),
        ),
        (Facts(locked_until=NOW + HOUR), (LockedOut(NOW + HOUR),)),
        (Facts(locked_until=NOW), ()),
        (Facts(misses=2), ()),
        (Facts(misses=3), (Lost(3),)),
        (
            Facts(
                topic="internet",
                did=(DOWN, REFUSED),
                misses=4,
                outages=(FIRE,),
                tickets=(LATE, DUE),
                contacts=2,
                locked_until=NOW + HOUR,
            ),
            (
                Owed(LATE, late=True),
                FIRE,
                Repeated(3),
                NO_BALANCE,
                LockedOut(NOW + HOUR),
                NO_CHANGE,
                Wants("internet"),
                Owed(DUE, late=False),
                Lost(4),
            ),
        ),
    ],
)
def test_what_explains_best_comes_first(facts: Facts, reasons: tuple[Reason, ...]) -> None:
    assert why(facts, NOW) == reasons


def test_what_was_done_and_missed_is_read_from_the_way_of_a_call() -> None:
    book = shipped()
    session, path = begin(book, "611", 7, "ru"), []
    events = (
        *(Began(), Answered("none"), Answered("none")),
        *(Silent(), Keyed("1"), Answered("unavailable")),
        *(Keyed("1"), Answered("unavailable"), Keyed("3"), Answered("none"), Keyed("88")),
    )
    for event in events:
        turn = step(book, session, event)
        session = turn.session
        path += [Passed(one.flow, one.node, one.outcome, one.way) for one in turn.steps]
    assert did(book, path) == (
        Did("services", "none"),
        Did("bill", "unavailable"),
        Did("balance", "unavailable"),
        Did("ticket", "none"),
    )
    assert misses(path) == 2


def test_what_was_not_asked_was_not_done() -> None:
    path = [
        Passed("611", "ticket", "late", "late"),
        Passed("611", "no-such", "ok", "ok"),
        Passed("no-such", "ticket", "ok", "ok"),
        Passed("word", "change", "identify", "identify"),
        Passed("money", "balance", "gone", "hung-up"),
        Passed("money", "choose", "3", "3"),
    ]
    assert did(shipped(), path) == (Did("ticket", "late"),)


def test_an_operation_that_went_well_at_last_did_not_fail() -> None:
    path = [Passed("money", "balance", outcome, outcome) for outcome in ("unavailable", "ok")]
    assert did(shipped(), path) == (Did("balance", "ok"),)
