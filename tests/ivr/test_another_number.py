"""A call that is about another number than the one that it comes from."""

import pytest
from msgspec.structs import replace

from ivr.engine import FlowError
from ivr.events import Answered
from ivr.session import Caller, Subject
from tests.ivr.calls import Call, book, flow

OTHER = Subject(3, "375990000003")


def proving(operation: str, subscriber: int | None = 7, proven: bool = False) -> Call:
    """A call in which an operation is under way."""
    text = flow(f"""
start: {{ do: {operation}, on: {{ ok: who }}, else: vain }}
who:   {{ branch: identity, when: {{ code-word: hours, caller: hello }}, else: vain }}
hours: {{ end: hours }}
hello: {{ end: hello }}
vain:  {{ end: bye }}
""")
    call = Call(book(text), subscriber)
    call.session = replace(call.session, proven=proven)
    return call


@pytest.mark.parametrize("subscriber", [7, None])
def test_a_proof_makes_the_call_one_of_that_subscriber(subscriber: int | None) -> None:
    call = proving("prove-other", subscriber)
    call.take(Answered("ok", about=OTHER))
    at = call.session
    assert (call.phrases[0].prompt, at.identity) == ("hours", "code-word")
    assert (at.subscriber, at.number) == (3, "375990000003")
    assert at.caller == Caller("+375290000007", subscriber), "the line's own truth stays"


def test_what_did_not_prove_changes_nothing() -> None:
    call = proving("prove-other")
    call.take(Answered("no", about=OTHER))
    assert (call.phrases[0].prompt, call.session.about, call.session.subscriber) == ("bye", None, 7)


@pytest.mark.parametrize("proven", [False, True])
def test_a_lesser_proof_is_worth_what_the_own_line_is(proven: bool) -> None:
    call = proving("text-other", proven=proven)
    call.take(Answered("ok", about=OTHER))
    assert (call.phrases[0].prompt, call.session.identity) == ("hello", "caller"), (
        "what was proved of the line's own subscriber is worth nothing here"
    )


def test_the_own_proof_after_another_number_is_one_of_that_number() -> None:
    call = proving("prove")
    call.session = replace(call.session, about=OTHER)
    call.take(Answered("ok"))
    assert (call.session.about, call.session.identity) == (OTHER, "code-word")


def test_a_proof_of_no_one_is_a_fault() -> None:
    with pytest.raises(FlowError, match="prove-other names no subscriber"):
        proving("prove-other").take(Answered("ok"))
