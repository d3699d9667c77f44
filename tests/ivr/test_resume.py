"""A session that goes on after a restart: from its checkpoint, which holds nothing secret."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from msgspec import json
from msgspec.structs import replace

from ivr.checkpoint import (
    FORMAT,
    Checkpoint,
    carried_out,
    checkpoint,
    fits,
    from_json,
    from_revealed,
    revealed,
    to_json,
)
from ivr.engine import FlowError, step
from ivr.events import Answered, Began, Event, Keyed, Played
from ivr.loader import load
from ivr.model import Book, Operation
from ivr.resume import resume
from ivr.secret import Secret
from ivr.session import Caller, Session
from ivr.values import Digits, Money, Sealed
from ivr.wants import Ask, Invoke, Say, Want

PROMPTS = ("main", "word", "again", "puk", "bye", "wait")
OPERATIONS = {
    one.name: one
    for one in (
        Operation("check", {"right": {}, "wrong": {}}, {"word": "secret"}),
        Operation("change", {"ok": {}, "differ": {}}, {"new": "secret", "again": "secret"}),
        Operation("puk", {"ok": {"puk": "digits"}}),
    )
}

FLOW = """
flow: "611"
numbers: ["611"]
languages: [ru]
start: main
nodes:
  main:
    menu: main
    keys: { "1": word, "2": new, "3": puk }
    gave-up: bye
  word: { input: word, into: word, least: 4, most: 8, secret: yes, then: check, gave-up: bye }
  check: { do: check, inputs: { word: word }, on: { right: main, wrong: main } }
  new: { input: word, into: new, least: 4, most: 8, secret: yes, then: again, gave-up: bye }
  again: { input: again, into: again, least: 4, most: 8, secret: yes, then: change, gave-up: bye }
  change: { do: change, inputs: { new: new, again: again }, on: { ok: main, differ: new } }
  puk: { do: puk, on: { ok: said } }
  said: { say: puk, barge-in: no, then: main }
  bye: { end: bye }
"""


def book() -> Book:
    """The book of the flow."""
    slots: dict[str, dict[str, str]] = {prompt: {} for prompt in PROMPTS} | {
        "puk": {"puk": "digits"}
    }
    loaded = load({"flow.yaml": FLOW}, slots, OPERATIONS)
    assert loaded.book is not None, loaded.problems
    return loaded.book


def walked(events: Sequence[Event]) -> tuple[Session, Want]:
    """The session and its want after these events."""
    caller = Caller("375291234567", 7)
    session = Session(id="c1", dialled="611", caller=caller, language="ru", flow="611", node="main")
    want: Want | None = None
    for event in (Began(), *events):
        turn = step(book(), session, event)
        session, want = turn.session, turn.want
    assert want is not None
    return session, want


def stored(session: Session, want: Want) -> Checkpoint:
    """The checkpoint as another process reads it."""
    return from_json(to_json(checkpoint(book(), session, want, 3)))


def secret(digits: str) -> Keyed:
    """A secret that was keyed."""
    return Keyed(digits, sealed=True, whole=True)


WAYS: tuple[Sequence[Event], ...] = (
    [],
    [Keyed("1")],
    [Keyed("1"), secret("48151623")],
    [Keyed("2"), secret("48151623")],
    [Keyed("2"), secret("48151623"), secret("48151623")],
    [Keyed("1"), secret("48151623"), Answered("wrong")],
    [Keyed("3")],
    [Keyed("3"), Answered("ok", {"puk": Digits("48151623", hidden=True)})],
    [Keyed("3"), Answered("ok", {"puk": Digits("48151623", hidden=True)}), Played(whole=True)],
)


@pytest.mark.parametrize("events", WAYS, ids=range(len(WAYS)))
def test_nothing_secret_is_in_a_checkpoint(events: Sequence[Event]) -> None:
    """Neither what was keyed nor what is for the caller alone."""
    session, want = walked(events)
    assert b"48151623" not in to_json(checkpoint(book(), session, want, 3))


@pytest.mark.parametrize("events", [WAYS[0], WAYS[1], WAYS[3], WAYS[5], WAYS[6]])
def test_a_session_goes_on_with_its_want(events: Sequence[Event]) -> None:
    """All that does not need what was secret is the same; an input is asked again."""
    session, want = walked(events)
    kept = stored(session, want)
    turn = resume(book(), kept.session, kept.want)
    assert turn.want == want
    assert turn.session.turn == session.turn, "the key of an action is the same"
    assert kept.plays == 3
    assert fits(kept, book())


@pytest.mark.parametrize(("events", "node"), [(WAYS[2], "word"), (WAYS[4], "new")])
def test_a_secret_is_asked_for_again(events: Sequence[Event], node: str) -> None:
    """Before the operation that needs it; of several the first."""
    kept = stored(*walked(events))
    turn = resume(book(), kept.session, kept.want)
    assert isinstance(turn.want, Ask)
    assert turn.want.secret
    assert turn.session.node == node
    last = step(book(), turn.session, secret("48151623"))
    if node == "new":
        last = step(book(), last.session, secret("48151623"))
    assert isinstance(last.want, Invoke)
    assert not any(map(is_empty, last.want.inputs.values()))


def is_empty(value: object) -> bool:
    """Whether it is a secret that is missing."""
    return isinstance(value, Sealed) and value.digits is None


def test_what_is_for_the_caller_alone_is_fetched_again_by_the_menu() -> None:
    session, want = walked(WAYS[7])
    assert isinstance(want, Say)
    kept = stored(session, want)
    turn = resume(book(), kept.session, kept.want)
    assert isinstance(turn.want, Ask)
    assert turn.session.node == "main"
    assert isinstance(step(book(), turn.session, Keyed("3")).want, Invoke)


def test_an_order_that_is_stored_is_found_by_its_key_without_its_secret() -> None:
    session, want = walked(WAYS[2])
    kept = carried_out(stored(session, want))
    turn = resume(book(), kept.session, kept.want)
    assert isinstance(turn.want, Invoke)
    assert isinstance(want, Invoke)
    assert turn.want.key == want.key
    assert turn.want.inputs == {"word": Sealed(Secret(""))}


def test_a_secret_that_no_input_asks_for_is_a_fault() -> None:
    session, _ = walked([])
    want = Invoke("check", {"word": Sealed()}, "c1:9")
    with pytest.raises(FlowError, match="no input asks for"):
        resume(book(), session, want)


def test_money_and_the_rest_are_as_before() -> None:
    """What a session carries goes through JSON unchanged, but for secrets."""
    session, want = walked([])
    rich = replace(session, values={"balance": Money(Decimal(1), "EUR"), "code": Digits("12")})
    assert stored(rich, want).session.values["code"] == Digits("12")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"format":99}', b'{"format":1}'])
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is what the caller catches
        from_json(body)


def test_a_session_of_another_format_is_refused() -> None:
    kept = json.decode(to_json(checkpoint(book(), *walked([]), 0)))
    assert kept["format"] == FORMAT
    kept["session"]["format"] += 1
    with pytest.raises(ValueError, match="a session of format"):
        from_json(json.encode(kept))


def test_menus_with_another_text_do_not_fit() -> None:
    kept = stored(*walked([]))
    assert not fits(replace(kept, flows={"611": "another"}), book())
    assert not fits(replace(kept, flows={"gone": "v"}), book())


def test_another_process_gets_what_is_not_stored() -> None:
    """While both run, nothing is asked for again."""
    session, want = walked([Keyed("1", whole=True), secret("5266")])
    kept = checkpoint(book(), session, want, 3)
    assert isinstance(want, Invoke)
    assert from_revealed(revealed(kept)) == kept
    assert b"5266" not in to_json(kept)
