"""The engine: one event in, one want out, on small flows."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from msgspec import DecodeError

from ivr.engine import BOUND, FlowError, Step, step
from ivr.events import Answered, Began, Bridged, Event, Gone, Keyed, Silent, Told
from ivr.model import Book
from ivr.session import from_json, to_json
from ivr.values import Count, Day, Digits, Money, Name, Rows, Values
from ivr.wants import Ask, Dial, Done, Grammar, Invoke, Say
from tests.ivr.calls import Call, book, flow

MENU = "start: { menu: menu, keys: { '1': one, '10': ten }, gave-up: bye }"
ENDS = """
one: { end: hello }
ten: { end: hours }
bye: { end: bye }
"""
BALANCE = {"balance": Money(Decimal("12.50"))}


def keyed(keys: str) -> list[Event]:
    return [Keyed(key) for key in keys.split()]


# Every kind of node.


def test_says_are_told_in_one_screen_with_the_ask() -> None:
    says = "start: { say: [hello, hours], then: next }\nnext: { say: short, then: m }\n"
    call = Call(book(flow(says + MENU.replace("start", "m") + ENDS)))
    assert call.told == "ask hello hours short menu"
    assert isinstance(call.want, Ask)
    assert call.want.grammar == Grammar(frozenset({"1", "10"}), first=5, between=3)
    assert call.want.screen.barge_in
    assert not call.want.flush


@pytest.mark.parametrize(
    ("keys", "told"), [("1", "say hello"), ("10", "say hours"), ("7", "ask menu")]
)
def test_a_menu_goes_where_the_key_leads(keys: str, told: str) -> None:
    call = Call(book(flow(MENU + ENDS)))
    call.take(Keyed(keys))
    assert call.told == told


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
        assert other.told == "ask number", digits
        assert other.session.wrongs == 1
    call.take(Keyed("1234"))
    assert call.told == "say number-is"
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
    assert call.told == "say since list-is bye"


OUTCOMES = """
start: { do: balance, on: { ok: told }, else: sorry }
told: { end: balance-is }
sorry: { end: bye }
"""


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answered("ok", BALANCE), "say balance-is"),
        (Answered("unavailable"), "say bye"),
        (Answered("never heard of it"), "say bye"),
    ],
)
def test_outcomes_lead_on_and_else_takes_the_rest(answer: Answered, told: str) -> None:
    call = Call(book(flow(OUTCOMES)))
    assert call.told == "do balance"
    call.take(answer)
    assert call.told == told
    assert call.record()[0] == f"start -> {answer.outcome}"


def test_an_outcome_without_a_branch_is_for_the_author() -> None:
    text = flow("start: { do: balance, on: { ok: bye, unavailable: bye } }\nbye: { end: bye }")
    with pytest.raises(FlowError, match="start has no branch for the outcome late"):
        Call(book(text)).take(Answered("late"))


@pytest.mark.parametrize(
    ("outcome", "told"), [("ended", "say bye"), ("left", "ask menu"), ("full", "say hours")]
)
def test_a_queue_dials_and_goes_on_with_the_outcome(outcome: str, told: str) -> None:
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
    assert call.want == Dial("support", "money", "ru", 2)
    call.take(Bridged(outcome))
    assert call.told == told


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
    assert (call.told, call.want.screen.language) == ("say hello", "ru")
    want = call.take(Told())
    assert isinstance(want, Say)
    assert (call.told, want.screen.language) == ("say hours bye", "en")
    assert call.session.language == "en"


def test_a_call_goes_on_in_another_flow() -> None:
    other = flow("start: { end: bye }\nthere: " + MENU.removeprefix("start: ") + ENDS)
    other = other.replace("flow: test", "flow: other").replace('"100"', '"200"')
    call = Call(book(flow("start: { goto: there, flow: other }"), other))
    assert (call.session.flow, call.session.node, call.told) == ("other", "there", "ask menu")
    assert call.record() == ["start -> other"]


@pytest.mark.parametrize(("words", "told"), [("bye", ["say bye", "ended"]), ("[]", ["ended"])])
def test_an_end_says_good_bye_and_hangs_up(words: str, told: list[str]) -> None:
    call = Call(book(flow(f"start: {{ end: {words} }}")))
    seen = [call.told]
    while call.want != Done("ended"):
        call.take(Told())
        seen.append(call.told)
    assert seen == told
    assert call.record() == ["start ->"]


# Words.


def test_words_before_an_operation_or_a_queue_are_told_first() -> None:
    call = Call(
        book(
            flow("""
start: { say: hello, then: ask }
ask: { do: balance, on: { ok: told }, else: told }
told: { say: hours, then: agents }
agents: { queue: support, else: bye }
bye: { end: bye }
""")
        )
    )
    seen = [call.told]
    for event in (Told(), Answered("unavailable"), Told(), Bridged("full"), Told()):
        call.take(event)
        seen.append(call.told)
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
        seen.append((call.told, call.want.screen.barge_in))
        call.take(Told() if isinstance(call.want, Say) else Silent())
    assert seen == [("say hello", True), ("say hours", False), ("ask menu", False)]


def test_flush_is_asked_of_the_line() -> None:
    node = "start: { menu: menu, keys: { '1': bye }, type-ahead: flush, gave-up: bye }"
    want = Call(book(flow(node + "\nbye: { end: bye }"))).want
    assert isinstance(want, Ask)
    assert want.flush


# Silence and wrong keys.

TAPERED = """
start:
  menu: menu
  keys: { "1": bye }
  attempts: 4
  silent: [short, help]
  wrong: [wrong, number]
  gave-up: bye
bye: { end: bye }
"""
RETRIES = {
    "silent, and the last prompt serves for the rest": (
        [Silent(), Silent(), Silent(), Silent()],
        ["ask short", "ask help", "ask help", "say bye"],
    ),
    "wrong, and the menu follows": (
        keyed("5 6 7 8"),
        ["ask wrong menu", "ask number menu", "ask number menu", "say bye"],
    ),
    "counted apart": (
        [Silent(), Keyed("5"), Silent(), Keyed("5"), Silent(), Keyed("5"), Silent()],
        [
            *("ask short", "ask wrong menu", "ask help", "ask number menu", "ask help"),
            *("ask number menu", "say bye"),
        ],
    ),
}


@pytest.mark.parametrize(("events", "told"), RETRIES.values(), ids=RETRIES)
def test_silence_and_wrong_keys(events: Sequence[Event], told: list[str]) -> None:
    call = Call(book(flow(TAPERED)))
    seen = []
    for event in events:
        call.take(event)
        seen.append(call.told)
    assert seen == told
    assert call.steps[-2].outcome == "gave-up"


def test_without_prompts_for_it_the_menu_is_told_again() -> None:
    call = Call(book(flow(MENU + ENDS)))
    for event in (Silent(), Keyed("9")):
        call.take(event)
        assert call.told == "ask menu"


def test_after_a_wrong_key_what_was_typed_ahead_is_dropped() -> None:
    call = Call(book(flow(TAPERED)))
    flushed = []
    for event in (Silent(), Keyed("5")):
        want = call.take(event)
        assert isinstance(want, Ask)
        flushed.append(want.flush)
    assert flushed == [False, True]


def test_attempts_begin_anew_in_another_node() -> None:
    call = Call(
        book(
            flow("""
start: { menu: menu, keys: { "1": other, "2": bye }, gave-up: bye }
other: { menu: short, keys: { "1": start }, gave-up: bye }
bye: { end: bye }
""")
        )
    )
    call.take(Silent(), Silent(), Keyed("1"))
    assert (call.session.silences, call.session.misses) == (0, 2)
    call.take(Silent(), Silent(), Keyed("1"), Silent())
    assert call.told == "ask menu"


ROUND = """
start: { menu: menu, keys: { "1": start }, attempts: 2, gave-up: agents }
agents: { queue: support, else: start }
last: { end: bye }
"""


@pytest.mark.parametrize(
    ("head", "told"), [("patience: 4", "ended"), ("patience: 4\nfarewell: last", "say bye")]
)
@pytest.mark.parametrize("miss", [Silent(), Keyed("7")])
def test_a_call_whose_patience_is_spent_is_let_go(miss: Event, head: str, told: str) -> None:
    """Also when the flow would send an empty line round for ever."""
    call = Call(book(flow(ROUND, head)))
    seen = []
    for _ in range(5):
        call.take(miss)
        seen.append(call.told)
        if isinstance(call.want, Dial):
            call.take(Bridged("closed"))
    assert seen == ["ask menu", "dial support", "ask menu", "dial support", told]


# Keys that every menu has.

KEYS = """
start: { menu: menu, keys: { "1": first, "2": ask }, wrong: wrong, silent: short, gave-up: bye }
first: { menu: hello, keys: { "1": second, "9": bye }, gave-up: bye }
second: { menu: hours, keys: { "1": start }, gave-up: bye }
ask: { do: balance, on: { ok: told }, else: start }
told: { say: balance-is, then: start }
bye: { end: bye }
pin: { input: pin, into: number, stop: "", then: bye, gave-up: bye }
"""
ALWAYS = "always: { '*': back, '9': repeat, '0': bye, '#': pin }"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("9", "ask menu"),
        ("*", "ask menu"),
        ("0", "say bye"),
        ("1 9", "say bye"),  # its own key wins
        ("1 1", "ask hours"),
        ("1 1 *", "ask hello"),
        ("1 1 * *", "ask menu"),
        ("1 1 * * *", "ask menu"),
        ("1 1 9 *", "ask hello"),
        ("1 1 1 *", "ask menu"),  # back at the start, nothing lies behind
        ("1 1 # *", "ask hours"),  # also out of an input
        ("1 1 # 9", "say bye"),  # where a digit is a digit
    ],
)
def test_keys_of_every_menu(keys: str, told: str) -> None:
    call = Call(book(flow(KEYS, ALWAYS)))
    call.take(*keyed(keys))
    assert call.told == told


def test_repeat_repeats_what_was_just_told_and_not_the_reproach() -> None:
    call = Call(book(flow(KEYS, ALWAYS)))
    call.take(Keyed("2"), Answered("ok", BALANCE))
    assert call.told == "ask balance-is menu"
    balance = call.phrases
    for events in (keyed("9"), keyed("9"), [*keyed("5 9")], [Silent(), *keyed("9")]):
        call.take(*events)
        assert call.phrases == balance
    call.take(Keyed("1"), Keyed("*"))
    assert call.told == "ask menu"


def test_back_leads_into_the_flow_where_the_call_was() -> None:
    other = flow("start: " + MENU.removeprefix("start: ") + ENDS, "always: { '*': back }")
    other = other.replace("flow: test", "flow: other").replace('"100"', '"200"')
    first = "start: { menu: hello, keys: { '1': away }, gave-up: away }\n"
    call = Call(book(flow(first + "away: { goto: start, flow: other }"), other))
    call.take(Keyed("1"))
    assert (call.session.flow, call.told) == ("other", "ask menu")
    call.take(Keyed("*"))
    assert (call.session.flow, call.told) == ("test", "ask hello")


# Secrets.


def test_the_digits_of_a_secret_stand_in_no_record() -> None:
    call = Call(
        book(
            flow(
                """
start: { input: pin, into: number, least: 4, most: 4, secret: yes, then: bye, gave-up: bye }
bye: { end: bye }
""",
                "always: { '*': start }",
            )
        )
    )
    assert isinstance(call.want, Ask)
    assert call.want.secret
    call.take(Keyed("739"), Keyed("*"), Keyed("7391"))
    assert [each.key for each in call.steps[:3]] == ["secret", "*", "secret"]
    assert "739" not in repr(call.steps)
    assert "739" not in repr(call.want)


# Faults.


def test_a_value_that_nobody_brought_is_for_the_author() -> None:
    text = flow(KEYS.replace('"1": first', '"1": told'))
    with pytest.raises(FlowError, match="told uses balance, and nothing on the way"):
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
    with pytest.raises(FlowError, match=f"flow test passes {BOUND} nodes and is in n"):
        Call(book(flow(text)))


ODD: list[tuple[str, Event]] = [
    ("ask", Told()),
    ("ask", Began()),
    ("ask", Answered("ok")),
    ("ask", Bridged("ended")),
    ("say", Silent()),
    ("say", Answered("ok")),
    ("do", Told()),
    ("do", Keyed("1")),
    ("dial", Told()),
    ("dial", Silent()),
]


@pytest.mark.parametrize(("want", "event"), ODD, ids=str)
def test_an_event_that_answers_nothing_does_nothing(want: str, event: Event) -> None:
    """A deed would be done twice, if it did."""
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
    way = {"ask": [], "say": keyed("1"), "do": [*keyed("1"), Told()]}
    way["dial"] = [*way["do"], Answered("ok", BALANCE)]
    call.take(*way[want])
    assert call.told.split()[0] == want
    with pytest.raises(ValueError, match=f"{type(event).__name__} answers no want of"):
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
    *(Told(), Keyed("1"), Keyed("33"), Told(), Answered("ok", BALANCE), Bridged("ended"), Told())
]


@pytest.mark.parametrize("turn", range(len(COURSE)))
def test_who_hangs_up_has_a_complete_record(turn: int) -> None:
    call, whole = Call(every_kind()), Call(every_kind())
    whole.take(*COURSE)
    assert whole.want == Done("ended")
    call.take(*COURSE[:turn])
    node = call.session.node
    before = list(call.steps)
    assert call.take(Gone(16)) == Done("gone")
    assert before == whole.steps[: len(before)]
    assert call.steps[len(before) :] == [Step(node, call.steps[-1].kind, outcome="gone")]


# The session.


def test_a_session_is_the_same_after_json() -> None:
    values: Values = {
        **BALANCE,
        "day": Day(date(2026, 2, 28)),
        "name": Name({"ru": "Домашний", "": "Home"}),
        "rows": Rows(({"n": Count(1)}, {"n": Digits("007")})),
    }
    call = Call(every_kind())
    call.take(Told(), Keyed("1"), Keyed("33"), Told(), Answered("ok", values))
    assert from_json(to_json(call.session)) == call.session


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b"\xff", b'{"id":"x","format":2}'])
def test_what_is_no_session_is_refused(text: bytes) -> None:
    with pytest.raises((DecodeError, UnicodeDecodeError)):
        from_json(text)


def test_a_session_of_another_format_says_so() -> None:
    text = to_json(Call(every_kind()).session).replace(b'"format":1', b'"format":9')
    with pytest.raises(ValueError, match="a session of format 9, and this program reads 1"):
        from_json(text)
