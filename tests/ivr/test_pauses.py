"""Where a line of voice pauses: before what a node asks, if other words were played before it."""

import pytest

from ivr.events import Event, Keyed, Played, Silent
from ivr.wants import Ask
from tests.ivr.calls import Call, book, flow, keyed

FLOW = """
start: { menu: menu, keys: { "1": news, "2": law, "3": sure }, silent: short, wrong: wrong,
  gave-up: bye }
news:  { say: [hello, hours], then: start }
law:   { say: hours, barge-in: no, then: later }
later: { menu: [menu, help], pause: 800ms, keys: { "1": bye, "9": repeat }, gave-up: bye }
sure:  { say: hours, then: asked }
asked: { confirm: number, pause: 0s, yes: bye, no: start, gave-up: bye }
bye:   { end: bye }
"""


@pytest.mark.parametrize(
    ("events", "said", "pause_at", "pause"),
    [
        ([], "ask menu", None, None),
        ([Keyed("1")], "ask hello hours menu", 2, None),
        ([Keyed("7")], "ask wrong menu", 1, None),
        ([Silent()], "ask short", None, None),
        ([Keyed("3")], "ask hours number", 1, 0.0),
        ([Keyed("2"), Played(whole=True)], "ask menu help", 0, 0.8),
        ([Keyed("2"), Played()], "ask menu help", None, 0.8),
        ([Keyed("2"), Played(whole=True), Keyed("9")], "ask menu help", None, 0.8),
    ],
)
def test_where_a_screen_pauses(
    events: list[Event], said: str, pause_at: int | None, pause: float | None
) -> None:
    call = Call(book(flow(FLOW)))
    call.take(*events)
    assert call.summary == said
    assert isinstance(call.want, Ask)
    assert (call.want.screen.pause_at, call.want.screen.pause) == (pause_at, pause)


def test_what_is_repeated_has_its_pause_again() -> None:
    repeating = flow(FLOW).replace('"3": sure', '"3": sure, "9": repeat')
    call = Call(book(repeating))
    call.take(*keyed("1 9"))
    assert call.summary == "ask hello hours menu"
    assert isinstance(call.want, Ask)
    assert call.want.screen.pause_at == 2
