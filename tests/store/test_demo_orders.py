"""Orders in the store: one transaction each, one effect for a key, whatever fails in between."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ari_app.demo.books import demo_billing
from ari_app.demo.operator import seed
from ari_app.selfcare.billing import BillingUnavailable, BillingUncertain
from ari_app.selfcare.books import Books
from ari_app.selfcare.memory import Answer, MemoryBilling
from ari_app.selfcare.orders import (
    Buy,
    ChangeTariff,
    Completed,
    Give,
    Order,
    Pause,
    PromisePayment,
    Quote,
    Redeem,
    Resume,
    Sell,
    SwitchOff,
    SwitchOn,
)
from ari_app.store.db import Store
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from tests.fuzz import examples
from tests.operators import BELARUS

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
GIFT = Give(1, "minutes", 5)
FREE = Decimal("0.00")


async def opened(store: Store, at: datetime = AT) -> MemoryBilling:
    return await demo_billing(store, lambda: at)


async def books(store: Store) -> Books:
    """As they are kept."""
    return (await opened(store)).books()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program writes, and does not end."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield


async def test_a_restart_changes_nothing(store: Store) -> None:
    await seed(store, AT)
    billing = await opened(store)
    pause = Pause(date(2026, 3, 9), date(2026, 4, 9))
    orders: list[tuple[int, Order, Decimal]] = [
        (8, GIFT, FREE),
        (8, Resume(), FREE),
        (8, Sell(4, "minutes", 3, Decimal("1.50")), FREE),
        (4, Buy("2"), Decimal("1.50")),
        (8, Sell(4, "gigabytes", 1, Decimal("1.50")), FREE),
        (4, Sell(8, "gigabytes", 1, Decimal("1.50")), FREE),
        (8, ChangeTariff("1"), Decimal("5.00")),
        (8, SwitchOn("1"), Decimal("1.20")),
        (8, pause, Decimal("1.50")),
        (8, Redeem("1"), Decimal(100)),
        (3, PromisePayment(date(2026, 3, 9)), FREE),
    ]
    answers = []
    for key, (who, what, agreed) in enumerate(orders):
        answers.append(await billing.place(who, what, agreed, f"k{key}"))
        assert await books(store) == billing.books()
    assert [isinstance(one, Completed) for one in answers].count(False) == 2, "no end, no gigabyte"
    again = await opened(store)
    assert again.books() == billing.books()
    for key, (who, what, agreed) in enumerate(orders):
        assert await again.place(who, what, agreed, f"k{key}") == answers[key]
    assert again.books() == billing.books()


async def test_a_lock_makes_billing_unavailable(store: Store, file: Path) -> None:
    await seed(store, AT)
    billing = await opened(store)
    before = billing.books()
    with locked(file):
        with pytest.raises(BillingUnavailable, match="locked"):
            await billing.place(8, GIFT, FREE, "k")
        assert (await billing.balance(8)).amount == Decimal("105.05"), "reads go on"
    assert billing.books() == before == await books(store)
    assert isinstance(await billing.place(8, GIFT, FREE, "k"), Completed)


async def test_a_full_disk_undoes_the_half_that_was_written(store: Store) -> None:
    await seed(store, AT)
    billing = await opened(store)
    before, key = billing.books(), "k" * 100_000
    await store.write(lambda db: db.conn.execute("pragma max_page_count = 1").fetchone())
    with pytest.raises(BillingUnavailable, match="disk is full"):
        await billing.place(8, GIFT, FREE, key)
    assert billing.books() == before == await books(store)
    await store.write(lambda db: db.conn.execute("pragma max_page_count = 9999").fetchone())
    assert isinstance(await billing.place(8, GIFT, FREE, key), Completed)


async def test_a_store_that_cannot_be_asked_leaves_it_uncertain(store: Store) -> None:
    await seed(store, AT)
    billing = await opened(store)
    before = billing.books()
    await store.close()
    with pytest.raises(BillingUncertain, match="closed"):
        await billing.place(8, GIFT, FREE, "k")
    assert billing.books() == before


async def test_who_stops_waiting_stops_nothing(store: Store) -> None:
    await seed(store, AT)
    billing = await opened(store)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await billing.place(8, GIFT, FREE, "k")
    await billing.close()
    assert billing.books().last == 1
    assert billing.books() == await books(store)


async def test_an_older_installation_keeps_its_accounts_and_gets_codes(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as old:
        db = Database(old, BELARUS)
        MIGRATIONS.apply(db, stop_before="ordering")
        db.conn.execute(f"pragma application_id = {0x46313131}")
        db.conn.executescript("""
            insert into subscribers values (3, '375990000003', 'Ян', 'ru', '', null, null, 0);
            insert into tariffs values ('all', '{}', 3200, 3000, 100),
                ('home', '{}', 1500, 300, 10), ('own', '{}', 100, 1, 1);
            insert into services values ('antivirus', '{}', 201), ('tv', '{}', 750);
            insert into accounts values (3, -340, 'home');
            insert into account_services values (3, 'tv');
        """)
    store = await Store.open(file, BELARUS)
    try:
        billing = await opened(store)
        assert {one.fee: one.code for one in await billing.tariffs()} == {
            Decimal("32.00"): "5",
            Decimal("15.00"): "2",
            Decimal("1.00"): "13",
        }
        assert [one.code for one in await billing.services(3)] == ["3"]
        assert (await billing.balance(3)).amount == Decimal("-3.40")
        assert (await billing.allowance(3)).minutes == 300
        assert isinstance(await billing.place(3, SwitchOff("3"), FREE, "k"), Completed)
    finally:
        await store.close()


PEOPLE = st.integers(1, 8)
CODES = st.sampled_from("12345")
AMOUNTS = st.integers(0, 400)
UNITS = st.sampled_from(("minutes", "gigabytes"))
DAYS = st.integers(-1, 60).map(lambda days: AT.date() + timedelta(days=days))
ORDERS: st.SearchStrategy[Order] = st.one_of(
    st.builds(ChangeTariff, CODES),
    st.builds(SwitchOn, CODES),
    st.builds(SwitchOff, CODES),
    st.builds(Pause, DAYS, DAYS),
    st.builds(Resume),
    st.builds(PromisePayment, DAYS),
    st.builds(Give, PEOPLE, UNITS, AMOUNTS),
    st.builds(Sell, PEOPLE, UNITS, AMOUNTS, st.sampled_from((Decimal("0.01"), Decimal("9.99")))),
    st.builds(Redeem, CODES),
)


class Orders(RuleBasedStateMachine):
    """Anybody orders anything; the store fails, the program starts again, keys come twice."""

    seeded: bytes

    def __init__(self) -> None:
        super().__init__()
        self.directory = TemporaryDirectory()
        self.file = Path(self.directory.name) / "firstline.db"
        self.file.write_bytes(self.seeded)
        self.loop = asyncio.Runner()
        self.at = AT
        self.answers: dict[str, tuple[int, Order, Answer]] = {}
        self.start()
        self.sums = sums(self.billing.books())

    def start(self) -> None:
        self.store = self.loop.run(Store.open(self.file, BELARUS, patience=0.0))
        self.billing = self.loop.run(demo_billing(self.store, lambda: self.at))

    def place(self, who: int, what: Order, key: str) -> Answer:
        quote = self.loop.run(self.billing.quote(who, what))
        agreed = quote.charge if isinstance(quote, Quote) else FREE
        return self.loop.run(self.billing.place(who, what, agreed, key))

    @rule(who=PEOPLE, what=ORDERS)
    def order(self, who: int, what: Order) -> None:
        before, key = self.billing.books(), f"s:{len(self.answers)}"
        answer = self.place(who, what, key)
        self.answers[key] = (who, what, answer)
        placed = isinstance(answer, Completed)
        assert self.billing.books().last == before.last + placed
        assert placed or self.billing.books() == before
        if placed and isinstance(what, Give):
            assert self.two(self.billing.books(), who, what) == self.two(before, who, what)

    def two(self, books: Books, who: int, gift: Give) -> tuple[int, int]:
        """What the one who gives and the one who gets have together."""
        both = [books.account(id, self.at.date()) for id in (who, gift.recipient)]
        return sum(one.minutes for one in both), sum(one.gigabytes for one in both)

    @rule(who=PEOPLE)
    def buy(self, who: int) -> None:
        for offer in self.loop.run(self.billing.offers(who))[:1]:
            self.order(who, Buy(offer.number))

    @rule(who=PEOPLE, what=ORDERS, data=st.data())
    def again(self, who: int, what: Order, data: st.DataObject) -> None:
        if self.answers:
            key = data.draw(st.sampled_from(sorted(self.answers)))
            before = self.billing.books()
            assert self.place(who, what, key) == self.answers[key][2]
            assert self.billing.books() == before

    @rule(who=PEOPLE, what=ORDERS)
    def fail(self, who: int, what: Order) -> None:
        before = self.billing.books()
        with locked(self.file), pytest.raises(BillingUnavailable):
            self.place(who, what, f"s:{len(self.answers)}")
        assert self.billing.books() == before

    @rule()
    def restart(self) -> None:
        self.loop.run(self.store.close())
        self.start()

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.at += timedelta(days=days)

    @invariant()
    def nothing_is_lost(self) -> None:
        now = self.billing.books()
        assert sums(now) == self.sums
        assert all(one.minutes >= 0 and one.gigabytes >= 0 for one in now.accounts.values())
        assert all(one.points >= 0 for one in now.accounts.values())

    @invariant()
    def what_is_remembered_is_what_is_kept(self) -> None:
        assert self.loop.run(books(self.store)) == self.billing.books()
        placed = [one for _, _, one in self.answers.values() if isinstance(one, Completed)]
        assert len({one.number for one in placed}) == len(placed) == self.billing.books().last

    def teardown(self) -> None:
        self.loop.run(self.store.close())
        self.loop.close()
        self.directory.cleanup()


def sums(books: Books) -> tuple[Decimal, int, int, int]:
    """All money, minutes, gigabytes and points that there are."""
    accounts, operator = books.accounts.values(), books.operator
    return (
        sum((one.balance for one in accounts), operator.money),
        sum((one.minutes for one in accounts), operator.minutes),
        sum((one.gigabytes for one in accounts), operator.gigabytes),
        sum((one.points for one in accounts), operator.points),
    )


@pytest.mark.slow
def test_nothing_is_lost_and_every_key_has_one_effect(tmp_path: Path) -> None:
    async def seeded() -> None:
        store = await Store.open(tmp_path / "firstline.db", BELARUS)
        await seed(store, AT)
        await store.close()

    asyncio.run(seeded())

    class Seeded(Orders):
        seeded = (tmp_path / "firstline.db").read_bytes()

    run_state_machine_as_test(
        Seeded, settings=settings(max_examples=examples(10), stateful_step_count=25, deadline=None)
    )
