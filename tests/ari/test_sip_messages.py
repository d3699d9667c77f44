"""Texts over ARI: to whom, from whom, and what is said when they cannot be handed over."""

import asyncio
from contextlib import suppress

import pytest

from ari_app.ari.errors import UnreachableError
from ari_app.ari.events import PeerStatusChange, TextMessage, TextMessageReceived
from ari_app.ari.link import Link, PhoneEvent
from ari_app.ari.sip_messages import PhoneNotRegisteredError, SipMessages
from tests.ari.facts import until
from tests.ari.faults import Fault
from tests.ari.harness import linked, reconcile_nothing, settings
from tests.ari.server import Server
from tests.deadlines import within

NUMBER, PHONE, SENDER = "375990000001", "zorka-1", "sip:611@127.0.0.1"
TEXT = "Настройки & пароль=«zorka»\nвторая строка"


async def phone_of(number: str) -> str | None:
    return PHONE if number == NUMBER else None


def texts(link: Link) -> SipMessages:
    return SipMessages(link.ari.endpoints, phone_of, SENDER)


@pytest.mark.parametrize("transport", ["websocket", "http"])
async def test_a_text_comes_whole_to_the_phone_of_its_number(
    server: Server, transport: str
) -> None:
    server.texts[PHONE] = []
    async with linked(server, transport=transport) as link:
        await texts(link).send("c1:1", NUMBER, TEXT)
    assert server.texts[PHONE] == [(SENDER, TEXT)]


@pytest.mark.parametrize(
    ("number", "reason"), [(NUMBER, "is registered"), ("375990000099", "has this number")]
)
async def test_an_error_of_an_unknown_number_does_not_show_it(
    server: Server, number: str, reason: str
) -> None:
    async with linked(server) as link:
        with pytest.raises(PhoneNotRegisteredError, match=reason) as raised:
            await texts(link).send("c1:1", number, TEXT)
    assert number not in str(raised.value)


async def test_a_phone_that_unregisters_meanwhile_is_reported(server: Server) -> None:
    server.texts[PHONE] = []
    async with linked(server) as link:
        server.plan("PUT endpoints", lambda: 404)
        with pytest.raises(PhoneNotRegisteredError, match="is registered"):
            await texts(link).send("c1:1", NUMBER, TEXT)


async def test_an_answer_that_does_not_come_is_unknown(server: Server) -> None:
    server.texts[PHONE] = []
    async with linked(server, deadline=0.05) as link:
        server.plan("PUT endpoints", lambda: Fault.MUTE)
        with pytest.raises(UnreachableError, match="no answer") as raised:
            await texts(link).send("c1:1", NUMBER, TEXT)
    assert TEXT not in str(raised.value)
    assert PHONE not in str(raised.value)


@pytest.mark.parametrize("transport", ["websocket", "http"])
async def test_what_phones_text_comes_after_every_connection(
    server: Server, transport: str
) -> None:
    """Each hears of them under a name of its own, and nothing of it is a call's event."""
    came: asyncio.Queue[PhoneEvent] = asyncio.Queue()
    calls: list[object] = []
    link = Link(settings(server, transport=transport))
    running = asyncio.create_task(link.run(calls.append, reconcile_nothing, came.put_nowait))
    async with within(10):
        for _ in range(2):
            await link.wait_connected()
            server.emit(
                "TextMessageReceived",
                endpoint={"technology": "PJSIP", "resource": PHONE, "state": "online"},
                message={"from": "<sip:anybody@1.2.3.4>", "to": "sip:611@h", "body": TEXT},
                application="firstline-text",
            )
            text = await came.get()
            assert isinstance(text, TextMessageReceived)
            assert (text.endpoint.resource, text.message.body) == (PHONE, TEXT)
            server.emit(
                "PeerStatusChange",
                endpoint={"technology": "PJSIP", "resource": PHONE, "state": "online"},
                peer={"type": "Peer", "peer_status": "Reachable"},
                application="firstline-text",
            )
            registered = await came.get()
            assert isinstance(registered, PeerStatusChange)
            assert (registered.registered, registered.endpoint.resource) == (True, PHONE)
            server.drop()
            await until(lambda: not link.connected)
    assert (server.sources, calls) == (["firstline-text endpoint:PJSIP"] * 2, [])
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_without_a_handler_texts_are_not_subscribed_to(server: Server) -> None:
    async with linked(server):
        assert not server.sources


@pytest.mark.parametrize(
    ("to", "number"),
    [
        ("sip:611@127.0.0.1:5060", "611"),
        ("pjsip:611@zorka.by", "611"),
        ("<sip:%2A100%23@h;transport=tcp>", "*100#"),
        ("nobody", ""),
        ("", ""),
    ],
)
def test_the_number_that_a_text_was_sent_to(to: str, number: str) -> None:
    assert TextMessage(to).number == number


async def test_an_answer_comes_from_the_number_that_was_texted(server: Server) -> None:
    server.texts[PHONE] = []
    async with linked(server) as link:
        await texts(link).reply(PHONE, "2690000", TEXT)
        assert server.texts[PHONE] == [("sip:2690000@127.0.0.1", TEXT)]
        with pytest.raises(PhoneNotRegisteredError, match="no longer registered"):
            await texts(link).reply("zorka-2", "611", TEXT)
