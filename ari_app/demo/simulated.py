"""The demo operator as simulated calls see it: its subscribers and billing, without a store."""

from datetime import UTC, datetime
from functools import lru_cache

from ari_app.demo.books import ledger
from ari_app.demo.operator import code_word, people
from ari_app.demo.settings import OPERATOR
from ari_app.demo.tickets import promised
from ari_app.sim.run import Person
from ari_app.sim.simulation import SimulatedOperator
from ivr.numbers import NumberPlan

_ANY_TIME = datetime(2026, 3, 2, tzinfo=UTC)
"""Any time does: their numbers and names are always the same."""

MOMENTS = 8
"""Of so many moments the ledger is kept: most calls of a run are at the same one, and it never
changes."""


def simulated_operator() -> SimulatedOperator:
    """The demo operator's fifty subscribers."""
    return SimulatedOperator(
        people=tuple(
            Person(one.msisdn, one.id, one.language, one.name, one.area)
            for one in people(_ANY_TIME)
        ),
        stranger="375170000000",
        numbers=NumberPlan.of(OPERATOR.country),
        brands=OPERATOR.brands,
        ledger=lru_cache(MOMENTS)(ledger),
        code_word=code_word,
        promised=promised,
        words=OPERATOR.said.words,
    )
