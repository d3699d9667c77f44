"""What is known from memory of a caller when a phone rings."""

from datetime import UTC, datetime

import pytest

from ari_app.store.directory import Caller as KnownCaller
from ari_app.workplace.live_calls import STEPS, LiveCalls
from ari_app.workplace.strangers import Known
from ivr.acd.queues import Caller
from ivr.checkpoint import Checkpoint
from ivr.engine import Step
from ivr.session import Caller as Calls
from ivr.session import Session, Subject
from ivr.wants import Enqueue
from tests.operators import BELARUS

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
CALLER = Caller("1.1", "PJSIP/trunk-00000001", "375990000001", "Anybody", AT)


class RecordingObserver:
    """Records which events were forwarded."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def began(self, *_: object) -> None:
        self.heard.append("began")

    def stepped(self, *_: object) -> None:
        self.heard.append("stepped")

    def presented(self, *_: object) -> None:
        self.heard.append("presented")

    def ended(self, *_: object) -> None:
        self.heard.append("ended")


async def find(number: str) -> KnownCaller | None:
    return KnownCaller(1, "be", "Минск") if BELARUS.msisdn(number) == "375990000001" else None


def session(**more: object) -> Session:
    return Session(
        id="c1",
        dialled="611",
        caller=Calls("375990000001", 1),
        language="ru",
        flow="611",
        node="main",
        **more,  # type: ignore[arg-type]
    )


def test_a_caller_from_our_menus_comes_with_path_and_identity() -> None:
    live_calls, after = LiveCalls(find, BELARUS), RecordingObserver()
    observer = live_calls.observing(after)
    observer.began(session(), "v", AT)
    live_calls.arrived("1.1", "c1")
    observer.stepped(session(proven=True), (Step("611", "main", "menu", key="1"),), AT)
    observer.presented("c1", Enqueue("support", "money", "ru"))
    found = live_calls.arrival(CALLER, "support")
    assert (found.call, found.subscriber, found.topic) == ("c1", 1, "money")
    assert (found.identity, found.language) == ("code-word", "ru")
    steps = live_calls.steps("c1")
    assert steps is not None
    assert [one.step.node for one in steps] == ["main"]
    observer.ended("c1", "ended", 16, AT)
    live_calls.left("1.1")
    assert live_calls.steps("c1") is None
    assert live_calls.arrival(CALLER, "support").call == ""
    assert after.heard == ["began", "stepped", "presented", "ended"]


async def test_a_caller_whom_another_worker_serves_comes_with_identity_and_topic() -> None:
    """Their call is looked up as it is stored, once; what is just being stored is found, too."""
    kept = Checkpoint(
        session=session(proven=True), want=Enqueue("support", "money", "ru"), flows={"611": "v"}
    )
    answers = [None, kept]

    async def of_others(channel: str) -> Checkpoint | None:
        assert channel == "1.1"
        return answers.pop(0)

    live_calls = LiveCalls(find, BELARUS, of_others=of_others)
    for _ in range(2):
        await live_calls.look_up([CALLER])
    found = live_calls.arrival(CALLER, "support")
    assert (found.call, found.subscriber, found.topic) == ("c1", 1, "money")
    assert (found.identity, found.language) == ("code-word", "ru")
    assert live_calls.origin(CALLER).version == "v"
    await live_calls.look_up([])
    assert live_calls.arrival(CALLER, "support").call == ""


def test_a_card_has_the_line_and_the_number_that_the_call_is_about() -> None:
    live_calls = LiveCalls(find, BELARUS)
    observer = live_calls.observing(RecordingObserver())
    observer.began(session(), "v", AT)
    live_calls.arrived("1.1", "c1")
    about = session(about=Subject(7, "375990000007"), proven=True)
    observer.stepped(about, (), AT)
    found = live_calls.arrival(CALLER, "support")
    assert (found.number, found.subscriber, found.about) == ("375990000001", 7, "375990000007")
    assert found.identity == "code-word"


@pytest.mark.parametrize(
    ("number", "channel", "subscriber", "identity"),
    [
        ("375990000001", "PJSIP/375990000001-00000001", 1, "caller"),
        ("375990000001", "PJSIP/trunk-00000001", 1, "none"),
        ("+375 99 000-00-01", "PJSIP/trunk-00000001", 1, "none"),
        ("0", "PJSIP/trunk-00000001", None, "none"),
        ("442071234567", "PJSIP/trunk-00000001", None, "none"),
        ("", "Local/1@x-00000001;1", None, "none"),
    ],
)
async def test_a_caller_from_elsewhere_is_known_by_number_at_most(
    number: str, channel: str, subscriber: int | None, identity: str
) -> None:
    live_calls = LiveCalls(find, BELARUS, frozenset({"PJSIP/trunk"}))
    caller = Caller("2.2", channel, number, "", AT)
    await live_calls.look_up([caller])
    found = live_calls.arrival(caller, "old-queue")
    assert found.number in ("375990000001", "442071234567", "")
    assert (found.subscriber, found.identity, found.queue) == (subscriber, identity, "old-queue")


async def test_callers_who_left_are_not_remembered() -> None:
    asked: list[str] = []

    async def counted(number: str) -> KnownCaller | None:
        asked.append(number)
        return await find(number)

    live_calls = LiveCalls(counted, BELARUS)
    await live_calls.look_up([CALLER])
    await live_calls.look_up([CALLER])
    assert asked == [CALLER.number]
    await live_calls.look_up([])
    assert live_calls.arrival(CALLER, "support").subscriber is None
    await live_calls.look_up([CALLER])
    assert live_calls.arrival(CALLER, "support").subscriber == 1


def test_only_the_last_steps_are_remembered() -> None:
    live_calls = LiveCalls(find, BELARUS)
    observer = live_calls.observing(RecordingObserver())
    observer.began(session(), "v", AT)
    for number in range(3 * STEPS):
        observer.stepped(session(), (Step("611", f"n{number}", "say"),), AT)
    steps = live_calls.steps("c1")
    assert steps is not None
    assert len(steps) == STEPS
    assert steps[-1].step.node == f"n{3 * STEPS - 1}"


async def test_a_caller_who_waits_again_is_not_looked_up_again() -> None:
    asked = list[str]()

    async def counted(number: str) -> KnownCaller | None:
        asked.append(number)
        return await find(number)

    live_calls = LiveCalls(counted, BELARUS)
    await live_calls.look_up([CALLER])
    await live_calls.look_up([], [CALLER])
    await live_calls.look_up([CALLER])
    assert len(asked) == 1


async def test_what_was_not_found_is_asked_for_again_at_the_next_ring() -> None:
    """The store did not answer, or another worker had not stored the call yet."""
    subscribers = [None, KnownCaller(1, "be", "Минск")]
    kept = Checkpoint(session=session(), want=Enqueue("a", "", "ru"), flows={})
    calls = [None, None, kept]

    async def found_later(_number: str) -> KnownCaller | None:
        return subscribers.pop(0)

    async def of_others(_channel: str) -> Checkpoint | None:
        return calls.pop(0)

    live_calls = LiveCalls(found_later, BELARUS, of_others=of_others)
    for _ in range(3):
        await live_calls.look_up([CALLER])
    assert live_calls.arrival(CALLER, "support").subscriber is None, "the same ring"
    for _ in range(2):
        await live_calls.look_up([], [CALLER])
        await live_calls.look_up([CALLER])
    assert live_calls.strangers.of(CALLER.call) == Known(None, kept, KnownCaller(1, "be", "Минск"))


async def test_a_caller_from_a_menu_is_no_stranger_when_they_hung_up() -> None:
    asked = list[str]()

    async def find(number: str) -> None:
        asked.append(number)

    live_calls = LiveCalls(find, BELARUS)
    live_calls.began(session())
    live_calls.arrived(CALLER.call, "c1")
    await live_calls.look_up([CALLER])
    live_calls.left(CALLER.call)
    live_calls.ended("c1")
    await live_calls.look_up([CALLER])
    assert not asked, "the board has them still"
    await live_calls.look_up([])
    await live_calls.look_up([CALLER])
    assert len(asked) == 1
