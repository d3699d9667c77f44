"""The gateway, over real HTTP: valid and invalid requests of aggregators."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from msgspec.structs import replace

from ari_app.config.server_settings import UssdSettings
from ari_app.ussd import gateway
from ari_app.ussd.gateway import GatewayError
from ivr.secret import Secret
from tests.fuzz import INJECTED, TEXTS, mutated, rounds
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
        return (await self.reasoned(**sent))[:2]

    async def reasoned(self, **sent: Any) -> tuple[int, str, str]:
        """The status, the page, and the reason of a rejection."""
        sent.setdefault("headers", KNOWN)
        async with self.client.post(self.url, **sent) as response:
            assert response.content_type == "text/plain"
            reason = response.headers.get(gateway.REASON, "")
            return response.status, await response.text(), reason

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


async def test_hostile_requests_are_answered_with_a_page(caplog: pytest.LogCaptureFixture) -> None:
    """Seeded, as JSON and as forms; the reason of a rejection is one header."""
    statuses: set[int] = set()
    async with opened() as there:
        for number, chance in enumerate(rounds(200)):
            text = mutated(chance, {**ASKED, "sessionId": f"f{number}"})
            body = text.encode("utf-8", "replace")
            kind = chance.choice(("application/json", "application/x-www-form-urlencoded"))
            if kind.endswith("urlencoded") and chance.random() < 0.8:
                field = chance.choice([*ASKED])
                hostile = chance.choice(TEXTS).encode("utf-8", "replace")
                body = urlencode({**ASKED, field: hostile}).encode()
            headers = {**KNOWN, "Content-Type": kind}
            async with there.client.post(there.url, data=body, headers=headers) as response:
                page = await response.text()
                assert INJECTED not in response.headers
                statuses.add(response.status)
            assert page.startswith(("END ", "CON ")), (body, page)
    assert statuses <= {200, 400, 409, 413}
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


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
        found, page, reason = await there.reasoned(**sent)
        assert (found, page) == (
            status,
            "END ussd-over"
            if status == 413 and "json" in sent and "1000" in reply
            else "END ussd-trouble",
        )
        assert reply in reason
        assert not caplog.records or "Traceback" not in caplog.text
        assert len(there.harness.sessions) == 0


@pytest.mark.parametrize("text", ["x" * 999, "😀", "𝟙", "weather please", "%00", "１"])
async def test_strange_replies_are_wrong_answers(text: str) -> None:
    async with opened() as there:
        assert await there.ask(text=text) == (200, "CON wrong\nmenu")


async def test_what_does_not_continue_is_refused() -> None:
    async with opened() as there:
        await there.ask(text="7")
        for changed, why in (
            ({"text": "8"}, "does not continue"),
            ({"text": "7", "phoneNumber": "375290000000"}, "another phoneNumber"),
        ):
            status, page, reason = await there.reasoned(data={**ASKED, **changed})
            assert (status, page, why in reason) == (409, "END ussd-over", True)


@pytest.mark.parametrize(
    ("changed", "language"),
    [
        ({"text": "1" * 1001}, "ru"),
        ({"serviceCode": "*999#"}, "ru"),
        ({"serviceCode": "*999#", "phoneNumber": "80291234567"}, "ru"),
        ({"serviceCode": "*999#", "phoneNumber": "+48512345678"}, "en"),
        ({"sessionId": "s" * 101}, "ru"),
    ],
)
async def test_a_subscriber_is_shown_errors_in_the_subscribers_language(
    changed: dict[str, str], language: str
) -> None:
    async with opened() as there:
        written = there.harness.written
        there.harness.written = replace(written, text=lambda screen: (screen.language,))
        assert (await there.ask(**changed))[1] == f"END {language}"


@pytest.mark.parametrize(
    "number",
    [
        *("+375291234567", "375291234567", "80291234567", "291234567", "+375 29 123-45-67"),
        *("tel:+375291234567", "291234567;phone-context=+375"),
    ],
)
async def test_a_number_in_any_form_is_the_same_subscriber_and_session(number: str) -> None:
    async with opened() as there:
        assert await there.ask(phoneNumber="375291234567") == (200, "CON menu")
        assert await there.ask(phoneNumber=number, text="7") == (200, "CON wrong\nmenu")
        assert there.harness.entered == ["375291234567"]


@pytest.mark.parametrize("again", ["+375291234567:1", "375291234567:1", " 375291234567:1"])
async def test_a_session_id_with_and_without_a_plus_is_one_session(again: str) -> None:
    """A form that does not encode its plus sends a space."""
    async with opened() as there:
        assert await there.ask(sessionId="+375291234567:1") == (200, "CON menu")
        assert await there.ask(sessionId=again, text="7") == (200, "CON wrong\nmenu")


@pytest.mark.parametrize(
    ("first", "reply", "further"),
    [
        ("*100#", "END You have 5.", ()),
        ("100#", "END You have 5.", ()),
        ("*111*7#", "CON wrong\nmenu", ("*111*7#*1", "*111*7#*1")),
        ("*111*7#", "CON wrong\nmenu", ("1",)),
        ("*111*0*1#", "END ussd-no-agent\nYou have 5.", ()),
        ("7#", "CON wrong\nmenu", ("7#*1",)),
    ],
)
async def test_what_was_dialled_may_be_the_first_text(
    first: str, reply: str, further: tuple[str, ...]
) -> None:
    async with opened() as there:
        assert await there.ask(serviceCode="*111#", text=first) == (200, reply)
        for text in further:
            assert await there.ask(text=text) == (200, "END You have 5.")


@pytest.mark.parametrize(
    ("code", "text", "further"),
    [("111*7#", "", "1"), ("*111*7", "", "1"), ("111*7", "", "1"), ("", "*111*7#", "*111*7#*1")],
)
async def test_a_code_may_lack_its_signs_or_stand_in_the_text_alone(
    code: str, text: str, further: str
) -> None:
    async with opened() as there:
        first = await there.ask(serviceCode=code, text=text)
        assert first == (200, "CON wrong\nmenu")
        assert await there.ask(serviceCode=code, text=further) == (200, "END You have 5.")
        nothing = await there.ask(sessionId="2", serviceCode="", text="")
        assert nothing == (200, "END ussd-unknown")


async def test_only_addresses_that_are_allowed() -> None:
    async with opened(["192.0.2.1", "2001:db8::/32"]) as there:
        assert await there.reasoned(data=ASKED) == (
            403,
            "END ussd-trouble",
            "127.0.0.1 is not allowed here: see allow under [ussd]",
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
