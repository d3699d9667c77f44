"""A billing that fails as a test plans it: before the effect, after it, or by keeping silent."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

from ari_app.selfcare.billing import (
    Allowance,
    Balance,
    Bill,
    BillingUnavailable,
    BillingUncertain,
    Charge,
    Offer,
    Packet,
    PausePeriod,
    Payment,
    Reward,
    Roaming,
    Service,
    Sim,
    Tariff,
    UnknownSubscriber,
)
from ari_app.selfcare.orders import (
    BlockSim,
    Buy,
    BuyPacket,
    ChangeTariff,
    Completed,
    Give,
    Order,
    Pause,
    Quote,
    Reason,
    Redeem,
    Refused,
    Resume,
    Sell,
    SwitchOff,
    SwitchOn,
    TopUp,
    UnblockSim,
    Unit,
)
from ivr.secret import Secret
from tests.selfcare.samples import NAMES

Fault = Literal[
    "", "unavailable", "lost-before", "lost-after", "silent-before", "silent-after", "slow"
]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SINCE = date(2026, 3, 1)
GIFT_FEE = Decimal("0.50")
TV = Service(NAMES, Decimal("7.50"), code="7")
HOME, START = (
    Tariff(NAMES, Decimal(fee), 300, 10, code=code) for fee, code in ((15, "1"), (9, "2"))
)
PACKET = Packet(NAMES, Decimal("2.00"), 5, code="8")
ABROAD = Roaming("48", NAMES, Decimal("0.90"), Decimal("0.30"), Decimal("0.50"))
VOUCHERS = ("61120260000001", "61120260000002")
PRIZE = Reward("5", NAMES, 100)


CHARGES: dict[type, Decimal] = {
    BuyPacket: PACKET.price,
    Give: GIFT_FEE,
    ChangeTariff: Decimal(1),
    Redeem: Decimal(PRIZE.points),
}
_Other = BuyPacket | TopUp | Pause | Resume | BlockSim | UnblockSim


class Account:
    """What a subscriber has."""

    def __init__(self) -> None:
        self.money, self.points = Decimal("20.00"), 150
        self.left: dict[Unit, int] = {"minutes": 100, "gigabytes": 10}
        self.tariff, self.services, self.paused = HOME, list[Service](), False
        self.blocked = False

    def switch(self, order: Pause | Resume | BlockSim | UnblockSim) -> None:
        if isinstance(order, BlockSim | UnblockSim):
            self.blocked = isinstance(order, BlockSim)
        else:
            self.paused = isinstance(order, Pause)


class FakeBilling:
    """A ``Billing`` with subscribers 1 to 3; ``faults`` are met by the next orders in turn."""

    def __init__(self) -> None:
        self.accounts = {id: Account() for id in (1, 2, 3)}
        self.operator = Decimal(0)
        self.faults: list[Fault] = []
        self.effects: Counter[str] = Counter()
        self.asked: list[str] = []
        self.heard = asyncio.Event()
        self.spoken = asyncio.Event()
        self.as_of: datetime | None = None
        self.days: int | None = 7
        self.quoted: list[Order] = []
        self.used: list[Charge] = []
        self.used_vouchers: list[Secret] = []
        self._answers: dict[str, Completed | Refused] = {}
        self._offers: dict[str, Offer] = {}
        self._offered: dict[str, int] = {}

    async def quote(self, subscriber: int, order: Order) -> Quote | Refused:
        self.of(subscriber)
        self.quoted.append(order)
        reason = None if isinstance(order, TopUp) else self._why_not(subscriber, order)
        return Refused(reason) if reason else self._quote(order)

    async def place(
        self, subscriber: int, order: Order, agreed: Decimal, key: str
    ) -> Completed | Refused:
        fault = self.faults.pop(0) if self.faults else ""
        self.asked.append(key)
        self.heard.set()
        if fault == "unavailable":
            raise BillingUnavailable("maintenance")
        if fault in ("silent-before", "slow"):
            await self.spoken.wait()
        if fault in ("lost-before", "silent-before"):
            raise BillingUncertain("the line broke")
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._carry_out(subscriber, order, agreed, key)
        if fault == "silent-after":
            await self.spoken.wait()
        if fault in ("lost-after", "silent-after"):
            raise BillingUncertain("the line broke")
        return answer

    def of(self, subscriber: int) -> Account:
        if subscriber not in self.accounts:
            raise UnknownSubscriber(subscriber)
        return self.accounts[subscriber]

    def _carry_out(
        self, subscriber: int, order: Order, agreed: Decimal, key: str
    ) -> Completed | Refused:
        reason = self._why_not(subscriber, order)
        if reason is None and self._quote(order).charge != agreed:
            reason = "changed"
        if reason is not None:
            return Refused(reason)
        self.effects[key] += 1
        quote, mine = self._quote(order), self.of(subscriber)
        if not isinstance(order, Redeem):
            mine.money -= quote.charge
            self.operator += quote.charge
        number = str(len(self._answers) + 1)
        match order:
            case Give(to, unit, amount):
                mine.left[unit] -= amount
                self.of(to).left[unit] += amount
            case Sell(to, unit, amount, price):
                self._offers[number] = Offer(number, subscriber, unit, amount, price)
                self._offered[number] = to
            case Buy(offer):
                sold = self._offers.pop(offer)
                self.operator -= sold.price
                self.of(sold.seller).money += sold.price
                self.of(sold.seller).left[sold.unit] -= sold.amount
                mine.left[sold.unit] += sold.amount
            case SwitchOn():
                mine.services.append(TV)
            case SwitchOff():
                mine.services.remove(TV)
            case ChangeTariff(code):
                mine.tariff = HOME if code == "1" else START
            case Redeem():
                mine.points -= PRIZE.points
            case Pause() | Resume() | BlockSim() | UnblockSim() | BuyPacket() | TopUp():
                self._other(mine, order)
        return Completed(number, NOON, quote)

    def _other(self, mine: Account, order: _Other) -> None:
        if isinstance(order, BuyPacket):
            mine.left["gigabytes"] += PACKET.gigabytes
        elif not isinstance(order, TopUp):
            mine.switch(order)
        else:
            mine.money += 10
            self.operator -= 10
            self.used_vouchers.append(order.voucher)

    def _quote(self, order: Order) -> Quote:
        charge = CHARGES.get(type(order), Decimal(0))
        if isinstance(order, Buy):
            charge = self._offers[order.offer].price
        return Quote(charge, Decimal(0), SINCE)

    def _why_not(self, subscriber: int, order: Order) -> Reason | None:
        mine = self.of(subscriber)
        match order:
            case SwitchOn(code) | SwitchOff(code) if code != TV.code:
                return "no-such"
            case ChangeTariff(code) if code not in ("1", "2"):
                return "no-such"
            case Redeem(code) if code != PRIZE.code:
                return "no-such"
            case BuyPacket() | TopUp() | BlockSim() | UnblockSim():
                return self._why_not_other(mine, order)
            case Buy(offer) if self._offered.get(offer) != subscriber or offer not in self._offers:
                return "no-such"
            case SwitchOn() if TV in mine.services:
                return "already"
            case SwitchOff() if TV not in mine.services:
                return "not-on"
            case Give(_, unit, amount) | Sell(_, unit, amount) if mine.left[unit] < amount:
                return "too-little"
            case Buy(offer) if (it := self._offers[offer]).amount > self.of(it.seller).left[
                it.unit
            ]:
                return "too-little"
            case Redeem():
                return "too-little" if mine.points < PRIZE.points else None
            case Pause() | Resume() if mine.paused == isinstance(order, Pause):
                return "already" if mine.paused else "not-on"
        return "too-little" if mine.money < self._quote(order).charge else None

    def _why_not_other(self, mine: Account, order: _Other) -> Reason | None:
        if isinstance(order, BlockSim | UnblockSim):
            same = mine.blocked == isinstance(order, BlockSim)
            return None if not same else "already" if mine.blocked else "not-on"
        if isinstance(order, BuyPacket):
            known = order.packet == PACKET.code
            return None if known and mine.money >= PACKET.price else "no-such"
        if not isinstance(order, TopUp) or order.voucher.reveal() not in VOUCHERS:
            return "no-such"
        return "already" if order.voucher in self.used_vouchers else None

    async def balance(self, subscriber: int) -> Balance:
        return Balance(self.of(subscriber).money, "BYN", as_of=self.as_of)

    async def tariff(self, subscriber: int) -> Tariff:
        return self.of(subscriber).tariff

    async def services(self, subscriber: int) -> Sequence[Service]:
        return self.of(subscriber).services

    async def payments(self, subscriber: int, limit: int) -> Sequence[Payment]:  # noqa: ARG002
        self.of(subscriber)
        return []

    async def bills(self, subscriber: int, limit: int) -> Sequence[Bill]:  # noqa: ARG002
        self.of(subscriber)
        return []

    async def tariffs(self) -> Sequence[Tariff]:
        return [HOME, START]

    async def service_offers(self) -> Sequence[Service]:
        return [TV]

    async def allowance(self, subscriber: int) -> Allowance:
        left = self.of(subscriber).left
        return Allowance(left["minutes"], left["gigabytes"])

    async def charges(self, subscriber: int, limit: int) -> Sequence[Charge]:
        self.of(subscriber)
        return self.used[:limit]

    async def paused(self, subscriber: int) -> PausePeriod | None:
        return PausePeriod(SINCE, SINCE) if self.of(subscriber).paused else None

    async def packets(self) -> Sequence[Packet]:
        return [PACKET]

    async def roaming(self, country: str) -> Roaming | None:
        return ABROAD if country == ABROAD.code else None

    async def sim(self, subscriber: int) -> Sim:
        return Sim(self.of(subscriber).blocked, None if subscriber == 2 else Secret("12345678"))

    async def offers(self, subscriber: int) -> Sequence[Offer]:
        self.of(subscriber)
        return [one for key, one in self._offers.items() if self._offered[key] == subscriber]

    async def points(self, subscriber: int) -> int:
        return self.of(subscriber).points

    async def promise_days(self) -> int | None:
        return self.days

    async def rewards(self) -> Sequence[Reward]:
        return [PRIZE]
