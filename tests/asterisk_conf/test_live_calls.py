"""Real SIP calls through the rendered dialplan, with and without an application."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from time import time

import pytest

from asterisk_conf.pbx import Pbx
from asterisk_conf.site import Queue
from tests.asterisk_conf.app import base as ari
from tests.asterisk_conf.app import client, connected
from tests.asterisk_conf.phone import Phone
from tests.deadlines import within
from tests.pbx_fixture import running_pbx

pytestmark = pytest.mark.live
_DEADLINE = 20.0


def subscriber(pbx: Pbx, **claims: str) -> Phone:
    return Phone(pbx.site.ports.sip, "1001", "one", **claims)


async def until(fact: Callable[[], Awaitable[bool]]) -> None:
    """Asterisk is asked until the fact holds: it sends no event for it to this application."""
    async with within(_DEADLINE):
        while not await fact():  # noqa: ASYNC110 - the fact is in another process
            await asyncio.sleep(0.02)


async def test_ari_answers_to_its_password_only(pbx: Pbx) -> None:
    async with client(pbx) as http, http.get(f"{ari(pbx)}/ari/asterisk/info") as answer:
        assert answer.status == 200
        assert (await answer.json())["system"]["version"].startswith(pbx.asterisk.version)
    async with client(pbx, "wrong") as http, http.get(f"{ari(pbx)}/ari/asterisk/info") as answer:
        assert answer.status == 401


async def test_without_an_application_a_caller_waits_in_the_queue_with_music(pbx: Pbx) -> None:
    """Although the apology is missing in this installation, and no agent's phone is there."""
    with subscriber(pbx) as phone:
        assert await asyncio.to_thread(phone.dial, "611") == 200
        assert await asyncio.to_thread(phone.hears_sound)
        assert "support has 1 calls" in await asyncio.to_thread(pbx.cli, "queue show support")
        assert await asyncio.to_thread(phone.hang_up) == 200


@pytest.mark.parametrize("number", ["611", "111", "*100#", "*100*1#"])
async def test_every_number_and_code_reaches_the_application(pbx: Pbx, number: str) -> None:
    async with connected(pbx) as app:
        with subscriber(pbx) as phone:
            dialled = asyncio.create_task(asyncio.to_thread(phone.dial, number.replace("#", "%23")))
            channel, args = await app.began()
            assert args == [number]
            assert await app.post(f"channels/{channel}/answer") == 204
            assert await dialled == 200
            assert await asyncio.to_thread(phone.hang_up) == 200


async def test_while_there_are_too_many_calls_the_fifth_at_once_is_not_let_in(pbx: Pbx) -> None:
    after_two = int(time() * 1000) + 2 * 14_000
    limits = {"GAP": 14_000, "NEXT": after_two, "BUSY_UNTIL": 9_999_999_999}
    for name, value in limits.items():
        pbx.cli(f"dialplan set global FIRSTLINE_{name} {value}")
    try:
        async with connected(pbx) as app:
            with subscriber(pbx) as phone:
                for _ in range(2):
                    dialled = asyncio.create_task(asyncio.to_thread(phone.dial, "611"))
                    await app.began()
                    assert await dialled == 200
                    assert await asyncio.to_thread(phone.hang_up) == 200
                assert await asyncio.to_thread(phone.dial, "611") == 200

                async def queued() -> bool:
                    queue = await asyncio.to_thread(pbx.cli, "queue show support")
                    return "support has 1 calls" in queue

                await until(queued)
                assert await asyncio.to_thread(phone.hang_up) == 200
    finally:
        pbx.cli("dialplan set global FIRSTLINE_BUSY_UNTIL 0")


async def test_the_number_is_the_accounts_whatever_the_phone_claims(pbx: Pbx) -> None:
    async with connected(pbx) as app:
        with subscriber(pbx, claims="375299999999") as phone:
            dialled = asyncio.create_task(asyncio.to_thread(phone.dial, "611"))
            channel, _ = await app.began()
            asked = await app.get(f"channels/{channel}")
            assert asked["caller"] == {"name": "Анна Первая", "number": "375291000001"}
            assert asked["language"] == "ru"
            await app.post(f"channels/{channel}/answer")
            await dialled
            await asyncio.to_thread(phone.hang_up)


async def test_an_account_is_entered_with_its_own_password_only(pbx: Pbx) -> None:
    with Phone(pbx.site.ports.sip, "1002", "one", login="1001") as phone:
        assert await asyncio.to_thread(phone.dial, "611") == 401


@pytest.mark.parametrize(
    ("queue", "variables", "key", "status"),
    [
        ("support", {"FIRSTLINE_TIMEOUT": "1", "FIRSTLINE_PRIORITY": "5"}, "", "TIMEOUT"),
        ("nowhere", {}, "", "UNKNOWN"),
        ("support", {}, "*", "LEFT"),
    ],
)
async def test_a_call_comes_back_from_the_queue_with_its_status(
    pbx: Pbx, queue: str, variables: dict[str, str], key: str, status: str
) -> None:
    async with connected(pbx) as app:
        with subscriber(pbx) as phone:
            dialled = asyncio.create_task(asyncio.to_thread(phone.dial, "611"))
            channel, _ = await app.began()
            await app.post(f"channels/{channel}/answer")
            await dialled
            await app.to_queue(channel, queue, **variables)
            if key:
                assert await asyncio.to_thread(phone.hears_sound)
                phone.press(key)
            assert await app.began() == (channel, ["back", status])
            await asyncio.to_thread(phone.hang_up)


@pytest.mark.parametrize(
    "number", ["701", "611", "611@firstline-subscribers", "701,,b(firstline^611^1)", "", "${EXTEN}"]
)
async def test_a_dialled_number_is_no_order(pbx: Pbx, number: str) -> None:
    """The agent's phone is off; and nothing leads anywhere else."""
    async with connected(pbx) as app:
        with subscriber(pbx) as phone:
            dialled = asyncio.create_task(asyncio.to_thread(phone.dial, "611"))
            channel, _ = await app.began()
            await dialled
            variables = {"FIRSTLINE_NUMBER": number, "FIRSTLINE_RING": "1"}
            await app.to_dialplan(channel, "firstline-dial", "s", variables)
            assert await app.began() == (channel, ["back", "CHANUNAVAIL"])
            await asyncio.to_thread(phone.hang_up)


async def test_a_call_comes_back_when_the_agent_hangs_up(pbx: Pbx) -> None:
    """The agent is a second call into the application, which answers it and hangs up."""
    member = "Local/111@firstline-subscribers"
    await asyncio.to_thread(pbx.cli, f"queue add member {member} to support")
    async with connected(pbx) as app:
        with subscriber(pbx) as phone:
            dialled = asyncio.create_task(asyncio.to_thread(phone.dial, "611"))
            channel, _ = await app.began()
            await app.post(f"channels/{channel}/answer")
            await dialled
            await app.to_queue(channel, "support")
            agent, args = await app.began()
            assert args == ["111"]
            await app.post(f"channels/{agent}/answer")

            async def talking() -> bool:
                return bool(await app.get("bridges"))

            await until(talking)
            async with app.http.delete(f"{app.base}/ari/channels/{agent}") as answer:
                assert answer.status == 204
            assert await app.began() == (channel, ["back", "CONTINUE"])
            await asyncio.to_thread(phone.hang_up)
    await asyncio.to_thread(pbx.cli, f"queue remove member {member} from support")


async def test_a_phone_that_forwards_a_call_of_a_queue_leads_it_nowhere(pbx: Pbx) -> None:
    """The queue rings it again; also a Dial() of the administrator's own ends there."""
    async with connected(pbx) as app:
        with Phone(pbx.site.ports.sip, "agent1", "agent") as agent, subscriber(pbx) as phone:
            assert await asyncio.to_thread(agent.register) == 200
            dialled = asyncio.create_task(asyncio.to_thread(phone.dial, "611"))
            channel, _ = await app.began()
            await dialled
            await app.to_queue(channel, "support", FIRSTLINE_TIMEOUT="6")
            await asyncio.to_thread(agent.forwards, "111")
            await asyncio.to_thread(agent.forwards, "701")
            assert await app.began() == (channel, ["back", "TIMEOUT"])
            await asyncio.to_thread(phone.hang_up)
            with subscriber(pbx) as other:
                dialled = asyncio.create_task(asyncio.to_thread(other.dial, "901"))
                await asyncio.to_thread(agent.forwards, "111")
                assert await dialled in (404, 480, 486, 503, 603)
        later = [app.events.get_nowait() for _ in range(app.events.qsize())]
    assert [event for event in later if event["type"] == "StasisStart"] == []


async def test_a_caller_transfers_no_one(pbx: Pbx) -> None:
    async with connected(pbx) as app:
        with subscriber(pbx) as phone:
            dialled = asyncio.create_task(asyncio.to_thread(phone.dial, "611"))
            await app.began()
            await dialled
            for number in ("111", "701", "*100%23"):
                assert await asyncio.to_thread(phone.transfer, number) == 603
            await asyncio.to_thread(phone.hang_up)


async def test_a_caller_has_no_more_calls_than_one_may(pbx: Pbx) -> None:
    """Another caller is served meanwhile, and this one again after a call."""
    most = pbx.site.calls_per_caller
    async with connected(pbx) as app:
        phones = [subscriber(pbx) for _ in range(most + 3)]
        for phone in phones[:most]:
            assert await asyncio.to_thread(phone.dial, "611") == 200
        for phone, number in zip(phones[most:], ("611", "111", "*100%23"), strict=True):
            assert await asyncio.to_thread(phone.dial, number) == 486
        with Phone(pbx.site.ports.sip, "1002", "two") as other:
            assert await asyncio.to_thread(other.dial, "611") == 200
            await asyncio.to_thread(other.hang_up)
        await asyncio.to_thread(phones[0].hang_up)

        async def one_less() -> bool:
            return len(await app.get("channels")) < most

        await until(one_less)
        with subscriber(pbx) as again:
            assert await asyncio.to_thread(again.dial, "611") == 200
            await asyncio.to_thread(again.hang_up)
        for phone in phones[1:most]:
            await asyncio.to_thread(phone.hang_up)
        for phone in phones:
            phone.__exit__(None, None, None)
    why = f"is rejected because its caller has {most} calls already"
    assert pbx.log.read_text().count(why) == 3


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    """An Asterisk that soon loses patience."""
    soon = {"deadman_seconds": 1, "rtp_timeout": 4, "queues": (Queue("support", wrapup=0),)}
    with running_pbx(tmp_path_factory.mktemp("quick"), **soon) as pbx:
        yield pbx


async def test_a_call_whose_application_goes_silent_is_taken_back(quick: Pbx) -> None:
    async with connected(quick) as app:
        with subscriber(quick) as phone:
            dialled = asyncio.create_task(asyncio.to_thread(phone.dial, "611"))
            channel, _ = await app.began()  # and no more is done for it
            assert await dialled == 200  # the fallback answers

            async def waiting() -> bool:
                place = (await app.get(f"channels/{channel}"))["dialplan"]
                return (place["context"], place["app_name"]) == ("firstline-fallback", "Queue")

            await until(waiting)
            await asyncio.to_thread(phone.hang_up)


async def test_a_phone_that_vanished_is_let_go_in_a_menu_and_in_a_queue(quick: Pbx) -> None:
    """These phones send no media at all."""
    async with connected(quick) as app:
        with subscriber(quick) as one, Phone(quick.site.ports.sip, "1002", "two") as other:
            for phone in (one, other):
                assert await asyncio.to_thread(phone.dial, "611") == 200
                channel, _ = await app.began()
                limit = {"variable": "TIMEOUT(absolute)", "value": "0"}
                assert await app.post(f"channels/{channel}/variable", **limit) < 300
            await app.to_queue(channel, "support")

            async def gone() -> bool:
                return not await app.get("channels")

            await until(gone)
    log = quick.log.read_text()
    assert log.count("for lack of audio RTP activity in 4 seconds") == 2


async def test_a_caller_whose_agent_vanished_goes_to_the_front_of_the_queue(quick: Pbx) -> None:
    """The agent's phone answers and sends no media; at other calls it hangs up itself. The same
    holds after a transfer.

    That another phone was out of order, which the flow dialled before or the queue rang, means
    nothing for the end of a conversation.
    """

    async def in_front() -> bool:
        return "prio: 9999" in await asyncio.to_thread(quick.cli, "queue show support")

    async with connected(quick) as app:
        with subscriber(quick) as one, Phone(quick.site.ports.sip, "agent1", "agent") as agent:
            assert await asyncio.to_thread(agent.register) == 200
            assert await asyncio.to_thread(one.dial, "611") == 200
            channel, _ = await app.began()
            speaking = asyncio.create_task(asyncio.to_thread(one.speak, 24))
            dialled = {"FIRSTLINE_NUMBER": "701", "FIRSTLINE_RING": "9"}
            await app.to_dialplan(channel, "firstline-dial", "s", dialled)
            await asyncio.to_thread(agent.refuses, "502 Bad Gateway")
            assert (await app.began())[0] == channel
            await app.to_queue(channel, "support")
            await asyncio.to_thread(agent.refuses, "502 Bad Gateway")
            asked = await asyncio.to_thread(agent.picks_up)
            assert await asyncio.to_thread(agent.hangs_up, asked) == 200
            assert await app.began() == (channel, ["back", "CONTINUE"])
            await app.to_queue(channel, "support")
            await asyncio.to_thread(agent.picks_up)
            await asyncio.to_thread(agent.is_hung_up)
            await until(in_front)
            asked = await asyncio.to_thread(agent.picks_up)
            assert await asyncio.to_thread(agent.hangs_up, asked) == 200
            assert await app.began() == (channel, ["back", "CONTINUE"])
            await app.to_dialplan(channel, "firstline-transfer", "701", {})
            await asyncio.to_thread(agent.picks_up)
            await asyncio.to_thread(agent.is_hung_up)
            await until(in_front)
            asked = await asyncio.to_thread(agent.picks_up)
            assert await asyncio.to_thread(agent.hangs_up, asked) == 200
            assert await app.began() == (channel, ["back", "CONTINUE"])
            await app.to_dialplan(channel, "firstline-transfer", "701", {})
            asked = await asyncio.to_thread(agent.picks_up)
            assert await asyncio.to_thread(agent.hangs_up, asked) == 200
            assert await app.began() == (channel, ["back", "ANSWER"])
            await speaking
