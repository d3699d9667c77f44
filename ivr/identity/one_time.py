"""One-time codes, which are sent as a text: how long they last, and how often they are sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

DIGITS = 6
"""How many digits a code has."""

LASTS = timedelta(minutes=5)
"""For how long a code is accepted."""

TRIES = 3
"""How many times a code may be tried."""


class Rate(Struct, frozen=True):
    """At most ``most`` within a time."""

    most: int
    within: timedelta


TO_SUBSCRIBER = (Rate(3, timedelta(hours=1)), Rate(6, timedelta(days=1)))
"""Codes that are sent to one number, from any phone, and as many from browsers and phones that show
no number: it is not flooded with texts."""

FROM_NUMBER = (Rate(5, timedelta(hours=1)), Rate(10, timedelta(days=1)))
"""Codes that one calling number asks for, to any numbers."""

IN_CALL = 2
"""Codes in one call: the first one, and one more for a text that did not come."""

LONGEST = max(rate.within for rate in (*TO_SUBSCRIBER, *FROM_NUMBER))
"""How far back codes count."""


def exceeded(rates: Sequence[Rate], sent: Sequence[datetime], at: datetime) -> bool:
    """Whether one more at a moment would be too many after those ``sent`` before."""
    return any(sum(one > at - rate.within for one in sent) >= rate.most for rate in rates)
