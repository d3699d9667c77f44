"""«Зорка»: a fictional operator with fifty fictional subscribers, to try Firstline out.

Its numbers are 375990000001 … 375990000050, the phones of its subscribers log in with them, those
of its agents with their extensions. All is the same on every machine, except for the passwords,
and for days, which are counted back from the moment of seeding.
"""

import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from ari_app.codewords import hashing
from ari_app.config import Config, State
from ari_app.secret import Secret
from ari_app.selfcare import billing
from ari_app.selfcare.hashing import Hasher
from ari_app.selfcare.memory import Ledger, MemoryBilling
from ari_app.store import accounts, agents, bills, code_words, history, subscribers
from ari_app.store.accounts import Account, Payment, ServiceOffer, TariffPlan
from ari_app.store.agents import Agent
from ari_app.store.bills import Bill, BillLine
from ari_app.store.code_words import CodeWord
from ari_app.store.db import Store
from ari_app.store.history import Contact
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber

log = logging.getLogger(__name__)

_IDS = range(1, 51)
_FIRST_NUMBER = 375990000001
_SEED = 611

_LANGUAGES = ("ru", "ru", "be", "en", "ru")  # by id: 1 speaks Russian, 2 Belarusian, 3 English
_CHANNELS = ("call", "call", "call", "call", "call", "sms", "e-mail", "web")
_PAID = ("5.00", "10.00", "15.50", "20.00", "21.00", "32.00", "40.25", "100.00")
_AREAS = ("Минск", "Брест", "Витебск", "Гомель", "Гродно", "Могилёв", "Минская область")
_MEN = (
    ("Антон", "Богдан", "Глеб", "Игнат", "Лев", "Мирон", "Павел", "Степан", "Тимур", "Ян"),
    ("Берёзкин", "Василёк", "Громов", "Дубровский", "Журавлёв", "Зимин", "Клёнов", "Лесницкий"),
)
_WOMEN = (
    ("Алеся", "Вера", "Дарья", "Ева", "Злата", "Кира", "Майя", "Нина", "Рада", "Юлия"),
    ("Берёзкина", "Василёк", "Громова", "Дубровская", "Журавлёва", "Зимина", "Клёнова", "Рябинина"),
)

TARIFFS = (
    TariffPlan("start", {"ru": "Старт", "be": "Старт", "en": "Start"}, Decimal("9.90"), 100, 2),
    TariffPlan("home", {"ru": "Домашний", "be": "Хатні", "en": "Home"}, Decimal("15.00"), 300, 10),
    TariffPlan(
        "road", {"ru": "В дорогу", "be": "У дарогу", "en": "On the road"}, Decimal("19.50"), 500, 21
    ),
    TariffPlan("senior", {"ru": "Забота", "be": "Клопат", "en": "Care"}, Decimal("6.01"), 1000, 1),
    TariffPlan(
        "all",
        {"ru": "Всё вместе", "be": "Усё разам", "en": "All together"},
        Decimal("32.00"),
        3000,
        100,
    ),
)
SERVICES = (
    ServiceOffer(
        "missed",
        {"ru": "Вам звонили", "be": "Вам тэлефанавалі", "en": "Missed calls"},
        Decimal("1.20"),
    ),
    ServiceOffer("roaming", {"ru": "Роуминг", "be": "Роўмінг", "en": "Roaming"}, Decimal("0.00")),
    ServiceOffer(
        "tv", {"ru": "Телевидение", "be": "Тэлебачанне", "en": "Television"}, Decimal("7.50")
    ),
    ServiceOffer(
        "antivirus", {"ru": "Антивирус", "be": "Антывірус", "en": "Antivirus"}, Decimal("2.01")
    ),
)

_VAT, _VAT_NEW = Decimal("0.20"), Decimal("0.25")
_ABROAD = BillLine(
    {"ru": "Звонки за границу", "be": "Званкі за мяжу", "en": "Calls abroad"}, Decimal("4.80")
)

# The first subscribers have what a listener must hear said well; the rest is left to chance.
_BALANCES = ("12.50", "0.00", "-3.40", "25.00", "1.01", "-21.00", "0.02", "105.05", "11.11", "2.22")

# The last digit of the number chooses.
_CODE_WORDS = (
    "ветер", "март", "яблоко", "облако", "радуга",
    "липень", "ручей", "сосна", "малина", "остров",
)  # fmt: skip

# topic, question, solution
_TALKS = (
    ("money", "Почему счёт больше на пять процентов?", "Объяснили: изменилась ставка налога."),
    ("money", "Оплатил вчера, а денег на счёте нет.", "Платёж найден и зачислен."),
    ("tariff", "Какой тариф выгоднее, если звонить мало?", "Рассказали о тарифе «Старт»."),
    ("service", "Уезжаю на три месяца, номер нужен потом.", "Номер приостановлен, не закрыт."),
    ("internet", "Мобильный интернет не включается.", "Отправили настройки сообщением."),
    ("internet", "Дома пропал интернет.", "Перезагрузили роутер, связь есть."),
    ("tv", "В телевизоре нет звука.", "Включили звук в настройках приставки."),
)
# topic, and the same question asked again and again; only the last time it was solved
_REPEATED = (
    ("money", ("Карта не принимается.", "Опять про карту.", "Третий раз про карту."), "Разобрали."),
    ("internet", ("Интернет медленный.", "Снова медленный интернет."), "Заменили кабель."),
    ("outage", ("Нет связи в доме.", "Когда же починят?"), "Авария устранена."),
)
_REPEATERS = (3, 7, 19, 28, 41)  # ids of those who had to call again within seven days


async def open_store(config: Config, state: State) -> Store:
    """The store of the installation, with the demo operator in it if the settings say so."""
    store = await Store.open(state.database)
    if config.site.demo:
        now = datetime.now(UTC)
        if await seed(store, now):
            log.info("the demo operator was added: 50 subscribers, 2 agents")
        with hashing(state) as hasher:
            await seed_code_words(store, hasher, now)
    return store


async def seed(store: Store, now: datetime) -> bool:
    """Add the demo operator's data; False if any of his subscribers is there already.

    Then nothing is changed, not even what somebody deleted or edited. ``now`` is the moment from
    which the days of payments and contacts are counted back.
    """
    return await store.write(_seed, now)


async def seed_code_words(store: Store, hasher: Hasher, now: datetime) -> None:
    """Give a code word to each subscriber of the demo operator who never had one."""
    wordless = await store.read(
        lambda db: [
            one for id in _IDS if (one := subscribers.by_id(db, id)) and not code_words.of(db, id)
        ]
    )
    for one in wordless:
        if one.msisdn == _number(one.id):
            spoken, keyed = await hasher.hashes(code_word(one.msisdn))
            word = CodeWord(one.id, spoken, keyed, now, "demo")
            await store.write(code_words.put, word)


def code_word(number: str) -> Secret:
    """The code word of a subscriber of the demo operator, which is no secret to anybody."""
    return Secret(_CODE_WORDS[int(number[-1])])


async def demo_billing(store: Store) -> MemoryBilling:
    """The demo operator's billing, as the store has it now."""
    memory = MemoryBilling(partial(store.read, _ledger))
    await memory.refresh()
    return memory


def people(now: datetime) -> tuple[Subscriber, ...]:
    """The demo operator's subscribers, without a store."""
    return tuple(_people(now))


def ledger(now: datetime) -> Ledger:
    """What the demo operator's billing knows at a moment, without a store."""
    today = now.date()
    return _kept(TARIFFS, SERVICES, tuple(_accounts()), _payments(today), _bills(today))


def _seed(db: Database, now: datetime) -> bool:
    if any(subscribers.by_number(db, _number(id)) for id in _IDS):
        return False
    added = subscribers.add(db, _people(now))
    agents.add(db, _agents())
    accounts.add_tariffs(db, TARIFFS)
    accounts.add_services(db, SERVICES)
    accounts.add_accounts(db, (one for one in _accounts() if one.subscriber in added))
    accounts.add_payments(db, (one for one in _payments(now.date()) if one.subscriber in added))
    bills.add(db, (one for one in _bills(now.date()) if one.subscriber in added))
    history.add(db, (one for one in _contacts(now) if one.subscriber in added))
    return True


def _people(now: datetime) -> Iterator[Subscriber]:
    for id in _IDS:
        first_names, surnames = _WOMEN if id % 2 else _MEN
        name = f"{surnames[id % len(surnames)]} {first_names[id // 2 % len(first_names)]}"
        language = _LANGUAGES[id % len(_LANGUAGES)]
        area = _AREAS[id % len(_AREAS)]
        number = _number(id)
        yield Subscriber(id, number, name, language, area, number, _password(), now)


def _agents() -> Iterator[Agent]:
    yield Agent("anna", "Анна Ветрова", "701", ("ru", "be"), "701", _password())
    yield Agent("boris", "Борис Соколов", "702", ("ru", "en"), "702", _password())


def _accounts() -> Iterator[Account]:
    chance = Random(f"{_SEED} accounts")
    for id in _IDS:
        told = _BALANCES[id - 1] if id <= len(_BALANCES) else f"{chance.randint(-999, 6000)}e-2"
        tariff = TARIFFS[id % len(TARIFFS)].id
        on = () if id % 6 == 2 else chance.sample(SERVICES, chance.randint(1, 3))
        yield Account(id, Decimal(told), tariff, tuple(service.id for service in on))


def _payments(today: date) -> Iterator[Payment]:
    chance = Random(f"{_SEED} payments")
    for id in _IDS:
        day = today
        for _ in range(0 if id % 10 == 5 else chance.randint(1, 6)):
            day -= timedelta(days=chance.randint(3, 40))
            yield Payment(id, day, Decimal(chance.choice(_PAID)))


def _bills(today: date) -> Iterator[Bill]:
    """Three months each. Whose id ends in 1, 2, 6 or 7 pays more by tax alone; in 3 or 8 he has a
    new service, in 4 or 9 fewer calls abroad; in 0 nothing changed, in 5 there is no bill."""
    months = [today]
    for _ in range(3):
        months.insert(0, (months[0].replace(day=1) - timedelta(days=1)).replace(day=1))
    months.pop()
    plans = {plan.id: BillLine(plan.names, plan.fee) for plan in TARIFFS}
    offers = {offer.id: BillLine(offer.names, offer.fee) for offer in SERVICES}
    for one in _accounts():
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


def _contacts(now: datetime) -> Iterator[Contact]:
    chance = Random(f"{_SEED} contacts")
    for id in _IDS:
        if id in _REPEATERS:
            yield from _repeated(id, now, chance)
        at = now - timedelta(days=8)
        for _ in range(chance.randint(0, 3)):
            at -= timedelta(days=chance.randint(8, 60), minutes=chance.randint(0, 600))
            agent = chance.choice(("anna", "boris"))
            topic, question, solution = chance.choice(_TALKS)
            channel = chance.choice(_CHANNELS)
            yield Contact(id, at, channel, topic, question, solution, agent, True)


def _repeated(id: int, now: datetime, chance: Random) -> Iterator[Contact]:
    """The same question again and again within six days; the last call mended it or not yet."""
    topic, questions, solution = _REPEATED[id % len(_REPEATED)]
    at = now - timedelta(days=6)
    for number, question in enumerate(questions, 1):
        at += timedelta(hours=chance.randint(20, 40))
        last = number == len(questions)
        agent = chance.choice(("anna", "boris"))
        yield Contact(id, at, "call", topic, question, solution if last else "", agent, False)


def _ledger(db: Database) -> Ledger:
    return _kept(
        accounts.tariffs(db),
        accounts.services(db),
        accounts.accounts(db),
        accounts.payments(db),
        bills.everyones(db),
    )


def _kept(
    tariffs: Iterable[TariffPlan],
    services: Iterable[ServiceOffer],
    opened: Sequence[Account],
    payments: Iterable[Payment],
    sent: Iterable[Bill],
) -> Ledger:
    plans = {
        one.id: billing.Tariff(one.names, one.fee, one.minutes, one.gigabytes) for one in tariffs
    }
    offers = {one.id: billing.Service(one.names, one.fee) for one in services}
    paid: dict[int, list[billing.Payment]] = {one.subscriber: [] for one in opened}
    billed: dict[int, list[billing.Bill]] = {one.subscriber: [] for one in opened}
    for one in payments:
        paid[one.subscriber].append(billing.Payment(one.day, one.amount))
    for bill in sorted(sent, key=lambda bill: bill.month, reverse=True):
        lines = tuple(billing.BillLine(line.names, line.amount) for line in bill.lines)
        total = sum((line.amount for line in lines), bill.vat)
        billed[bill.subscriber].append(billing.Bill(bill.month, total, bill.vat, lines))
    return Ledger(
        balances={one.subscriber: billing.Balance(one.balance) for one in opened},
        tariffs={one.subscriber: plans[one.tariff] for one in opened},
        services={one.subscriber: [offers[id] for id in sorted(one.services)] for one in opened},
        payments=paid,
        bills=billed,
        offered=tuple(plans.values()),
    )


def _number(id: int) -> str:
    return str(_FIRST_NUMBER + id - 1)


def _password() -> Secret:
    return Secret(secrets.token_urlsafe(18))
