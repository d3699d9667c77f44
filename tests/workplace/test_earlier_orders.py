"""What was ordered for a subscriber: pending on the card, and the same asked about."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import json
from msgspec.structs import replace

from ari_app.selfcare.billing import Tariff
from ari_app.selfcare.orders import ChangeTariff, Completed, Order, Quote, Resume, order_to_json
from ari_app.selfcare.orders import Pause as PauseOrder
from ari_app.store import agent_actions, orders
from ari_app.store.agent_actions import AgentAction
from ari_app.store.orders import OrderRecord
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from ari_app.workplace.earlier_orders import Same, earlier, last_orders, pending
from tests.operators import BELARUS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SINCE = date(2026, 12, 1)
DONE = json.encode(Completed("1", NOW, Quote(Decimal(0), Decimal(0), SINCE))).decode()


class Shelf:
    """A billing that lists a tariff."""

    async def tariffs(self) -> list[Tariff]:
        return [Tariff({"en": "Plus"}, Decimal(25), 0, 0, code="2")]


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(Database(sqlite3.connect(":memory:"), BELARUS)) as made:
        MIGRATIONS.apply(made)
        yield made


def order(key: str, minutes: int, operation: str = "tariff-change") -> OrderRecord:
    every: dict[str, Order] = {
        "tariff-change": ChangeTariff("2"),
        "pause": PauseOrder(SINCE, date(2027, 1, 1)),
        "resume": Resume(),
    }
    at = NOW - timedelta(minutes=minutes)
    return OrderRecord(
        *(key, 1, operation, order_to_json(every[operation]), "null", "0", "", "en"),
        at,
        "done",
        DONE,
    )


async def test_what_counts_from_a_later_day_is_pending_until_it_is_undone(db: Database) -> None:
    orders.add(db, order("a", 30))
    orders.add(db, order("b", 20, "pause"))
    orders.add(db, replace(order("c", 5), state="open", answer=""))
    orders.add(db, replace(order("d", 3), state="refused", answer=""))
    found = await pending(last_orders(db, 1), Shelf(), NOW.date())  # type: ignore[arg-type]
    assert [(one.what, one.code, one.names, one.since) for one in found] == [
        ("tariff-change", "2", {"en": "Plus"}, None),
        ("pause", "", {}, SINCE),
        ("tariff-change", "2", {"en": "Plus"}, SINCE),
    ]
    orders.add(db, order("e", 1, "resume"))
    found = await pending(last_orders(db, 1), Shelf(), NOW.date())  # type: ignore[arg-type]
    assert "pause" not in {one.what for one in found}
    assert not await pending(last_orders(db, 1)[3:], Shelf(), SINCE)  # type: ignore[arg-type]


def test_the_same_of_a_day_is_found_and_nothing_else(db: Database) -> None:
    act = AgentAction(
        key="card:1", at=NOW, agent="boris", subscriber=1, operation="gift",
        inputs={"recipient": "1", "amount": "5", "charge": "0"}, outcome="ok",
    )  # fmt: skip
    for one in (
        act,
        replace(act, key="card:2", inputs={"recipient": "2", "amount": "5"}),
        replace(act, key="card:3", outcome="failed"),
        replace(act, key="card:4", subscriber=2),
        replace(act, key="card:5", at=NOW - timedelta(days=2)),
        replace(act, key="card:6", operation="sell"),
    ):
        agent_actions.begin(db, one)
    orders.add(db, order("card:1", 0))
    orders.add(db, order("call:1", 7))
    same = Same("gift", {"recipient": "1", "amount": "5", "charge": "3"}, NOW)
    assert [(one.at, one.by, one.outcome) for one in earlier(db, 1, same)] == [(NOW, "boris", "ok")]
    assert not earlier(db, 1, replace(same, but="card:1"))
    found = earlier(db, 1, Same("tariff-change", {"code": "2"}, NOW))
    assert [(one.by, one.outcome) for one in found] == [("", "ok"), ("", "ok")]
