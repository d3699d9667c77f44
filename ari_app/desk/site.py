"""The settings of the site that the desk shows values by."""

from collections.abc import Mapping

from msgspec import Struct

from ivr.numbers import NumberPlan
from ivr.tickets import TicketPolicy
from ivr.values import OWN


class DeskSite(Struct, frozen=True, kw_only=True):
    """The site of a desk.

    ``zone`` is the time zone of the desk and of subscribers; ``wrapups`` are the queues' wrap-up
    times, in seconds; ``numbers`` is the plan by which numbers are shown; ``tickets`` has the
    departments and topics; ``currency`` is the ISO 4217 code of money that names none;
    ``billing``: whether there is a billing system to ask.
    """

    zone: str
    wrapups: Mapping[str, int]
    numbers: NumberPlan
    tickets: TicketPolicy
    currency: str = OWN
    billing: bool = True
