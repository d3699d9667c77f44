"""Bills for tests."""

from datetime import date
from decimal import Decimal

from ari_app.selfcare.billing import Bill, BillLine

NAMES = {"ru": "Домашний", "be": "Хатні", "en": "Home"}


def bill(month: int, vat: str, **lines: str) -> Bill:
    """A bill with these lines; ``home`` has names in all languages, the others in one."""
    charged = tuple(
        BillLine(NAMES if name == "home" else {"en": name}, Decimal(amount))
        for name, amount in lines.items()
    )
    total = sum((line.amount for line in charged), Decimal(vat))
    return Bill(date(2026, month, 1), total, Decimal(vat), charged)
