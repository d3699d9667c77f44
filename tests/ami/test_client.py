"""One AMI connection for ever: each trap of panoramisk, sprung by a real server."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NoReturn

import pytest
from msgspec.structs import replace

from ari_app.ami import client
from ari_app.ami.client import AmiError, Ask, Headers, Settings, keep
from ivr.secret import Secret
from tests.ami.server import Server, joins, waits
from tests.ari.facts import until


class Heard:
    """What came of a client that is kept: its events, and how to ask in each connection."""

    def __init__(self) -> None:
        self.events: list[Headers] = []
        self.asks: list[Ask] = []
        self.ended = 0

    @property
    def names(self) -> list[str]:
        return [each["Event"] for each in self.events]

    async def attend(self, ask: Ask) -> NoReturn:
        self.asks.append(ask)
        try:
            await asyncio.Event().wait()
            raise AssertionError("it is never set")
        finally:
            self.ended += 1


@asynccontextmanager
async def kept(settings: Settings) -> AsyncIterator[Heard]:
    heard = Heard()
    task = asyncio.create_task(keep(settings, heard.events.append, heard.attend))
    try:
        yield heard
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_only_the_wanted_events_are_asked_for(server: Server) -> None:
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
    [login] = server.said
    assert (login["Username"], login["Events"]) == ("firstline", "agent")


async def test_an_event_in_the_list_is_taken_in_its_order(server: Server) -> None:
    server.listed, server.overtaking = [waits("a", 1)], [joins("b", 2)]
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
        await heard.asks[0]("QueueStatus")
        assert heard.names == ["QueueEntry", "QueueStatusComplete", "QueueCallerJoin"]


async def test_letters_that_packets_cut_in_two(server: Server) -> None:
    server.chunk_size = 1
    async with kept(replace(server.settings, deadline=5.0)) as heard:
        await until(lambda: heard.asks)
        await server.send(joins("a", 1))
        await until(lambda: heard.events)
    assert heard.events[0]["CallerIDName"] == "Ў Янка"


@pytest.mark.parametrize("value", ["a\r\nAction: Originate", "a\nb", "a\rb", "a\0b"])
async def test_a_value_that_would_be_another_header_is_refused(server: Server, value: str) -> None:
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
        for bad in ({"Queue": value}, {"Queue": "a", "Member": value}):
            with pytest.raises(ValueError, match="control characters"):
                await heard.asks[0]("QueueStatus", **bad)
        with pytest.raises(ValueError, match="control characters"):
            await heard.asks[0](value)
        await heard.asks[0]("QueueStatus", Queue="поддержка")
    assert [each["Action"] for each in server.said] == ["Login", "QueueStatus"]


async def test_a_wrong_password_is_logged_once_and_never_shown(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = replace(server.settings, password=Secret("geheim"))
    async with kept(wrong) as heard:
        await until(lambda: len(server.said) > 2)
        assert heard.asks == []
    [logged] = [each for each in caplog.records if each.levelno > logging.INFO]
    assert "Authentication failed" in logged.message
    assert "secrets.toml" in logged.message
    assert "geheim" not in caplog.text


async def test_silence_is_no_answer(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """At the login, and later; then the login is tried again, and works once it is answered."""
    server.deaf_to = {"Login"}
    async with kept(replace(server.settings, deadline=0.05)) as heard:
        await until(lambda: len(server.said) > 1)
        assert heard.asks == []
        server.deaf_to = {"QueueStatus"}
        await until(lambda: heard.asks)
        with pytest.raises(AmiError, match=r"no answer to QueueStatus in 0\.05 s"):
            await heard.asks[0]("QueueStatus")
    assert "no answer to Login" in caplog.text


async def test_an_unknown_action_is_an_error(server: Server) -> None:
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
        with pytest.raises(AmiError, match="Nonsense: Invalid/unknown command"):
            await heard.asks[0]("Nonsense")


async def test_what_was_not_answered_is_not_sent_again(server: Server) -> None:
    server.deaf_to = {"QueuePause"}
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
        asking = asyncio.ensure_future(heard.asks[0]("QueuePause", Interface="PJSIP/701"))
        await until(lambda: len(server.said) == 2)
        server.deaf_to = set()
        server.drop()
        with pytest.raises(AmiError, match=r"closed the connection|reset"):
            await asking
        await until(lambda: len(heard.asks) == 2)
        assert heard.ended == 1
        with pytest.raises(AmiError, match="closed"):
            await heard.asks[0]("QueueStatus")
        await heard.asks[1]("QueueStatus")
    assert [each["Action"] for each in server.said] == [
        "Login", "QueuePause", "Login", "QueueStatus",
    ]  # fmt: skip


async def test_closed_is_closed(server: Server) -> None:
    """Nothing reconnects behind the back of who has ended it, while another needs four tries."""
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
    await until(lambda: not server.connections)
    server.refused_connections = 3
    async with kept(server.settings) as other:
        await until(lambda: other.asks)
    assert (server.logged_in, len(heard.asks)) == (2, 1)


async def test_a_server_that_closes_at_once(server: Server) -> None:
    server.refused_connections = 3
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
    assert server.logged_in == 1


async def test_half_a_line_and_then_the_end(server: Server) -> None:
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
        await server.raw(b"Event: QueueCallerJoin\r\nQueue: sup")
        server.drop()
        await until(lambda: len(heard.asks) == 2)
        await server.send(joins("a", 1))
        await until(lambda: heard.events)
    assert [each["Queue"] for each in heard.events] == ["support"]


async def test_a_message_without_an_end(
    server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LONGEST", 1000)
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
        await server.raw(b"Event: QueueCallerJoin\r\nQueue: " + b"x" * 1000)
        await until(lambda: len(heard.asks) == 2)
    assert "a message is too long" in caplog.text


async def test_messages_that_are_none(server: Server) -> None:
    """Headers given twice, also those by which answers are known; and noise."""
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
        await server.raw(
            b"Event: A\r\nActionID: 1\r\nActionID: 2\r\n\r\n"
            b"Event: A\r\nEvent: B\r\n\r\n"
            b"\xff\xfe\r\n\r\n\r\n\r\nResponse: Success\r\nActionID: unknown\r\n\r\n"
        )
        await server.send(joins("a", 1), {"Event": "Shutdown"})
        await until(lambda: len(heard.events) == 2)
    assert heard.names == ["QueueCallerJoin", "Shutdown"]
    assert server.logged_in == 1


async def test_it_is_there_again_after_it_died(server: Server) -> None:
    async with kept(server.settings) as heard:
        await until(lambda: heard.asks)
        await server.die()
        await until(lambda: heard.ended == 1)
        await server.start()
        await until(lambda: len(heard.asks) == 2)
