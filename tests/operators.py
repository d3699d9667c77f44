"""The operators whose installations the tests are of."""

from msgspec.structs import replace

from ari_app.demo.settings import OPERATOR, TICKETS
from ivr.numbers import NumberPlan
from tests.spoken import IN_MENUS

BELARUS = NumberPlan.of("BY")
"""The plan of the demo operator."""

DEMO = replace(OPERATOR.said, languages=IN_MENUS)
"""What texts say of the demo operator."""

BRANDS = OPERATOR.brands

DEMO_TICKETS = TICKETS
"""The departments and topics of the demo operator."""
