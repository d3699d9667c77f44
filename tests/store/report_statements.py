"""What reports read, as :mod:`tests.store.every_statement`: the calls of a period, whole."""

from collections.abc import Iterator, Mapping

from ari_app.store import (
    canaries,
    conversations,
    history,
    menu_report,
    quarters,
    queue_report,
    survey_report,
    tapes,
)
from ari_app.store.canaries import CallOnCanary, Canary
from ari_app.store.queue_report import Rules
from ari_app.store.tapes import CallTaped
from ari_app.store.times import micros
from ivr.acd.chosen import Chosen
from ivr.acd.figures import SECOND
from ivr.session import Caller, Session
from ivr.tape import Tape
from tests.store.big_ids import CALL, CARD, DAY, NEW, NOW, Use

_SPAN = micros(NOW - 30 * DAY), micros(NOW)
_RULES = Rules("Europe/Minsk", lambda _: 30 * SECOND)
_ALL = Chosen(since=_SPAN[0], until=_SPAN[1])
_CANARY = Canary(began=NOW - DAY, by="me", share=10, until=NOW, before=1, tried=2)
_WHY = "a report reads the calls of a period"


def of_periods() -> Mapping[str, tuple[str, Use]]:
    named: Mapping[str, Use] = {
        "tapes.ended": lambda db: tapes.ended(db, NOW - DAY, "", 200),
        "canaries.figures": lambda db: canaries.figures(db, _CANARY),
        "canaries.both_sides": lambda db: canaries.both_sides(db, _CANARY),
        "queue_report.sums": lambda db: queue_report.sums(db, _ALL, "day", _RULES),
        "queue_report.contacts": lambda db: queue_report.contacts(db, _ALL, "queue", _RULES),
        "queue_report.stays": lambda db: queue_report.stays(db, _ALL, _RULES, 100),
        "queue_report.percentile": lambda db: queue_report.percentile(db, _ALL, _RULES, "pop"),
        "survey_report.surveyed": lambda db: survey_report.surveyed(db, _ALL, "agent", _RULES),
        "menu_report.fill": lambda db: menu_report.fill(db, _SPAN[1]),
        "menu_report.containment": lambda db: menu_report.containment(db, *_SPAN),
        "menu_report.funnel": lambda db: menu_report.funnel(db, *_SPAN, "611"),
        "menu_report.flows": lambda db: menu_report.flows(db, *_SPAN),
        "menu_report.gone_at": lambda db: menu_report.gone_at(db, *_SPAN, "611", "node1", 100),
    }
    return {name: (_WHY, use) for name, use in named.items()}


def of_agents_and_calls() -> Iterator[tuple[str, Use]]:
    start = Session(id=NEW, dialled="1", caller=Caller(""), language="ru", flow="1", node="a")
    taped = CallTaped(NEW, NOW, Tape(start=start, turns=()))
    yield "canaries.add", lambda db: canaries.add(db, _CANARY)
    yield "canaries.finish", lambda db: canaries.finish(db, 1, NOW, "whole", "", "me")
    yield "canaries.running", canaries.running
    yield "canaries.listed", canaries.listed
    yield "canaries.between", lambda db: canaries.between(db, 0, 2**62)
    yield "canaries.put", lambda db: canaries.put(db, (CallOnCanary(NEW, NOW, 1),))
    yield "tapes.put", lambda db: tapes.put(db, (taped,))
    yield "tapes.of_call", lambda db: tapes.of_call(db, CALL)
    yield "quarters.spent_between", lambda db: quarters.spent_between(db, *_SPAN)
    yield "history.of_card", lambda db: history.of_card(db, CARD)
    yield "conversations.of_channel", lambda db: conversations.of_channel(db, "1700000000.9")
