"""What is known at once of callers, whatever way they came."""

from datetime import UTC, datetime

import pytest

from ari_app.store.directory import Caller as Known
from ari_app.workplace.calling import STEPS, Calling
from ivr.acd.queues import Caller
from ivr.engine import Step
from ivr.session import Caller as Calls
from ivr.session import Session
from ivr.wants import Enqueue

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
CALLER = Caller("1.1", "PJSIP/trunk-00000001", "375990000001", "Anybody", AT)


class Silent:
    """The witness that follows."""

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


def find(number: str) -> Known | None:
    return Known(1, "be", "Минск") if number == "375990000001" else None


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


def test_of_a_caller_of_ours_the_path_and_what_he_proved_is_known() -> None:
    calling, after = Calling(find), Silent()
    witness = calling.witness(after)
    witness.began(session(), "v", AT)
    calling.arrived("1.1", "c1")
    witness.stepped(session(proven=True), (Step("611", "main", "menu", key="1"),), AT)
    witness.presented("c1", Enqueue("support", "money", "ru"))
    found = calling.arrival(CALLER, "support")
    assert (found.call, found.subscriber, found.topic) == ("c1", 1, "money")
    assert (found.identity, found.language) == ("code-word", "ru")
    steps = calling.steps("c1")
    assert steps is not None
    assert [one.step.node for one in steps] == ["main"]
    witness.ended("c1", "ended", 16, AT)
    calling.left("1.1")
    assert calling.steps("c1") is None
    assert calling.arrival(CALLER, "support").call == ""
    assert after.heard == ["began", "stepped", "presented", "ended"]


@pytest.mark.parametrize(
    ("number", "channel", "subscriber", "identity"),
    [
        ("375990000001", "PJSIP/375990000001-00000001", 1, "caller"),
        ("375990000001", "PJSIP/trunk-00000001", 1, "none"),
        ("442071234567", "PJSIP/trunk-00000001", None, "none"),
        ("", "Local/1@x-00000001;1", None, "none"),
    ],
)
def test_who_came_through_no_flow_of_ours_is_known_by_his_number_at_most(
    number: str, channel: str, subscriber: int | None, identity: str
) -> None:
    calling = Calling(find, frozenset({"PJSIP/trunk"}))
    found = calling.arrival(Caller("2.2", channel, number, "", AT), "old-queue")
    assert (found.subscriber, found.identity, found.queue) == (subscriber, identity, "old-queue")


def test_an_endless_call_is_not_remembered_endlessly() -> None:
    calling = Calling(find)
    witness = calling.witness(Silent())
    witness.began(session(), "v", AT)
    for number in range(3 * STEPS):
        witness.stepped(session(), (Step("611", f"n{number}", "say"),), AT)
    steps = calling.steps("c1")
    assert steps is not None
    assert len(steps) == STEPS
    assert steps[-1].step.node == f"n{3 * STEPS - 1}"
