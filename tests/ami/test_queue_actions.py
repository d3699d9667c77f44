"""The AMI actions that move agents and callers."""

import pytest

from ari_app.ami.client import AmiError, RefusedError
from ari_app.ami.queue_actions import QueueActions
from tests.ami.server import OLGA, Server
from tests.ami.test_queue_monitor import watching
from tests.ari.facts import until
from tests.deadlines import within

WATCHING = ("Login", "Status", "QueueStatus")


async def test_actions_are_sent_while_connected_and_else_refused(server: Server) -> None:
    async with watching(server.settings) as watch:
        actions = QueueActions(watch.ask)
        with pytest.raises(AmiError, match="not connected"):
            await actions.pause(OLGA, True)
        await until(lambda: watch.view.current)
        await actions.pause(OLGA, True, "чай")
        await actions.pause(OLGA, False)
        await actions.redirect("PJSIP/1-1", "firstline-transfer", "702")
        await actions.transfer(f"{OLGA}-1", "queue-claims")
        await actions.join("support", OLGA, "Ольга", 3)
        await actions.leave("support", OLGA)
        await server.die()
        await until(lambda: not watch.view.current)
        with pytest.raises(AmiError, match="not connected"):
            await actions.leave("support", OLGA)
        await server.start()
        await until(lambda: watch.view.current)
    said = [{key: one for key, one in each.items() if key != "ActionID"} for each in server.said]
    assert [each for each in said if each["Action"] not in WATCHING] == [
        {"Action": "QueuePause", "Interface": OLGA, "Paused": "true", "Reason": "чай"},
        {"Action": "QueuePause", "Interface": OLGA, "Paused": "false", "Reason": ""},
        {
            "Action": "Redirect", "Channel": "PJSIP/1-1", "Context": "firstline-transfer",
            "Exten": "702", "Priority": "1",
        },
        {
            "Action": "BlindTransfer", "Channel": f"{OLGA}-1", "Context": "firstline-transfer",
            "Exten": "queue-claims",
        },
        {
            "Action": "QueueAdd", "Queue": "support", "Interface": OLGA, "MemberName": "Ольга",
            "Penalty": "3",
        },
        {"Action": "QueueRemove", "Queue": "support", "Interface": OLGA},
    ]  # fmt: skip


async def test_what_is_so_already_is_no_error(server: Server) -> None:
    async with watching(server.settings) as watch:
        actions = QueueActions(watch.ask)
        await until(lambda: watch.view.current)
        server.refuses = {
            "QueueAdd": "Unable to add interface: Already there",
            "QueueRemove": "Unable to remove interface: Not there",
        }
        await actions.join("support", OLGA, "Ольга")
        await actions.leave("support", OLGA)
        server.refuses = {"QueueAdd": "No such queue", "QueuePause": "Interface not found"}
        with pytest.raises(RefusedError, match="QueueAdd: No such queue"):
            await actions.join("support", OLGA, "Ольга")
        with pytest.raises(RefusedError, match="QueuePause: Interface not found"):
            await actions.pause(OLGA, True)


async def test_an_action_without_an_answer_times_out(server: Server) -> None:
    async with watching(server.settings) as watch:
        await until(lambda: watch.view.current)
        server.deaf_to = {"QueuePause"}
        with pytest.raises(AmiError, match="no answer to QueuePause"):
            async with within(5):
                await QueueActions(watch.ask).pause(OLGA, True)


async def test_a_reason_cannot_become_another_header(server: Server) -> None:
    async with watching(server.settings) as watch:
        await until(lambda: watch.view.current)
        with pytest.raises(ValueError, match="control characters"):
            await QueueActions(watch.ask).pause(OLGA, True, "tea\r\nAction: Originate")
