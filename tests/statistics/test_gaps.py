"""What agents did while the application did not run for minutes."""

from ari_app.statistics.spans import Doing
from tests.statistics.world import World, micro


async def test_without_a_log_no_state_is_made_up(world: World) -> None:
    await world.look(0)
    await world.look(70)
    await world.stays()
    await world.restarted().restore()
    await world.look(100)
    await world.look(9000)
    spans = await world.spans("anna")
    assert [(one.since, one.until) for one in spans] == [
        (micro(0), micro(100)),
        (micro(9000), None),
    ]


async def test_a_gap_is_filled_with_what_the_log_of_asterisk_knows(world: World) -> None:
    world.write("-9|NONE|NONE|QUEUESTART|")
    world.states["olga"] = Doing("wrap-up")
    world.states["anna"] = Doing("paused", "lunch")
    await world.look(0)
    world.restarted()
    await world.record.restore()
    world.write("200|NONE|Анна Ветер|UNPAUSE|", "600|c1|NONE|ENTERQUEUE||375291234567|1")
    world.write("620|c1|Анна Ветер|CONNECT|20|c2|3", "700|c1|Анна Ветер|COMPLETECALLER|20|80|1")
    world.write("800|NONE|Анна Ветер|PAUSE|signed-out", "900|NONE|Ольга Лис|PAUSE|tea")
    await world.look(9000)
    await world.look(9005)
    world.states["anna"] = Doing("ready")
    spans = await world.spans("anna")
    assert [(one.state, one.reason, one.since, one.until) for one in spans] == [
        ("paused", "lunch", micro(0), micro(200)),
        ("ready", "", micro(200), micro(620)),
        ("talking", "", micro(620), micro(700)),
        ("ready", "", micro(700), micro(800)),
        ("signed-out", "signed-out", micro(800), micro(9000)),
        ("paused", "lunch", micro(9000), None),
    ]
    assert [(one.state, one.since, one.until) for one in await world.spans("olga")] == [
        ("ready", micro(0), micro(900)),
        ("paused", micro(900), micro(9000)),
        ("wrap-up", micro(9000), None),
    ]


async def test_nothing_is_known_of_the_time_before_asterisk_was_started(world: World) -> None:
    world.write("-9|NONE|NONE|QUEUESTART|")
    world.states["olga"] = Doing("talking")
    await world.look(0)
    await world.restarted().restore()
    world.write("10|NONE|Анна Ветер|PAUSE|tea", "5000|NONE|NONE|QUEUESTART|")
    world.write("6000|NONE|Анна Ветер|UNPAUSE|", "8994|NONE|Анна Ветер|UNPAUSE|")
    await world.look(9000)
    await world.look(9005)
    gone = micro(0)
    assert [(one.state, one.since, one.until) for one in await world.spans("anna")][1:] == [
        ("paused", micro(5000), micro(6000)),
        ("ready", micro(6000), micro(9000)),
        ("ready", micro(9000), None),
    ]
    assert [(one.state, one.since, one.until) for one in await world.spans("olga")] == [
        ("talking", gone, gone),
        ("ready", micro(5000), micro(9000)),
        ("talking", micro(9000), None),
    ]


async def test_a_gap_is_filled_while_the_log_goes_on(world: World) -> None:
    world.write("-9|NONE|NONE|QUEUESTART|")
    await world.look(0)
    await world.restarted().restore()
    for second in range(9000, 9030, 5):
        world.write(f"{second - 6}|c{second}|NONE|ENTERQUEUE||375291234567|1")
        await world.look(second)
    assert [one.since for one in await world.spans("anna")] == [micro(0), micro(9000)]
    assert (await world.spans("anna"))[0].until == micro(9000)
