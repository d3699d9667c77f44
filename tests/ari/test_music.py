"""A hold on a channel: music from the end of the prompt until a key."""

import pytest
from msgspec.structs import replace

from ari_app.ari.channel_state import Timeouts
from ivr.events import Gone, Keyed, Silent
from tests.ari.facts import until
from tests.ari.harness import ask, harness, played, presenting, say, unable
from tests.ari.server import Server

HOLD = replace(ask("do-it", choices=frozenset("0123456789*#"), first=900.0), music=True)


async def test_music_plays_from_the_end_of_the_prompt_to_a_key(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        answer = presenting(line, HOLD)
        await played(at)
        assert not server.channels["c-1"].music
        server.finish("c-1")
        await until(lambda: server.channels["c-1"].music)
        server.press("c-1", "#")
        assert await answer == Keyed("#", whole=True)
        await until(lambda: not server.channels["c-1"].music)


async def test_music_ends_with_the_time(server: Server) -> None:
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        short = replace(HOLD, grammar=replace(HOLD.grammar, first=0.05))
        assert await line.present(short) == Silent(whole=True)
        await line.present(say("welcome"))
    music = [line for line in server.lines() if line.endswith("/moh")]
    assert music == ["POST channels/c-1/moh", "DELETE channels/c-1/moh"]


async def test_a_key_in_the_words_needs_no_music(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        answer = presenting(line, HOLD)
        await played(at)
        server.press("c-1", "5")
        assert await answer == Keyed("5")
        assert not [each for each in server.lines() if each.endswith("/moh")]


async def test_the_dead_man_switch_is_put_off_while_music_plays(server: Server) -> None:
    async with harness(server, times=Timeouts(dead_man=5, step=0.0)) as at:
        line = await at.call()
        answer = presenting(line, HOLD)
        await played(at)
        server.finish("c-1")
        await until(lambda: server.channels["c-1"].music)
        await line.renew(unable)
        await until(lambda: server.channels["c-1"].variables == {"TIMEOUT(absolute)": "5"})
        server.press("c-1", "5")
        await answer
    assert not server.waited


@pytest.mark.parametrize("status", [404, 500])
async def test_music_that_cannot_be_played(server: Server, status: int) -> None:
    """A caller who hung up is gone; one who is there waits in silence, and a key still counts."""
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        server.plan("POST channels/c-1/moh", lambda: status)
        answer = presenting(line, HOLD)
        if status == 500:
            await until(lambda: server.lines("POST channels/c-1/moh"))
            server.press("c-1", "1")
        assert isinstance(await answer, Gone if status == 404 else Keyed)
