"""`firstline views` and `firstline acts`: who looked at whom, and what was done for whom."""

import asyncio
from datetime import timedelta

import pytest
from msgspec import json
from msgspec.structs import replace

from ari_app.config.state import State
from ari_app.store import agent_actions, agents, views
from ari_app.store.agent_actions import AgentAction
from ari_app.store.db import Store
from tests.commands.conftest import Run
from tests.operators import BELARUS
from tests.store.samples import NOON

MINUTE = timedelta(minutes=1)
GIFT = AgentAction(
    key="k1",
    at=NOON,
    agent="anna",
    subscriber=1,
    operation="gift",
    inputs={"recipient": "375990000002", "minutes": "30"},
    reason="Просил сын",
    identity="code-word",
    before={"minutes": "100"},
)


@pytest.fixture
def worked(demo: State) -> State:
    """Anna and Boris looked at subscribers; Anna did something for one."""

    async def working() -> None:
        store = await Store.open(demo.database, BELARUS)
        await store.write(views.add, "anna", 1, "card c1", NOON)
        await store.write(views.add, "boris", 1, "chronology", NOON + MINUTE)
        await store.write(views.add, "anna", 2, "found", NOON + 2 * MINUTE)
        await store.write(views.add, "boris", None, "listens anna", NOON + 3 * MINUTE)
        await store.write(agent_actions.begin, GIFT)
        await store.write(agent_actions.finish, "k1", "ok", {"minutes": "70"})
        await store.write(
            agent_actions.begin, replace(GIFT, key="k2", agent="boris", at=NOON + MINUTE)
        )
        await store.close()

    asyncio.run(working())
    return demo


LOOKS = [
    "2026-03-01 15:03 +03  boris  unknown  listens anna",
    "2026-03-01 15:02 +03  anna  subscriber 2 (…0002)  found",
    "2026-03-01 15:01 +03  boris  subscriber 1 (…0001)  chronology",
    "2026-03-01 15:00 +03  anna  subscriber 1 (…0001)  card c1",
]


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ((), LOOKS),
        (("--subscriber", "+375 99 000-00-01"), LOOKS[2:]),
        (("--agent", "anna"), [LOOKS[1], LOOKS[3]]),
        (("--agent", "anna", "--subscriber", "375990000001"), LOOKS[3:]),
        (("--limit", "1"), LOOKS[:1]),
    ],
)
def test_who_looked_at_whom(run: Run, words: tuple[str, ...], lines: list[str]) -> None:
    assert run("views", *words).stdout.splitlines() == lines


@pytest.mark.usefixtures("worked")
def test_what_was_done_for_whom(run: Run) -> None:
    done = "gift  recipient=…0002 minutes=30  code-word"
    opened = f"2026-03-01 15:01 +03  boris  subscriber 1 (…0001)  {done}  open  Просил сын"
    ended = f"2026-03-01 15:00 +03  anna  subscriber 1 (…0001)  {done}  ok  Просил сын"
    assert run("acts").stdout.splitlines() == [opened, ended]
    assert run("acts", "--agent", "anna").stdout.splitlines() == [ended]
    assert run("acts", "--subscriber", "375990000002").stdout == ""


@pytest.mark.usefixtures("worked")
def test_scripts_get_everything(run: Run) -> None:
    [look] = json.decode(run("views", "--limit", "1", "--agent", "anna", "--json").stdout)
    assert look.pop("at").startswith("2026-03-01T12:02:00")
    assert look == {"agent": "anna", "subscriber": 2, "what": "found"}
    [act] = json.decode(run("acts", "--agent", "anna", "--json").stdout)
    assert act["inputs"]["recipient"] == "375990000002"
    assert (act["before"], act["after"]) == ({"minutes": "100"}, {"minutes": "70"})


def test_of_who_was_removed_it_is_still_known(worked: State, run: Run) -> None:
    async def removing() -> None:
        store = await Store.open(worked.database, BELARUS)
        await store.write(agents.remove, "anna", NOON)
        await store.close()

    asyncio.run(removing())
    assert len(run("views", "--agent", "anna").stdout.splitlines()) == 2


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize("command", ["views", "acts"])
def test_who_is_unknown_is_printed_so(run: Run, command: str) -> None:
    assert "did you mean boris?" in run(command, "--agent", "borys").stderr
    done = run(command, "--subscriber", "375291112233")
    assert (done.exit_code, "no subscriber has this number" in done.stderr) == (1, True)


@pytest.mark.parametrize("command", ["views", "acts"])
def test_before_the_first_start_there_is_nothing(run: Run, command: str) -> None:
    assert "`firstline up`" in run(command).stderr
