"""What is stored of callers in queues: live, by the log, and over restarts."""

import asyncio
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from ari_app.statistics.spans import Doing
from ari_app.store import queue_calls
from ari_app.store.db import Store
from ivr.acd.dials import HungUp
from ivr.acd.figures import SECOND, How, Origin, Stay
from ivr.acd.queues import Board, Event, Queue
from tests.ari.facts import until
from tests.statistics.world import (
    ANNA,
    T0,
    World,
    abandons,
    answered,
    at,
    caller,
    ends,
    joins,
    leaves,
    micro,
)


def brief(stay: Stay) -> tuple[object, ...]:
    """What matters of a stay: seconds of the day, and words."""

    def second(when: int | None) -> float | None:
        return None if when is None else (when - T0) / SECOND

    moments = (second(stay.joined), second(stay.left), second(stay.ended))
    return (stay.channel, stay.how, stay.agent, *moments)


async def test_a_conversation_from_joining_to_the_wrap_up(world: World) -> None:
    world.take(joins("a", 0), *answered("a", 4))
    world.states["olga"] = Doing("wrap-up", until=at(100))
    world.take(ends("a", 64))
    await world.look(65)
    world.states["olga"] = Doing("ready")
    await world.look(74)
    [stay] = await world.stays()
    assert brief(stay) == ("a", "answered", "olga", 0, 4, 64)
    assert (stay.answered, stay.wrap) == (micro(4), 10 * SECOND)
    assert (stay.call, stay.topic, stay.number) == ("of a", "bill", "375291234567")


@pytest.mark.parametrize(
    ("outcome", "how"), [("timeout", "timeout"), ("left", "key"), ("closed", "empty")]
)
@pytest.mark.parametrize("early", [True, False])
async def test_the_menu_knows_why_a_wait_ended(
    world: World, outcome: str, how: How, *, early: bool
) -> None:
    """The two connections to Asterisk do not wait for each other."""
    world.take(joins("a", 0))
    steps: list[Callable[[], None]] = [
        lambda: world.take(leaves("a", 30)),
        lambda: world.record.stays.back("a", "support", outcome, Origin()),
    ]
    for step in reversed(steps) if early else steps:
        step()
    assert [brief(one) for one in await world.stays()] == [("a", how, "", 0, 30, None)]


async def test_an_agent_who_asks_and_takes_the_call_back_is_no_caller_who_gave_up(
    world: World,
) -> None:
    asks = replace(caller("half"), held=caller("a"))
    world.take(joins("half", 0))
    world.board = Board({"support": Queue(waiting=(asks,))})
    world.take(*abandons("half", 9))
    assert [stay.how for stay in await world.stays()] == ["withdrawn"]


async def test_a_queue_that_took_no_caller(world: World) -> None:
    world.record.stays.back("a", "support", "full", Origin(call="mine"))
    [stay] = await world.stays()
    assert (stay.how, stay.call, stay.waited) == ("full", "mine", 0)


async def test_the_log_knows_who_was_withdrawn_and_where_a_caller_was_transferred(
    world: World,
) -> None:
    world.take(joins("a", 0), leaves("a", 9), joins("b", 1), *answered("b", 3), ends("b", 9))
    world.record.stays.back("a", "support", "left", Origin())
    world.write(
        "0|a|NONE|ENTERQUEUE||375291234567|1",
        "1|b|NONE|ENTERQUEUE||375291234567|2",
        "9|a|NONE|WITHDRAW|1|1|9|",
        "9|b|Ольга Лис|BLINDTRANSFER|queue-claims|firstline-transfer|2|6|2",
    )
    await world.look(20)
    a, b = await world.stays()
    assert brief(a) == ("a", "withdrawn", "", 0, 9, None)
    assert (b.transferred, b.ended) == ("claims", micro(9))


async def test_what_happens_during_a_restart_is_read_in_the_log(world: World) -> None:
    world.write("0|NONE|NONE|QUEUESTART|")
    world.take(joins("waits", 0), joins("leaves", 0), joins("talks", 0), *answered("talks", 1))
    await world.look(6)
    world.take(*abandons("leaves", 10), ends("talks", 12), heard=False)
    world.take(joins("new", 14), *answered("new", 16, ANNA), heard=False)
    world.write(
        "10|leaves|NONE|ABANDON|2|2|10",
        "12|talks|Ольга Лис|COMPLETECALLER|1|11|3",
        "14|new|NONE|ENTERQUEUE||375291234567|2",
        "16|new|Анна Ветер|CONNECT|2|leg|1",
    )
    await world.stays()
    await world.restarted().restore()
    await world.look(30)
    world.take(*abandons("waits", 40), ends("new", 50, ANNA))
    await world.look(60)
    assert sorted(brief(one) for one in await world.stays()) == [
        ("leaves", "abandoned", "", 0, 10, None),
        ("new", "answered", "anna", 14, 16, 50),
        ("talks", "answered", "olga", 0, 1, 12),
        ("waits", "abandoned", "", 0, 40, None),
    ]


async def test_a_caller_who_goes_on_in_the_menu_no_longer_talks(world: World) -> None:
    """The conversation ended during a restart; the caller hangs up after it, in the menu."""
    world.take(joins("a", 0), *answered("a", 1), joins("b", 0), *answered("b", 1, ANNA))
    world.take(ends("a", 10), heard=False)
    world.write(
        "0|a|NONE|ENTERQUEUE||1|1", "1|a|Ольга Лис|CONNECT|1|leg|1",
        "10|a|Ольга Лис|COMPLETEAGENT|1|9|1",
    )  # fmt: skip
    await world.stays()
    await world.restarted().restore()
    for call, when in (("a", 18), ("b", 19)):
        world.take(HungUp(call, "", at(when)))
    for second in (21, 32):
        await world.look(second)
    assert [(one.channel, one.ended) for one in await world.stays()] == [
        ("a", micro(10)),
        ("b", micro(19)),
    ]


async def test_without_a_log_the_board_ends_what_was_missed(world: World) -> None:
    world.take(joins("leaves", 0), joins("talks", 0), joins("waits", 0), *answered("talks", 1))
    world.take(*abandons("leaves", 10), ends("talks", 12), heard=False)
    world.take(joins("new", 14), heard=False)
    world.take(*answered("waits", 16, ANNA), heard=False)
    for second in (20, 31, 70):
        await world.look(second)
    assert sorted(brief(one) for one in await world.stays()) == [
        ("leaves", "lost", "", 0, 20, None),
        ("new", "waiting", "", 14, None, None),
        ("talks", "answered", "olga", 0, 1, 20),
        ("waits", "answered", "anna", 0, 16, None),
    ]


async def test_a_rotated_log_is_read_to_its_end(world: World) -> None:
    world.write("0|a|NONE|ENTERQUEUE||1|1")
    await world.look(10)
    world.write("11|a|NONE|ABANDON|1|1|11")
    world.log.rename(world.log.with_name("queue_log.1"))
    world.write("12|b|NONE|ENTERQUEUE||1|1", "20|b|NONE|EXITWITHTIMEOUT|1|1|8")
    await world.look(30)
    copied = world.log.read_text()
    world.log.with_name("queue_log.2").write_text(copied)
    world.log.write_text("")
    world.write("40|c|NONE|ENTERQUEUE||1|1", "41|c|NONE|ABANDON|1|1|1")
    await world.look(50)
    assert [brief(one) for one in await world.stays()] == [
        ("a", "abandoned", "", 0, 11, None),
        ("b", "timeout", "", 12, 20, None),
        ("c", "abandoned", "", 40, 41, None),
    ]


async def test_the_log_adds_nothing_to_what_was_heard(world: World) -> None:
    world.take(joins("a", 0.9), *answered("a", 4.9), ends("a", 64.2))
    world.write(
        "0|a|NONE|ENTERQUEUE||375291234567|1",
        "4|a|Ольга Лис|CONNECT|4|leg|1",
        "64|a|Ольга Лис|COMPLETEAGENT|4|60|1",
    )
    before = await world.stays()
    await world.restarted().restore()
    await world.look(80)
    assert await world.stays() == before


async def test_a_lost_agent_puts_the_caller_into_the_queue_again(world: World) -> None:
    world.take(joins("a", 0), *answered("a", 2), ends("a", 30), joins("a", 30.2))
    world.write(
        "0|a|NONE|ENTERQUEUE||1|1",
        "2|a|Ольга Лис|CONNECT|2|leg|1",
        "30|a|Ольга Лис|COMPLETEAGENT|2|28|1",
        "30|a|NONE|ENTERQUEUE||1|1",
    )
    await world.look(40)
    assert [brief(one) for one in await world.stays()] == [
        ("a", "answered", "olga", 0, 2, 30),
        ("a", "waiting", "", 30.2, None, None),
    ]


async def test_asterisk_that_ended_ended_all_calls(world: World) -> None:
    world.take(joins("a", 0), joins("b", 0), *answered("b", 2))
    await world.look(10)
    world.board = None
    await world.restarted().restore()
    world.write("50|NONE|NONE|QUEUESTART|")
    world.board = Board()
    for second in (60, 75, 110):
        await world.look(second)
    a, b = await world.stays()
    assert (a.how, b.how, b.ended is not None) == ("lost", "answered", True)


async def test_every_state_of_an_agent_from_when_to_when(world: World) -> None:
    await world.look(0)
    for second, doing in (
        (10, Doing("ringing")),
        (12, Doing("talking")),
        (60, Doing("paused", "lunch")),
        (60.5, Doing("paused", "lunch")),
    ):
        world.states["olga"] = doing
        await world.look(second)
    assert [(one.state, one.reason, one.until) for one in await world.spans("olga")] == [
        ("ready", "", micro(10)),
        ("ringing", "", micro(12)),
        ("talking", "", micro(60)),
        ("paused", "lunch", None),
    ]


async def test_a_call_back_that_was_agreed_remains_one(world: World, store: Store) -> None:
    world.take(joins("a", 0), leaves("a", 9))
    world.record.stays.back("a", "support", "left", Origin())
    [stay] = await world.stays()
    await store.write(queue_calls.set_how, "a", "callback")
    world.record.stays.put(replace(stay, promised=SECOND))
    [after] = await world.stays()
    assert (after.how, after.promised) == ("callback", SECOND)


async def test_thousands_of_events_lose_nothing(world: World) -> None:
    events: list[Event] = []
    for number in range(2000):
        events += [joins(f"c{number}", number)]
        events += list(
            abandons(f"c{number}", number + 9) if number % 3 else answered(f"c{number}", number + 5)
        )
        events += [] if number % 3 else [ends(f"c{number}", number + 60)]
    for event in events:
        world.record.observe(Board(), event)
    stays = await world.stays()
    assert len(stays) == 2000
    assert sum(one.how == "answered" for one in stays) == 667
    assert all(one.ended for one in stays if one.how == "answered")


async def test_what_desk_and_news_know_of_a_stay(world: World) -> None:
    world.take(joins("a", 0))
    world.record.stays.promised("a", 90 * SECOND)
    world.now = at(5)
    offer, left, connected = answered("a", 4.5)
    world.take(offer)
    world.record.stays.popped("a", "olga")
    world.take(left, connected, ends("a", 30), joins("a", 30.1, "claims"))
    world.record.stays.transferred("a", "olga", "claims")
    first, second = await world.stays()
    assert (first.promised, first.pop, first.transferred) == (90 * SECOND, SECOND, "claims")
    assert (second.queue, second.how, second.transferred) == ("claims", "waiting", "")


async def test_who_leads_again_knows_what_another_worker_recorded_meanwhile(world: World) -> None:
    """Else it would end stays of its own start, over what is stored."""
    leader = world.record
    world.take(joins("a", 0))
    await world.look(5)
    await world.stays()
    follower = world.restarted()
    await follower.restore()
    assert list(follower.stays.going_on)
    world.record = leader
    world.take(*answered("a", 20), ends("a", 100))
    before = await world.stays()
    world.record = follower
    leading = asyncio.create_task(follower.take_over())
    await until(lambda: not list(follower.stays.going_on))
    world.take(joins("b", 3600))
    for seconds in (3601, 3700):
        await world.look(seconds)
    leading.cancel()
    assert [one for one in await world.stays() if one.channel == "a"] == before
