"""Why the caller calls: what is known, the best explanation first."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.acd.contact_reason import (
    ChosenTopic,
    Facts,
    LockedOut,
    LostInMenus,
    NodeVisit,
    OpenTicket,
    OperationFailed,
    OperationResult,
    Outage,
    Reason,
    RepeatContact,
    Ticket,
    contact_reasons,
    last_results,
    misses,
)
from ivr.engine import step
from ivr.events import Answered, Began, Keyed, Silent
from tests.ivr.conversation import begin, shipped
from tests.operators import DEMO_TICKETS

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRE = Outage("Пожар в кабельном канале.", NOW + 6 * HOUR)
LATE = Ticket(1, "technical", "internet", NOW - 30 * HOUR, NOW - 6 * HOUR)
DUE = Ticket(2, "finance", "money", NOW - HOUR, NOW + 23 * HOUR)
DOWN, REFUSED = (
    OperationResult("balance", "unavailable"),
    OperationResult("tariff-change", "too-little"),
)
NO_BALANCE = OperationFailed("balance", "unavailable", ours=True)
NO_CHANGE = OperationFailed("tariff-change", "too-little", ours=False)


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        (Facts(), ()),
        (Facts(topic="general"), ()),
        (Facts(topic="money"), (ChosenTopic("money"),)),
        (Facts(topic="management"), (ChosenTopic("management"),)),
        (Facts(outages=(FIRE,)), (FIRE,)),
        (Facts(topic="internet", outages=(FIRE,)), (FIRE, ChosenTopic("internet"))),
        (Facts(topic="money", outages=(FIRE,)), (ChosenTopic("money"), FIRE)),
        (Facts(topic="late-ticket", tickets=(LATE,)), (OpenTicket(LATE, late=True),)),
        (
            Facts(topic="money", tickets=(LATE, DUE)),
            (OpenTicket(LATE, late=True), OpenTicket(DUE, late=False), ChosenTopic("money")),
        ),
        (
            Facts(topic="tariff", tickets=(DUE,)),
            (ChosenTopic("tariff"), OpenTicket(DUE, late=False)),
        ),
        (Facts(topic="ticket", tickets=(DUE,)), (OpenTicket(DUE, late=False),)),
        (
            Facts(topic="complaint", tickets=(DUE,)),
            (OpenTicket(DUE, late=False), ChosenTopic("complaint")),
        ),
        (Facts(topic="money", contacts=1), (ChosenTopic("money"), RepeatContact(2))),
        (Facts(topic="money", contacts=2), (RepeatContact(3), ChosenTopic("money"))),
        (
            Facts(topic="tariff", results=(REFUSED, DOWN, OperationResult("tariff", "ok"))),
            (NO_BALANCE, NO_CHANGE, ChosenTopic("tariff")),
        ),
        (Facts(locked_until=NOW + HOUR), (LockedOut(NOW + HOUR),)),
        (Facts(locked_until=NOW), ()),
        (Facts(misses=2), ()),
        (Facts(misses=3), (LostInMenus(3),)),
        (
            Facts(
                topic="internet",
                results=(DOWN, REFUSED),
                misses=4,
                outages=(FIRE,),
                tickets=(LATE, DUE),
                contacts=2,
                locked_until=NOW + HOUR,
            ),
            (
                OpenTicket(LATE, late=True),
                FIRE,
                RepeatContact(3),
                NO_BALANCE,
                LockedOut(NOW + HOUR),
                NO_CHANGE,
                ChosenTopic("internet"),
                OpenTicket(DUE, late=False),
                LostInMenus(4),
            ),
        ),
    ],
)
def test_what_explains_best_comes_first(facts: Facts, reasons: tuple[Reason, ...]) -> None:
    assert contact_reasons(facts, DEMO_TICKETS, NOW) == reasons


def test_what_was_done_and_missed_is_read_from_the_way_of_a_call() -> None:
    book = shipped()
    session, path = begin(book, "611", 7, "ru"), []
    events = (
        *(Began(), Answered("ok"), Answered("usual"), Answered("none"), Answered("none")),
        *(Silent(), Keyed("1"), Answered("unavailable")),
        *(Keyed("1"), Answered("unavailable"), Keyed("3"), Answered("none"), Keyed("88")),
    )
    for event in events:
        turn = step(book, session, event)
        session = turn.session
        path += [NodeVisit(one.flow, one.node, one.outcome, one.way) for one in turn.steps]
    assert last_results(book, path) == (
        OperationResult("services", "none"),
        OperationResult("bill", "unavailable"),
        OperationResult("balance", "unavailable"),
        OperationResult("ticket", "none"),
        OperationResult("situation", "usual"),
        OperationResult("billing", "ok"),
    )
    assert misses(path) == 2


def test_what_menus_ask_for_themselves_is_no_reason_of_the_caller() -> None:
    results = (OperationResult("situation", "debt"), OperationResult("billing", "unavailable"))
    assert contact_reasons(Facts(results=results), DEMO_TICKETS, NOW) == ()


def test_what_was_not_asked_was_not_done() -> None:
    path = [
        NodeVisit("611", "ticket", "late", "late"),
        NodeVisit("611", "no-such", "ok", "ok"),
        NodeVisit("no-such", "ticket", "ok", "ok"),
        NodeVisit("word", "change", "identify", "identify"),
        NodeVisit("money", "balance", "gone", "hung-up"),
        NodeVisit("money", "choose", "3", "3"),
    ]
    assert last_results(shipped(), path) == (OperationResult("ticket", "late"),)


def test_an_operation_that_went_well_at_last_did_not_fail() -> None:
    path = [NodeVisit("money", "balance", outcome, outcome) for outcome in ("unavailable", "ok")]
    assert last_results(shipped(), path) == (OperationResult("balance", "ok"),)
