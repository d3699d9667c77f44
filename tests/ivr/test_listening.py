"""The engine: silence, wrong keys, and the keys that every menu has."""

from collections.abc import Sequence

import pytest

from ivr.events import Answered, Bridged, Event, Keyed, Silent
from ivr.wants import Ask, Enqueue
from tests.ivr.calls import BALANCE, Call, book, flow, keyed

MENU = "start: { menu: menu, keys: { '1': one, '10': ten }, gave-up: bye }"
ENDS = """
one: { end: hello }
ten: { end: hours }
bye: { end: bye }
"""

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
ONLY_SILENT = """
start:
  menu: menu
  keys: { "1": one }
  attempts: 2
  unanswered: one
  gave-up: bye
one: { end: hello }
bye: { end: bye }
"""


@pytest.mark.parametrize(
    ("events", "said", "way"),
    [
        ([Silent(), Silent()], "say hello", "unanswered"),
        ([Keyed("5"), Silent(), Silent()], "say bye", "gave-up"),
        ([Silent(), Keyed("5"), Keyed("5")], "say bye", "gave-up"),
    ],
)
def test_who_was_only_silent_goes_elsewhere(events: list[Event], said: str, way: str) -> None:
    call = Call(book(flow(ONLY_SILENT)))
    for event in events:
        call.take(event)
    assert call.summary == said
    assert call.steps[-2].way == way


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


@pytest.mark.parametrize(("events", "expected"), RETRIES.values(), ids=RETRIES)
def test_silence_and_wrong_keys(events: Sequence[Event], expected: list[str]) -> None:
    call = Call(book(flow(TAPERED)))
    seen = []
    for event in events:
        call.take(event)
        seen.append(call.summary)
    assert seen == expected
    assert call.steps[-2].outcome == "gave-up"


def test_without_prompts_for_it_the_menu_is_played_again() -> None:
    call = Call(book(flow(MENU + ENDS)))
    for event in (Silent(), Keyed("9")):
        call.take(event)
        assert call.summary == "ask menu"


def test_after_a_wrong_key_what_was_typed_ahead_is_dropped() -> None:
    call = Call(book(flow(TAPERED)))
    flushed = []
    for event in (Silent(), Keyed("5")):
        want = call.take(event)
        assert isinstance(want, Ask)
        flushed.append(want.flush)
    assert flushed == [False, True]


def test_attempts_are_counted_again_in_another_node() -> None:
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
    assert call.summary == "ask menu"


ROUND = """
start: { menu: menu, keys: { "1": start }, attempts: 2, gave-up: agents }
agents: { queue: support, else: start }
last: { end: bye }
"""


@pytest.mark.parametrize(
    ("head", "expected"), [("patience: 4", "ended"), ("patience: 4\nfarewell: last", "say bye")]
)
@pytest.mark.parametrize("miss", [Silent(), Keyed("7")])
def test_a_call_whose_patience_is_spent_is_let_go(miss: Event, head: str, expected: str) -> None:
    """Also when the flow would send an empty line round for ever."""
    call = Call(book(flow(ROUND, head)))
    seen = []
    for _ in range(5):
        call.take(miss)
        seen.append(call.summary)
        if isinstance(call.want, Enqueue):
            call.take(Bridged("closed"))
    assert seen == ["ask menu", "dial support", "ask menu", "dial support", expected]


# Keys that every menu has.

KEYS = """
start: { menu: menu, keys: { "1": first, "2": ask }, wrong: wrong, silent: short, gave-up: bye }
first: { menu: hello, keys: { "1": second, "9": bye }, gave-up: bye }
second: { menu: hours, keys: { "1": start }, gave-up: bye }
ask: { do: balance, on: { ok: said }, else: start }
said: { say: balance-is, then: start }
bye: { end: bye }
pin: { input: pin, into: number, stop: "", then: bye, gave-up: bye }
"""
ALWAYS = "always: { '*': back, '9': repeat, '0': bye, '#': pin }"


@pytest.mark.parametrize(
    ("keys", "expected"),
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
def test_keys_of_every_menu(keys: str, expected: str) -> None:
    call = Call(book(flow(KEYS, ALWAYS)))
    call.take(*keyed(keys))
    assert call.summary == expected


def test_repeat_repeats_what_was_just_played_and_not_the_reproach() -> None:
    call = Call(book(flow(KEYS, ALWAYS)))
    call.take(Keyed("2"), Answered("ok", BALANCE))
    assert call.summary == "ask balance-is menu"
    balance = call.phrases
    for events in (keyed("9"), keyed("9"), [*keyed("5 9")], [Silent(), *keyed("9")]):
        call.take(*events)
        assert call.phrases == balance
    call.take(Keyed("1"), Keyed("*"))
    assert call.summary == "ask menu"


def test_back_leads_into_the_flow_where_the_call_was() -> None:
    other = flow("start: " + MENU.removeprefix("start: ") + ENDS, "always: { '*': back }")
    other = other.replace("flow: test", "flow: other").replace('"100"', '"200"')
    first = "start: { menu: hello, keys: { '1': away }, gave-up: away }\n"
    call = Call(book(flow(first + "away: { goto: start, flow: other }"), other))
    call.take(Keyed("1"))
    assert (call.session.flow, call.summary) == ("other", "ask menu")
    call.take(Keyed("*"))
    assert (call.session.flow, call.summary) == ("test", "ask hello")


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
