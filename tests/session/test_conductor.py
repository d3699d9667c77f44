"""A session over a line: what is wanted, what is done, and a record that is always complete."""

import asyncio

import pytest

from ari_app.session.conductor import conduct
from ari_app.session.line import LineError
from ivr.engine import FlowError
from ivr.events import Bridged, Gone, Keyed, Played, Silent
from ivr.wants import Ask, Done, Enqueue, Say
from tests.records import without_times
from tests.session.scripted import FLOW, Play, Scripted, Sight, book, session


def complete(sight: Sight, ending: str, cause: int = 0) -> None:
    """The record has one beginning, its steps in order, and one end after them."""
    [began], [ended] = sight.began, sight.ended
    assert sight.records[0] is began
    assert sight.records[-1] is ended
    assert (ended.ending, ended.cause) == (ending, cause)
    assert [step.seq for step in sight.steps] == list(range(1, len(sight.steps) + 1))
    moments = [record.at for record in sight.records]
    assert moments == sorted(moments)
    assert began.at < ended.at
    assert began.version == book().flows["611"].version


@pytest.mark.parametrize(
    ("script", "ending", "cause"),
    [
        ([Keyed("0"), Bridged("ended"), Played()], "ended", 0),
        ([Silent(), Silent(), Silent(), Played()], "ended", 0),
        ([Gone()], "gone", 0),
        ([Gone(31)], "gone", 31),
        ([Keyed("1"), Gone(16)], "gone", 16),
        ([Keyed("3"), Gone(16)], "gone", 16),
        ([Keyed("0"), Gone(19)], "gone", 19),
        ([Keyed("0"), Bridged("timeout"), Gone(16)], "gone", 16),
        ([Keyed("9"), Gone(16)], "gone", 16),
    ],
)
async def test_the_record_is_complete_however_it_ends(
    script: list[Play], ending: str, cause: int
) -> None:
    sight, line = Sight(), Scripted(script)
    assert await conduct(line, book(), session(), sight.world) == ending
    complete(sight, ending, cause)
    assert isinstance(line.wants[-1], Done)
    assert not line.script


@pytest.mark.parametrize(
    "script", [[RuntimeError("broken")], [Keyed("1"), OSError("broken")], [Played()]]
)
async def test_a_fault_is_recorded_and_goes_on_to_the_caller_of_it(script: list[Play]) -> None:
    sight = Sight()
    with pytest.raises((RuntimeError, OSError, ValueError)):
        await conduct(Scripted(script), book(), session(), sight.world)
    complete(sight, "fault")


async def test_a_fault_in_an_operation() -> None:
    sight = Sight(answers={"balance": "never-declared"})
    with pytest.raises(FlowError, match="no branch for the outcome never-declared"):
        await conduct(Scripted([Keyed("1")]), book(), session(), sight.world)
    complete(sight, "fault")


async def test_a_cancelled_session_is_recorded() -> None:
    sight, line = Sight(), Scripted([Keyed("1")])
    task = asyncio.create_task(conduct(line, book(), session(), sight.world))
    await line.stuck.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    complete(sight, "fault")
    assert [step.key for step in sight.steps if step.key] == ["1"]


async def test_what_the_line_is_asked_in_turn() -> None:
    sight = Sight()
    line = Scripted([Keyed("1"), Keyed("2"), Keyed("0"), Bridged("ended"), Played()])
    await conduct(line, book(), session(), sight.world)
    assert [type(want) for want in line.wants] == [Ask, Ask, Ask, Enqueue, Say, Done]
    assert sight.actions == [("balance", "c1:2")]
    asks = [want for want in line.wants if isinstance(want, Ask)]
    assert [ask.screen.language for ask in asks] == ["ru", "ru", "be"]
    assert [[phrase.prompt for phrase in ask.screen.phrases] for ask in asks] == [
        ["main"],
        ["balance-said", "main"],
        ["main"],
    ]


@pytest.mark.parametrize(("subscriber", "remembered"), [(7, [(7, "be")]), (None, [])])
async def test_the_language_of_a_subscriber_is_remembered(
    subscriber: int | None, remembered: list[tuple[int, str]]
) -> None:
    sight = Sight()
    line = Scripted([Keyed("2"), Keyed("2"), Gone()])
    await conduct(line, book(), session(subscriber=subscriber), sight.world)
    assert sight.languages == remembered


async def test_the_digits_of_a_secret_are_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    sight = Sight()
    async with sight.feed.watch() as events:
        line = Scripted([Keyed("3"), Keyed("8642"), Keyed("3"), Keyed("97531"), Gone()])
        await conduct(line, book(), session(), sight.world)
        seen = [events.get_nowait() for _ in range(events.qsize())]
    assert [step.key for step in sight.steps if step.node == "pin" and step.key] == [
        "secret",
        "secret",
    ]
    for digits in ("8642", "97531"):
        assert digits not in without_times(sight.records)
        assert digits not in without_times(seen)
        assert digits not in caplog.text


FAULTY = (
    FLOW
    + """
  oops: { say: sorry, then: main }
on-error: oops
"""
)


@pytest.mark.parametrize("script", [[LineError("no voice")], [Keyed("9"), LineError("x")]])
async def test_prompts_that_cannot_be_played_go_to_the_flow(script: list[Play]) -> None:
    sight, line = Sight(), Scripted([*script, Gone(16)])
    assert await conduct(line, book(FAULTY), session(), sight.world) == "gone"
    ask = line.wants[-2]
    assert isinstance(ask, Ask)
    assert [phrase.prompt for phrase in ask.screen.phrases] == ["sorry", "main"]
    assert "error" in [step.outcome for step in sight.steps]


async def test_a_flow_without_an_answer_to_it_is_at_fault() -> None:
    sight = Sight()
    with pytest.raises(FlowError, match="main: no voice"):
        await conduct(Scripted([LineError("no voice")]), book(), session(), sight.world)
    complete(sight, "fault")


async def test_the_steps_of_the_turn_in_which_a_flow_breaks_are_recorded() -> None:
    sight = Sight(answers={"balance": "never-declared"})
    with pytest.raises(FlowError):
        await conduct(Scripted([Keyed("1")]), book(), session(), sight.world)
    assert [(step.node, step.key, step.outcome, step.way) for step in sight.steps] == [
        ("main", "1", "balance", "1"),
        ("balance", "", "never-declared", ""),
        ("balance", "", "error", "error"),
    ]
