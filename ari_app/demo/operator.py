"""«Зорка»: a fictional operator with fifty fictional subscribers, to try Firstline out.

Its numbers are 375990000001 … 375990000050, the phones of its subscribers log in with them, those
of its agents with their extensions. All is the same on every machine, except for the passwords,
and for days, which are counted back from the moment of seeding.
"""

import logging
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from ari_app.demo import tickets
from ari_app.demo.accounts import (
    IDS,
    SEED,
    SERVICES,
    TARIFFS,
    VOUCHERS,
    demo_accounts,
    demo_bills,
    demo_charges,
    demo_payments,
)
from ari_app.selfcare.hashing import Hasher
from ari_app.store import agents, code_words, demo_orders, demo_vouchers, history, subscribers
from ari_app.store import demo_accounts as accounts
from ari_app.store import demo_bills as bills
from ari_app.store.agents import Agent
from ari_app.store.code_words import CodeWord
from ari_app.store.db import Store
from ari_app.store.demo_vouchers import StoredVoucher
from ari_app.store.history import Contact
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber
from ivr.secret import Secret

log = logging.getLogger(__name__)

_FIRST_NUMBER = 375990000001

_LANGUAGES = ("ru", "ru", "be", "en", "ru")  # by id: 1 speaks Russian, 2 Belarusian, 3 English
_CHANNELS = ("call", "call", "call", "call", "call", "sms", "e-mail", "web")
_AREAS = ("Минск", "Брест", "Витебск", "Гомель", "Гродно", "Могилёв", "Минская область")
_MEN = (
    ("Антон", "Богдан", "Глеб", "Игнат", "Лев", "Мирон", "Павел", "Степан", "Тимур", "Ян"),
    ("Берёзкин", "Василёк", "Громов", "Дубровский", "Журавлёв", "Зимин", "Клёнов", "Лесницкий"),
)
_WOMEN = (
    ("Алеся", "Вера", "Дарья", "Ева", "Злата", "Кира", "Майя", "Нина", "Рада", "Юлия"),
    ("Берёзкина", "Василёк", "Громова", "Дубровская", "Журавлёва", "Зимина", "Клёнова", "Рябинина"),
)

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


async def install(store: Store, hasher: Hasher) -> None:
    """Add the demo operator, if it is not there yet: its data, code words and passwords."""
    now = datetime.now(UTC)
    if await seed(store, now):
        log.info("the demo operator was added: 50 subscribers, 2 agents")
    await seed_code_words(store, hasher, now)
    await seed_passwords(store, hasher)


async def seed(store: Store, now: datetime) -> bool:
    """Add the demo operator's data; False if any of its subscribers is there already.

    Then nothing is changed, not even what somebody deleted or edited. ``now`` is the moment from
    which the days of payments and contacts are counted back.
    """
    return await store.write(_seed, now)


async def seed_code_words(store: Store, hasher: Hasher, now: datetime) -> None:
    """Give a code word to each subscriber of the demo operator who never had one.

    Those who share a word share its hashes, too: the words are public, and hashes take seconds.
    """
    wordless = await store.read(
        lambda db: [
            one for id in IDS if (one := subscribers.by_id(db, id)) and not code_words.of(db, id)
        ]
    )
    hashed: dict[Secret, tuple[str, str]] = {}
    for one in wordless:
        if one.msisdn == demo_number(one.id):
            said = code_word(one.msisdn)
            if said not in hashed:
                hashed[said] = await hasher.hashes(said)
            word = CodeWord(one.id, *hashed[said], now, "demo")
            await store.write(code_words.put, word)


async def seed_passwords(store: Store, hasher: Hasher) -> None:
    """Let the demo operator's agents sign in at the desk, with the passwords of their phones."""
    for one in await store.read(demo_agents):
        if not one.password:
            hashed = await hasher.password(one.sip_password)
            await store.write(agents.put_password, one.name, hashed)


def code_word(number: str) -> Secret:
    """The code word of a subscriber of the demo operator, which is no secret to anybody."""
    return Secret(_CODE_WORDS[int(number[-1])])


def people(now: datetime) -> tuple[Subscriber, ...]:
    """The demo operator's subscribers, without a store."""
    return tuple(_people(now))


def _seed(db: Database, now: datetime) -> bool:
    if any(subscribers.by_number(db, demo_number(id)) for id in IDS):
        return False
    added = subscribers.add(db, _people(now))
    agents.add(db, _agents())
    accounts.add_tariffs(db, TARIFFS)
    accounts.add_services(db, SERVICES)
    today = now.date()
    accounts.add_accounts(db, (one for one in demo_accounts(today) if one.subscriber in added))
    accounts.add_payments(db, (one for one in demo_payments(today) if one.subscriber in added))
    bills.add(db, (one for one in demo_bills(today) if one.subscriber in added))
    demo_orders.add_charges(db, (one for one in demo_charges(now) if one.subscriber in added))
    demo_vouchers.add(db, (StoredVoucher(id, one.amount) for id, one in VOUCHERS.items()))
    history.add(db, (one for one in _contacts(now) if one.subscriber in added))
    tickets.add(db, {id: demo_number(id) for id in added}, now)
    return True


def _people(now: datetime) -> Iterator[Subscriber]:
    for id in IDS:
        first_names, surnames = _WOMEN if id % 2 else _MEN
        name = f"{surnames[id % len(surnames)]} {first_names[id // 2 % len(first_names)]}"
        language = _LANGUAGES[id % len(_LANGUAGES)]
        area = _AREAS[id % len(_AREAS)]
        number = demo_number(id)
        since = now - timedelta(days=200 + 53 * id % 1500)
        yield Subscriber(id, number, name, language, area, number, _password(), since)


def demo_number(id: int) -> str:
    """The number of a subscriber of the demo operator."""
    return str(_FIRST_NUMBER + id - 1)


def demo_agents(db: Database) -> list[Agent]:
    """The demo operator's agents, as they are now."""
    demo = {(one.name, one.full_name, one.extension) for one in _agents()}
    return [one for one in agents.everyone(db) if (one.name, one.full_name, one.extension) in demo]


def _agents() -> Iterator[Agent]:
    yield Agent("anna", "Анна Ветрова", "701", ("ru", "be"), "701", _password())
    yield Agent("boris", "Борис Соколов", "702", ("ru", "en"), "702", _password())


def _contacts(now: datetime) -> Iterator[Contact]:
    chance = Random(f"{SEED} contacts")
    for id in IDS:
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
    """The same question again and again within six days, solved by the last call or not yet."""
    topic, questions, solution = _REPEATED[id % len(_REPEATED)]
    at = now - timedelta(days=6)
    for number, question in enumerate(questions, 1):
        at += timedelta(hours=chance.randint(20, 40))
        last = number == len(questions)
        agent = chance.choice(("anna", "boris"))
        yield Contact(id, at, "call", topic, question, solution if last else "", agent, False)


def _password() -> Secret:
    return Secret(secrets.token_urlsafe(18))
