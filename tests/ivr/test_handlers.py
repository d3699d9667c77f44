"""The engine: where a flow goes when something happens that no node speaks of."""

import pytest
from msgspec.structs import replace

from ivr.engine import FlowError
from ivr.events import Answered, Event, Failed, Gone, Keyed, Played, Recorded, Silent
from ivr.session import Caller, from_json, to_json
from ivr.values import Recording, Sealed
from ivr.wants import Done, Invoke
from tests.ivr.calls import BALANCE, Call, book, called, flow, keyed

# on-need

NEED = """
start: { menu: menu, keys: { "1": open, "2": known, "3": secret }, gave-up: bye }
open: { say: hello, then: start }
known: { say: hours, need: caller, then: start }
secret: { do: balance, need: code-word, on: { ok: start }, else: start }
lacking: { say: help, then: start }
bye: { end: bye }
"""


@pytest.mark.parametrize(
    ("subscriber", "key", "expected"),
    [
        (None, "1", "ask hello menu"),
        (None, "2", "ask help menu"),
        (7, "2", "ask hours menu"),
        (7, "3", "ask help menu"),
    ],
)
def test_who_is_not_known_well_enough_goes_to_on_need(
    subscriber: int | None, key: str, expected: str
) -> None:
    call = Call(book(flow(NEED, "on-need: lacking")), subscriber)
    call.take(Keyed(key))
    assert call.summary == expected
    if "help" in expected:
        assert call.ways[-2:] == [f"{call.steps[-2].node} need", "lacking then"]
        assert call.steps[-2].outcome.startswith("needs c")


def test_a_need_without_a_way_is_for_the_author() -> None:
    with pytest.raises(FlowError, match="known needs caller: give the flow an on-need"):
        Call(book(flow(NEED)), None).take(Keyed("2"))


# identify

ASKS = """
start: { input: pin, into: pin, secret: yes, attempts: 2, then: check, gave-up: human }
check: { do: prove, on: { ok: done, no: again } }
again: { say: wrong, then: start }
human: { return: human }
done: { return: done }
"""


def asking(subscriber: int | None = 7) -> Call:
    text = flow(NEED, 'identify: who\non-need: lacking\nalways: { "*": back }')
    return Call(book(text, called("who", ASKS, 'always: { "*": back }')), subscriber)


def test_what_is_missing_is_asked_for_and_the_call_comes_back() -> None:
    call = asking()
    call.take(Keyed("3"))
    assert call.summary == "ask pin"
    call.take(Keyed("1111"), Answered("no"))
    assert call.summary == "ask wrong pin"
    call.take(Keyed("5266"), Answered("ok"))
    assert call.summary == "do balance"
    assert call.ways[1:] == [
        "secret identify",
        *("who.start then", "who.check no", "who.again then", "who.start then", "who.check ok"),
        "who.done return",
    ]
    call.take(Answered("ok", BALANCE), Keyed("3"))
    assert call.summary == "do balance", "a caller who gave it is not asked again"


@pytest.mark.parametrize(
    ("subscriber", "events", "expected"),
    [
        (7, (Silent(), Silent()), "ask help menu"),
        (None, (), "ask help menu"),
        (7, (Keyed("*"),), "ask menu"),
    ],
)
def test_a_caller_without_it_goes_to_on_need(
    subscriber: int | None, events: tuple[Event, ...], expected: str
) -> None:
    call = asking(subscriber)
    call.take(Keyed("3"))
    call.take(*events)
    assert call.summary == expected
    assert call.session.frames == ()


def test_a_flow_that_is_called_for_its_outcome_is_not_taken_for_one_that_asks() -> None:
    text = flow(
        """
start: { call: who, need: code-word, on: { done: bye }, else: start }
bye: { end: bye }
""",
        "identify: who\non-need: bye",
    )
    call = Call(book(text, called("who", ASKS)))
    call.take(Keyed("5266"), Answered("ok"), Keyed("5266"), Answered("no"), Keyed("5266"))
    assert [frame.identifying for frame in call.session.frames] == [False]
    call.take(Answered("ok"))
    assert call.summary == "say bye"


def test_a_number_that_the_line_does_not_vouch_for_is_a_strangers_until_the_code_word() -> None:
    call = asking()
    call.session = replace(call.session, caller=Caller("+375290000007", 7, vouched=False))
    assert call.session.identity == "none"
    call.take(Keyed("2"))
    assert call.summary == "ask pin"
    call.take(Keyed("5266"), Answered("ok"))
    assert (call.summary, call.session.identity) == ("ask hours menu", "code-word")


def test_a_secret_is_in_no_text_of_a_session() -> None:
    call = asking()
    call.take(Keyed("3"), Keyed("5266", sealed=True))
    assert isinstance(call.want, Invoke)
    for text in (repr(call.session), repr(call.want), to_json(call.session).decode()):
        assert "5266" not in text
    assert repr(Keyed("5266", sealed=True)) == "Keyed(***)"
    assert from_json(to_json(call.session)).values == {"pin": Sealed()}, "it is forgotten"


# Of a flow that was called: its own handler, or that of the nearest that called it.

OUTER = """
start: { say: hello, then: middle }
middle: { call: middle, on: { done: bye }, else: bye }
need: { say: [hours, hello], then: menu }
down: { say: [hours, short], then: menu }
error: { say: [hours, wrong], then: menu }
menu: { menu: menu, keys: { "1": bye }, gave-up: bye }
bye: { end: bye }
"""
MIDDLE = """
start: { call: inner, on: { done: done } }
need: { say: [help, hello], then: menu }
down: { say: [help, short], then: menu }
error: { say: [help, wrong], then: menu }
menu: { menu: menu, keys: { "1": done }, gave-up: done }
done: { return: done }
"""
INNER = """
start: { menu: hello, keys: { "1": need, "2": down, "3": fault }, gave-up: done }
need: { say: bye, need: code-word, then: done }
down: { do: balance, on: { ok: done }, else: done }
fault: { say: balance-is, then: done }
done: { return: done }
"""
HANDLERS = "on-need: need\non-backend-down: down\non-error: error"


@pytest.mark.parametrize(("key", "expected"), [("1", "hello"), ("2", "short"), ("3", "wrong")])
@pytest.mark.parametrize("has", ["middle", "outer"])
def test_the_nearest_handler_counts(key: str, expected: str, has: str) -> None:
    texts = flow(OUTER, HANDLERS), called("middle", MIDDLE, HANDLERS if has == "middle" else "")
    call = Call(book(*texts, called("inner", INNER)))
    call.take(Keyed(key))
    if isinstance(call.want, Invoke):
        call.take(Answered("unavailable"))
    first = "help" if has == "middle" else "hours"
    assert call.summary == f"ask {first} {expected} menu"
    assert call.session.flow == ("middle" if has == "middle" else "test")
    assert len(call.session.frames) == (has == "middle")


def test_a_branch_for_unavailable_is_stronger_than_a_handler() -> None:
    nodes = """
start: { do: balance, on: { ok: bye, unavailable: start2 } }
start2: { do: balance, on: { ok: bye }, else: bye }
down: { end: short }
bye: { end: bye }
"""
    call = Call(book(flow(nodes, "on-backend-down: down")))
    call.take(Answered("unavailable"))
    assert call.summary == "do balance"
    call.take(Answered("unavailable"))
    assert call.summary == "say short"
    assert call.ways[:2] == ["start unavailable", "start2 backend-down"]


# on-error

BROKEN = """
start: { menu: menu, keys: { "1": said, "2": work }, gave-up: bye }
said: { say: balance-is, then: start }
work: { do: balance, on: { ok: said }, else: bye }
sorry: { say: wrong, then: start }
bye: { end: bye }
"""


def test_a_fault_is_answered_once() -> None:
    call = Call(book(flow(BROKEN, "on-error: sorry")))
    call.take(Keyed("1"))
    assert call.summary == "ask wrong menu"
    assert call.ways == ["start 1", "said error", "sorry then"]
    with pytest.raises(FlowError, match="said uses balance") as caught:
        call.take(Keyed("1"))
    assert [step.way for step in caught.value.steps] == ["1", "error"]


def test_waiting_prompts_are_not_played_after_a_fault() -> None:
    nodes = "start: { say: hello, then: said }\n" + BROKEN.replace("start:", "m:", 1).replace(
        "then: start", "then: m"
    )
    call = Call(book(flow(nodes, "on-error: sorry")))
    assert call.summary == "ask wrong menu"


@pytest.mark.parametrize("begun", ["do", "say"])
def test_an_operation_or_a_prompt_that_fails_is_handled_too(begun: str) -> None:
    call = Call(book(flow(BROKEN, "on-error: sorry")))
    call.take(Keyed("2"))
    if begun == "say":
        call.take(Answered("other"))
        assert call.summary == "say bye"
    call.take(Failed("RuntimeError: broken"))
    assert call.summary == "ask wrong menu"
    assert not call.session.playing


def test_a_handler_that_is_at_fault_itself_is_for_the_author() -> None:
    with pytest.raises(FlowError, match="said uses balance"):
        Call(book(flow(BROKEN, "on-error: said"))).take(Keyed("1"))


# on-hangup

LEFT = """
start: { menu: menu, keys: { "1": leave, "2": sub }, gave-up: bye }
leave: { record: hello, into: message, then: start, empty: start }
sub: { call: sub, on: { done: bye } }
gone: { say: [hello, balance-is], then: legal }
legal: { say: hours, barge-in: no, then: who }
who: { branch: caller, when: { known: work }, else: bye }
work: { do: balance, on: { ok: second }, else: second }
second: { sms: short, then: bye, else: bye }
bye: { end: bye }
"""
SUB = """
start: { menu: hello, keys: { "1": done }, gave-up: done }
done: { return: done }
"""


@pytest.mark.parametrize("keys", ["", "1", "2"])
def test_what_is_due_is_done_for_a_caller_who_is_gone(keys: str) -> None:
    """Whatever prompts stand between: they are not played, and need no values."""
    call = Call(book(flow(LEFT, "on-hangup: gone"), called("sub", SUB)))
    call.take(*keyed(keys))
    seen = [call.take(Gone(16))]
    assert call.summary == "do balance"
    seen.append(call.take(Answered("unavailable")))
    assert call.summary == "send short"
    assert call.take(Answered("sent")) == Done("gone")
    assert [step.prompt for step in call.steps[-7:-2]] == [""] * 5
    assert call.ways[-1] == "bye"
    assert call.steps[-1].prompt == ""
    assert call.session.gone


def test_gone_twice_is_done_once() -> None:
    call = Call(book(flow(LEFT, "on-hangup: gone"), called("sub", SUB)))
    call.take(Gone(16))
    assert call.take(Gone(16)) == Done("gone")
    assert [way for way in call.ways if "hung-up" in way] == ["start hung-up"]


def test_who_must_be_asked_or_connected_is_let_go() -> None:
    for node in (
        "gone: { menu: menu, keys: { '1': bye }, gave-up: bye }",
        "gone: { queue: support, else: bye }",
        "gone: { dial: '1', else: bye }",
        "gone: { record: hello, into: message, then: bye, empty: bye }",
    ):
        nodes = f"start: {{ menu: menu, keys: {{ '1': bye }}, gave-up: bye }}\n{node}\n"
        call = Call(book(flow(f"{nodes}bye: {{ end: bye }}", "on-hangup: gone")))
        assert call.take(Gone(16)) == Done("gone")


def test_a_recording_is_there_after_the_hang_up() -> None:
    """The line brings the recording first, and then the hang-up."""
    call = Call(book(flow(LEFT, "on-hangup: gone"), called("sub", SUB)))
    said = Recording("/x.wav", 3.0)
    call.take(Keyed("1"), Recorded(said), Gone(16))
    assert call.summary == "do balance"
    assert call.session.values["message"] == said


@pytest.mark.parametrize("event", [Failed("broken"), Answered("ok", BALANCE)])
def test_an_operation_after_the_hang_up_may_fail(event: Event) -> None:
    head = "on-hangup: work\non-error: second"
    call = Call(book(flow(LEFT, head), called("sub", SUB)))
    call.take(Gone(16), event)
    assert call.summary == "send short"
    assert call.take(Answered("nowhere")) == Done("gone")


def test_a_flow_without_handlers_ends_at_a_hang_up() -> None:
    call = Call(book(flow(LEFT), called("sub", SUB)))
    call.take(Keyed("1"))
    assert call.take(Gone(16)) == Done("gone")
    call = Call(call.book)
    call.take(Keyed("2"), Keyed("1"))
    assert call.summary == "say bye"
    assert call.take(Played()) == Done("ended")
