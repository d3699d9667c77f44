"""What the effects of all orders are made of: refusal, charge and quote."""

from datetime import date
from decimal import Decimal
from typing import TypeAlias

from msgspec.structs import replace

from ari_app.selfcare.books import Account, Books
from ari_app.selfcare.orders import Quote, Reason

NOTHING = Decimal("0.00")

Effect: TypeAlias = tuple[Quote, Books]
"""What an order costs, and the books after it."""


class RefusedError(Exception):
    """The order is refused."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def charged(account: Account, charge: Decimal) -> Account:
    """An account after a charge, which must not make a debt; nothing can be taken in a debt."""
    if charge and account.balance < charge:
        raise RefusedError("too-little")
    return replace(account, balance=account.balance - charge)


def made_quote(books: Books, charge: Decimal, monthly: Decimal, since: date) -> Quote:
    return Quote(charge, monthly, since, books.catalogue.rules.currency)
