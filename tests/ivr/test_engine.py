"""The engine: every kind of node, and the words before it."""

from datetime import date

import pytest

from ivr.engine import FlowError
from ivr.events import Answered, Bridged, Keyed, Played, Silent
from ivr.values import Count, Day, Digits, Rows
from ivr.wants import Ask, Done, Enqueue, Grammar, Invoke, Say
from tests.ivr.calls import BALANCE, Call, book, flow

MENU = "start: { menu: menu, keys: { '1': one, '10': ten }, gave-up: bye }"
ENDS = """
one: { end: hello }
ten: { end: hours }
bye: { end: bye }
"""

# Every kind of node.


def test_says_are_played_in_one_screen_with_the_ask() -> None:
    says = "start: { say: [hello, hours], then: next }\nnext: { say: short, then: m }\n"
    call = Call(book(flow(says + MENU.replace("start", "m") + ENDS)))
    assert call.summary == "ask hello hours short menu"
    assert isinstance(call.want, Ask)
    assert call.want.grammar == Grammar(frozenset({"1", "10"}), first=5, between=3)
    assert call.want.screen.barge_in
    assert not call.want.flush


@pytest.mark.parametrize(
    ("keys", "expected"), [("1", "say hello"), ("10", "say hours"), ("7", "ask menu")]
)
def test_a_menu_goes_where_the_key_leads(keys: str, expected: str) -> None:
    call = Call(book(flow(MENU + ENDS)))
    call.take(Keyed(keys))
    assert call.summary == expected


def test_an_input_takes_digits_into_a_value() -> None:
    call = Call(
        book(
            flow("""
start: { input: number, into: number, least: 3, most: 5, stop: "*", then: said, gave-up: bye }
said: { end: number-is }
bye: { end: bye }
""")
        )
    )
    assert isinstance(call.want, Ask)
    assert call.want.grammar == Grammar(least=3, most=5, stop="*", first=5, between=3, total=30)
    assert not call.want.secret
    for digits in ("12", "123456", "12#", "", "١٢٣٤", "ha!"):
        other = Call(call.book)
        other.take(Keyed(digits))
        assert other.summary == "ask number", digits
        assert other.session.wrongs == 1
    call.take(Keyed("1234"))
    assert call.summary == "say number-is"
    assert call.phrases[0].values == {"number": Digits("1234")}
    assert call.record() == ["start 1234 -> said", "said ->"]


def test_a_key_that_stops_an_input_does_not_lead_out_of_it() -> None:
    node = "start: { input: number, into: number, stop: '*', then: bye, gave-up: bye }"
    keys = "always: { '*': back, '#': bye, '##': bye, '0': bye }"
    call = Call(book(flow(node + "\nbye: { end: bye }", keys)))
    assert isinstance(call.want, Ask)
    assert call.want.grammar.choices == {"#", "##"}


def test_an_operation_is_invoked_once_with_a_key_fixed_before() -> None:
    call = Call(
        book(
            flow("""
start: { input: number, into: number, then: pay, gave-up: bye }
pay: { do: pay, inputs: { to: number }, on: { ok: paid } }
paid: { say: [since, list-is], then: bye }
bye: { end: bye }
""")
        )
    )
    want = call.take(Keyed("5"))
    assert want == Invoke("pay", {"to": Digits("5")}, "call:2")
    call.take(Answered("ok", {"day": Day(date(2026, 1, 2)), "rows": Rows(({"n": Count(1)},))}))
    assert call.summary == "say since list-is bye"


OUTCOMES = """
start: { do: balance, on: { ok: said }, else: sorry }
said: { end: balance-is }
sorry: { end: bye }
"""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answered("ok", BALANCE), "say balance-is"),
        (Answered("unavailable"), "say bye"),
        (Answered("never heard of it"), "say bye"),
    ],
)
def test_outcomes_lead_on_and_else_takes_the_rest(answer: Answered, expected: str) -> None:
    call = Call(book(flow(OUTCOMES)))
    assert call.summary == "do balance"
    call.take(answer)
    assert call.summary == expected
    assert call.record()[0] == f"start -> {answer.outcome}"


def test_an_outcome_without_a_branch_is_for_the_author() -> None:
    text = flow("start: { do: balance, on: { ok: bye, unavailable: bye } }\nbye: { end: bye }")
    with pytest.raises(FlowError, match="start has no branch for the outcome late"):
        Call(book(text)).take(Answered("late"))


@pytest.mark.parametrize(
    ("outcome", "expected"), [("ended", "say bye"), ("left", "ask menu"), ("full", "say hours")]
)
def test_a_queue_dials_and_goes_on_with_the_outcome(outcome: str, expected: str) -> None:
    call = Call(
        book(
            flow(
                """
start: { queue: support, topic: money, priority: 2, on: { ended: bye, left: m }, else: ten }
"""
                + MENU.replace("start", "m")
                + ENDS
            )
        )
    )
    assert call.want == Enqueue("support", "money", "ru", 2)
    call.take(Bridged(outcome))
    assert call.summary == expected


@pytest.mark.parametrize(
    ("what", "subscriber", "node"),
    [
        ("branch: caller, when: { known: one, unknown: ten }", 7, "one"),
        ("branch: caller, when: { known: one, unknown: ten }", None, "ten"),
        ("branch: language, when: { ru: ten }", 7, "ten"),
        ("branch: dialled, when: { '100': one }", 7, "one"),
        ("branch: dialled, when: { '101': one }", 7, "bye"),
    ],
)
def test_a_branch_says_nothing(what: str, subscriber: int | None, node: str) -> None:
    call = Call(book(flow(f"start: {{ {what}, else: bye }}" + ENDS)), subscriber)
    assert call.session.node == node
    assert [each.node for each in call.steps] == ["start", node]


def test_a_language_is_spoken_from_there_on_and_not_before() -> None:
    call = Call(
        book(
            flow("""
start: { say: hello, then: english }
english: { language: en, then: said }
said: { say: hours, then: bye }
bye: { end: bye }
""")
        )
    )
    assert isinstance(call.want, Say)
    assert (call.summary, call.want.screen.language) == ("say hello", "ru")
    want = call.take(Played())
    assert isinstance(want, Say)
    assert (call.summary, want.screen.language) == ("say hours bye", "en")
    assert call.session.language == "en"


def test_a_call_goes_on_in_another_flow() -> None:
    other = flow("start: { end: bye }\nthere: " + MENU.removeprefix("start: ") + ENDS)
    other = other.replace("flow: test", "flow: other").replace('"100"', '"200"')
    call = Call(book(flow("start: { goto: there, flow: other }"), other))
    assert (call.session.flow, call.session.node, call.summary) == ("other", "there", "ask menu")
    assert call.record() == ["start -> other"]


@pytest.mark.parametrize(("words", "expected"), [("bye", ["say bye", "ended"]), ("[]", ["ended"])])
def test_an_end_says_good_bye_and_hangs_up(words: str, expected: list[str]) -> None:
    call = Call(book(flow(f"start: {{ end: {words} }}")))
    seen = [call.summary]
    while call.want != Done("ended"):
        call.take(Played())
        seen.append(call.summary)
    assert seen == expected
    assert call.record() == ["start ->"]


# Words.


def test_prompts_before_an_operation_or_a_queue_are_played_first() -> None:
    call = Call(
        book(
            flow("""
start: { say: hello, then: ask }
ask: { do: balance, on: { ok: said }, else: said }
said: { say: hours, then: agents }
agents: { queue: support, else: bye }
bye: { end: bye }
""")
        )
    )
    seen = [call.summary]
    for event in (Played(), Answered("unavailable"), Played(), Bridged("full"), Played()):
        call.take(event)
        seen.append(call.summary)
    assert seen == ["say hello", "do balance", "say hours", "dial support", "say bye", "ended"]


def test_words_without_barge_in_are_a_screen_of_their_own() -> None:
    call = Call(
        book(
            flow("""
start: { say: hello, then: legal }
legal: { say: hours, barge-in: no, then: m }
m: { menu: menu, keys: { "1": bye }, barge-in: no, gave-up: bye }
bye: { end: bye }
""")
        )
    )
    seen = []
    for _ in range(3):
        assert isinstance(call.want, Ask | Say)
        seen.append((call.summary, call.want.screen.barge_in))
        call.take(Played() if isinstance(call.want, Say) else Silent())
    assert seen == [("say hello", True), ("say hours", False), ("ask menu", False)]


def test_flush_is_asked_of_the_line() -> None:
    node = "start: { menu: menu, keys: { '1': bye }, type-ahead: flush, gave-up: bye }"
    want = Call(book(flow(node + "\nbye: { end: bye }"))).want
    assert isinstance(want, Ask)
    assert want.flush
