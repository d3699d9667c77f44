"""Who guesses, or asks too often, must wait, and nobody else."""

import pytest

from ari_app.desk import guard, signin
from ari_app.desk.limits import Rate
from ari_app.desk.site import Where
from tests.desk.door import Browser, open_door


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forgiven by time while a test lasts."""
    monkeypatch.setattr(signin, "OF_ADDRESS", Rate(burst=8, each=1000))
    monkeypatch.setattr(signin, "OF_BOTH", Rate(burst=3, each=1000))
    monkeypatch.setattr(signin, "OF_NAME", Rate(burst=6, each=1000))


async def guess(browser: Browser, name: str, times: int) -> list[int]:
    return [(await browser.sign_in(name, "guess")).status for _ in range(times)]


@pytest.mark.usefixtures("slowly")
async def test_who_guesses_a_password_must_wait_and_nobody_else() -> None:
    async with open_door() as door, door.browser() as one, door.browser("127.0.0.2") as other:
        assert await guess(one, "anna", 3) == [403] * 3
        checks = len(door.people.checks)
        answer = await one.sign_in("anna")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1000")
        assert "1000" in await answer.text()
        assert len(door.people.checks) == checks, "what is refused costs nothing"
        assert (await one.sign_in("boris")).status == 303
        assert (await other.sign_in("anna")).status == 303


@pytest.mark.usefixtures("slowly")
async def test_who_tries_many_names_must_wait_and_nobody_else() -> None:
    async with open_door() as door, door.browser() as one, door.browser("127.0.0.2") as other:
        assert [(await one.sign_in(f"agent{n}", "x")).status for n in range(9)] == [403] * 8 + [429]
        assert (await one.sign_in("anna")).status == 429
        assert (await other.sign_in("anna")).status == 303


@pytest.mark.usefixtures("slowly")
async def test_many_who_guess_one_password_must_wait() -> None:
    async with open_door() as door:
        for number in range(2, 5):
            async with door.browser(f"127.0.0.{number}") as one:
                assert await guess(one, "anna", 3) == [403 if number < 4 else 429] * 3


@pytest.mark.usefixtures("slowly")
async def test_an_office_behind_one_address_signs_in() -> None:
    async with open_door() as door, door.browser() as browser:
        for _ in range(12):
            browser.forget()
            assert (await browser.sign_in("boris")).status == 303


@pytest.mark.usefixtures("slowly")
async def test_a_proxy_is_believed_for_whom_it_asks() -> None:
    where = Where("127.0.0.1", 0, proxies=("127.0.0.1",))
    async with (
        open_door(where) as door,
        door.browser() as proxy,
        door.browser("127.0.0.2") as liar,
    ):
        form = {"name": "anna", "password": "guess"}
        for number, status in ((1, 403), (2, 429)):
            for last in range(3):
                # The last one is the proxy's word; of IPv6 a whole network is one.
                told = f"1.2.3.{number}, 2001:db8::{last}"
                answer = await proxy.post("/sign-in", form, X_Forwarded_For=told)
                assert answer.status == status
        for number in range(4):
            told = f"1.2.3.{number}"
            answer = await liar.post("/sign-in", {**form, "name": "boris"}, X_Forwarded_For=told)
        assert answer.status == 429, "who is no proxy is not believed"


async def test_who_asks_too_often_must_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "REQUESTS", Rate(burst=3, each=1000))
    async with open_door() as door, door.browser() as one, door.browser("127.0.0.2") as other:
        file = f"/static/{door.house.desk.render.built}/desk.js"
        assert [(await one.get(file)).status for _ in range(5)] == [200] * 5
        assert [(await one.get("/nowhere")).status for _ in range(3)] == [303] * 3
        answer = await one.get("/")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1000")
        assert (await other.get("/sign-in")).status == 200
