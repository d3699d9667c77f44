"""Firstline beside FreePBX: phones of its queues ring, its voicemail answers, callers come back."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from ari_app.ami.queue_actions import QueueActions
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone, PhoneError
from asterisk_conf.pbx import Pbx
from tests.ami.queue_pbx import watched
from tests.asterisk_conf.app import App, connected
from tests.deadlines import until
from tests.freepbx.bed import freepbx
from tests.live.installation import Installation
from tests.phone.test_live_phone import account, asterisk_got

pytestmark = pytest.mark.live

SETTINGS = """
[operator]
name = "Example Telecom"
country = "PL"
currency = "EUR"
[site]
numbers = ["611"]
queues = ["400", "410"]
languages = ["en"]
timezone = "Europe/Warsaw"
[menus]
directory = "menus"
[ari]
dialplan = "freepbx"
url = "http://127.0.0.1:{http}"
[departments]
office = {{ label = "Office" }}
[topics]
question = {{ label = "Question", department = "office" }}
"""
MENU = """
flow: office
numbers: ["611"]
languages: [en]
start: main
farewell: bye
nodes:
  main:  { menu: office-main, keys: { "1": sales, "2": late }, gave-up: bye }
  sales: { queue: "400", topic: question, on: { ended: bye, left: barys }, else: bye }
  late:  { queue: "410", topic: question, on: { timeout: barys }, else: bye }
  barys: { dial: "702", ring: 20s, on: { ended: bye }, else: bye }
  bye:   { end: thanks-bye }
"""


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    with freepbx(tmp_path_factory.mktemp("freepbx")) as bed:
        yield bed


@pytest.fixture
async def app(pbx: Pbx) -> AsyncIterator[App]:
    async with connected(pbx) as app:
        yield app


@pytest.fixture(scope="module")
def firstline(pbx: Pbx, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The product, beside that FreePBX, with a menu of its own."""
    ports, secrets = pbx.site.ports, pbx.site.secrets
    state = tmp_path_factory.mktemp("beside") / "state"
    one = Installation(
        state,
        SETTINGS.format(http=ports.http),
        fresh=True,
        environment={"FIRSTLINE_PORTS_AMI": str(ports.ami)},
    )
    (state / "secrets.toml").write_text(
        f'ari = "{secrets.ari_password}"\nami = "{secrets.ami_password}"\n'
    )
    (menus := state / "menus").mkdir()
    (menus / "office.yaml").write_text(MENU)
    (menus / "prompts").mkdir()
    (menus / "prompts" / "en.yaml").write_text("office-main: For sales press one.\n")
    try:
        one.up()
        yield one
    finally:
        one.end()


async def shown(pbx: Pbx, channels: str) -> None:
    """Wait until a line of Asterisk's channels matches."""
    wanted = re.compile(rf"^{channels}$", re.M)
    await asyncio.to_thread(until, lambda: wanted.search(pbx.cli("core show channels concise")), 20)


async def bridged(pbx: Pbx, *channels: str) -> None:
    """Wait until each of them is in a bridge: what a phone asks for before is refused or lost."""
    for channel in channels:
        await shown(pbx, rf"{channel}!.*![0-9a-f-]{{36}}![^!]*")


CALLER_IN_QUEUE = r"PJSIP/1001-\w+!ext-queues!400"
AGENT = r"PJSIP/701-\w+"


async def test_a_queue_without_the_marks_rings_no_phone(pbx: Pbx) -> None:
    """So it was with the dialplan that is rendered for an Asterisk without FreePBX."""
    async with Phone(account(pbx, "1001")) as me, Phone(account(pbx, "701")) as agent:
        await agent.register()
        await me.dial("940")
        await me.wait(Connected)
        await me.wait(Disconnected, timeout=30)
        with pytest.raises(PhoneError):
            await agent.wait(Incoming, timeout=0.2)


async def test_the_fallback_rings_while_firstline_is_stopped(pbx: Pbx) -> None:
    async with Phone(account(pbx, "1001")) as me, Phone(account(pbx, "701")) as agent:
        await agent.register()
        await me.dial("611")
        assert (await agent.wait(Incoming, timeout=30)).name.startswith("Sales: ")
        await agent.answer()
        await agent.hangup()
        await me.wait(Disconnected)


async def test_an_agents_phone_transfers_the_caller_and_gets_them_back(pbx: Pbx, app: App) -> None:
    """It transfers its half of a Local channel; no mailbox takes the caller on the way."""
    async with Phone(account(pbx, "1001")) as me, Phone(account(pbx, "701")) as agent:
        await agent.register()
        await me.dial("611")
        channel, _ = await app.began()
        await me.wait(Connected)
        await app.to_queue(channel, "400")
        await agent.wait(Incoming, timeout=20)
        await agent.answer()
        await bridged(pbx, CALLER_IN_QUEUE, AGENT)
        await agent.transfer("702")  # whose phone is off, and who has a mailbox
        await agent.wait(Incoming, timeout=30)
        await agent.answer()
        await agent.hangup()
        assert (await app.began())[1] == ["back", "ANSWER"]
        await me.hangup()


@pytest.mark.parametrize("to", ["702", "0"])
async def test_a_feature_code_asks_a_colleague_first(pbx: Pbx, app: App, to: str) -> None:
    """FreePBX's *2: Asterisk calls the colleague for the agent, and the caller waits for both."""
    mine = (Phone(account(pbx, name)) for name in ("1001", "701", "702"))
    async with AsyncExitStack() as stack:
        me, agent, colleague = [await stack.enter_async_context(one) for one in mine]
        await agent.register()
        await colleague.register()
        await me.dial("611")
        channel, _ = await app.began()
        await app.to_queue(channel, "400")
        await agent.wait(Incoming, timeout=20)
        await agent.answer()
        await bridged(pbx, CALLER_IN_QUEUE, AGENT)
        await agent.press("*2")
        await agent.press(to)
        await colleague.wait(Incoming, timeout=20)
        caller = re.compile(r"^PJSIP/1001-\w+!ext-queues!400!\d+!Up!Queue!", re.M)
        assert caller.search(await asyncio.to_thread(pbx.cli, "core show channels concise"))
        await colleague.answer()
        await agent.hangup()
        await bridged(pbx, CALLER_IN_QUEUE)
        await colleague.hangup()
        assert (await app.began())[1] == ["back", "CONTINUE"]
        await me.hangup()


@pytest.mark.parametrize("to", ["0", "reception"])
async def test_other_calls_go_where_freepbx_has_them_go(pbx: Pbx, to: str) -> None:
    """All transfers of the PBX come to our context, also to one key and to names."""
    mine = (Phone(account(pbx, name)) for name in ("1001", "701", "702"))
    async with AsyncExitStack() as stack:
        me, agent, colleague = [await stack.enter_async_context(one) for one in mine]
        await agent.register()
        await colleague.register()
        await me.dial("701")
        await agent.wait(Incoming, timeout=20)
        await agent.answer()
        await bridged(pbx, AGENT)
        await agent.transfer(to)
        await colleague.wait(Incoming, timeout=20)
        await colleague.answer()
        await me.hangup()
        await colleague.wait(Disconnected)


async def test_the_desk_asks_a_colleague_first_who_then_has_the_caller(pbx: Pbx, app: App) -> None:
    mine = (Phone(account(pbx, name)) for name in ("1001", "701", "702"))
    async with watched(pbx) as watch, AsyncExitStack() as stack:
        me, agent, colleague = [await stack.enter_async_context(one) for one in mine]
        await agent.register()
        await colleague.register()
        await me.dial("611")
        channel, _ = await app.began()
        await app.to_queue(channel, "400")
        await agent.wait(Incoming, timeout=20)
        await agent.answer()
        await bridged(pbx, CALLER_IN_QUEUE, AGENT)
        channels = await asyncio.to_thread(pbx.cli, "core show channels concise")
        [leg] = re.findall(r"^(Local/701@from-queue-\w+;1)!", channels, re.M)
        [caller] = re.findall(r"^(PJSIP/1001-\w+)!", channels, re.M)
        await QueueActions(watch.ask).consult(caller, leg, "Local/701@from-queue/n", "702")
        assert (await colleague.wait(Incoming, timeout=20)).caller == "701"
        await colleague.answer()
        await bridged(pbx, r"Local/701@\S+;1!firstline-ask!.*!Dial")
        await agent.hangup()
        await shown(pbx, r"PJSIP/1001-\w+!firstline-joins!.*!Bridge!.*")
        await colleague.hangup()
        assert (await app.began())[1] == ["back", "ANSWER"]
        await me.hangup()


async def test_a_call_back_keeps_its_place(pbx: Pbx, app: App) -> None:
    """In FreePBX's queue waits a stand-in; the agent who answers it gets the caller."""
    variables = {
        "__FIRSTLINE_TICKET": "ticket-1",
        "__FIRSTLINE_DIALS": "dials",
        "FIRSTLINE_NUMBER": "702",
        "FIRSTLINE_RING": "20",
        "FIRSTLINE_SHOWN": "611",
        "FIRSTLINE_PLACE": "1",
    }
    async with Phone(account(pbx, "701")) as agent, Phone(account(pbx, "702")) as me:
        await agent.register()
        await me.register()
        async with app.http.post(
            f"{app.base}/ari/channels",
            params={
                "endpoint": "Local/s@firstline-callback/n",
                "context": "firstline-stand-in",
                "extension": "400",
                "priority": "1",
                "channelId": "waits",
                "otherChannelId": "dials",
            },
            json={"variables": variables},
        ) as answer:
            assert answer.status == 200
        await agent.wait(Incoming, timeout=20)
        await agent.answer()
        assert (await me.wait(Incoming, timeout=20)).caller == "611"
        await me.answer()
        kept = "database get firstline-callback ticket-1"
        await asyncio.to_thread(until, lambda: "Value: ANSWER" in pbx.cli(kept), 10)
        await me.hangup()


async def test_a_queue_that_freepbx_has_not(pbx: Pbx, app: App) -> None:
    async with Phone(account(pbx, "1001")) as me:
        await me.dial("611")
        channel, _ = await app.began()
        await app.to_queue(channel, "499")
        assert (await app.began())[1] == ["back", "UNKNOWN"]


async def test_an_agent_answers_and_the_flow_goes_on(pbx: Pbx, firstline: Installation) -> None:
    """With FreePBX's own prefix, announcement and recording."""
    async with Phone(account(pbx, "1001")) as me, Phone(account(pbx, "701")) as agent:
        await agent.register()
        await me.dial("611")
        await me.wait(Connected)
        await me.press("1")
        assert (await agent.wait(Incoming, timeout=20)).name.startswith("Sales: ")
        await agent.answer()
        await agent.hangup()
        await me.wait(Disconnected, timeout=20)
    assert asterisk_got(pbx, "BED_JOINED") == "beep"
    assert asterisk_got(pbx, "BED_RECORDED") == "q 400"
    path = await asyncio.to_thread(firstline.last_call)
    assert "sales (queue)  -> ended" in path
    assert "thanks-bye" in path


@pytest.mark.parametrize(
    ("key", "queue", "outcome"), [("1", "400", "left"), ("2", "410", "timeout")]
)
async def test_out_of_a_queue_to_a_voicemail_box(
    pbx: Pbx, firstline: Installation, key: str, queue: str, outcome: str
) -> None:
    """By the key that leaves, and by the longest wait that FreePBX has for the queue."""
    await asyncio.to_thread(pbx.cli, "dialplan set global BED_VOICEMAIL none")
    async with Phone(account(pbx, "1001")) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press(key)
        if outcome == "left":
            await asyncio.to_thread(
                until, lambda: f"{queue} has 1 calls" in pbx.cli("queue show"), 20
            )
            await me.press("*")
        await asyncio.to_thread(until, lambda: asterisk_got(pbx, "BED_VOICEMAIL") == "702", 30)
        await me.hangup()
    path = await asyncio.to_thread(firstline.last_call)
    assert f"(queue)  -> {outcome}" in path
    assert "barys (dial)" in path
