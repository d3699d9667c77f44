"""The watch over the queues: a board that is right, whatever the server does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from ari_app.ami.client import Settings
from ari_app.ami.queue_monitor import QueueMonitor
from ivr.acd.queues import Member
from tests.ami.server import (
    OLGA,
    Server,
    agent,
    channel,
    dials,
    hangs_up,
    joins,
    leaves,
    member,
    member_is,
    queue,
    waits,
)
from tests.ari.facts import until

OFTEN = 0.02
NEVER = 3600.0


@asynccontextmanager
async def watching(settings: Settings, every: float = NEVER) -> AsyncIterator[QueueMonitor]:
    watch = QueueMonitor(settings, lambda: datetime.now(UTC), every, OFTEN, OLGA.__eq__)
    task = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def asterisk(server: Server) -> Server:
    """A queue with one agent, and one who waits."""
    server.listed = [queue(), member(), waits("a", 1)]
    return server


def calls(watch: QueueMonitor) -> list[str]:
    support = watch.view.board.queues.get("support")
    return [one.call for one in support.waiting] if support else []


async def test_the_board_from_the_list_and_then_from_events(asterisk: Server) -> None:
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current)
        assert calls(watch) == ["a"]
        assert watch.view.board.queues["support"].members[OLGA].state == "not in use"
        await asterisk.send(joins("b", 2), agent("AgentCalled", "a"), member_is(6))
        await until(lambda: watch.view.board.offers)
        [offer] = watch.view.board.offers
        assert (offer.interface, offer.caller.call) == (OLGA, "a")
        await asterisk.send(leaves("a"), agent("AgentConnect", "a", HoldTime="9"))
        await until(lambda: watch.view.board.talks)
        assert (calls(watch), watch.view.board.offers) == (["b"], ())
        await asterisk.send(agent("AgentComplete", "a"))
        await until(lambda: not watch.view.board.talks)
        assert watch.view.board.queues["support"].members[OLGA].last_call


async def test_no_event_slips_in_before_the_list_that_it_follows(asterisk: Server) -> None:
    asterisk.overtaking = [joins("b", 2), leaves("a")]
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current and calls(watch) == ["b"])


async def test_a_difference_without_an_event_is_counted_and_corrected(
    asterisk: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(asterisk.settings, OFTEN) as watch:
        await until(lambda: watch.view.current)
        asterisk.listed = [queue(), queue("claims"), member(2), waits("b", 1)]
        await until(lambda: watch.corrected)
        assert calls(watch) == ["b"]
        assert "AMI: no event reported that in support wait b, not a; corrected" in caplog.text
        assert watch.corrected == 3
        lists = len(asterisk.said)
        await until(lambda: len(asterisk.said) > lists + 3)
        assert watch.corrected == 3


async def test_a_list_that_overtook_its_events_is_no_mistake(asterisk: Server) -> None:
    """The list contains what events reported before it: nothing was left out."""
    async with watching(asterisk.settings, OFTEN) as watch:
        await until(lambda: watch.view.current)
        for number in range(20):
            call = f"b{number}"
            asterisk.listed = [queue(), member(), waits(call, 1)]
            asterisk.overtaking = [leaves(calls(watch)[0]), joins(call, 1)]
            await until(lambda call=call: calls(watch) == [call])  # type: ignore[misc]
    assert not watch.corrected


async def test_a_status_delivered_late_does_not_undo_the_answer_or_the_end(
    asterisk: Server,
) -> None:
    """As recorded of Asterisk 22.10.1: status and AgentConnect come 20 µs apart, in any order."""
    async with watching(asterisk.settings) as watch:

        def olga() -> Member:
            return watch.view.board.queues["support"].members[OLGA]

        await until(lambda: watch.view.current)
        await asterisk.send(leaves("a"), agent("AgentConnect", "a", HoldTime="1"))
        await asterisk.send(member_is(2, InCall="0"))
        await until(lambda: olga().state == "in use")
        assert olga().in_call
        await asterisk.send(agent("AgentComplete", "a"), member_is(1, InCall="1"))
        await until(lambda: olga().state == "not in use")
        assert not olga().in_call
        assert olga().last_call


async def test_thousands_of_events_at_once(asterisk: Server) -> None:
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current)
        with watch.listen() as views:
            events = [joins(f"c{number}", number + 2) for number in range(2000)]
            await asterisk.send(*events, *(leaves(f"c{number}") for number in range(1, 2000)))
            await until(lambda: calls(watch) == ["a", "c0"])
            assert views.qsize() == 1
            assert views.get_nowait() is watch.view


async def test_listeners_get_only_changes(asterisk: Server) -> None:
    async with watching(asterisk.settings) as watch:
        with watch.listen() as views:
            assert (await views.get()).current
            await asterisk.send(leaves("unknown"), joins("a", 1), joins("b", 2))
            assert len((await views.get()).board.queues["support"].waiting) == 2
            await asterisk.die()
            assert not (await views.get()).current
        await asterisk.start()
        await until(lambda: watch.view.current)
        assert views.empty()


async def test_lists_without_news_are_no_changes(asterisk: Server) -> None:
    async with watching(asterisk.settings, OFTEN) as watch:
        with watch.listen() as views:
            assert (await views.get()).current
            lists = len(asterisk.said)
            await until(lambda: len(asterisk.said) > lists + 3)
            assert views.empty()


async def test_asterisk_died_and_came_back(asterisk: Server) -> None:
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current)
        await asterisk.send(agent("AgentCalled", "a"), agent("AgentConnect", "b", HoldTime="1"))
        await until(lambda: watch.view.board.talks and watch.view.board.offers)
        await asterisk.die()
        await until(lambda: not watch.view.current)
        assert calls(watch) == ["a"]  # the last that is known
        asterisk.listed = [queue(), member()]
        await asterisk.start()
        await until(lambda: watch.view.current)
        assert (calls(watch), watch.view.board.offers, watch.view.board.talks) == ([], (), ())
    assert not watch.corrected


async def test_only_the_connection_broke(asterisk: Server) -> None:
    """Who rings and who speaks is still known, as far as it is still seen."""
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current)
        await asterisk.send(agent("AgentCalled", "a"), agent("AgentConnect", "b", HoldTime="1"))
        await until(lambda: watch.view.board.talks and watch.view.board.offers)
        asterisk.listed = [queue(), member(7, InCall="1"), waits("a", 1)]
        asterisk.drop()
        await until(lambda: asterisk.logged_in == 2 and watch.view.current)
        assert (len(watch.view.board.offers), len(watch.view.board.talks)) == (1, 1)


async def test_a_list_that_does_not_come(asterisk: Server) -> None:
    """A connection without answers is reopened; meanwhile the board is not current."""
    async with watching(replace(asterisk.settings, deadline=0.05), OFTEN) as watch:
        await until(lambda: watch.view.current)
        asterisk.deaf_to = {"QueueStatus"}
        await until(lambda: not watch.view.current and asterisk.logged_in > 1)
        asterisk.deaf_to = set()
        await until(lambda: watch.view.current)


@pytest.mark.parametrize("early", [False, True])
async def test_direct_calls_are_followed_to_agents_only(asterisk: Server, early: bool) -> None:
    """Also through a Local channel, which belongs to no agent, and whose far half may be first."""
    half = "Local/701@people-1;"
    halves = [dials("b", f"{half}1"), {**dials("x", f"{OLGA}-1"), "Channel": f"{half}2"}]
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current)
        await asterisk.send(dials("b", "PJSIP/375291234567-1"))
        await asterisk.send(*(reversed(halves) if early else halves))
        await until(lambda: len(watch.view.board.offers) == 2)
        assert watch.view.board.offers[1].interface == OLGA
        assert watch.view.board.offers[1].caller.call == "b"
        await asterisk.send(dials("x", f"{OLGA}-1", "ANSWER"), hangs_up("x", f"{half}1"))
        await until(lambda: not watch.view.board.offers)
        assert len(watch.view.board.talks) == 1
        await asterisk.send(hangs_up("b", "PJSIP/1-b"))
        await until(lambda: not watch.view.board.talks)


async def test_a_half_whose_dialler_is_not_reported_waits_a_moment(asterisk: Server) -> None:
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current)
        await asterisk.send({**joins("x", 2), "Channel": "Local/701@people-1;2"}, joins("b", 2))
        await until(lambda: "b" in calls(watch))
        assert calls(watch) == ["a", "b"]
        await until(lambda: calls(watch) == ["a", "x", "b"])


async def test_calls_in_progress_at_the_login_are_known(asterisk: Server) -> None:
    """Also when their events came before the login, or before the list was complete."""
    asterisk.channels = [channel("b"), channel("b", 9, f"{OLGA}-1"), channel("a")]
    asterisk.listed = [queue(), member(7, InCall="1"), waits("a", 1)]
    asterisk.overtaking = [agent("AgentCalled", "a", DestChannel=f"{OLGA}-2")]
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.board.offers)
        [talk], [offer] = watch.view.board.talks, watch.view.board.offers
        assert (talk.queue, talk.interface, talk.caller.call) == ("support", OLGA, "b")
        assert (offer.queue, offer.interface, offer.caller.call) == ("support", OLGA, "a")
        await asterisk.send(agent("AgentComplete", "b"))
        await until(lambda: not watch.view.board.talks)


BOTH = (
    {"Uniqueid": "b", "Channel": "PJSIP/1-b"},
    {"Uniqueid": "of her", "Channel": f"{OLGA}-1"},
)


@pytest.mark.parametrize(
    ("channels", "speaks"),
    [(BOTH, True), (BOTH[:1], False), ((*BOTH, hangs_up("of her", f"{OLGA}-1")), False)],
)
async def test_a_direct_call_survives_a_reconnection(
    asterisk: Server, channels: tuple[dict[str, str], ...], speaks: bool
) -> None:
    """If both are still there, and do not hang up before all is known again."""
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current)
        await asterisk.send(dials("b", f"{OLGA}-1"), dials("b", f"{OLGA}-1", "ANSWER"))
        await until(lambda: watch.view.board.talks)
        asterisk.channels = list(channels)
        asterisk.drop()
        await until(lambda: asterisk.logged_in == 2 and watch.view.current)
        assert bool(watch.view.board.talks) == speaks
        assert watch.alive == ({"b", "of her"} if speaks else {"b"})


async def test_a_user_of_before_watches_queues_alone(
    asterisk: Server, caplog: pytest.LogCaptureFixture
) -> None:
    asterisk.refuses = {"Status": "Permission denied"}
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current)
        assert calls(watch) == ["a"]
    assert "the AMI user lacks the class `call`, see manager.conf" in caplog.text


async def test_a_malformed_event_is_logged_once(
    asterisk: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(asterisk.settings) as watch:
        await until(lambda: watch.view.current)
        for _ in range(3):
            await asterisk.send({"Event": "QueueCallerJoin", "Queue": "support"})
        await until(lambda: watch.unparsed["QueueCallerJoin"] == 3)
        assert caplog.text.count("malformed event") == 1
        assert calls(watch) == ["a"]
