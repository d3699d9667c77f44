"""What is not well is said once, when it lasts, and once more when it is over."""

import asyncio

from ari_app.monitoring.alerts import Alerts, watch
from ari_app.monitoring.checks import Check, Readiness, check

WELL = check("store", "")
LOCKED = check("store", "the database is locked")
ENDING = check("certificates", "renew it", needed=False)


def test_what_lasts_is_said_once() -> None:
    alerts = Alerts()
    looks: list[list[Check]] = [[LOCKED], [LOCKED, ENDING], [LOCKED, ENDING], [WELL], [WELL]]
    assert [list(alerts.look(each)) for each in looks] == [
        [],
        ["store: the database is locked"],
        ["certificates: renew it"],
        ["certificates: well again", "store: well again"],
        [],
    ]


def test_what_is_over_at_the_next_look_is_not_said() -> None:
    alerts = Alerts()
    assert [list(alerts.look([each])) for each in (LOCKED, WELL, LOCKED, WELL)] == [[], [], [], []]


async def test_the_checks_are_looked_at_again_and_again() -> None:
    said: asyncio.Queue[str] = asyncio.Queue()

    async def readiness() -> Readiness:
        return Readiness.of([LOCKED])

    watching = asyncio.create_task(watch(readiness, said.put_nowait, every=0.001))
    assert await said.get() == "store: the database is locked"
    watching.cancel()
