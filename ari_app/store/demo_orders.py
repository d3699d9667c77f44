"""Orders answered by the demo operator's billing, open offers, the operator's totals, and charges.

All empty where billing is elsewhere."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct, json

from ari_app.store.demo_accounts import Names, kopecks, money
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment


class Charge(Struct, frozen=True):
    """Something that a subscriber was charged for."""

    subscriber: int
    at: datetime
    names: Names
    number: str
    seconds: int
    amount: Decimal


class OpenOffer(Struct, frozen=True):
    """An offer of one subscriber to another, until a day."""

    number: int
    seller: int
    recipient: int
    unit: str
    amount: int
    price: Decimal
    until: date


class OperatorTotals(Struct, frozen=True):
    """What the operator took, less what it gave (the one row of its books)."""

    money: Decimal
    minutes: int
    gigabytes: int
    points: int


class AnsweredOrder(Struct, frozen=True):
    """An order and its answer, both as JSON; a refused one has no ``number``."""

    key: str
    number: int | None
    subscriber: int
    at: datetime
    request: str
    answer: str


def add_charges(db: Database, charges: Iterable[Charge]) -> None:
    """Add charges; the balance is not changed."""
    db.conn.executemany(
        "insert into charges (subscriber, at, names, number, seconds, amount)"
        " values (?, ?, ?, ?, ?, ?)",
        [
            (
                one.subscriber,
                micros(one.at),
                json.encode(one.names).decode(),
                one.number,
                one.seconds,
                kopecks(one.amount),
            )
            for one in charges
        ],
    )


def charges(db: Database) -> list[Charge]:
    """All charges, the newest first."""
    rows = db.conn.execute(
        "select subscriber, at, names, number, seconds, amount from charges"
        " order by at desc, id desc"
    )
    return [
        Charge(
            subscriber,
            moment(at),
            json.decode(names, type=dict[str, str]),
            number,
            seconds,
            money(amount),
        )
        for subscriber, at, names, number, seconds, amount in rows
    ]


def put_offers(db: Database, offers: Iterable[OpenOffer]) -> None:
    """Store these offers and no others."""
    db.conn.execute("delete from sales")
    db.conn.executemany(
        "insert into sales (number, seller, recipient, unit, amount, price, until)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.number,
                one.seller,
                one.recipient,
                one.unit,
                one.amount,
                kopecks(one.price),
                one.until.isoformat(),
            )
            for one in offers
        ],
    )


def offers(db: Database) -> list[OpenOffer]:
    """All offers that are open."""
    rows = db.conn.execute(
        "select number, seller, recipient, unit, amount, price, until from sales order by number"
    )
    return [
        OpenOffer(number, seller, recipient, unit, amount, money(price), date.fromisoformat(until))
        for number, seller, recipient, unit, amount, price, until in rows
    ]


def put_operator_totals(db: Database, operator_totals: OperatorTotals) -> None:
    """Store the operator's totals."""
    db.conn.execute(
        "update till set money = ?, minutes = ?, gigabytes = ?, points = ?",
        (
            kopecks(operator_totals.money),
            operator_totals.minutes,
            operator_totals.gigabytes,
            operator_totals.points,
        ),
    )


def operator_totals(db: Database) -> OperatorTotals:
    """The operator's totals."""
    kept, minutes, gigabytes, points = db.conn.execute(
        "select money, minutes, gigabytes, points from till"
    ).fetchone()
    return OperatorTotals(money(kept), minutes, gigabytes, points)


def add(db: Database, one: AnsweredOrder) -> None:
    """Store an order whose key is new."""
    db.conn.execute(
        "insert into placed_orders (key, number, subscriber, at, request, answer)"
        " values (?, ?, ?, ?, ?, ?)",
        (one.key, one.number, one.subscriber, micros(one.at), one.request, one.answer),
    )


def answer(db: Database, key: str) -> tuple[bool, str] | None:
    """Whether the order with this key was carried out, and its answer; None if there is none."""
    row = db.conn.execute(
        "select number is not null, answer from placed_orders where key = ?", (key,)
    ).fetchone()
    return None if row is None else (bool(row[0]), str(row[1]))


def last(db: Database) -> int:
    """The number of the newest order, 0 if there is none."""
    (number,) = db.conn.execute("select coalesce(max(number), 0) from placed_orders").fetchone()
    return int(number)
