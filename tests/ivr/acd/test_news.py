"""What a caller who waits hears, and when."""

import pytest

from ivr.acd.estimate import Estimate
from ivr.acd.news import LastNews, is_due, news


def said(
    last: LastNews | None, ahead: int, estimate: Estimate | None, *, offer: bool = False
) -> str:
    found = news(last, 20.0, ahead, estimate, offer=offer)
    return " ".join(
        one.prompt + "".join(f" {value.number}" for value in one.values.values())  # type: ignore[union-attr]
        for one in found.phrases
    )


def minutes(least: float, most: float) -> Estimate:
    return Estimate(0.0, least * 60, most * 60)


@pytest.mark.parametrize(
    ("last", "ahead", "estimate", "expected"),
    [
        (None, 0, None, "queue-next"),
        (None, 2, None, "queue-ahead 2"),
        (None, 2, minutes(0.1, 0.9), "queue-ahead 2 wait-soon"),
        (None, 2, minutes(0.9, 2.0), "queue-ahead 2 wait-at-most 2"),
        (None, 9, minutes(2.9, 6.5), "queue-ahead 9 wait-range 2 8"),
        (None, 9, minutes(12, 31), "queue-ahead 9"),  # too long to say anything of it
        (LastNews(20, 9, (2, 8)), 9, minutes(2.9, 6.5), ""),  # nothing is new
        (LastNews(20, 9, (2, 8)), 7, minutes(2.9, 6.5), "queue-ahead 7"),
        (LastNews(20, 9, (2, 8)), 5, minutes(1.5, 3.5), "queue-ahead 5 wait-range 1 4"),
        (LastNews(20, 5, (1, 4)), 7, minutes(1.5, 4.5), ""),  # others came first: nothing
        (LastNews(20, 5, (1, 4)), 5, minutes(6, 9.5), "wait-longer wait-range 6 10"),
        (LastNews(20, 5), 5, minutes(1.5, 3.5), "wait-range 1 4"),  # it was not known before
        (
            LastNews(20, 1, (0, 1)),
            0,
            minutes(0, 0.5),
            "queue-next",
        ),  # "soon" is not repeated
    ],
)
def test_what_is_played(
    last: LastNews | None, ahead: int, estimate: Estimate | None, expected: str
) -> None:
    assert said(last, ahead, estimate) == expected


def test_the_key_that_leaves_comes_last_each_time() -> None:
    assert said(None, 0, None, offer=True) == "queue-next queue-offer"
    assert said(LastNews(20, 0), 0, None, offer=True) == "queue-offer"


def test_a_range_only_falls_unless_it_is_said_to_be_longer() -> None:
    last = news(None, 20, 9, minutes(2.9, 6.5), offer=False).last
    again = news(last, 80, 9, minutes(2.9, 7.5), offer=False).last
    assert again.minutes == last.minutes == (2, 8)


@pytest.mark.parametrize(
    ("last", "waited", "due"),
    [
        (None, 19.9, False),
        (None, 20, True),
        (LastNews(20, 0), 79.9, False),
        (LastNews(20, 0), 80, True),
    ],
)
def test_when(last: LastNews | None, waited: float, due: bool) -> None:
    assert is_due(last, waited, 20, 60) is due
