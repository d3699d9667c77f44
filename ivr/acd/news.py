"""What a caller who waits in a queue hears of the wait, and when."""

from collections.abc import Iterator
from math import ceil

from msgspec import Struct

from ivr.acd.estimate import Estimate
from ivr.values import Count, Phrase

NEXT, AHEAD = "queue-next", "queue-ahead"
SOON, AT_MOST, RANGE, LONGER = "wait-soon", "wait-at-most", "wait-range", "wait-longer"
OFFER = "queue-offer"
PROMPTS = (NEXT, AHEAD, SOON, AT_MOST, RANGE, LONGER, OFFER)
"""The prompts that are used."""

MINUTES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
"""The bounds of a range that is played; of a longer wait nothing is said."""


class LastNews(Struct, frozen=True):
    """What a caller heard last: after how many seconds of waiting, how many were ahead, and the
    range of the wait in minutes, (0, 0) if none was played yet."""

    waited: float
    ahead: int
    minutes: tuple[int, int] = (0, 0)


class News(Struct, frozen=True):
    """What a caller hears now, and what is known of it the next time."""

    phrases: tuple[Phrase, ...]
    last: LastNews


def is_due(last: LastNews | None, waited: float, first: float, every: float) -> bool:
    """Whether it is time for news to a caller who has waited for so many seconds."""
    return waited >= first if last is None else waited >= last.waited + every


def news(
    last: LastNews | None, waited: float, ahead: int, estimate: Estimate | None, *, offer: bool
) -> News:
    """What a caller hears: the place when it is better, the wait when it is shorter than they
    heard or when it became longer than that; and, at an ``offer``, the key that leaves."""
    before = last or LastNews(waited, ahead + 1)
    place = () if ahead >= before.ahead else (_place(ahead),)
    minutes = _minutes(estimate)
    wait = tuple(_wait(before.minutes, minutes)) if minutes else ()
    range = minutes if minutes and wait else before.minutes
    thanks = (Phrase(OFFER),) if offer else ()
    return News((*place, *wait, *thanks), LastNews(waited, min(ahead, before.ahead), range))


def _place(ahead: int) -> Phrase:
    return Phrase(AHEAD, {"ahead": Count(ahead)}) if ahead else Phrase(NEXT)


def _wait(before: tuple[int, int], minutes: tuple[int, int]) -> Iterator[Phrase]:
    """What is played of the wait after a range of minutes was, or none (0, 0)."""
    least, most = minutes
    if before[1] and least >= before[1]:
        yield Phrase(LONGER)
    elif before[1] and most >= before[1]:
        return
    if most == 1:
        yield Phrase(SOON)
    elif least == 0:
        yield Phrase(AT_MOST, {"most": Count(most)})
    else:
        yield Phrase(RANGE, {"least": Count(least), "most": Count(most)})


def _minutes(estimate: Estimate | None) -> tuple[int, int] | None:
    """The range in whole minutes that a caller hears; None for none."""
    if estimate is None or estimate.most > MINUTES[-1] * 60:
        return None
    most = next(each for each in MINUTES if each * 60 >= ceil(estimate.most))
    least = max((each for each in (0, *MINUTES) if each * 60 <= estimate.least), default=0)
    return (least, most) if least < most else (0, most)
