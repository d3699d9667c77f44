"""Texts over ARI: to whom, from whom, and what is said when they cannot be handed over."""

import pytest

from ari_app.ari.errors import UnreachableError
from ari_app.ari.link import Link
from ari_app.ari.texts import NoPhoneError, Texts
from tests.ari.faults import Fault
from tests.ari.house import linked
from tests.ari.server import Server

NUMBER, PHONE, SENDER = "375990000001", "zorka-1", "sip:611@127.0.0.1"
TEXT = "Настройки & пароль=«zorka»\nвторая строка"


async def phone_of(number: str) -> str | None:
    return PHONE if number == NUMBER else None


def texts(link: Link) -> Texts:
    return Texts(link.ari.endpoints, phone_of, SENDER)


@pytest.mark.parametrize("transport", ["websocket", "http"])
async def test_a_text_comes_whole_to_the_phone_of_its_number(
    server: Server, transport: str
) -> None:
    server.texts[PHONE] = []
    async with linked(server, transport=transport) as link:
        await texts(link).send("c1:1", NUMBER, TEXT)
    assert server.texts[PHONE] == [(SENDER, TEXT)]


@pytest.mark.parametrize(
    ("number", "told"), [(NUMBER, "is registered"), ("375990000099", "has this number")]
)
async def test_a_number_without_a_phone_is_told_without_the_number(
    server: Server, number: str, told: str
) -> None:
    async with linked(server) as link:
        with pytest.raises(NoPhoneError, match=told) as raised:
            await texts(link).send("c1:1", number, TEXT)
    assert number not in str(raised.value)


async def test_a_phone_that_goes_off_meanwhile_is_told_as_well(server: Server) -> None:
    server.texts[PHONE] = []
    async with linked(server) as link:
        server.plan("PUT endpoints", lambda: 404)
        with pytest.raises(NoPhoneError, match="is registered"):
            await texts(link).send("c1:1", NUMBER, TEXT)


async def test_an_answer_that_does_not_come_is_unknown(server: Server) -> None:
    server.texts[PHONE] = []
    async with linked(server, deadline=0.05) as link:
        server.plan("PUT endpoints", lambda: Fault.MUTE)
        with pytest.raises(UnreachableError, match="no answer") as raised:
            await texts(link).send("c1:1", NUMBER, TEXT)
    assert TEXT not in str(raised.value)
    assert PHONE not in str(raised.value)
