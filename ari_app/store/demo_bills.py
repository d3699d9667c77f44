"""Monthly bills of the demo operator's billing; empty where billing is elsewhere."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec import Struct, json

from ari_app.store.demo_accounts import Names, kopecks, money
from ari_app.store.sqlite import Database


class BillLine(Struct, frozen=True):
    """What a subscriber is charged for, without tax."""

    names: Names
    amount: Decimal


class Bill(Struct, frozen=True):
    """A subscriber's bill; ``month`` is the first of it, ``vat`` the tax on all lines."""

    subscriber: int
    month: date
    vat: Decimal
    lines: tuple[BillLine, ...]


def add(db: Database, bills: Iterable[Bill]) -> None:
    """Add bills."""
    for one in bills:
        (bill,) = db.conn.execute(
            "insert into bills (subscriber, month, vat) values (?, ?, ?) returning id",
            (one.subscriber, one.month.isoformat(), kopecks(one.vat)),
        ).fetchone()
        db.conn.executemany(
            "insert into bill_lines (bill, seq, names, amount) values (?, ?, ?, ?)",
            [
                (bill, seq, json.encode(line.names).decode(), kopecks(line.amount))
                for seq, line in enumerate(one.lines)
            ],
        )


def everyones(db: Database) -> list[Bill]:
    """All bills, the newest first."""
    lines: dict[int, list[BillLine]] = {}
    for bill, names, amount in db.conn.execute(
        "select bill, names, amount from bill_lines order by bill, seq"
    ):
        named = json.decode(names, type=dict[str, str])
        lines.setdefault(bill, []).append(BillLine(named, money(amount)))
    rows = db.conn.execute("select id, subscriber, month, vat from bills order by month desc, id")
    return [
        Bill(subscriber, date.fromisoformat(month), money(vat), tuple(lines.get(id, ())))
        for id, subscriber, month, vat in rows
    ]
