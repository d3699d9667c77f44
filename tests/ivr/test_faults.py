"""The engine: faults, odd events, hang-ups, and the session as text."""

from datetime import date

import pytest
from msgspec import DecodeError

from ivr.engine import BOUND, FlowError, Step, step
from ivr.events import Answered, Began, Bridged, Event, Gone, Keyed, Played, Silent
from ivr.model import Book
from ivr.session import from_json, to_json
from ivr.values import Count, Day, Digits, Name, Rows, Values
from ivr.wants import Done
from tests.ivr.calls import BALANCE, Call, book, flow, keyed


def test_a_value_that_was_not_set_is_an_error_of_the_author() -> None:
    text = flow("""
start: { menu: menu, keys: { "1": said, "2": work }, gave-up: said }
work: { do: balance, on: { ok: said }, else: start }
said: { say: balance-is, then: start }
""")
    with pytest.raises(FlowError, match="said uses balance, which is not set on the path"):
        Call(book(text)).take(Keyed("1"))
    text = flow("""
start: { do: pay, inputs: { to: number }, on: { ok: bye } }
bye: { input: pin, into: number, then: bye, gave-up: bye }
""")
    with pytest.raises(FlowError, match="start uses number"):
        Call(book(text))


def test_more_nodes_than_a_caller_could_bear_are_for_the_author() -> None:
    says = "".join(f"n{n}: {{ say: hello, then: n{n + 1} }}\n" for n in range(BOUND))
    text = f"start: {{ say: hello, then: n0 }}\n{says}n{BOUND}: {{ end: bye }}"
    with pytest.raises(
        FlowError, match=f"flow test passed {BOUND} nodes without asking and is in n"
    ):
        Call(book(flow(text)))


ODD: list[tuple[str, Event]] = [
    ("ask", Played()),
    ("ask", Began()),
    ("ask", Answered("ok")),
    ("ask", Bridged("ended")),
    ("say", Silent()),
    ("say", Answered("ok")),
    ("do", Played()),
    ("do", Keyed("1")),
    ("dial", Played()),
    ("dial", Silent()),
]


@pytest.mark.parametrize(("want", "event"), ODD, ids=str)
def test_an_event_that_answers_nothing_does_nothing(want: str, event: Event) -> None:
    """An operation would be done twice, if it did."""
    call = Call(
        book(
            flow("""
start: { menu: menu, keys: { "1": hello }, gave-up: hello }
hello: { say: hello, then: work }
work: { do: balance, on: { ok: agents }, else: agents }
agents: { queue: support, else: bye }
bye: { end: bye }
""")
        )
    )
    way = {"ask": [], "say": keyed("1"), "do": [*keyed("1"), Played()]}
    way["dial"] = [*way["do"], Answered("ok", BALANCE)]
    call.take(*way[want])
    assert call.summary.split()[0] == want
    with pytest.raises(ValueError, match=f"{type(event).__name__} does not answer the want of"):
        step(call.book, call.session, event)


def every_kind() -> Book:
    return book(
        flow("""
start: { say: hello, barge-in: no, then: m }
m: { menu: menu, keys: { "1": number }, gave-up: bye }
number: { input: number, into: number, then: said, gave-up: bye }
said: { say: number-is, then: work }
work: { do: balance, on: { ok: agents }, else: agents }
agents: { queue: support, else: bye }
bye: { end: bye }
""")
    )


COURSE: list[Event] = [
    *(
        Played(),
        Keyed("1"),
        Keyed("33"),
        Played(),
        Answered("ok", BALANCE),
        Bridged("ended"),
        Played(),
    )
]


@pytest.mark.parametrize("turn", range(len(COURSE)))
def test_who_hangs_up_has_a_complete_record(turn: int) -> None:
    call, whole = Call(every_kind()), Call(every_kind())
    whole.take(*COURSE)
    assert whole.want == Done("ended")
    call.take(*COURSE[:turn])
    flow, node = call.session.flow, call.session.node
    before = list(call.steps)
    assert call.take(Gone(16)) == Done("gone")
    assert before == whole.steps[: len(before)]
    assert call.steps[len(before) :] == [
        Step(flow, node, call.steps[-1].kind, outcome="gone", way="hung-up")
    ]


# The session.


def test_a_session_is_the_same_after_json() -> None:
    values: Values = {
        **BALANCE,
        "day": Day(date(2026, 2, 28)),
        "name": Name({"ru": "Домашний", "": "Home"}),
        "rows": Rows(({"n": Count(1)}, {"n": Digits("007")})),
    }
    call = Call(every_kind())
    call.take(Played(), Keyed("1"), Keyed("33"), Played(), Answered("ok", values))
    assert from_json(to_json(call.session)) == call.session


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b"\xff", b'{"id":"x","format":2}'])
def test_what_is_no_session_is_refused(text: bytes) -> None:
    with pytest.raises((DecodeError, UnicodeDecodeError)):
        from_json(text)


def test_a_session_of_another_format_says_so() -> None:
    text = to_json(Call(every_kind()).session).replace(b'"format":2', b'"format":9')
    with pytest.raises(ValueError, match="a session of format 9, and this program reads 2"):
        from_json(text)
