"""The client against a real back end whose trouble is planned, request by request."""

import asyncio
import socket
import ssl
import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from aiohttp import web
from msgspec.structs import replace

from ari_app.secret import Secret
from ari_app.selfcare.billing import (
    Balance,
    BillingUnavailable,
    BillingUncertain,
    UnknownSubscriber,
)
from ari_app.selfcare.orders import ChangeTariff, Placed, Refused, SwitchOn
from ari_app.selfcare.tmf.breaker import Closed, Open, Rule
from ari_app.selfcare.tmf.client import TmfBilling
from ari_app.selfcare.tmf.door import Settings
from ari_app.selfcare.tmf.resources import ORDER
from ari_app.selfcare.tmf.trouble import Fault, Trouble
from tests.selfcare.till import ME, NOON, PRICE, QUICK, House, open_house

SHORT = replace(QUICK, timeout=0.05, order_timeout=0.15)
ON = SwitchOn("1")
EVERY: tuple[Fault, ...] = ("fail", "busy", "drop", "lose", "garbage", "huge")


async def place(house: House, key: str = "call:1") -> Placed | Refused:
    return await house.client.place(ME, ON, PRICE, key)


def tries(house: House) -> int:
    return house.back_end.asked.count(f"POST {ORDER}")


class Gate:
    """Holds slow requests until it is opened."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.passed = 0

    async def wait(self) -> None:
        await self.opened.wait()
        self.passed += 1


# Reads.


@pytest.mark.parametrize("fault", EVERY)
async def test_a_read_is_tried_once_more(fault: Fault) -> None:
    async with open_house() as house:
        house.back_end.trouble.plan(fault)
        assert (await house.client.balance(ME)).amount == Decimal("10.00")
        assert len(house.back_end.asked) == 2


@pytest.mark.parametrize("fault", EVERY)
async def test_a_read_is_not_tried_for_ever(fault: Fault) -> None:
    async with open_house() as house:
        # A connection that breaks in use is replaced once, unasked, before we hear of it.
        house.back_end.trouble.plan(*[fault] * 4)
        with pytest.raises(BillingUnavailable):
            await house.client.tariff(ME)
        assert len(house.back_end.asked) <= 4


async def test_a_read_ends_in_time() -> None:
    gate = Gate()
    async with open_house(SHORT, Trouble(wait=gate.wait)) as house:
        house.back_end.trouble.plan("slow", "slow")
        with pytest.raises(BillingUnavailable, match=r"no answer in 0\.05 s"):
            await house.client.tariff(ME)
        gate.opened.set()


async def test_whoever_is_unknown_has_no_empty_lists() -> None:
    async with open_house() as house:
        assert await house.client.services(ME) == ()
        assert await house.client.payments(ME, 3) == []
        for ask in (house.client.services, house.client.balance, house.client.offers):
            with pytest.raises(UnknownSubscriber):
                await ask(7)
        with pytest.raises(UnknownSubscriber):
            await house.client.quote(7, ON)
        with pytest.raises(UnknownSubscriber):
            await house.client.place(7, ON, PRICE, "call:1")


async def test_the_token_must_be_right() -> None:
    token = Secret("of-the-billing")
    async with open_house(token=token) as house:
        with pytest.raises(BillingUnavailable, match="write its token into"):
            await house.client.balance(ME)
        settings = replace(QUICK, url=house.back_end.url, token=token)
        async with TmfBilling(settings, lambda: NOON) as known:
            assert await known.balance(ME) == Balance(Decimal("10.00"))


# The balance of before.


async def test_a_balance_is_remembered_for_a_while() -> None:
    now = NOON
    async with open_house(replace(QUICK, balance_age=60.0), now=lambda: now) as house:
        trouble = house.back_end.trouble
        known = await house.client.balance(ME)
        assert known.as_of is None
        now = NOON + timedelta(seconds=60)
        trouble.plan("fail", "fail")
        assert await house.client.balance(ME) == replace(known, as_of=NOON)
        now += timedelta(seconds=1)
        trouble.plan("fail", "fail")
        with pytest.raises(BillingUnavailable):
            await house.client.balance(ME)


async def test_a_balance_of_before_an_order_is_not_told() -> None:
    async with open_house() as house:
        await house.client.balance(ME)
        await place(house)
        house.back_end.trouble.plan("fail", "fail")
        with pytest.raises(BillingUnavailable):
            await house.client.balance(ME)


# Orders.


@pytest.mark.parametrize("fault", ["fail", "drop", "lose", "garbage", "huge", "duplicate"])
async def test_an_order_is_tried_until_it_is_done_once(fault: Fault) -> None:
    async with open_house() as house:
        house.back_end.trouble.plan(fault, fault)
        answer = await place(house)
        assert isinstance(answer, Placed)
        assert house.till.done == ["call:1"]
        assert await place(house) == answer
        assert house.till.money == Decimal("8.75")


async def test_an_order_that_was_not_taken_in_has_not_happened() -> None:
    async with open_house() as house:
        house.back_end.trouble.plan("busy")
        with pytest.raises(BillingUnavailable):
            await place(house)
        assert tries(house) == 1
        assert not house.till.done


async def test_busy_after_a_doubt_ends_no_doubt() -> None:
    async with open_house() as house:
        house.back_end.trouble.plan("lose", "busy")
        assert isinstance(await place(house), Placed)
        assert (tries(house), house.till.done) == (3, ["call:1"])


@pytest.mark.parametrize("fault", ["fail", "drop", "lose", "garbage", "huge"])
async def test_an_order_whose_end_nobody_told(fault: Fault) -> None:
    async with open_house(SHORT, Trouble({fault: 1.0})) as house:
        with pytest.raises(BillingUncertain, match="call:1"):
            await place(house)
        assert tries(house) > 1
        assert house.till.done == (["call:1"] if fault in ("lose", "garbage", "huge") else [])


async def test_an_order_that_is_done_after_we_went() -> None:
    gate = Gate()
    async with open_house(SHORT, Trouble({"slow": 1.0}, wait=gate.wait)) as house:
        with pytest.raises(BillingUncertain):
            await place(house)
        assert not house.till.done
        gate.opened.set()
        answer = await place(house)
        assert isinstance(answer, Placed)
        assert house.till.done == ["call:1"]


async def test_an_order_that_is_completed_later() -> None:
    async with open_house() as house:
        house.back_end.trouble.plan("later", "lose")
        assert isinstance(await place(house), Placed)
        assert (tries(house), house.till.done) == (1, ["call:1"])


@pytest.mark.parametrize("fault", [None, "later", "lose"])
async def test_a_refusal_says_why(fault: Fault | None) -> None:
    async with open_house() as house:
        house.till.money = Decimal(1)
        house.back_end.trouble.plan(fault)
        assert await place(house) == Refused("too-little")
        assert await house.client.quote(ME, ChangeTariff("2")) == Refused("no-such")
        assert not house.till.done


async def test_an_order_that_can_be_sent_to_nobody_has_not_happened() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        settings = replace(QUICK, url=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        async with TmfBilling(settings, lambda: NOON) as client:
            with pytest.raises(BillingUnavailable):
                await client.place(ME, ON, PRICE, "call:1")


@pytest.mark.parametrize("seed", range(20))
async def test_orders_in_bad_weather(seed: int) -> None:
    """Placed by key until there is an answer, each has happened once, or not at all."""
    chance = Random(seed)
    kinds: tuple[Fault, ...] = ("fail", "busy", "drop", "lose", "garbage", "duplicate", "later")
    weather = Trouble({kind: 0.8 / len(kinds) for kind in kinds}, seed)
    async with open_house(replace(QUICK, order_timeout=0.02), weather) as house:
        house.till.money = 8 * PRICE
        placed: dict[str, Placed | Refused] = {}

        async def order(key: str) -> None:
            while key not in placed:
                try:
                    placed[key] = await place(house, key)
                except BillingUncertain:
                    continue
                except BillingUnavailable:
                    assert key not in house.till.answers
                    if chance.random() < 0.3:
                        return

        await asyncio.gather(*(order(f"call:{number}") for number in range(12)))
        done = [key for key, answer in placed.items() if isinstance(answer, Placed)]
        assert sorted(done) == sorted(house.till.done)
        assert len({answer.number for answer in placed.values() if isinstance(answer, Placed)}) == (
            len(done)
        )
        assert house.till.money == (8 - len(done)) * PRICE


# The breaker at the door.


async def test_billing_that_does_not_answer_is_left_alone() -> None:
    rule = Rule(failures=3, pause=3600.0)
    async with open_house(replace(QUICK, rule=rule)) as house:
        house.back_end.trouble.plan("fail", "fail", "fail")
        for _ in range(2):
            with pytest.raises(BillingUnavailable):
                await house.client.tariff(ME)
        assert isinstance(house.client.door.breaker, Open)
        asked = len(house.back_end.asked)
        with pytest.raises(BillingUnavailable, match="left alone"):
            await house.client.tariff(ME)
        with pytest.raises(BillingUnavailable, match="left alone"):
            await place(house)
        assert len(house.back_end.asked) == asked


async def test_one_answer_ends_that() -> None:
    async with open_house(replace(QUICK, rule=Rule(failures=1, pause=0.0))) as house:
        house.back_end.trouble.plan("fail")
        await house.client.tariff(ME)
        assert house.client.door.breaker == Closed()


async def test_who_no_longer_waits_closes_nothing() -> None:
    gate = Gate()
    rule = Rule(failures=1, pause=3600.0)
    async with open_house(replace(QUICK, rule=rule), Trouble(wait=gate.wait)) as house:
        house.back_end.trouble.plan("slow")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await house.client.tariff(ME)
        assert isinstance(house.client.door.breaker, Open)
        gate.opened.set()


# https.


@pytest.fixture
def certified(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate that nobody else trusts, and a server's context with it."""
    certificate, key = tmp_path / "billing.pem", tmp_path / "billing.key"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subject = ["-subj", "/CN=billing", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make.split(), *subject, *files], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return certificate, context


async def test_https_with_a_certificate_that_we_trust(
    certified: tuple[Path, ssl.SSLContext],
) -> None:
    certificate, context = certified
    app = web.Application()
    app.router.add_get("/{path:.*}", _rich)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    try:
        for ca in (str(certificate), ""):
            async with TmfBilling(Settings(url=url, ca=ca), lambda: NOON) as client:
                if ca:
                    assert (await client.balance(ME)).amount == Decimal("0.10")
                else:
                    with pytest.raises(BillingUnavailable, match="certificate"):
                        await client.balance(ME)
    finally:
        await runner.cleanup()


async def _rich(_: web.Request) -> web.Response:
    rich = '[{"usageType": "monetary", "remainingValue": {"amount": 0.10, "units": "BYN"}}]'
    return web.Response(text=rich, content_type="application/json")
