"""The definitions of the figures, by examples that are counted by hand."""

from ivr.acd.figures import (
    QUARTER,
    SECOND,
    Figures,
    How,
    Span,
    Stay,
    figures,
    occupancy,
    quarter,
    spent,
    together,
)


def stay(how: How, wait: float, talk: float = 0, wrap: float = 0, promised: int = 0) -> Stay:
    left = round(wait * SECOND)
    spoke = how == "answered"
    return Stay(
        channel="1.1",
        queue="support",
        joined=0,
        left=None if how == "waiting" else left,
        how=how,
        answered=left if spoke else None,
        ended=left + round(talk * SECOND) if talk else None,
        wrap=round(wrap * SECOND) if wrap else None,
        promised=promised * SECOND if promised else None,
    )


def in_time(_: str) -> int:
    return 20 * SECOND


DAY = (
    stay("answered", 20, talk=100, wrap=20, promised=30),
    stay("answered", 40, talk=60, promised=30),
    stay("answered", 6),
    stay("abandoned", 4.9),
    stay("abandoned", 10),
    stay("abandoned", 30),
    stay("timeout", 90),
    stay("waiting", 0),
)


def test_each_figure_by_its_definition() -> None:
    day = figures(DAY, in_time)
    assert day.joined == 8
    assert (day.answered, day.in_time, day.abandoned, day.abandoned_late) == (3, 2, 2, 1)
    assert (day.short, day.waiting, day.timeout) == (1, 1, 1)
    assert day.service_level == 2 / 4
    assert day.abandon_rate == 2 / 6
    assert day.asa == 22 * SECOND
    assert day.aht == 90 * SECOND
    assert day.longest == 90 * SECOND
    assert day.mean_promise_error == 10 * SECOND
    assert day.promise_bias == 0


def test_nothing_is_divided_by_nothing() -> None:
    none = Figures()
    assert none.service_level is none.abandon_rate is none.asa is none.aht is None
    assert occupancy({"paused": 5}) is None


def test_parts_are_the_whole() -> None:
    whole = figures(DAY, in_time)
    assert together(figures([one], in_time) for one in DAY) == whole
    assert together([]) == Figures()


def test_time_in_states_is_what_lies_within() -> None:
    spans = [
        Span(agent="anna", state="ready", since=0, until=10),
        Span(agent="anna", state="talking", since=10, until=40),
        Span(agent="anna", state="wrap-up", since=40),
        Span(agent="boris", state="paused", reason="lunch", since=60),
    ]
    assert spent(spans, 5, 50) == {
        ("anna", "ready", ""): 5,
        ("anna", "talking", ""): 30,
        ("anna", "wrap-up", ""): 10,
    }
    assert occupancy({"talking": 30, "wrap-up": 10, "ready": 5, "ringing": 5}) == 0.8
    assert quarter(QUARTER + 5) == QUARTER
