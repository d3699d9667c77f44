"""A caller who speaks with an agent is transferred, and comes back into the flow."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest
from msgspec import json

from ari_app.ami.client import Settings
from ari_app.ami.queue_actions import TRANSFER, QueueActions
from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone, Ringing
from ivr.acd.board import Board, Talk
from ivr.acd.passing import Pass, follow
from tests.deadlines import within
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

CALLER = "375990000006"
BRIDGES = "bridge show all"
CHANNELS = "core show channels concise"
ANNA, BORIS = "PJSIP/701", "PJSIP/702"

SETTINGS = """
[queues.support]
wrapup = 0
record = true
agents = { anna = 0 }
"""
ASKED = {"FIRSTLINE_SURVEY_SHARE": "1", "FIRSTLINE_SURVEY_EVERY": "0"}
"""Each caller whose agent has hung up is asked how it was."""


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    state = tmp_path_factory.mktemp("live") / "state"
    with installed(state, SETTINGS, environment=ASKED) as one:
        yield one


class Scene:
    """A caller, who speaks with Anna of the queue, and Boris, whose phone is there."""

    def __init__(self, mine: Installation, watch: QueueMonitor, phones: tuple[Phone, Phone, Phone]):
        self.mine = mine
        self.watch = watch
        self.me, self.anna, self.boris = phones
        self.actions = QueueActions(watch.ask)

    async def shows(self, fact: Callable[[Board], object]) -> None:
        async with within(20):
            with self.watch.listen() as views:
                while not fact(self.watch.view.board):
                    await views.get()

    async def begin(self) -> Talk:
        """The talk with Anna, once they hear each other."""
        await self.anna.register()
        await self.boris.register()
        await self.me.dial("611")
        await self.me.wait(Connected)
        await self.me.press("0")
        await self.anna.wait(Incoming, timeout=40)
        await self.anna.answer()
        await self.shows(lambda board: spoken(board) == [("support", ANNA)])
        await bridged(self.mine, 2)
        [talk] = self.watch.view.board.talks
        return talk

    async def boris_serves(self, queue: str = "", says: str = "*") -> None:
        """Boris answers, speaks, and hangs up; the call is the same one all the while. The caller
        answers the survey with keys."""
        [call] = {one.caller.call for one in self.watch.view.board.talks} or {""}
        await self.boris.wait(Incoming, timeout=20)
        await self.shows(lambda board: (queue, BORIS) in rung(board))
        await self.boris.answer()
        await self.shows(lambda board: spoken(board) == [(queue, BORIS)])
        [talk] = self.watch.view.board.talks
        assert talk.caller.number == CALLER
        assert call in ("", talk.caller.call)
        await self.boris.hangup()
        async with within(20):
            while "!Stasis!" not in await asyncio.to_thread(self.mine.ordered, CHANNELS):
                pass
        for key in says:
            await self.me.press(key)
        await self.me.wait(Disconnected, timeout=60)
        await self.shows(lambda board: not (board.talks or board.offers))


async def bridged(mine: Installation, channels: int) -> None:
    """Wait until so many channels hear each other."""
    async with within(20):
        while (
            str(channels) not in (await asyncio.to_thread(mine.ordered, "bridge show all")).split()
        ):
            pass


async def recorded(mine: Installation, channel: str) -> bool:
    """Whether a caller's channel is recorded now."""
    listed = await asyncio.to_thread(mine.ordered, f"mixmonitor list {channel}")
    return "conversations/" in listed


def rung(board: Board) -> list[tuple[str, str]]:
    return [(it.queue, it.interface) for it in board.offers]


def spoken(board: Board) -> list[tuple[str, str]]:
    return [(it.queue, it.interface) for it in board.talks]


def speakers(board: Board) -> set[str]:
    return {it.interface for it in board.talks}


@asynccontextmanager
async def scene(mine: Installation) -> AsyncIterator[Scene]:
    settings = Settings(
        mine.ports.ami, "firstline", installation(mine.state).keys().ami, "agent,call"
    )
    known = {ANNA, BORIS}.__contains__
    watch = QueueMonitor(settings, lambda: datetime.now(UTC), phones=known)
    task = asyncio.create_task(watch.run())
    async with (
        Phone(mine.subscriber(5)) as me,
        Phone(mine.agent(0)) as anna,
        Phone(mine.agent(1)) as boris,
    ):
        yield Scene(mine, watch, (me, anna, boris))
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert not watch.corrected


@pytest.mark.parametrize("how", ["transfer", "redirect", "phone"])
async def test_a_colleague_gets_the_caller_whose_flow_then_goes_on(
    mine: Installation, how: str
) -> None:
    """By us, as the agent's phone would, or out of the queue; and by the phone itself."""
    async with scene(mine) as at:
        talk = await at.begin()
        match how:
            case "transfer":
                await at.actions.transfer(talk.leg, "702")
                await at.anna.wait(Disconnected)
            case "redirect":
                await at.actions.redirect(talk.caller.channel, TRANSFER, "702")
                await at.anna.wait(Disconnected)
            case _:
                await at.anna.transfer("702")
        await at.boris_serves()
    path = await asyncio.to_thread(mine.last_call)
    assert "support-queue (queue)  -> ended" in path
    assert "bye (end)  played thanks-bye" in path


async def test_a_queue_gets_the_caller_whose_flow_then_goes_on(mine: Installation) -> None:
    async with scene(mine) as at:
        talk = await at.begin()
        await at.actions.transfer(talk.leg, "queue-technical")
        await at.boris_serves("technical", says="15")
    path = await asyncio.to_thread(mine.last_call)
    assert "support-queue (queue)  -> ended" in path
    assert "ended (cause" in path
    about = json.decode(await asyncio.to_thread(mine.out, "surveys", "--json"))[-1]
    assert (about["agent"], about["queue"]) == ("boris", "technical")
    assert about["answers"] == {"agent": [5, 5], "solved": [1, 1]}


@pytest.mark.parametrize("to", ["702", "799"])
async def test_a_caller_whom_no_one_answers_comes_back(mine: Installation, to: str) -> None:
    """To the agent, or else to the front of the queue; also from a number that does not exist."""
    async with scene(mine) as at:
        talk = await at.begin()
        await at.actions.transfer(talk.leg, to)
        await at.anna.wait(Disconnected)
        if to == "702":
            await at.boris.wait(Incoming, timeout=20)
            await at.boris.hangup()
        await at.anna.wait(Incoming, timeout=20)
        await at.shows(lambda board: ("", ANNA) in rung(board))
        if to == "702":
            await at.anna.hangup()
            await at.anna.wait(Incoming, timeout=20)
            await at.shows(lambda board: ("support", ANNA) in rung(board))
        await at.anna.answer()
        await at.shows(lambda board: [one.interface for one in board.talks] == [ANNA])
        assert at.watch.view.board.talks[0].caller.call == talk.caller.call
        await at.anna.hangup()
        await at.me.wait(Disconnected, timeout=60)
    path = await asyncio.to_thread(mine.last_call)
    assert "support-queue (queue)  -> ended" in path


async def test_a_colleague_is_asked_first(mine: Installation) -> None:
    """Refuses; then answers: all three, taken back; then once more, and gets the caller, who comes
    back from a number that does not exist."""
    async with scene(mine) as at:
        talk = await at.begin()
        caller, leg, both = talk.caller.channel, talk.leg, {ANNA, BORIS}
        found = Pass(call=talk.caller.call, phone=ANNA, leg=leg, warm=True)
        states: list[Pass] = [found]
        at.watch.observe(lambda _, event: states.append(follow(states[-1], event)))

        async def asked(answers: bool) -> None:
            states.append(found)
            await at.actions.consult(caller, leg, ANNA, "702")
            await at.boris.wait(Incoming, timeout=20)
            await at.shows(lambda board: ("", BORIS) in rung(board))
            await (at.boris.answer() if answers else at.boris.hangup())

        async def until(state: str) -> None:
            async with within(20):
                while states[-1].state != state:  # noqa: ASYNC110 - a fold has no event
                    await asyncio.sleep(0.02)

        await asked(answers=False)
        await until("back")
        assert await recorded(mine, caller)
        assert states[-1].why == "busy"
        await asked(answers=True)
        await until("talking")
        await at.shows(lambda board: speakers(board) == both)
        assert {one.caller.call for one in at.watch.view.board.talks} == {talk.caller.call}
        await at.actions.conference(caller, leg)
        await bridged(mine, 3)
        assert not await recorded(mine, caller)
        await at.actions.hang_up(states[-1].legs[-1])
        await at.boris.wait(Disconnected)
        await at.shows(lambda board: speakers(board) == {ANNA})
        await asked(answers=True)
        await until("talking")
        await at.actions.hang_up(leg)
        await until("passed")
        await at.anna.wait(Disconnected)
        await at.shows(lambda board: speakers(board) == {BORIS})
        [talk] = at.watch.view.board.talks
        states.append(Pass(call=talk.caller.call, phone=BORIS, leg=talk.leg))
        await at.actions.transfer(talk.leg, "799")
        await at.boris.wait(Disconnected)
        await at.boris.wait(Incoming, timeout=20)
        await until("back-rings")
        await at.boris.answer()
        await until("back")
        await at.shows(lambda board: speakers(board) == {BORIS})
        await at.boris.hangup()
        await at.me.wait(Disconnected, timeout=60)
    path = await asyncio.to_thread(mine.last_call)
    assert "support-queue (queue)  -> ended" in path


@pytest.mark.parametrize("answers", [True, False])
async def test_a_consulted_colleague_gets_the_caller_before_answering(
    mine: Installation, answers: bool
) -> None:
    async with scene(mine) as at:
        await at.begin()
        await at.anna.consult("702")
        await at.boris.wait(Incoming)
        await at.anna.wait(Ringing)  # else the phone does not know yet whom to name
        await at.anna.transfer()
        await at.shows(lambda board: rung(board) == [("", BORIS)] and not board.talks)
        if answers:
            await at.boris.answer()
            await at.shows(lambda board: spoken(board) == [("", BORIS)])
        await at.boris.hangup()
        if not answers:
            await at.me.press("#")
            await at.me.hangup()
        await at.me.wait(Disconnected, timeout=60)
    path = await asyncio.to_thread(mine.last_call)
    assert f"support-queue (queue)  -> {'ended' if answers else 'timeout'}" in path
