"""Who rings and who speaks, on a real Asterisk, when a call comes to a phone without a queue."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from ari_app.ami.queue_actions import QueueActions
from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone, Ringing
from asterisk_conf.pbx import Pbx
from ivr.acd.board import Board
from tests.ami.queue_pbx import ANNA, OLGA
from tests.ari.facts import PATIENCE, until
from tests.deadlines import within
from tests.phone.test_live_phone import account

pytestmark = pytest.mark.live

CALLER = "375291000001"


def rung(board: Board) -> list[tuple[str, str, str]]:
    return [(it.queue, it.interface, it.caller.number) for it in board.offers]


def spoken(board: Board) -> list[tuple[str, str, str]]:
    return [(it.queue, it.interface, it.caller.number) for it in board.talks]


async def shows(watch: QueueMonitor, fact: Callable[[Board], object]) -> Board:
    await until(lambda: fact(watch.view.board))
    return watch.view.board


async def bridged(pbx: Pbx) -> None:
    """Wait until they hear each other: the queue's event comes a moment before."""
    async with within(PATIENCE):
        while "2" not in (await asyncio.to_thread(pbx.cli, "bridge show all")).split():
            pass


@asynccontextmanager
async def talking(pbx: Pbx, watch: QueueMonitor) -> AsyncIterator[tuple[Phone, Phone, Phone]]:
    """A caller who speaks with Olga of the queue, and Anna, whose phone is there."""
    async with (
        Phone(account(pbx)) as me,
        Phone(account(pbx, "agent1")) as olga,
        Phone(account(pbx, "agent2")) as anna,
    ):
        await olga.register()
        await anna.register()
        await me.dial("611")
        await olga.wait(Incoming)
        assert rung(await shows(watch, lambda now: now.offers)) == [("support", OLGA, CALLER)]
        await olga.answer()
        talk = ("support", OLGA, CALLER)
        await shows(watch, lambda now: (rung(now), spoken(now)) == ([], [talk]))
        await bridged(pbx)
        yield me, olga, anna
        await me.hangup()
    await shows(watch, lambda now: not (now.offers or now.talks))
    assert not watch.corrected
    assert not watch.unparsed


async def anna_answers(watch: QueueMonitor, anna: Phone, interface: str = ANNA) -> None:
    """And is the only one who speaks with the caller."""
    await anna.wait(Incoming)
    board = await shows(watch, lambda now: ("", interface, CALLER) in rung(now))
    ids = {one.caller.call for one in board.offers}
    await anna.answer()
    board = await shows(watch, lambda now: (rung(now), spoken(now)) == ([], [("", ANNA, CALLER)]))
    assert {one.caller.call for one in board.talks} == ids


async def test_a_colleague_calls_a_colleague(pbx: Pbx, watch: QueueMonitor) -> None:
    async with Phone(account(pbx, "agent1")) as olga, Phone(account(pbx, "agent2")) as anna:
        await anna.register()
        await olga.dial("702")
        await anna.wait(Incoming)
        assert rung(await shows(watch, lambda now: now.offers)) == [("", ANNA, "701")]
        await anna.answer()
        assert spoken(await shows(watch, lambda now: now.talks)) == [("", ANNA, "701")]
        await anna.hangup()
        await shows(watch, lambda now: not now.talks)


async def test_a_phone_transfers_a_caller_blindly(pbx: Pbx, watch: QueueMonitor) -> None:
    async with talking(pbx, watch) as (me, olga, anna):
        await olga.transfer("702")
        await anna_answers(watch, anna)
        await anna.hangup()
        await me.wait(Disconnected)


@pytest.mark.parametrize("context", ["firstline-people", "through"])
async def test_we_pass_a_caller_on(pbx: Pbx, watch: QueueMonitor, context: str) -> None:
    """Also through halves of a way, which are taken out once she answered."""
    async with talking(pbx, watch) as (me, olga, anna):
        [talk] = watch.view.board.talks
        await QueueActions(watch.ask).redirect(talk.caller.channel, context, "702")
        await olga.wait(Disconnected)
        await anna_answers(watch, anna)
        support = watch.view.board.queues["support"]
        assert not support.members[OLGA].in_call
        await me.hangup()
        await anna.wait(Disconnected)


async def test_a_colleague_is_asked_and_gets_the_caller(pbx: Pbx, watch: QueueMonitor) -> None:
    async with talking(pbx, watch) as (_, olga, anna):
        await olga.consult("702")
        await anna.wait(Incoming)
        await shows(watch, lambda now: rung(now) == [("", ANNA, "701")])
        await anna.answer()
        await olga.wait(Connected)
        await shows(watch, lambda now: ("", ANNA, "701") in spoken(now))
        await olga.transfer()
        board = await shows(watch, lambda now: spoken(now) == [("", ANNA, CALLER)])
        assert board.talks[0].caller.channel.startswith("PJSIP/1001-")
        await anna.hangup()


async def test_an_attended_transfer_before_the_colleague_answers(
    pbx: Pbx, watch: QueueMonitor
) -> None:
    async with talking(pbx, watch) as (_, olga, anna):
        await olga.consult("702")
        await anna.wait(Incoming)
        await olga.wait(Ringing)  # else the phone does not know yet whom to name
        await olga.transfer()
        await shows(watch, lambda now: rung(now) == [("", ANNA, CALLER)] and not now.talks)
        await anna.answer()
        await shows(watch, lambda now: spoken(now) == [("", ANNA, CALLER)])


async def test_a_colleague_who_does_not_answer_rings_no_more(pbx: Pbx, watch: QueueMonitor) -> None:
    """And the caller comes back to who transferred the call."""
    async with talking(pbx, watch) as (_, olga, anna):
        await olga.transfer("702")
        await anna.wait(Incoming)
        await shows(watch, lambda now: ("", ANNA, CALLER) in rung(now))
        await anna.hangup()
        await shows(watch, lambda now: rung(now) == [("", OLGA, CALLER)])
