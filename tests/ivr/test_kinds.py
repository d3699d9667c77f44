"""The engine: kinds of nodes beyond words, keys, operations and queues."""

from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ivr.engine import FlowError
from ivr.events import Answered, Bridged, Event, Failed, Gone, Keyed, Played, Recorded, Silent
from ivr.values import (
    Moment,
    Money,
    Recording,
    Rows,
    Spoken,
)
from ivr.wants import Ask, CheckHours, Dial, FindAnnouncements, Record, Say, Screen, Send
from tests.ivr.calls import Call, book, flow

ENDS = """
one: { end: hello }
ten: { end: hours }
bye: { end: bye }
"""

# confirm

CONFIRM = """
start: { confirm: [menu, number], yes: one, no: ten, yes-key: "7", attempts: 2, wrong: wrong,
  silent: short, gave-up: bye }
"""


@pytest.mark.parametrize(
    ("answers", "expected", "way"),
    [
        ([Keyed("7", whole=True)], "say hello", "yes"),
        ([Keyed("2")], "say hours", "no"),
        ([Keyed("0")], "say bye", "0"),
        ([Keyed("9")], "ask menu number", "9"),
        ([Keyed("1")], "ask wrong menu number", "wrong"),
        ([Silent(whole=True)], "ask short", "silent"),
        ([Keyed("1"), Silent(), Keyed("1")], "say bye", "gave-up"),
    ],
)
def test_only_a_yes_is_a_yes(answers: list[Event], expected: str, way: str) -> None:
    call = Call(book(flow(CONFIRM + ENDS, 'always: { "0": bye, "9": repeat, "7": bye }')))
    assert isinstance(call.want, Ask)
    assert call.want.grammar.choices == {"0", "2", "7", "9"}
    call.take(*answers)
    assert call.summary == expected
    assert f"start {way}" in call.ways


# hours and announce

HOURS = """
start: { say: hello, then: desk }
desk: { hours: desk, open: one, closed: shut }
shut: { end: opens-at }
"""
OPENS = {"opens": Moment(datetime(2026, 3, 2, 9))}


def test_opening_hours_are_looked_up_while_words_wait() -> None:
    call = Call(book(flow(HOURS + ENDS)))
    assert call.want == CheckHours("desk")
    call.take(Answered("open"))
    assert call.summary == "say hello hello"
    call = Call(call.book)
    call.take(Answered("closed", OPENS))
    assert call.summary == "say hello opens-at"
    assert call.phrases[-1].values == OPENS
    assert call.ways == ["start then", "desk closed", "shut"]


ANNOUNCE = """
start: { announce: outages, %sthen: m }
m: { menu: menu, keys: { "1": bye, "9": repeat }, gave-up: bye }
"""
OUTAGES = {"announcements": Rows(({"announcement": Spoken({"ru": "Авария"})},))}


@pytest.mark.parametrize(
    ("event", "more", "expected", "way"),
    [
        (Answered("some", OUTAGES), "", "ask outages menu", "told"),
        (Answered("some", OUTAGES), "told: one, ", "say outages hello", "told"),
        (Answered("none"), "told: one, ", "ask menu", "then"),
    ],
)
def test_announcements_are_played_to_whom_they_concern(
    event: Event, more: str, expected: str, way: str
) -> None:
    call = Call(book(flow(ANNOUNCE % more + ENDS)))
    assert call.want == FindAnnouncements()
    call.take(event)
    assert call.summary == expected
    assert call.ways[0] == f"start {way}"
    assert call.session.values == (OUTAGES if way == "told" else {})


# dial


@pytest.mark.parametrize("outcome", ["ended", "busy", "no-answer", "failed"])
def test_somebody_is_called_after_the_words(outcome: str) -> None:
    text = flow(
        """
start: { say: hello, then: boss }
boss: { dial: "+375*7#", ring: 12s, on: { ended: one, busy: ten }, else: bye }
again: { dial: "+375*7#", else: bye }    # a number may be dialled twice
"""
        + ENDS
    )
    call = Call(book(text))
    assert call.summary == "say hello"
    assert call.take(Played()) == Dial("+375*7#", 12.0)
    call.take(Bridged(outcome))
    assert call.summary == {"ended": "say hello", "busy": "say hours"}.get(outcome, "say bye")
    assert call.ways[1] == f"boss {outcome if outcome in ('ended', 'busy') else 'else'}"


# record

RECORD = """
start: { say: hello, then: leave }
leave: { record: [menu, short], into: message, longest: 1m, quiet: 3s, stop: "*", then: look,
  empty: bye }
look: { branch: message, when: { "> 10": one }, else: ten }
"""


def test_what_is_said_becomes_a_value() -> None:
    call = Call(book(flow(RECORD + ENDS)))
    want = call.want
    assert isinstance(want, Record)
    assert call.summary == "record hello menu short"
    assert want == Record(Screen(call.phrases, "ru"), 60.0, 3.0, "*", "call-1")
    said = Recording("/state/recorded/call-1.wav", 12.3)
    call.take(Recorded(said))
    assert call.summary == "say hello"
    assert call.session.values == {"message": said}
    assert call.record()[1] == "leave -> recorded"


def test_who_says_nothing_goes_elsewhere() -> None:
    call = Call(book(flow(RECORD + ENDS)))
    call.take(Silent())
    assert call.summary == "say bye"
    assert call.ways == ["start then", "leave empty", "bye"]
    assert not call.session.values


@pytest.mark.parametrize(("head", "expected"), [("", "ended"), ("farewell: bye", "say bye")])
def test_an_empty_line_is_not_recorded_for_ever(head: str, expected: str) -> None:
    again = "start: { record: menu, into: message, then: bye, empty: start }\n"
    call = Call(book(flow(f"{again}{ENDS}", f"patience: 3\n{head}")))
    seen = []
    for _ in range(4):
        call.take(Silent())
        seen.append(call.summary)
    assert seen == ["record menu"] * 3 + [expected]


def test_each_recording_has_a_name_of_its_own() -> None:
    text = flow("start: { record: menu, into: message, then: start, empty: start }")
    call = Call(book(text))
    names = set()
    for _ in range(5):
        assert isinstance(call.want, Record)
        names.add(call.want.name)
        call.take(Silent())
    assert len(names) == 5


# sms

SMS = """
start: { say: hello, then: ask }
ask: { do: balance, on: { ok: sms }, else: sms }
sms: { sms: balance-is, then: one, else: ten }
"""


@pytest.mark.parametrize(
    ("outcome", "expected", "way"), [("sent", "hello", "then"), ("nowhere", "hours", "else")]
)
def test_a_message_is_sent_once(outcome: str, expected: str, way: str) -> None:
    call = Call(book(flow(SMS + ENDS)))
    balance = {"balance": Money(Decimal("1.20"), "BYN")}
    want = call.take(Played(), Answered("ok", balance))
    assert isinstance(want, Send)
    assert (call.summary, want.key, want.screen.language) == ("send balance-is", "call:3", "ru")
    assert call.phrases[0].values == balance
    call.take(Answered(outcome))
    assert call.summary == f"say {expected}"
    assert call.ways[2] == f"sms {way}"


# What cannot be done, of every kind.

UNDONE = {
    "ask": "start: { menu: menu, keys: { '1': bye }, gave-up: bye }",
    "say": "start: { say: hello, barge-in: no, then: bye }",
    "end": "start: { end: hello }",
    "do": "start: { do: balance, on: { ok: bye }, else: bye }",
    "hours": "start: { hours: desk, open: bye, closed: bye }",
    "announce": "start: { announce: outages, then: bye }",
    "sms": "start: { sms: hello, then: bye, else: bye }",
    "record": "start: { record: menu, into: message, then: bye, empty: bye }",
    "dial": "start: { dial: '1', else: bye }",
    "queue": "start: { queue: support, else: bye }",
}


@pytest.mark.parametrize("text", UNDONE.values(), ids=UNDONE)
def test_what_cannot_be_done_is_for_the_author(text: str) -> None:
    call = Call(book(flow(f"{text}\n{ENDS}")))
    with pytest.raises(FlowError, match="start: the voice is away") as caught:
        call.take(Failed("the voice is away"))
    assert caught.value.steps[-1].way == "error"
    call = Call(book(flow(f"{text}\n{ENDS}", "on-error: ten")))
    call.take(Failed("the voice is away"))
    assert call.summary == "say hours"


# do

WAITING = """
start: { say: hello, then: balance }
balance: { do: balance, on: { ok: bye }, else: again }
again: { menu: menu, keys: { "1": balance }, gave-up: bye }
"""


def test_a_request_to_wait_is_played_after_all_else() -> None:
    begun = book(flow(WAITING + ENDS))
    slow = replace(begun.operations["balance"], waiting="help")
    call = Call(replace(begun, operations={"balance": slow}))
    assert call.summary == "say hello"
    call.take(Played())
    assert isinstance(call.want, Say)
    assert (call.summary, call.want.passing) == ("say help", True)
    call.take(Played())
    assert call.summary == "do balance"
    call.take(Answered("unavailable"), Keyed("1"))
    assert call.summary == "say help", "and each time again"
    call.take(Gone())
    assert call.summary == "do balance", "and a hang-up does not stop it any more"
    call.take(Answered("unavailable"), Gone())
    assert (call.summary, call.session.gone) == ("gone", True)
