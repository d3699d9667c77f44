"""The operators whose installations the tests are of."""

from ari_app.demo.settings import OPERATOR, TICKETS
from ivr.numbers import NumberPlan

BELARUS = NumberPlan.of("BY")
"""The plan of the demo operator."""

DEMO = OPERATOR.said
"""What texts say of the demo operator."""

BRANDS = OPERATOR.brands

DEMO_TICKETS = TICKETS
"""The departments and topics of the demo operator."""
