"""The gateway, over real HTTP: valid and invalid requests of aggregators."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from ari_app.config.settings import UssdSettings
from ari_app.ussd import gateway
from ari_app.ussd.gateway import GatewayError
from ivr.secret import Secret
from tests.ussd.harness import Harness, harness

TOKEN = Secret("open-sesame")
ASKED = {
    "sessionId": "ATUid_1",
    "serviceCode": "*111#",
    "phoneNumber": "+375291234567",
    "text": "",
    "networkCode": "25702",
}
KNOWN = {"Authorization": "Bearer open-sesame"}


class Gateway:
    """A gateway's side of the door."""

    def __init__(self, port: int, here: Harness, client: aiohttp.ClientSession) -> None:
        self.url = f"http://127.0.0.1:{port}/ussd"
        self.harness = here
        self.client = client

    async def post(self, **sent: Any) -> tuple[int, str]:
        sent.setdefault("headers", KNOWN)
        async with self.client.post(self.url, **sent) as response:
            assert response.content_type == "text/plain"
            return response.status, await response.text()

    async def ask(self, **changed: Any) -> tuple[int, str]:
        return await self.post(data={**ASKED, **changed})


@asynccontextmanager
async def opened(allow: Sequence[str] = ("127.0.0.0/8",)) -> AsyncIterator[Gateway]:
    async with (
        harness() as here,
        gateway.serve(("127.0.0.1", 0), here.sessions, TOKEN, allow) as port,
        aiohttp.ClientSession() as client,
    ):
        yield Gateway(port, here, client)


async def test_a_session_as_a_form_and_as_json() -> None:
    async with opened() as there:
        assert await there.ask() == (200, "CON menu")
        assert await there.post(json={**ASKED, "text": "7"}) == (200, "CON wrong\nmenu")
        assert await there.ask(text="7*1") == (200, "END You have 5.")
        assert await there.ask(text="7*1") == (200, "END You have 5.")
        assert await there.ask(sessionId="2", serviceCode="*999#") == (200, "END ussd-unknown")
        assert len(there.harness.actions) == 1


@pytest.mark.parametrize(
    ("sent", "status", "reply"),
    [
        ({"json": {}}, 400, "Object missing required field `sessionId`"),
        ({"data": {"sessionId": "1"}}, 400, "Object missing required field `serviceCode`"),
        ({"json": {**ASKED, "text": None}}, 400, "Expected `str`, got `null` - at `$.text`"),
        ({"json": [1]}, 400, "Expected `object`, got `array`"),
        ({"json": {**ASKED, "sessionId": "a\nb"}}, 400, "sessionId must be"),
        ({"json": {**ASKED, "sessionId": "s" * 101}}, 400, "sessionId must be"),
        ({"json": {**ASKED, "serviceCode": "'; drop table"}}, 400, "serviceCode must be"),
        ({"json": {**ASKED, "phoneNumber": "١٢٣٤"}}, 400, "phoneNumber must be"),
        ({"json": {**ASKED, "text": "1" * 1001}}, 413, "text is longer than 1000 characters"),
        ({"data": {**ASKED, "text": "😀" * 10_000}}, 413, "longer than 16384 bytes"),
        ({"json": {**ASKED, "text": "x" * 20_000}}, 413, "longer than 16384 bytes"),
        ({"data": b"\xff\xfe", "headers": {**KNOWN, "Content-Type": "application/json"}},
         400, "malformed request"),
        ({"data": b"{", "headers": {**KNOWN, "Content-Type": "application/json"}},
         400, "malformed request"),
        ({"data": b"text=%ff%fe", "headers": {
            **KNOWN, "Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}},
         400, "the request is not UTF-8 text"),
        ({"data": b"hello", "headers": {**KNOWN, "Content-Type": "text/xml"}}, 415, "send a form"),
        ({"headers": {}}, 401, "the token is wrong"),
        ({"headers": {"Authorization": "Bearer открой"}}, 401, "the token is wrong"),
        ({"headers": {"Authorization": "open-sesame"}}, 401, "the token is wrong"),
    ],
)  # fmt: skip
async def test_what_is_refused(
    sent: dict[str, Any], status: int, reply: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened() as there:
        found, text = await there.post(**sent)
        assert found == status
        assert text.startswith("END ")
        assert reply in text
        assert not caplog.records or "Traceback" not in caplog.text
        assert len(there.harness.sessions) == 0


@pytest.mark.parametrize("text", ["x" * 999, "😀", "𝟙", "balance please", "%00", "１"])
async def test_strange_replies_are_wrong_answers(text: str) -> None:
    async with opened() as there:
        assert await there.ask(text=text) == (200, "CON wrong\nmenu")


async def test_what_does_not_continue_is_refused() -> None:
    async with opened() as there:
        await there.ask(text="7")
        status, text = await there.ask(text="8")
        assert (status, "does not continue" in text) == (409, True)
        status, text = await there.ask(text="7", phoneNumber="375290000000")
        assert (status, "another phoneNumber" in text) == (409, True)


async def test_only_addresses_that_are_allowed() -> None:
    async with opened(["192.0.2.1", "2001:db8::/32"]) as there:
        assert await there.ask() == (
            403,
            "END 127.0.0.1 is not allowed here: see allow under [ussd]",
        )


async def test_other_ways_in_are_none() -> None:
    async with opened() as there:
        for method, url, status in (
            ("GET", there.url, 405),
            ("POST", there.url.removesuffix("ussd"), 404),
        ):
            async with there.client.request(method, url, headers=KNOWN) as response:
                assert response.status == status


async def test_many_sessions_at_a_time() -> None:
    async with opened() as there:
        for text, reply in (("", "CON menu"), ("2", "CON pin"), ("2*1234*1", "END You have 5.")):
            asked = (there.ask(sessionId=f"s{number}", text=text) for number in range(100))
            assert await asyncio.gather(*asked) == [(200, reply)] * 100


async def test_it_is_open_only_if_the_settings_want_it() -> None:
    async with harness() as here:
        async with gateway.opened(UssdSettings(), TOKEN, here.sessions):
            pass
        async with gateway.serve(("127.0.0.1", 0), here.sessions, TOKEN, ["::1"]) as port:
            taken = UssdSettings(enabled=True, port=port)
            with pytest.raises(GatewayError, match=rf"127\.0\.0\.1:{port} .*choose another"):
                async with gateway.opened(taken, TOKEN, here.sessions):
                    raise AssertionError
