"""Rate limits of sign-in and of requests."""

import pytest

from ari_app.desk.web import http_security, sign_in
from ari_app.pages.server import ServerSettings
from ari_app.rate_limit import Lock, Rate
from tests.desk.http_client import HttpClient, running_desk


@pytest.fixture
def no_refill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forgiven by time while a test lasts."""
    monkeypatch.setattr(sign_in, "OF_ADDRESS", Lock(8, 1000, 9000))
    monkeypatch.setattr(sign_in, "OF_BOTH", Lock(3, 1000, 9000))
    monkeypatch.setattr(sign_in, "OF_NAME", Rate(burst=6, each=1000))


async def guess(client: HttpClient, name: str, times: int) -> list[int]:
    return [(await client.sign_in(name, "guess")).status for _ in range(times)]


@pytest.mark.usefixtures("no_refill")
async def test_guessing_one_login_blocks_only_that_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with (
        running_desk() as server,
        server.client() as one,
        server.client("127.0.0.2") as other,
    ):
        assert await guess(one, "anna", 3) == [403] * 3
        checks = len(server.accounts.checks)
        answer = await one.sign_in("anna")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1000")
        assert "1000" in await answer.text()
        assert "sign-in refused: too many attempts from 127.0.0.1; wait 1000 s" in caplog.text
        assert len(server.accounts.checks) == checks, "what is refused costs nothing"
        assert (await one.sign_in("boris")).status == 303
        assert (await other.sign_in("anna")).status == 303


@pytest.mark.usefixtures("no_refill")
async def test_guessing_many_logins_blocks_only_that_address() -> None:
    async with (
        running_desk() as server,
        server.client() as one,
        server.client("127.0.0.2") as other,
    ):
        assert [(await one.sign_in(f"agent{n}", "x")).status for n in range(9)] == [403] * 8 + [429]
        assert (await one.sign_in("anna")).status == 429
        assert (await other.sign_in("anna")).status == 303


@pytest.mark.usefixtures("no_refill")
async def test_guessing_one_login_from_many_addresses_is_limited() -> None:
    async with running_desk() as server:
        for number in range(2, 5):
            async with server.client(f"127.0.0.{number}") as one:
                assert await guess(one, "anna", 3) == [403 if number < 4 else 429] * 3


@pytest.mark.usefixtures("no_refill")
async def test_successful_sign_ins_are_not_counted() -> None:
    async with running_desk() as server, server.client() as client:
        for _ in range(12):
            client.forget()
            assert (await client.sign_in("boris")).status == 303


@pytest.mark.usefixtures("no_refill")
async def test_forwarded_for_is_trusted_from_proxies_only() -> None:
    where = ServerSettings("127.0.0.1", 0, proxies=("127.0.0.1",))
    async with (
        running_desk(where) as server,
        server.client() as proxy,
        server.client("127.0.0.2") as liar,
    ):
        form = {"name": "anna", "password": "guess"}
        for number, status in ((1, 403), (2, 429)):
            for last in range(3):
                # The last one is the proxy's word; of IPv6 a whole network is one.
                forwarded = f"1.2.3.{number}, 2001:db8::{last}"
                answer = await proxy.post("/sign-in", form, X_Forwarded_For=forwarded)
                assert answer.status == status
        for number in range(4):
            forwarded = f"1.2.3.{number}"
            answer = await liar.post(
                "/sign-in", {**form, "name": "boris"}, X_Forwarded_For=forwarded
            )
        assert answer.status == 429, "who is no proxy is not believed"


async def test_too_many_requests_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_security, "REQUESTS", Rate(burst=3, each=1000))
    async with (
        running_desk() as server,
        server.client() as one,
        server.client("127.0.0.2") as other,
    ):
        file = f"/static/{server.harness.desk.render.build}/desk.js"
        assert [(await one.get(file)).status for _ in range(5)] == [200] * 5
        assert [(await one.get("/nowhere")).status for _ in range(3)] == [303] * 3
        answer = await one.get("/")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1000")
        assert (await other.get("/sign-in")).status == 200
