"""Texts through a real Asterisk to a real SIP phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from ari_app.ari.link import Link
from ari_app.ari.sending import Settings
from ari_app.ari.sip_messages import PhoneNotRegisteredError, SipMessages
from ari_app.phone.handset import Phone, Texted, Transport
from asterisk_conf.pbx import Pbx
from ivr.secret import Secret
from tests.ari.harness import reconcile_nothing
from tests.deadlines import until, within
from tests.phone.test_live_phone import account

pytestmark = pytest.mark.live

SETTINGS = "Настройки интернета: zorka.by & «пароль»\n" + "Пункт доступу; " * 20


@pytest.fixture
async def texts(pbx: Pbx) -> AsyncIterator[SipMessages]:
    """Texts to the endpoints that are named like their numbers."""
    password = Secret(pbx.site.secrets.ari_password)
    url = f"http://127.0.0.1:{pbx.site.ports.http}"
    link = Link(Settings(url=url, user="firstline", password=password))
    task = asyncio.create_task(link.run(lambda _: None, reconcile_nothing))

    async def named(number: str) -> str | None:
        return number

    async with within(10):
        await link.wait_connected()
    yield SipMessages(link.ari.endpoints, named, "sip:611@127.0.0.1")
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def registered(phone: Phone, pbx: Pbx, user: str = "1001") -> None:
    """Register a phone; Asterisk counts the endpoint as online a moment after its answer."""
    await phone.register()
    endpoint = f"pjsip show endpoint {user}"
    await asyncio.to_thread(until, lambda: "Not in use" in pbx.cli(endpoint), 10)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_registered_phone_gets_texts_in_turn(
    pbx: Pbx, texts: SipMessages, transport: Transport
) -> None:
    async with Phone(account(pbx), transport=transport) as phone:
        await registered(phone, pbx)
        for text in (SETTINGS, "ещё одно"):
            await texts.send("key", "1001", text)
            came = await phone.wait(Texted)
            assert (came.sender, came.text) == ("611", text)


@pytest.mark.parametrize("number", ["1002", "nobody"])
async def test_a_text_to_an_unregistered_phone_is_refused(texts: SipMessages, number: str) -> None:
    with pytest.raises(PhoneNotRegisteredError, match="is registered"):
        await texts.send("key", number, "text")


async def test_a_phone_that_unregistered_gets_no_text(pbx: Pbx, texts: SipMessages) -> None:
    async with Phone(account(pbx, "1002")) as phone:
        await registered(phone, pbx, "1002")
        await texts.send("key", "1002", "text")
        await phone.wait(Texted)
    with pytest.raises(PhoneNotRegisteredError):
        await texts.send("key", "1002", "text")
    assert "'1002'" not in (pbx.site.paths.log / "messages").read_text()
