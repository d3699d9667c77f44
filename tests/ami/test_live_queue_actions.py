"""Agents and callers are moved on a real Asterisk, and its events are those that we read."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from ari_app.ami.client import AmiError, RefusedError
from ari_app.ami.events import READ
from ari_app.ami.queue_actions import QueueActions
from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from asterisk_conf.pbx import Pbx
from ivr.acd.queues import Member
from tests.ami.queue_pbx import OLGA, settings
from tests.ami.test_client import kept
from tests.ari.facts import until
from tests.phone.test_live_phone import account

pytestmark = pytest.mark.live


async def test_an_agent_is_paused_and_works_on(watch: QueueMonitor) -> None:
    def olga() -> Member:
        return watch.view.board.queues["support"].members[OLGA]

    actions = QueueActions(watch.ask)
    await actions.pause(OLGA, True, "чай")
    await until(lambda: (olga().paused, olga().reason) == (True, "чай"))
    await actions.pause(OLGA, False)
    await until(lambda: not olga().paused)
    with pytest.raises(RefusedError, match="Interface not found"):
        await actions.pause("PJSIP/nobody", True)


async def test_a_phone_becomes_a_member_and_leaves(watch: QueueMonitor) -> None:
    def members() -> dict[str, int]:
        found = watch.view.board.queues["support"].members
        return {one.name: one.penalty for one in found.values()}

    actions = QueueActions(watch.ask)
    for _ in range(2):
        await actions.join("support", "PJSIP/1002", "Барыс", 2)
        await until(lambda: members() == {"Ольга": 0, "Барыс": 2})
    for _ in range(2):
        await actions.leave("support", "PJSIP/1002")
        await until(lambda: members() == {"Ольга": 0})
    with pytest.raises(RefusedError, match="not dynamic"):
        await actions.leave("support", OLGA)
    for action in (actions.join("nowhere", OLGA, "Ольга"), actions.leave("nowhere", OLGA)):
        with pytest.raises(RefusedError, match="No such queue"):
            await action


async def test_a_caller_is_taken_from_the_queue(pbx: Pbx, watch: QueueMonitor) -> None:
    """And of all that happens meanwhile we hear what we read."""
    actions = QueueActions(watch.ask)
    async with kept(settings(pbx)) as heard, Phone(account(pbx)) as me:
        await until(lambda: heard.asks)
        await heard.asks[0]("QueueStatus")
        await until(lambda: {"QueueMember", "QueueStatusComplete"} <= set(heard.names))
        before = len(heard.events)
        await me.dial("611")
        await me.wait(Connected)
        await until(lambda: watch.view.board.queues["support"].waiting)
        [waiting] = watch.view.board.queues["support"].waiting
        async with Phone(account(pbx, "agent1")) as olga:
            await olga.register()
            await actions.redirect(waiting.channel, "firstline-people", "701")
            await olga.wait(Incoming)
            await until(lambda: not watch.view.board.queues["support"].waiting)
            await olga.answer()
            await olga.hangup()
            await me.wait(Disconnected)
        names = set(heard.names[before:])
        assert {"QueueCallerJoin", "QueueCallerLeave", "QueueMemberStatus"} <= names <= READ
        with pytest.raises(RefusedError, match="Channel does not exist"):
            await actions.redirect(waiting.channel, "firstline-people", "701")


async def test_what_is_not_of_our_classes_is_not_for_us(pbx: Pbx, watch: QueueMonitor) -> None:
    for action in ("Command", "Originate", "DBPut", "Filter"):
        with pytest.raises(RefusedError, match="Permission denied"):
            await watch.ask(action)
    wrong = QueueMonitor(replace(settings(pbx), port=1), lambda: datetime.now(UTC))
    with pytest.raises(AmiError, match="not connected"):
        await QueueActions(wrong.ask).pause(OLGA, True)
