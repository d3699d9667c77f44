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
