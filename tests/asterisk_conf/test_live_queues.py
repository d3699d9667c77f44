"""Who is rung for whom, and when, in the rendered queues of a real Asterisk."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app.phone.handset import Connected, Incoming, Phone, PhoneError
from asterisk_conf.pbx import Pbx
from asterisk_conf.site import Agent, Queue, Secret
from tests.asterisk_conf.app import App, connected
from tests.deadlines import within
from tests.pbx_fixture import running_pbx
from tests.phone.test_live_phone import account

pytestmark = pytest.mark.live

FIRST, SECOND = "375291000001", "375291000002"
NAMES = ("support", "round", "small")
AGENTS = (
    Agent("agent1", Secret("agent"), "Ольга", "701", NAMES, languages=("ru",)),
    Agent("agent2", Secret("second"), "Анна", "702", NAMES, languages=("ru", "en")),
)
QUEUES = (
    Queue("support", agents={"agent1": 0, "agent2": 1}, languages=("en",), patience=3, wrapup=0),
    Queue("round", agents={"agent1": 0, "agent2": 5}, circles={0: 0, 3: 9}, wrapup=0),
    Queue("small", agents={"agent1": 0}, limit=1, longest_wait=4, ring=2, autopause="all"),
)
MINE = """
[400]
strategy = ringall
member => PJSIP/agent2
"""


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    with running_pbx(
        tmp_path_factory.mktemp("pbx"), agents=AGENTS, queues=QUEUES, preferred_agent=3
    ) as started:
        (started.site.paths.custom / "queues_custom.conf").write_text(MINE)
        started.cli("queue reload all")
        yield started


@pytest.fixture
async def app(pbx: Pbx) -> AsyncIterator[App]:
    async with connected(pbx) as app:
        yield app


@asynccontextmanager
async def phones(pbx: Pbx, *agents: str) -> AsyncIterator[list[Phone]]:
    """Two callers' phones, and those of agents, who are there."""
    mine = [Phone(account(pbx, user)) for user in ("1001", "1002", *agents)]
    async with mine[0], mine[1]:
        for agent in mine[2:]:
            await agent.__aenter__()
            await agent.register()
        try:
            yield mine
        finally:
            for agent in mine[2:]:
                await agent.__aexit__(None, None, None)


async def comes(app: App, phone: Phone, queue: str, **variables: str) -> None:
    """A caller comes into a queue."""
    await phone.dial("611")
    channel, _ = await app.began()
    await phone.wait(Connected)
    language = variables.pop("language", "ru")
    await app.to_queue(channel, queue, **{"CHANNEL(language)": language}, **variables)


async def waiting(pbx: Pbx, queue: str, callers: int) -> None:
    async with within(30):
        while f"{queue} has {callers} calls" not in await asyncio.to_thread(pbx.cli, "queue show"):
            pass


async def test_the_higher_priority_is_served_first(pbx: Pbx, app: App) -> None:
    async with phones(pbx) as (first, second):
        await comes(app, first, "support")
        await waiting(pbx, "support", 1)
        await comes(app, second, "support", FIRSTLINE_PRIORITY="5")
        await waiting(pbx, "support", 2)
        async with Phone(account(pbx, "agent1")) as olga:
            await olga.register()
            assert (await olga.wait(Incoming)).caller == SECOND
            await second.hangup()
            assert (await olga.wait(Incoming)).caller == FIRST


@pytest.mark.parametrize(("language", "rung"), [("ru", 0), ("en", 1), ("be", 0)])
async def test_agents_who_speak_the_language_are_rung_first(
    pbx: Pbx, app: App, language: str, rung: int
) -> None:
    """Anna has the higher penalty, but speaks English."""
    async with phones(pbx, "agent1", "agent2") as (me, _, *agents):
        await comes(app, me, "support", language=language)
        assert (await agents[rung].wait(Incoming)).caller == FIRST
        with pytest.raises(PhoneError):
            await agents[1 - rung].wait(Incoming, timeout=0.2)


async def test_other_agents_are_rung_after_the_patience(pbx: Pbx, app: App) -> None:
    async with phones(pbx, "agent1") as (me, _, olga):
        began = asyncio.get_running_loop().time()
        await comes(app, me, "support", language="en")
        await waiting(pbx, "support-en", 1)
        await olga.wait(Incoming, timeout=30)
        assert asyncio.get_running_loop().time() - began >= 2.0


async def test_the_circle_of_agents_widens(pbx: Pbx, app: App) -> None:
    async with phones(pbx, "agent2") as (me, _, anna):
        began = asyncio.get_running_loop().time()
        await comes(app, me, "round")
        await waiting(pbx, "round", 1)
        await anna.wait(Incoming, timeout=30)
        assert asyncio.get_running_loop().time() - began >= 2.0


@pytest.mark.parametrize(("there", "rung"), [(("agent1", "agent2"), 1), (("agent1",), 0)])
async def test_one_agent_is_rung_first_for_a_caller_and_then_anybody(
    pbx: Pbx, app: App, there: tuple[str, ...], rung: int
) -> None:
    """Anna has the higher penalty, and is kept for the caller, who has a place in the queue."""
    await asyncio.to_thread(pbx.cli, "queue set penalty 1000 on PJSIP/agent2 in round")
    async with phones(pbx, *there) as (me, _, *agents):
        began = asyncio.get_running_loop().time()
        await comes(app, me, "round", FIRSTLINE_ONLY="1000", FIRSTLINE_PLACE="1")
        await agents[rung].wait(Incoming, timeout=30)
        assert rung or asyncio.get_running_loop().time() - began >= 2.0
    await asyncio.to_thread(pbx.cli, "queue reload members")


async def test_a_queue_is_full_and_a_wait_has_its_end(pbx: Pbx, app: App) -> None:
    async with phones(pbx) as (first, second):
        await comes(app, first, "small")
        await waiting(pbx, "small", 1)
        await comes(app, second, "small")
        assert (await app.began())[1] == ["back", "FULL"]
        assert (await app.began())[1] == ["back", "TIMEOUT"]


async def test_an_agent_who_does_not_answer_is_paused_in_all_queues(pbx: Pbx, app: App) -> None:
    async with phones(pbx, "agent1") as (me, _, olga):
        await comes(app, me, "small")
        await olga.wait(Incoming)
        assert (await app.began())[1] == ["back", "TIMEOUT"]
        shown = await asyncio.to_thread(pbx.cli, "queue show")
        paused = [line for line in shown.splitlines() if "agent1" in line]
        assert len(paused) == 4  # support has a row for a language, too
        assert all("(paused:Auto-Pause" in line for line in paused)
    await asyncio.to_thread(pbx.cli, "queue unpause member PJSIP/agent1")


async def test_a_queue_of_the_administrators_own(pbx: Pbx, app: App) -> None:
    async with phones(pbx, "agent2") as (me, _, anna):
        await comes(app, me, "400")
        assert (await anna.wait(Incoming)).caller == FIRST


async def test_a_topic_is_known_to_the_dialplan(pbx: Pbx, app: App) -> None:
    async with phones(pbx) as (me, _):
        await comes(app, me, "support", FIRSTLINE_TOPIC="money")
        await waiting(pbx, "support", 1)
        shown = await asyncio.to_thread(pbx.cli, "core show channels concise")
        channel = shown.split("!")[0]
        assert "FIRSTLINE_TOPIC=money" in await asyncio.to_thread(
            pbx.cli, f"core show channel {channel}"
        )


def test_the_log_has_no_complaint_about_queues(pbx: Pbx) -> None:
    said = Path(pbx.log).read_text(encoding="utf-8").splitlines()
    usual = ("NOTICE", "Unable to join queue 'small'")  # which is full
    heard = (line for line in said if not any(each in line for each in usual))
    assert [line for line in heard if "app_queue" in line] == []
