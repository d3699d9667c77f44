"""Who takes part in rehearsals of flows: the demo operator's subscribers, out of no store."""

from datetime import UTC, datetime

from ari_app.demo.books import ledger
from ari_app.demo.operator import code_word, people
from ari_app.demo.settings import OPERATOR
from ari_app.demo.tickets import promised
from ari_app.sim.rehearsal import Cast
from ari_app.sim.run import Person
from ivr.numbers import NumberPlan

_ANY_TIME = datetime(2026, 3, 2, tzinfo=UTC)
"""Their numbers and names are the same at all times."""


def cast() -> Cast:
    """The demo operator's fifty subscribers."""
    return Cast(
        people=tuple(
            Person(one.msisdn, one.id, one.language, one.name) for one in people(_ANY_TIME)
        ),
        stranger="375170000000",
        numbers=NumberPlan.of(OPERATOR.country),
        brands=OPERATOR.brands,
        ledger=ledger,
        code_word=code_word,
        promised=promised,
    )
