"""The vouchers of the demo operator's billing, by a hash of their numbers.

Empty where billing is elsewhere."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from ari_app.store.demo_accounts import kopecks, money
from ari_app.store.sqlite import Database


class StoredVoucher(Struct, frozen=True):
    """A voucher: what it is worth, and whether it was used."""

    id: str
    amount: Decimal
    used: bool = False


def add(db: Database, vouchers: Iterable[StoredVoucher]) -> None:
    """Add vouchers; one that is there stays as it is."""
    db.conn.executemany(
        "insert into vouchers (id, amount, used) values (?, ?, ?) on conflict (id) do nothing",
        [(one.id, kopecks(one.amount), one.used) for one in vouchers],
    )


def use(db: Database, id: str) -> None:
    """A voucher is used."""
    db.conn.execute("update vouchers set used = 1 where id = ?", (id,))


def vouchers(db: Database) -> list[StoredVoucher]:
    """All vouchers."""
    rows = db.conn.execute("select id, amount, used from vouchers order by id")
    return [StoredVoucher(id, money(amount), bool(used)) for id, amount, used in rows]
