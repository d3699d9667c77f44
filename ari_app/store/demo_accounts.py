"""The demo operator's billing: tariffs, services, accounts and payments.

Where billing is elsewhere these tables stay empty: balances are never stored. Money is stored as a
whole number of kopecks (minor units) and is a ``Decimal`` everywhere else.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from msgspec import Struct, json

from ari_app.store.sqlite import Database

Names = Mapping[str, str]
"""A name per language: ``{"ru": "Домашний", "be": "Хатні", "en": "Home"}``."""

_KOPECK = Decimal("0.01")
_MOST = Decimal(2**63 - 1).scaleb(-2)  # what SQLite's INTEGER can hold


class TariffPlan(Struct, frozen=True):
    """A tariff: ``fee`` a month includes ``minutes`` and ``gigabytes``; ``code`` is keyed."""

    id: str
    names: Names
    fee: Decimal
    minutes: int
    gigabytes: int
    code: str


class ServiceOffer(Struct, frozen=True):
    """A service that can be switched on for ``fee`` a month; ``code`` is keyed."""

    id: str
    names: Names
    fee: Decimal
    code: str


class Account(Struct, frozen=True):
    """A subscriber's money, tariff and services, the latter two by id.

    ``minutes`` and ``gigabytes`` are what is left in ``month``, ``next_tariff`` is in force from
    ``next_since`` on, and payment is ``promised`` until a day. ``blocked`` and ``puk`` are of the
    SIM card.
    """

    subscriber: int
    balance: Decimal
    tariff: str
    services: tuple[str, ...]
    minutes: int = 0
    gigabytes: int = 0
    month: date = date.min
    points: int = 0
    next_tariff: str | None = None
    next_since: date | None = None
    paused_since: date | None = None
    paused_until: date | None = None
    promised: date | None = None
    blocked: bool = False
    puk: str = ""


class Payment(Struct, frozen=True):
    """Money that a subscriber paid in."""

    subscriber: int
    day: date
    amount: Decimal


def kopecks(amount: Decimal) -> int:
    """An amount as it is stored; one that is no whole number of kopecks is a ``ValueError``."""
    try:
        whole = amount.quantize(_KOPECK)
        fits = whole == amount and abs(whole) <= _MOST
    except InvalidOperation:
        fits = False
    if not fits:
        raise ValueError(f"{amount} is no amount in whole kopecks that can be stored")
    return int(whole.scaleb(2))


def money(kept: int) -> Decimal:
    """The amount that ``kopecks`` made ``kept`` of, with two decimal places."""
    return Decimal(kept).scaleb(-2)


def add_tariffs(db: Database, tariffs: Iterable[TariffPlan]) -> None:
    """Add tariffs; one whose id is there stays as it is."""
    db.conn.executemany(
        "insert into tariffs (id, names, fee, minutes, gigabytes, code) values (?, ?, ?, ?, ?, ?)"
        " on conflict (id) do nothing",
        [
            (one.id, _json(one.names), kopecks(one.fee), one.minutes, one.gigabytes, one.code)
            for one in tariffs
        ],
    )


def add_services(db: Database, services: Iterable[ServiceOffer]) -> None:
    """Add services; one whose id is there stays as it is."""
    db.conn.executemany(
        "insert into services (id, names, fee, code) values (?, ?, ?, ?)"
        " on conflict (id) do nothing",
        [(one.id, _json(one.names), kopecks(one.fee), one.code) for one in services],
    )


def add_accounts(db: Database, accounts: Iterable[Account]) -> None:
    """Open accounts for known subscribers who have none."""
    for one in accounts:
        db.conn.execute(
            "insert into accounts (subscriber, balance, tariff) values (?, ?, ?)",
            (one.subscriber, kopecks(one.balance), one.tariff),
        )
        put(db, one)


def put(db: Database, one: Account) -> None:
    """Store the present state of an existing account."""
    db.conn.execute(
        "update accounts set balance = ?, tariff = ?, minutes = ?, gigabytes = ?, month = ?,"
        " points = ?, next_tariff = ?, next_since = ?, paused_since = ?, paused_until = ?,"
        " promised = ?, blocked = ?, puk = ? where subscriber = ?",
        (
            kopecks(one.balance),
            one.tariff,
            one.minutes,
            one.gigabytes,
            one.month.isoformat(),
            one.points,
            one.next_tariff,
            _iso(one.next_since),
            _iso(one.paused_since),
            _iso(one.paused_until),
            _iso(one.promised),
            one.blocked,
            one.puk,
            one.subscriber,
        ),
    )
    db.conn.execute("delete from account_services where subscriber = ?", (one.subscriber,))
    db.conn.executemany(
        "insert into account_services (subscriber, service) values (?, ?)",
        [(one.subscriber, service) for service in one.services],
    )


def add_payments(db: Database, payments: Iterable[Payment]) -> None:
    """Add payments; the balance is not changed."""
    db.conn.executemany(
        "insert into payments (subscriber, day, amount) values (?, ?, ?)",
        [(one.subscriber, one.day.isoformat(), kopecks(one.amount)) for one in payments],
    )


def tariffs(db: Database) -> list[TariffPlan]:
    """All tariffs."""
    rows = db.conn.execute(
        "select id, names, fee, minutes, gigabytes, code from tariffs order by id"
    )
    return [
        TariffPlan(id, _names(names), money(fee), minutes, gigabytes, code)
        for id, names, fee, minutes, gigabytes, code in rows
    ]


def services(db: Database) -> list[ServiceOffer]:
    """All services."""
    rows = db.conn.execute("select id, names, fee, code from services order by id")
    return [ServiceOffer(id, _names(names), money(fee), code) for id, names, fee, code in rows]


def accounts(db: Database) -> list[Account]:
    """All accounts."""
    active: dict[int, list[str]] = {}
    for subscriber, service in db.conn.execute(
        "select subscriber, service from account_services order by subscriber, service"
    ):
        active.setdefault(subscriber, []).append(service)
    rows = db.conn.execute(
        "select subscriber, balance, tariff, minutes, gigabytes, month, points, next_tariff,"
        " next_since, paused_since, paused_until, promised, blocked, puk from accounts"
        " order by subscriber"
    )
    return [
        Account(
            subscriber,
            money(balance),
            tariff,
            tuple(active.get(subscriber, ())),
            minutes,
            gigabytes,
            date.fromisoformat(month),
            points,
            later,
            _day(since),
            _day(paused_since),
            _day(paused_until),
            _day(promised),
            bool(blocked),
            puk,
        )
        for (
            subscriber,
            balance,
            tariff,
            minutes,
            gigabytes,
            month,
            points,
            later,
            since,
            paused_since,
            paused_until,
            promised,
            blocked,
            puk,
        ) in rows
    ]


def payments(db: Database) -> list[Payment]:
    """All payments, the newest first."""
    rows = db.conn.execute(
        "select subscriber, day, amount from payments order by day desc, id desc"
    )
    return [
        Payment(subscriber, date.fromisoformat(day), money(amount))
        for subscriber, day, amount in rows
    ]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(kept: str | None) -> date | None:
    return None if kept is None else date.fromisoformat(kept)


def _json(names: Names) -> str:
    return json.encode(names).decode()


def _names(kept: str) -> Names:
    return json.decode(kept, type=dict[str, str])
