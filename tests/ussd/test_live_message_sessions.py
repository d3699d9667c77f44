"""Text sessions over SIP messages, on a whole installation: a real Asterisk and real phones."""

import asyncio
import socket
from uuid import uuid4

import pytest

from ari_app.phone.handset import Phone, PhoneError, Texted
from ari_app.phone.messages import Account
from tests.deadlines import allowed, until
from tests.live.conftest import firstline
from tests.live.installation import Installation

__all__ = ["firstline"]

pytestmark = pytest.mark.live

MENU = "1 Баланс\n2 Тариф\n3 Услуги\n4 Язык\n5 Ещё\n0 Специалист"


async def said(phone: Phone, text: str, to: str = "611") -> str:
    """What the phone is answered."""
    await phone.text(to, text)
    answer = await phone.wait(Texted)
    assert answer.sender == to
    return answer.text


def forged(account: Account) -> int:
    """The status of a message whose From is an account, from a phone without its password."""
    host, port = account.host, account.port
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(allowed(5))
        peer.connect((host, port))
        here = "{}:{}".format(*peer.getsockname())
        lines = [
            f"MESSAGE sip:611@{host}:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{uuid4().hex};rport",
            f"From: <sip:{account.user}@{host}>;tag={uuid4().hex}",
            f"To: <sip:611@{host}>",
            f"Call-ID: {uuid4().hex}",
            "CSeq: 1 MESSAGE",
            "Max-Forwards: 70",
            "Content-Type: text/plain",
            "Content-Length: 5",
            "",
            "*101#",
        ]
        peer.send("\r\n".join(lines).encode())
        return int(peer.recv(4096).split()[1])


async def test_a_menu_comes_as_numbered_lines_and_a_number_answers_it(
    firstline: Installation,
) -> None:
    async with Phone(firstline.subscriber(0)) as phone:
        await phone.register()
        assert await said(phone, "меню") == MENU
        assert (await said(phone, "1")).startswith("На вашем счёте")
        assert (await said(phone, "*100#", "2690000")).startswith("На вашем счёте")


@pytest.mark.parametrize("text", ["погода", "12", "😀", " ", "я" * 1500])
async def test_whatever_is_no_answer_is_answered_with_the_menu(
    firstline: Installation, text: str
) -> None:
    async with Phone(firstline.subscriber(0), transport="tcp") as phone:
        await phone.register()
        assert await said(phone, "*111#") == MENU
        assert MENU in await said(phone, text)
        assert "тариф" in await said(phone, "2")


async def one_more(firstline: Installation, before: str) -> None:
    """See that one call of *101# was recorded since, which may take a moment, and no second one.
    Those of other codes may still be recorded."""

    def calls() -> int:
        dialled = "-> *101# "
        return firstline.out("calls", "list").count(dialled) - before.count(dialled)

    await asyncio.to_thread(until, lambda: calls() > 0, 10)
    assert calls() == 1


async def test_a_forged_sender_gets_nothing_and_changes_nothing(
    firstline: Installation,
) -> None:
    before = firstline.out("calls", "list")
    account = firstline.subscriber(0)
    async with Phone(account) as phone:
        await phone.register()
        assert await asyncio.to_thread(forged, account) == 401
        assert "тариф" in await said(phone, "*101#")
        with pytest.raises(PhoneError, match="nothing in"):
            await phone.wait(Texted, timeout=0)
    await one_more(firstline, before)


async def test_an_unregistered_phone_is_not_answered(firstline: Installation) -> None:
    before = firstline.out("calls", "list")
    async with Phone(firstline.subscriber(1)) as stranger, Phone(firstline.subscriber(0)) as phone:
        await stranger.text("611", "*101#")
        await phone.register()
        assert "тариф" in await said(phone, "*101#")
    await one_more(firstline, before)
