"""What the demo operator offers and charges, and what its fifty subscribers have."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from ari_app.demo.settings import CURRENCY
from ari_app.selfcare.billing import Packet, Reward, Roaming
from ari_app.selfcare.books import RewardGrant, Voucher, voucher_id
from ari_app.store.demo_accounts import Account, Payment, ServiceOffer, TariffPlan
from ari_app.store.demo_bills import Bill, BillLine
from ari_app.store.demo_orders import Charge
from ivr.secret import Secret

IDS = range(1, 51)
SEED = 611

_PAID = ("5.00", "10.00", "15.50", "20.00", "21.00", "32.00", "40.25", "100.00")
TARIFFS = (
    TariffPlan(
        "start", {"ru": "Старт", "be": "Старт", "en": "Start"}, Decimal("9.90"), 100, 2, "1"
    ),
    TariffPlan(
        "home", {"ru": "Домашний", "be": "Хатні", "en": "Home"}, Decimal("15.00"), 300, 10, "2"
    ),
    TariffPlan(
        "road",
        {"ru": "В дорогу", "be": "У дарогу", "en": "On the road"},
        Decimal("19.50"),
        500,
        21,
        "3",
    ),
    TariffPlan(
        "senior", {"ru": "Забота", "be": "Клопат", "en": "Care"}, Decimal("6.01"), 1000, 1, "4"
    ),
    TariffPlan(
        "all",
        {"ru": "Всё вместе", "be": "Усё разам", "en": "All together"},
        Decimal("32.00"),
        3000,
        100,
        "5",
    ),
)
SERVICES = (
    ServiceOffer(
        "missed",
        {"ru": "Вам звонили", "be": "Вам тэлефанавалі", "en": "Missed calls"},
        Decimal("1.20"),
        "1",
    ),
    ServiceOffer(
        "roaming", {"ru": "Роуминг", "be": "Роўмінг", "en": "Roaming"}, Decimal("0.00"), "2"
    ),
    ServiceOffer(
        "tv", {"ru": "Телевидение", "be": "Тэлебачанне", "en": "Television"}, Decimal("7.50"), "3"
    ),
    ServiceOffer(
        "antivirus", {"ru": "Антивирус", "be": "Антывірус", "en": "Antivirus"}, Decimal("2.01"), "4"
    ),
)

PRIZES = (
    RewardGrant(
        Reward("1", {"ru": "Сто минут", "be": "Сто хвілін", "en": "A hundred minutes"}, 100),
        minutes=100,
    ),
    RewardGrant(
        Reward("2", {"ru": "Пять гигабайт", "be": "Пяць гігабайт", "en": "Five gigabytes"}, 150),
        gigabytes=5,
    ),
    RewardGrant(
        Reward("3", {"ru": "Пять рублей", "be": "Пяць рублёў", "en": "Five rubles"}, 250),
        money=Decimal("5.00"),
    ),
)

PACKETS = tuple(
    Packet({"ru": ru, "be": be, "en": en}, Decimal(price), gigabytes, CURRENCY, str(code))
    for code, (ru, be, en, price, gigabytes) in enumerate(
        (
            ("Один гигабайт", "Адзін гігабайт", "One gigabyte", "1.50", 1),
            ("Пять гигабайт", "Пяць гігабайт", "Five gigabytes", "5.00", 5),
            ("Двадцать гигабайт", "Дваццаць гігабайт", "Twenty gigabytes", "15.00", 20),
        ),
        1,
    )
)

ROAMING = tuple(
    Roaming(
        code,
        {"ru": ru, "be": be, "en": en},
        Decimal(minute),
        Decimal(message),
        Decimal(megabyte),
        CURRENCY,
    )
    for code, ru, be, en, minute, message, megabyte in (
        ("48", "Польша", "Польшча", "Poland", "0.90", "0.30", "0.50"),
        ("370", "Литва", "Літва", "Lithuania", "0.90", "0.30", "0.50"),
        ("371", "Латвия", "Латвія", "Latvia", "0.90", "0.30", "0.50"),
        ("49", "Германия", "Германія", "Germany", "1.20", "0.40", "0.90"),
        ("995", "Грузия", "Грузія", "Georgia", "1.50", "0.50", "1.20"),
        ("90", "Турция", "Турцыя", "Turkey", "2.10", "0.60", "2.50"),
        ("20", "Египет", "Егіпет", "Egypt", "3.00", "0.80", "5.00"),
    )
)

VOUCHERS: Mapping[str, Voucher] = {
    voucher_id(Secret(f"61120260000{n:03}")): Voucher(Decimal(amount))
    for n, amount in enumerate(("5.00", "10.00", "20.00") * 10, 1)
}
"""Vouchers with numbers from 61120260000001 on, which are no secret to anyone."""

_VAT, _VAT_NEW = Decimal("0.20"), Decimal("0.25")
_ABROAD = BillLine(
    {"ru": "Звонки за границу", "be": "Званкі за мяжу", "en": "Calls abroad"}, Decimal("4.80")
)

# The first subscribers have what a listener must hear said well; the rest is left to chance.
_BALANCES = ("12.50", "0.00", "-3.40", "25.00", "1.01", "-21.00", "0.02", "105.05", "11.11", "2.22")

# names, the most seconds, the price of a minute begun
_USES = (
    ({"ru": "Звонок", "be": "Званок", "en": "A call"}, 1200, Decimal("0.09")),
    (
        {"ru": "Звонок за границу", "be": "Званок за мяжу", "en": "A call abroad"},
        300,
        Decimal("0.80"),
    ),
    ({"ru": "Сообщение", "be": "Паведамленне", "en": "A message"}, 0, Decimal("0.04")),
)


def demo_accounts(today: date) -> Iterator[Account]:
    chance, used = Random(f"{SEED} accounts"), Random(f"{SEED} used")
    for id in IDS:
        balance = _BALANCES[id - 1] if id <= len(_BALANCES) else f"{chance.randint(-999, 6000)}e-2"
        tariff = TARIFFS[id % len(TARIFFS)]
        on = () if id % 6 == 2 else chance.sample(SERVICES, chance.randint(1, 3))
        yield Account(
            id,
            Decimal(balance),
            tariff.id,
            tuple(service.id for service in on),
            used.randint(0, tariff.minutes),
            used.randint(0, tariff.gigabytes),
            today.replace(day=1),
            id * 37 % 400,
            puk=f"{id * 7_654_321 % 100_000_000:08d}",
        )


def demo_payments(today: date) -> Iterator[Payment]:
    chance = Random(f"{SEED} payments")
    for id in IDS:
        day = today
        for _ in range(0 if id % 10 == 5 else chance.randint(1, 6)):
            day -= timedelta(days=chance.randint(3, 40))
            yield Payment(id, day, Decimal(chance.choice(_PAID)))


def demo_bills(today: date) -> Iterator[Bill]:
    """Three months each. By the last digit of the id, the newest bill is higher by tax alone (1, 2,
    6, 7), has a new service (3, 8) or fewer calls abroad (4, 9), is the same (0) or missing (5)."""
    months = [today]
    for _ in range(3):
        months.insert(0, (months[0].replace(day=1) - timedelta(days=1)).replace(day=1))
    months.pop()
    plans = {plan.id: BillLine(plan.names, plan.fee) for plan in TARIFFS}
    offers = {offer.id: BillLine(offer.names, offer.fee) for offer in SERVICES}
    for one in demo_accounts(today):
        kind = one.subscriber % 10
        on = sorted((offers[id] for id in one.services), key=lambda line: line.amount)
        for month in () if kind == 5 else months:
            newest = month == months[-1]
            lines = [plans[one.tariff], *on]
            if kind in (3, 8) and on and not newest:
                lines.pop()
            if kind in (4, 9) and not newest:
                lines.append(_ABROAD)
            rate = _VAT_NEW if newest and kind in (1, 2, 6, 7) else _VAT
            net = sum((line.amount for line in lines), Decimal(0))
            yield Bill(one.subscriber, month, round(net * rate, 2), tuple(lines))


def demo_charges(now: datetime) -> Iterator[Charge]:
    """Up to five uses each in the last days; whose id ends in 0 used nothing that costs."""
    chance = Random(f"{SEED} charges")
    for id in IDS:
        at = now
        for _ in range(0 if id % 10 == 0 else chance.randint(1, 5)):
            at -= timedelta(seconds=chance.randint(600, 86400))
            names, most, price = chance.choice(_USES)
            seconds = chance.randint(min(most, 1), most)
            number = f"37599{chance.randint(0, 9_999_999):07d}"
            yield Charge(id, at, names, number, seconds, price * max(1, -(-seconds // 60)))
