"""A call whose menus changed while no application served it goes on at the nearest place."""

from collections.abc import Mapping, Sequence

import pytest
from msgspec.structs import replace

from ivr.checkpoint import Checkpoint, checkpoint, fits, from_json, to_json
from ivr.engine import step
from ivr.events import Answered, Began, Event, Keyed
from ivr.loader import load
from ivr.model import Book, Operation
from ivr.relocation import nearest
from ivr.resume import resume
from ivr.session import Caller, Session
from ivr.values import Digits
from ivr.wants import Ask, Invoke, Say, Want

PROMPTS = ("main", "extras", "sure", "done", "bye", "puk")
OPERATIONS = {
    one.name: one
    for one in (
        Operation("order", {"ok": {}}),
        Operation("puk", {"ok": {"puk": "digits"}}),
    )
}

OLD = """
flow: "611"
numbers: ["611"]
languages: [ru]
start: main
nodes:
  main: { menu: main, keys: { "1": extras, "2": aside, "3": puk }, gave-up: bye }
  extras: { menu: extras, keys: { "1": sure, "*": back }, gave-up: bye }
  sure: { confirm: sure, yes: order, no: main, gave-up: bye }
  order: { do: order, on: { ok: done } }
  done: { say: done, then: main }
  puk: { do: puk, on: { ok: result } }
  result: { say: puk, then: main }
  aside: { call: other, on: { done: main } }
  bye: { end: bye }
"""
OTHER = """
flow: other
languages: [ru]
start: inner
nodes:
  inner: { menu: extras, keys: { "1": out }, gave-up: out }
  out: { return: done }
"""
NEW = OLD.replace("  bye: { end: bye }", "  more: { say: done, then: main }\n  bye: { end: bye }")
NO_EXTRAS = NEW.replace("  extras: {", "  renamed: {").replace(": extras,", ": renamed,", 1)
NEEDS_VALUE = NEW.replace("extras: { menu: extras", "extras: { menu: puk")


def book(*flows: str) -> Book:
    """The book of these flows."""
    slots: dict[str, dict[str, str]] = {prompt: {} for prompt in PROMPTS}
    slots |= {"puk": {"puk": "digits"}}
    loaded = load({f"{at}.yaml": flow for at, flow in enumerate(flows)}, slots, OPERATIONS)
    assert loaded.book is not None, loaded.problems
    return loaded.book


BEFORE = book(OLD, OTHER)


def left(*events: Event) -> Checkpoint:
    """Where a call stood after these events."""
    caller = Caller("375291234567", 7)
    session = Session(id="c1", dialled="611", caller=caller, language="ru", flow="611", node="main")
    want: Want | None = None
    for event in (Began(), *events):
        turn = step(BEFORE, session, event)
        session, want = turn.session, turn.want
    assert want is not None
    return checkpoint(BEFORE, session, want, 3)


def heard(kept: Checkpoint | None) -> Sequence[str]:
    """What is presented there."""
    assert kept is not None
    assert isinstance(kept.want, Ask | Say)
    return [phrase.prompt for phrase in kept.want.screen.phrases]


EXTRAS = (Keyed("1", whole=True),)
SURE = (*EXTRAS, Keyed("1", whole=True))
ORDERED = (*SURE, Keyed("1", whole=True))


def test_the_menu_of_the_same_name_is_said_again() -> None:
    after = book(NEW, OTHER)
    kept = left(*EXTRAS)
    assert not fits(kept, after)
    moved = nearest(after, kept)
    assert heard(moved) == ["extras"]
    assert moved is not None
    assert fits(moved, after)
    assert moved.plays == 3
    turn = resume(after, moved.session, moved.want)
    back = step(after, turn.session, Keyed("*"))
    assert back.session.node == "main", "the way back is known"


def test_a_menu_that_is_gone_leads_to_the_one_before() -> None:
    assert heard(nearest(book(NO_EXTRAS, OTHER), left(*EXTRAS))) == ["main"]


def test_a_menu_that_needs_what_the_call_has_not_is_passed_over() -> None:
    assert heard(nearest(book(NEEDS_VALUE, OTHER), left(*EXTRAS))) == ["main"]


def test_a_confirm_is_never_gone_to_and_a_yes_counts_no_more() -> None:
    moved = nearest(book(NEW, OTHER), left(*SURE))
    assert heard(moved) == ["extras"]
    assert moved is not None
    assert moved.session.agreed is None
    assert moved.session.presented == ()


def test_an_operation_in_flight_is_not_left() -> None:
    kept = left(*ORDERED)
    assert isinstance(kept.want, Invoke)
    assert nearest(book(NEW, OTHER), kept) is None


def test_what_was_being_said_is_said_before() -> None:
    """As the outcome of an order, which would be placed twice by who did not hear it."""
    moved = nearest(book(NEW, OTHER), left(*ORDERED, Answered("ok")))
    assert heard(moved) == ["done", "main"]


@pytest.mark.parametrize("slots", [{}, {"done": {"sum": "money"}}])
def test_what_the_prompts_cannot_say_any_more_is_left_out(
    slots: Mapping[str, Mapping[str, str]],
) -> None:
    """The prompt is gone, or has a placeholder more."""
    flows = {"0.yaml": NEW.replace("say: done", "say: bye"), "1.yaml": OTHER}
    there: dict[str, Mapping[str, str]] = {each: {} for each in PROMPTS if each != "done"}
    there |= {"puk": {"puk": "digits"}, **slots}
    after = load(flows, there, OPERATIONS).book
    assert after is not None
    assert heard(nearest(after, left(*ORDERED, Answered("ok")))) == ["main"]


def test_what_is_for_the_caller_alone_is_not_said_without_it() -> None:
    secret = Answered("ok", {"puk": Digits("48151623", hidden=True)})
    kept = left(Keyed("3", whole=True), secret)
    assert heard(nearest(book(NEW, OTHER), from_json(to_json(kept)))) == ["main"]


def test_a_flow_that_was_called_is_left() -> None:
    moved = nearest(book(OLD, OTHER.replace("{ return: done }", "{ return: done } ")), left())
    assert heard(moved) == ["main"]
    inside = left(Keyed("2", whole=True))
    assert inside.session.flow == "other"
    moved = nearest(book(NEW, OTHER), inside)
    assert heard(moved) == ["main"]
    assert moved is not None
    assert moved.session.frames == ()


@pytest.mark.parametrize("number", ["611", "612"])
def test_with_other_flows_it_begins_again_if_they_have_the_number(number: str) -> None:
    after = book(OLD.replace("611", number, 2).replace('flow: "6', 'flow: "n6'), OTHER)
    moved = nearest(after, left(*EXTRAS))
    assert (moved is not None) == (number == "611")


def test_who_hung_up_is_not_asked() -> None:
    kept = left(*EXTRAS)
    assert (
        nearest(book(NEW, OTHER), replace(kept, session=replace(kept.session, gone=True))) is None
    )


def test_what_was_asked_back_is_asked_no_more() -> None:
    kept = left(*EXTRAS)
    doubting = replace(kept.session, misheard=1, doubted="2", doubt=("two", 0.4))
    moved = nearest(book(NEW, OTHER), replace(kept, session=doubting))
    assert moved is not None
    at = moved.session
    assert (at.misheard, at.doubted, at.doubt) == (0, "", ("", 0.0))
