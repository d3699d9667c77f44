"""What orders about the SIM card do to the books."""

from datetime import date

from msgspec.structs import replace

from ari_app.selfcare.books import Account, Books
from ari_app.selfcare.effect import NOTHING, Effect, RefusedError, made_quote
from ari_app.selfcare.orders import BlockSim, UnblockSim


def set_blocked(
    books: Books, who: int, account: Account, order: BlockSim | UnblockSim, today: date
) -> Effect:
    """The SIM card is blocked, or no longer, for nothing, whatever else is so."""
    blocked = isinstance(order, BlockSim)
    if account.blocked == blocked:
        raise RefusedError("already" if blocked else "not-on")
    after = books.with_account(who, replace(account, blocked=blocked))
    return made_quote(books, NOTHING, NOTHING, today), after
