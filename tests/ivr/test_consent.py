"""A charge needs a yes to a text that was presented whole and names the charge."""

from decimal import Decimal

import pytest

from ivr.engine import FlowError
from ivr.events import Answered, Keyed, Played, Silent
from ivr.loader import load
from ivr.model import Book, Operation
from ivr.session import Caller
from ivr.values import Money
from ivr.wants import Ask
from tests.ivr.calls import Call, through_json

PROMPTS = ("menu", "sure", "short", "wrong", "word", "bye")
SLOTS: dict[str, dict[str, str]] = {
    **{prompt: {} for prompt in PROMPTS},
    "price": {"charge": "money"},
}
OPERATIONS = {
    "quote": Operation("quote", {"ok": {"charge": "money"}}),
    "buy": Operation("buy", {"ok": {}}, {"charge": "money"}, costs=True, charge="charge"),
    "prove": Operation("prove", {"ok": {}}, {"word": "secret"}, proves="ok"),
}
FIVE, SIX = ({"charge": Money(Decimal(amount), "EUR")} for amount in (5, 6))

FLOW = """
flow: shop
numbers: ["100"]
languages: [en]
start: menu
identify: identify
on-need: bye
always: { "*": back, "9": repeat }
nodes:
  menu:  { menu: menu, keys: { "1": quote, "2": again, "3": buy }, gave-up: bye }
  quote: { do: quote, on: { ok: price } }
  price: { say: price, then: sure }
  sure:  { confirm: sure, yes: buy, no: menu, silent: short, wrong: wrong, gave-up: bye }
  buy:   { do: buy, inputs: { charge: charge }, on: { ok: menu } }
  again: { do: quote, on: { ok: buy } }
  bye:   { end: bye }
"""
IDENTIFY = """
flow: identify
languages: [en]
start: ask
always: { "*": back }
nodes:
  ask:  { input: word, into: word, secret: yes, need: caller, then: check, gave-up: no }
  check: { do: prove, inputs: { word: word }, on: { ok: done } }
  done: { return: done }
  no:   { return: no }
"""
YES, EARLY = Keyed("1", whole=True), Keyed("1", whole=False)


def shop(text: str = FLOW) -> Book:
    loaded = load({"shop.yaml": text, "identify.yaml": IDENTIFY}, SLOTS, OPERATIONS)
    assert loaded.book is not None, loaded.problems
    return loaded.book


def at_confirm(text: str = FLOW) -> Call:
    call = Call(shop(text))
    call.take(Keyed("1"), Answered("ok", FIVE))
    return call


def test_a_yes_to_what_was_heard_is_one_charge() -> None:
    call = at_confirm()
    assert call.summary == "ask price sure"
    assert isinstance(call.want, Ask)
    assert call.want.consent == {"1"}
    call.take(YES)
    assert call.summary == "do buy"
    call.take(Answered("ok"))
    with pytest.raises(FlowError, match="buy runs buy, which costs, without the caller's yes"):
        call.take(Keyed("3"))


@pytest.mark.parametrize(
    ("event", "asked"),
    [
        (EARLY, "ask price sure"),
        (Keyed("7"), "ask wrong price sure"),
        (Silent(whole=False), "ask price sure"),
        (Keyed("9"), "ask price sure"),
    ],
)
def test_what_was_not_heard_is_said_again_whole(event: Keyed | Silent, asked: str) -> None:
    call = at_confirm()
    call.take(event)
    assert call.summary == asked
    assert call.take(EARLY)
    assert call.summary == "ask price sure"
    assert call.take(YES)
    assert call.summary == "do buy"


@pytest.mark.parametrize(
    ("event", "asked"),
    [(Silent(whole=True), "ask short"), (Keyed("7", whole=True), "ask wrong sure")],
)
def test_after_it_was_heard_the_question_alone_is_asked_again(
    event: Keyed | Silent, asked: str
) -> None:
    call = at_confirm()
    call.take(event)
    assert call.summary == asked
    assert isinstance(call.want, Ask)
    assert not call.want.consent
    assert call.take(EARLY)
    assert call.summary == "do buy"


def test_early_answers_use_up_the_attempts() -> None:
    call = at_confirm()
    call.take(EARLY, EARLY, EARLY)
    assert call.summary == "say bye"


def test_another_charge_than_the_one_that_was_said_is_refused() -> None:
    call = at_confirm()
    call.take(Keyed("2", whole=True))
    with pytest.raises(FlowError, match="without the caller's yes"):
        call.take(Keyed("2"), Answered("ok", FIVE))
    other = FLOW.replace("yes: buy", "yes: again")
    call = at_confirm(other)
    with pytest.raises(FlowError, match="for a charge that no text said"):
        call.take(YES, Answered("ok", SIX))
    assert at_confirm(other).take(YES, Answered("ok", FIVE))


@pytest.mark.parametrize("amount", [0, "0.00"])
def test_a_charge_of_nothing_need_not_be_said(amount: int | str) -> None:
    call = at_confirm(FLOW.replace("yes: buy", "yes: again"))
    free = {"charge": Money(Decimal(amount), "EUR")}
    call.take(YES, Answered("ok", free))
    assert call.summary == "do buy"


def test_no_way_back_leads_to_the_question_without_its_charge() -> None:
    call = at_confirm()
    call.take(YES, Answered("ok"), Keyed("*"))
    assert call.summary == "ask menu"
    call = at_confirm()
    call.take(Keyed("*"))
    assert call.summary == "ask menu"


def test_a_price_with_barge_in_no_counts_when_it_was_played_to_its_end() -> None:
    text = FLOW.replace("{ say: price,", "{ say: price, barge-in: no,")
    for whole, summary in ((True, "do buy"), (False, "")):
        call = at_confirm(text)
        assert call.summary == "say price"
        call.take(Played(whole=whole))
        if summary:
            call.take(YES)
            assert call.summary == summary
        else:
            with pytest.raises(FlowError, match="for a charge that no text said"):
                call.take(YES)


def test_the_charge_is_said_after_the_code_word_that_a_confirm_needs() -> None:
    call = at_confirm(FLOW.replace("{ confirm: sure,", "{ confirm: sure, need: code-word,"))
    assert call.summary == "ask word"
    call.take(Keyed("1234", sealed=True), Answered("ok"))
    assert call.summary == "ask price sure"


def test_a_yes_lasts_through_the_code_word_that_the_operation_needs() -> None:
    call = at_confirm(FLOW.replace("{ do: buy,", "{ do: buy, need: code-word,"))
    call.take(YES)
    assert call.summary == "ask word"
    call.session = through_json(call.session)
    call.take(Keyed("1234", sealed=True), Answered("ok"))
    assert call.summary == "do buy"
    assert call.session.caller == Caller("+375290000007", 7)
