"""The engine: flows that call flows."""

import pytest

from ivr.draft import DEPTH
from ivr.engine import FlowError
from ivr.events import Answered, Bridged, Keyed, Played, Silent
from ivr.gather import Gather, Keypad
from ivr.model import Book
from ivr.values import Count, Digits, Word
from ivr.wants import Ask, Done
from tests.ivr.calls import BALANCE, Call, book, called, flow, keyed

MAIN = """
start: { menu: menu, keys: { "1": number, "2": pay }, gave-up: bye }
number: { input: number, into: number, then: pay, gave-up: bye }
pay:
  call: paying
  with: { to: number }
  take: { balance: rest }
  on: { done: said }
  else: start
said: { say: balance-is, then: start }
bye: { end: bye }
"""
PAYING = """
start: { menu: hello, keys: { "1": work, "2": no, "3": deeper }, gave-up: no }
work: { do: balance, on: { ok: ready }, else: no }
ready: { set: { rest: "{balance}", to: gone }, then: done }
done: { return: done }
no: { return: no }
deeper: { call: asking, on: { "yes": work }, else: start }
"""
ASKING = """
start: { confirm: [short, help], yes: good, no: bad, gave-up: bad }
good: { return: "yes" }
bad: { return: bad }
"""
HEADS = "inputs: { to: digits }\noutputs: { rest: money }"
ALWAYS = 'always: { "*": back, "9": repeat }'


def pays(always: str = "") -> Book:
    return book(
        flow(MAIN, always),
        called("paying", PAYING, f"{HEADS}\n{always}"),
        called("asking", ASKING, always),
    )


def test_a_flow_is_called_with_what_it_takes_and_brings_what_is_taken() -> None:
    call = Call(pays())
    call.take(Keyed("1"), Keyed("44"))
    assert call.summary == "ask hello"
    assert (call.session.flow, call.session.values) == ("paying", {"to": Digits("44")})
    call.take(Keyed("1"), Answered("ok", BALANCE))
    assert call.summary == "ask balance-is menu"
    assert call.session.values == {"number": Digits("44"), **BALANCE}
    assert not call.session.frames
    assert call.ways == [
        *("start 1", "number then", "pay call", "paying.start 1", "paying.work ok"),
        *("paying.ready then", "paying.done return", "pay done", "said then"),
    ]


def test_any_other_outcome_goes_else_and_brings_only_what_is_there() -> None:
    call = Call(pays())
    call.take(Keyed("1"), Keyed("44"), Keyed("2"))
    assert call.summary == "ask menu"
    assert call.session.values == {"number": Digits("44")}
    assert call.ways[-2:] == ["paying.no return", "pay else"]


def test_an_input_that_was_not_given_is_an_error_of_the_author() -> None:
    with pytest.raises(FlowError, match="pay uses number") as caught:
        Call(pays()).take(Keyed("2"))
    assert [step.way for step in caught.value.steps] == ["2", "error"]


def test_a_flow_that_is_called_calls_another() -> None:
    call = Call(pays())
    call.take(*keyed("1 44 3"))
    assert (call.summary, len(call.session.frames)) == ("ask short help", 2)
    call.take(Keyed("1", whole=True))
    assert (call.summary, len(call.session.frames)) == ("do balance", 1)
    call.take(Answered("ok", BALANCE))
    assert (call.summary, len(call.session.frames)) == ("ask balance-is menu", 0)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("1 44 *", "ask number"),  # out of the called flow
        ("1 44 * *", "ask menu"),
        ("1 44 3 *", "ask hello"),
        ("1 44 3 * *", "ask number"),
        ("1 44 3 9", "ask short help"),
        ("1 44 3 2 *", "ask number"),  # after it returned, nothing of it lies behind
        ("1 44 2 *", "ask menu"),
    ],
)
def test_back_leads_out_of_a_called_flow(keys: str, expected: str) -> None:
    call = Call(pays(ALWAYS))
    call.take(*keyed(keys))
    assert call.summary == expected
    if call.session.flow == "test":
        assert not call.session.frames
        assert "to" not in call.session.values


def test_back_from_a_flow_that_was_called_before_any_menu_repeats_it() -> None:
    texts = flow(
        "start: { call: asking, on: { 'yes': bye }, else: bye }\nbye: { end: bye }", ALWAYS
    )
    call = Call(book(texts, called("asking", ASKING, ALWAYS)))
    call.take(Silent(), Keyed("*"))
    assert (call.summary, call.session.silences, len(call.session.frames)) == (
        "ask short help",
        1,
        1,
    )


def test_misses_count_in_the_whole_call_and_attempts_in_the_node() -> None:
    call = Call(pays())
    call.take(Silent(), Silent(), *keyed("1 44"), Silent(), Silent())
    assert (call.session.silences, call.session.misses) == (2, 4)
    call.take(Silent())
    assert call.summary == "ask menu"
    assert call.ways[-3:] == ["paying.start gave-up", "paying.no return", "pay else"]


def test_waiting_prompts_are_played_across_flows() -> None:
    main = """
start: { say: hello, then: sub }
sub: { call: sub, on: { done: bye } }
bye: { end: bye }
"""
    sub = "start: { say: hours, then: done }\ndone: { return: done }"
    call = Call(book(flow(main), called("sub", sub)))
    assert call.summary == "say hello hours bye"
    assert call.take(Played()) == Done("ended")


# goto


def gotos(target: str) -> Book:
    main = """
start: { menu: menu, keys: { "1": sub }, gave-up: bye }
sub: { call: sub, with: {}, on: { done: bye }, else: start }
bye: { end: bye }
"""
    sub = f"""
start: {{ set: {{ mine: 1 }}, then: m }}
m: {{ menu: hello, keys: {{ "1": out, "2": done }}, gave-up: done }}
out: {{ {target} }}
done: {{ return: done }}
"""
    other = """
start: { menu: help, keys: { "1": done, "2": again }, gave-up: done }
done: { return: done }
again: { call: sub, on: { done: start } }
"""
    return book(flow(main), called("sub", sub), called("other", other))


def test_a_goto_to_the_flow_that_called_goes_back_to_it() -> None:
    """Round and round it makes no session grow."""
    call = Call(gotos("goto: start, flow: test"))
    for _ in range(DEPTH + 5):
        call.take(Keyed("1"))
        assert (call.summary, len(call.session.frames)) == ("ask hello", 1)
        assert call.session.values == {"mine": Count(1)}
        call.take(Keyed("1"))
        assert (call.summary, len(call.session.frames)) == ("ask menu", 0)
        assert call.session.values == {}


def test_a_goto_to_another_flow_leaves_the_return_to_it() -> None:
    call = Call(gotos("goto: start, flow: other"))
    call.take(*keyed("1 1"))
    assert (call.session.flow, call.summary, len(call.session.frames)) == ("other", "ask help", 1)
    call.take(Keyed("1"))
    assert call.summary == "say bye"
    assert call.ways[-3:] == ["other.done return", "sub done", "bye"]


def test_a_goto_to_the_flow_itself_stays_in_it() -> None:
    call = Call(gotos("goto: start, flow: sub"))
    call.take(*keyed("1 1"))
    assert (call.session.flow, call.summary, len(call.session.frames)) == ("sub", "ask hello", 1)


# Faults.


def test_a_return_of_a_flow_that_was_not_called_is_an_error_of_the_author() -> None:
    main = 'start: { menu: menu, keys: { "1": done }, gave-up: done }\ndone: { return: done }'
    with pytest.raises(FlowError, match="done returns, but no flow called this one"):
        Call(book(flow(main))).take(Keyed("1"))


def test_a_flow_that_calls_itself_for_ever_is_for_the_author() -> None:
    main = """
start: { menu: menu, keys: { "1": again, "2": done }, gave-up: done }
again: { call: test, on: { done: done } }
done: { return: done }
"""
    call = Call(book(flow(main)))
    call.take(*keyed("1 " * DEPTH))
    with pytest.raises(
        FlowError, match=f"again calls test, but the call stack is {DEPTH} flows deep"
    ):
        call.take(Keyed("1"))
    assert len(call.session.frames) == DEPTH


# Keys typed ahead.


def test_keys_typed_ahead_go_through_flows_one_by_one() -> None:
    call, keypad = Call(pays()), Keypad()
    for number, key in enumerate("144#312"):
        keypad.press(key, number / 10)
    asked = []
    while keypad.ahead:
        assert isinstance(call.want, Ask), call.summary
        gather = Gather(call.want, keypad, 1.0)
        assert isinstance(gather.answer, Keyed), call.summary
        asked.append((call.session.flow, gather.answer.digits))
        call.take(gather.answer)
    assert call.summary == "ask hello", "the yes was dropped, the no counted"
    assert asked == [("test", "1"), ("test", "44"), ("paying", "3"), ("asking", "2")]


def test_a_flow_may_forget_what_was_typed_ahead() -> None:
    flush = ASKING.replace("start: {", "start: { type-ahead: flush, barge-in: no,")
    call = Call(book(flow(MAIN), called("paying", PAYING, HEADS), called("asking", flush)))
    call.take(*keyed("1 44"))
    want = call.want
    assert isinstance(want, Ask)
    assert (want.flush, want.screen.barge_in) == (False, True)
    want = call.take(Keyed("3"))
    assert isinstance(want, Ask)
    assert (want.flush, want.screen.barge_in) == (True, False)


def test_a_queue_and_a_language_in_a_called_flow() -> None:
    main = (
        "start: { call: sub, take: { kind: kind }, on: { done: look } }\n"
        "look: { branch: kind, when: { money: bye }, else: bye }\nbye: { end: bye }"
    )
    sub = """
start: { language: en, then: agents }
agents: { queue: support, else: set }
set: { set: { kind: money }, then: done }
done: { return: done }
"""
    call = Call(book(flow(main), called("sub", sub, "outputs: { kind: word }")))
    call.take(Bridged("closed"))
    assert call.summary == "say bye"
    assert (call.session.language, call.session.values) == ("en", {"kind": Word("money")})
    assert "look money" in call.ways
