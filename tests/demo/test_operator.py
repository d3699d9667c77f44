"""The demo operator: the same everywhere, added once."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec import convert
from msgspec.structs import replace

from ari_app.config.settings import Config
from ari_app.config.site_departments import defaults
from ari_app.demo.books import demo_billing
from ari_app.demo.operator import seed
from ari_app.demo.settings import SETTINGS
from ari_app.demo.tickets import promised
from ari_app.desk.words import page_languages
from ari_app.selfcare import answers
from ari_app.selfcare.request_port import OpenTicket
from ari_app.store import agents, demo_accounts, demo_bills, history, subscribers, tickets
from ari_app.store.db import Store
from ari_app.store.history import Contact
from ari_app.store.subscribers import Subscriber
from ivr.secret import Secret
from ivr.values import Rows
from tests.operators import BELARUS, DEMO_TICKETS
from tests.store.samples import NOON, subscriber


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Store]:
    other = await Store.open(tmp_path / "other.db", BELARUS)
    yield other
    await other.close()


async def dump(store: Store) -> list[str]:
    return await store.read(lambda db: list(db.conn.iterdump()))


async def people(store: Store) -> list[Subscriber]:
    """All subscribers, without what is different in each installation."""
    found = await store.read(subscribers.page, 0, 1000)
    return [replace(one, sip_password=None) for one in found]


async def contacts(store: Store) -> dict[int, list[Contact]]:
    ids = [one.id for one in await people(store)]
    return {id: await store.read(history.of_subscriber, id) for id in ids}


async def test_seeding_twice_changes_nothing(store: Store) -> None:
    assert await seed(store, NOON)
    before = await dump(store)
    assert not await seed(store, NOON + timedelta(days=3))
    assert await dump(store) == before


async def test_seeding_leaves_alone_what_somebody_changed(store: Store) -> None:
    await seed(store, NOON)
    await store.write(subscribers.remember_language, 1, "en")
    await store.write(lambda db: db.conn.execute("delete from contacts").rowcount)
    changed = await dump(store)
    assert not await seed(store, NOON)
    assert await dump(store) == changed


async def test_seeding_beside_real_subscribers_leaves_them_alone(store: Store) -> None:
    real = subscriber(7, "375291234567")
    await store.write(subscribers.add, [real])
    assert await seed(store, NOON)
    found = await store.read(subscribers.page, 0, 1000)
    assert len(found) == 50
    assert found[6] == real
    assert await store.read(history.of_subscriber, 7) == []
    assert 7 not in {one.subscriber for one in await store.read(demo_accounts.accounts)}


async def test_two_installations_differ_in_passwords_only(store: Store, other: Store) -> None:
    await seed(store, NOON)
    await seed(other, NOON)
    assert await people(store) == await people(other)
    assert await contacts(store) == await contacts(other)
    of_accounts = (
        demo_accounts.tariffs,
        demo_accounts.services,
        demo_accounts.accounts,
        demo_accounts.payments,
    )
    for what in (*of_accounts, demo_bills.everyones):
        assert await store.read(what) == await other.read(what)
    passwords: set[Secret | None] = set()
    for one in (store, other):
        passwords |= {found.sip_password for found in await one.read(subscribers.page, 0, 1000)}
        passwords |= {found.sip_password for found in await one.read(agents.everyone)}
    assert len(passwords) == 2 * 52
    assert None not in passwords


async def test_there_is_something_of_everything_to_hear(store: Store) -> None:
    await seed(store, NOON)
    found = await people(store)
    assert [one.msisdn for one in found] == [str(375990000001 + n) for n in range(50)]
    assert {one.language for one in found} == {"ru", "be", "en"}
    assert len({one.name for one in found}) > 30
    balances = [one.balance for one in await store.read(demo_accounts.accounts)]
    assert Decimal(0) in balances
    assert min(balances) < 0
    assert any(amount % 1 for amount in balances)
    assert any(amount and not amount % 1 for amount in balances)
    assert {one.month for one in await store.read(demo_bills.everyones)} == {
        NOON.date().replace(month=2, day=1),
        NOON.date().replace(month=1, day=1),
        NOON.date().replace(year=2025, month=12, day=1),
    }
    assert {one.tariff for one in await store.read(demo_accounts.accounts)} == {
        one.id for one in await store.read(demo_accounts.tariffs)
    }
    repeated = [
        id
        for id in range(1, 51)
        if await store.read(history.count_since, id, NOON - timedelta(days=7)) > 1
    ]
    assert repeated == [3, 7, 19, 28, 41]
    assert all(one.at < NOON for of_one in (await contacts(store)).values() for one in of_one)


async def test_names_are_in_every_language(store: Store) -> None:
    await seed(store, NOON)
    names = [one.names for one in await store.read(demo_accounts.tariffs)]
    names += [one.names for one in await store.read(demo_accounts.services)]
    assert all(one.keys() == {"ru", "be", "en"} for one in names)


async def test_agents_are_two(store: Store) -> None:
    await seed(store, NOON)
    found = await store.read(agents.everyone)
    assert [(one.name, one.extension) for one in found] == [("anna", "701"), ("boris", "702")]


async def test_billing_answers_for_everyone(store: Store) -> None:
    await seed(store, NOON)
    billing = await demo_billing(store, lambda: NOON)
    kinds: set[tuple[bool, bool]] = set()
    for id in range(1, 51):
        await billing.balance(id)
        assert (await billing.tariff(id)).names["en"]
        services, payments = await billing.services(id), await billing.payments(id, 99)
        days = [one.day for one in payments]
        assert days == sorted(days, reverse=True)
        kinds.add((bool(services), bool(payments)))
    assert (await billing.balance(1)).amount == Decimal("12.50")
    assert (
        {services for services, _ in kinds} == {payments for _, payments in kinds} == {True, False}
    )


async def test_bills_grow_by_tax_alone_or_for_a_reason(store: Store) -> None:
    await seed(store, NOON)
    billing = await demo_billing(store, lambda: NOON)
    outcomes = {id: answers.bill(await billing.bills(id, 2)) for id in range(1, 51)}
    assert Counter(one.outcome for one in outcomes.values()) == {
        "higher": 28,
        "lower": 10,
        "same": 7,
        "none": 5,
    }
    by_tax = [one for one in outcomes.values() if one.values.get("reasons") == Rows(())]
    taxed = [one for one in by_tax if one.outcome == "higher"]
    assert len(taxed) == 20
    for one in taxed:
        assert one.values["difference"] == one.values["vat_change"]
    assert len(await billing.bills(1, 99)) == 3
    assert len(await billing.tariffs()) == 5


async def test_the_demo_operator_has_promised_something(store: Store) -> None:
    await seed(store, NOON)
    found = await store.read(lambda db: tickets.listed(db, closed=True))
    assert [(one.subscriber, one.state, one.late(NOON)) for one in found] == [
        (47, "solved", False),
        (28, "working", True),
        (36, "open", False),
        (34, "working", False),
    ]
    for one in found:
        promise = promised(one.subscriber or 0, NOON)
        site = DEMO_TICKETS.departments[one.department]
        ticket = OpenTicket(one.department, one.created, one.due, site)
        assert promise == (None if one.closed else ticket), "simulations answer the same"
        assert await store.read(tickets.history, one.id)


def test_labels_are_in_every_language_of_the_pages() -> None:
    demo = convert({name: SETTINGS[name] for name in ("departments", "topics")}, Config)
    for one in (demo, defaults()):
        labels = [each.label for each in one.departments.values()]
        labels += [each.label for each in one.topics.values()]
        assert [label for label in labels if not set(page_languages()) <= set(label)] == []
