"""The board of queues, as `firstline queues` shows it, beside a real Asterisk."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import json

from ari_app.ami.queue_view import QueueView
from ari_app.control.client import ControlClient
from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from ivr.acd.queues import Board
from tests.deadlines import until
from tests.heard import assert_heard
from tests.live.installation import Installation
from tests.live.other_system import OtherSystem, other_system
from tests.live.queue_records import differences, stays
from tests.live.seed import aside

pytestmark = pytest.mark.live

QUEUE = "support"


@pytest.fixture
def crm() -> Iterator[OtherSystem]:
    """What hears of calls."""
    with other_system() as one:
        yield one


@pytest.fixture
def mine(tmp_path: Path, crm: OtherSystem) -> Iterator[Installation]:
    """An installation whose Asterisk may be restarted, and that notifies another system."""
    one = Installation(tmp_path / "state", "[queues.support]\nwrapup = 10\nnews = 3\n")
    try:
        for name, text in (("firstline.toml", crm.settings), ("secrets.toml", crm.secrets)):
            with (one.state / name).open("a") as file:
                file.write(text)
        one.up()
        yield one
    finally:
        one.away()


def view(one: Installation) -> QueueView:
    return json.decode(
        aside(ControlClient(installation(one.state).control).queues()), type=QueueView
    )


async def shows(one: Installation, fact: Callable[[Board], object]) -> Board:
    """Wait until the board is current and shows a fact."""

    def true() -> bool:
        now = view(one)
        return now.current and bool(fact(now.board))

    await asyncio.to_thread(until, true, 30)
    return view(one).board


def waiting(board: Board) -> list[str]:
    return [one.number for one in board.queues[QUEUE].waiting]


def was_notified(one: Installation, crm: OtherSystem) -> None:
    """The other system was notified of the call, and the API knows the same of it."""
    until(lambda: all(map(crm.of, ("call.ended", "call.completed", "call.left"))), 20)
    about = {"call.began", "call.queued", "call.offered", "call.answered", "call.left"}
    assert about <= {each["event"] for each in crm.events}
    [began], [answered] = crm.of("call.began"), crm.of("call.answered")
    assert (began["number"], began["dialled"]) == ("375990000006", "611")
    assert (answered["call"], answered["queue"]) == (began["call"], QUEUE)
    assert (answered["dialled"], answered["agent"]) == ("611", one.status().agents[0].name)
    assert len({each["id"] for each in crm.events}) == len(crm.events)
    token = one.out("tokens", "add", "crm", "--scope", "calls:read").strip()
    call = crm.ask(f"/calls/{began['call']}", token)
    assert call["call"]["ended"] is not None
    [listed] = crm.ask("/calls?number=375990000006", token)["items"]
    assert listed == call["call"]
    assert one.out("webhooks", "list").startswith("crm  0 waiting, 0 failed\n")


async def words(one: Installation) -> None:
    """Wait until something was played to a caller in a queue, and has ended."""

    def whispers() -> bool:
        return "Snoop/" in one.ordered("core show channels concise")

    await asyncio.to_thread(until, whispers, 30)
    await asyncio.to_thread(until, lambda: not whispers(), 30)


async def test_from_the_wait_to_the_end_and_through_a_restart(
    mine: Installation, crm: OtherSystem
) -> None:
    """The caller hears the news, clear above the music, and keeps the place meanwhile."""
    caller, agent_account = mine.subscriber(5), mine.agent(0)
    phone = f"PJSIP/{agent_account.user}"
    recording = mine.state / "caller.wav"
    async with Phone(agent_account) as agent, Phone(caller, recording) as me:
        before = await shows(mine, lambda board: QUEUE in board.queues)
        assert waiting(before) == []
        assert before.queues[QUEUE].members[phone].state == "unavailable"
        await me.dial("611")
        await me.wait(Connected)
        await me.press("0")
        await shows(mine, lambda board: waiting(board) == ["375990000006"])
        await words(mine)
        assert waiting(view(mine).board) == ["375990000006"]
        await agent.register()
        await agent.wait(Incoming, timeout=30)
        ringing = await shows(mine, lambda board: board.offers)
        [offer] = ringing.offers
        assert (offer.queue, offer.interface) == (QUEUE, phone)
        assert offer.caller == ringing.queues[QUEUE].waiting[0]
        await agent.answer()
        talking = await shows(
            mine, lambda board: board.talks and board.queues[QUEUE].members[phone].in_call
        )
        assert [one.caller.number for one in talking.talks] == ["375990000006"]
        assert (waiting(talking), talking.offers) == ([], ())
        assert "speaks with …0006" in await asyncio.to_thread(mine.out, "queues")
        await agent.hangup()
        await me.wait(Disconnected, timeout=20)
        ended = await shows(mine, lambda board: not board.talks)
        member = ended.queues[QUEUE].members[phone]
        assert (member.in_call, member.last_call is not None) == (False, True)
    await asyncio.to_thread(was_notified, mine, crm)
    for name in ("queue-next", "queue-offer"):
        assert_heard(recording, mine.said(name))
    async with Phone(mine.subscriber(6)) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press("0")
        await shows(mine, lambda board: waiting(board) == ["375990000007"])
        await asyncio.to_thread(mine.out, "pbx", "stop")
        await asyncio.to_thread(until, lambda: not view(mine).current, 30)
        await asyncio.to_thread(mine.out, "pbx", "start")
        again = await shows(mine, lambda board: not waiting(board))
        assert phone in again.queues[QUEUE].members
    async with Phone(mine.subscriber(7)) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press("0")
        await shows(mine, lambda board: waiting(board) == ["375990000008"])
    await asyncio.to_thread(until, lambda: not differences(mine), 40)
    first, cut, last = await asyncio.to_thread(stays, mine)
    assert (first.how, first.agent, first.language) == (
        "answered",
        mine.status().agents[0].name,
        "ru",
    )
    assert (first.number, first.flow, first.topic) == ("375990000006", "611", "general")
    assert (cut.left is not None, last.how) == (True, "abandoned")
    assert "no event reported" not in mine.log.read_text()
    assert "malformed" not in mine.log.read_text()
