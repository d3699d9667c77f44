"""The watch over the queues: a board that is right, whatever the server does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from ari_app.ami.client import Settings
from ari_app.ami.queue_monitor import QueueMonitor
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
def house(server: Server) -> Server:
    """A queue with one agent, and one who waits."""
    server.listed = [queue(), member(), waits("a", 1)]
    return server


def calls(watch: QueueMonitor) -> list[str]:
    support = watch.view.board.queues.get("support")
    return [one.call for one in support.waiting] if support else []


async def test_the_board_from_the_list_and_then_from_events(house: Server) -> None:
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.current)
        assert calls(watch) == ["a"]
        assert watch.view.board.queues["support"].members[OLGA].state == "not in use"
        await house.tell(joins("b", 2), agent("AgentCalled", "a"), member_is(6))
        await until(lambda: watch.view.board.offers)
        [offer] = watch.view.board.offers
        assert (offer.interface, offer.caller.call) == (OLGA, "a")
        await house.tell(leaves("a"), agent("AgentConnect", "a", HoldTime="9"))
        await until(lambda: watch.view.board.talks)
        assert (calls(watch), watch.view.board.offers) == (["b"], ())
        await house.tell(agent("AgentComplete", "a"))
        await until(lambda: not watch.view.board.talks)
        assert watch.view.board.queues["support"].members[OLGA].last_call


async def test_no_event_slips_in_before_the_list_that_it_follows(house: Server) -> None:
    house.overtaking = [joins("b", 2), leaves("a")]
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.current and calls(watch) == ["b"])


async def test_a_difference_without_an_event_is_counted_and_corrected(
    house: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(house.settings, OFTEN) as watch:
        await until(lambda: watch.view.current)
        house.listed = [queue(), queue("claims"), member(2), waits("b", 1)]
        await until(lambda: watch.corrected)
        assert calls(watch) == ["b"]
        assert "AMI: no event reported that in support wait b, not a; corrected" in caplog.text
        assert watch.corrected == 3
        lists = len(house.said)
        await until(lambda: len(house.said) > lists + 3)
        assert watch.corrected == 3


async def test_a_list_that_overtook_its_events_is_no_mistake(house: Server) -> None:
    """The list has what is told behind it: nothing was left out."""
    async with watching(house.settings, OFTEN) as watch:
        await until(lambda: watch.view.current)
        for number in range(20):
            call = f"b{number}"
            house.listed = [queue(), member(), waits(call, 1)]
            house.overtaking = [leaves(calls(watch)[0]), joins(call, 1)]
            await until(lambda call=call: calls(watch) == [call])  # type: ignore[misc]
    assert not watch.corrected


async def test_thousands_of_events_at_once(house: Server) -> None:
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.current)
        with watch.listen() as views:
            events = [joins(f"c{number}", number + 2) for number in range(2000)]
            await house.tell(*events, *(leaves(f"c{number}") for number in range(1, 2000)))
            await until(lambda: calls(watch) == ["a", "c0"])
            assert views.qsize() == 1
            assert views.get_nowait() is watch.view


async def test_who_listens_hears_of_changes_alone(house: Server) -> None:
    async with watching(house.settings) as watch:
        with watch.listen() as views:
            assert (await views.get()).current
            await house.tell(leaves("nobody"), joins("a", 1), joins("b", 2))
            assert len((await views.get()).board.queues["support"].waiting) == 2
            await house.die()
            assert not (await views.get()).current
        await house.start()
        await until(lambda: watch.view.current)
        assert views.empty()


async def test_lists_without_news_are_no_changes(house: Server) -> None:
    async with watching(house.settings, OFTEN) as watch:
        with watch.listen() as views:
            assert (await views.get()).current
            lists = len(house.said)
            await until(lambda: len(house.said) > lists + 3)
            assert views.empty()


async def test_asterisk_died_and_came_back(house: Server) -> None:
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.current)
        await house.tell(agent("AgentCalled", "a"), agent("AgentConnect", "b", HoldTime="1"))
        await until(lambda: watch.view.board.talks and watch.view.board.offers)
        await house.die()
        await until(lambda: not watch.view.current)
        assert calls(watch) == ["a"]  # the last that is known
        house.listed = [queue(), member()]
        await house.start()
        await until(lambda: watch.view.current)
        assert (calls(watch), watch.view.board.offers, watch.view.board.talks) == ([], (), ())
    assert not watch.corrected


async def test_only_the_connection_broke(house: Server) -> None:
    """Who rings and who speaks is still known, as far as it is still seen."""
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.current)
        await house.tell(agent("AgentCalled", "a"), agent("AgentConnect", "b", HoldTime="1"))
        await until(lambda: watch.view.board.talks and watch.view.board.offers)
        house.listed = [queue(), member(7, InCall="1"), waits("a", 1)]
        house.drop()
        await until(lambda: house.logged_in == 2 and watch.view.current)
        assert (len(watch.view.board.offers), len(watch.view.board.talks)) == (1, 1)


async def test_a_list_that_does_not_come(house: Server) -> None:
    """A connection that is deaf is begun anew; nobody takes its board for current."""
    async with watching(replace(house.settings, deadline=0.05), OFTEN) as watch:
        await until(lambda: watch.view.current)
        house.deaf_to = {"QueueStatus"}
        await until(lambda: not watch.view.current and house.logged_in > 1)
        house.deaf_to = set()
        await until(lambda: watch.view.current)


async def test_who_is_dialled_is_followed_if_he_is_an_agent(house: Server) -> None:
    """Also through a half of a way, which belongs to nobody."""
    half = "Local/701@people-1;"
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.current)
        await house.tell(dials("b", "PJSIP/375291234567-1"), dials("b", f"{half}1"))
        await house.tell({**dials("x", f"{OLGA}-1"), "Channel": f"{half}2"})
        await until(lambda: len(watch.view.board.offers) == 2)
        assert watch.view.board.offers[1].interface == OLGA
        assert watch.view.board.offers[1].caller.call == "b"
        await house.tell(dials("x", f"{OLGA}-1", "ANSWER"), hangs_up("x", f"{half}1"))
        await until(lambda: not watch.view.board.offers)
        assert len(watch.view.board.talks) == 1
        await house.tell(hangs_up("b", "PJSIP/1-b"))
        await until(lambda: not watch.view.board.talks)


async def test_who_rings_and_speaks_at_the_login_is_seen(house: Server) -> None:
    """Also when what was told of it came while nobody listened, or before the list was whole."""
    house.channels = [channel("b"), channel("b", 9, f"{OLGA}-1"), channel("a")]
    house.listed = [queue(), member(7, InCall="1"), waits("a", 1)]
    house.overtaking = [agent("AgentCalled", "a", DestChannel=f"{OLGA}-2")]
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.board.offers)
        [talk], [offer] = watch.view.board.talks, watch.view.board.offers
        assert (talk.queue, talk.interface, talk.caller.call) == ("support", OLGA, "b")
        assert (offer.queue, offer.interface, offer.caller.call) == ("support", OLGA, "a")
        await house.tell(agent("AgentComplete", "b"))
        await until(lambda: not watch.view.board.talks)


BOTH = (
    {"Uniqueid": "b", "Channel": "PJSIP/1-b"},
    {"Uniqueid": "of her", "Channel": f"{OLGA}-1"},
)


@pytest.mark.parametrize(
    ("channels", "speaks"),
    [(BOTH, True), (BOTH[:1], False), ((*BOTH, hangs_up("of her", f"{OLGA}-1")), False)],
)
async def test_who_was_dialled_and_speaks_still_does_after_a_gap(
    house: Server, channels: tuple[dict[str, str], ...], speaks: bool
) -> None:
    """If both are still there, and do not hang up before all is known again."""
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.current)
        await house.tell(dials("b", f"{OLGA}-1"), dials("b", f"{OLGA}-1", "ANSWER"))
        await until(lambda: watch.view.board.talks)
        house.channels = list(channels)
        house.drop()
        await until(lambda: house.logged_in == 2 and watch.view.current)
        assert bool(watch.view.board.talks) == speaks


async def test_a_user_of_before_watches_queues_alone(
    house: Server, caplog: pytest.LogCaptureFixture
) -> None:
    house.refuses = {"Status": "Permission denied"}
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.current)
        assert calls(watch) == ["a"]
    assert "the AMI user lacks the class `call`, see manager.conf" in caplog.text


async def test_what_is_not_as_documented_is_told_once(
    house: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(house.settings) as watch:
        await until(lambda: watch.view.current)
        for _ in range(3):
            await house.tell({"Event": "QueueCallerJoin", "Queue": "support"})
        await until(lambda: watch.unparsed["QueueCallerJoin"] == 3)
        assert caplog.text.count("malformed event") == 1
        assert calls(watch) == ["a"]
