"""What gifts, offers and purchases between subscribers do to the books."""

from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from ari_app.selfcare.billing import Offer
from ari_app.selfcare.books import Account, Books, OpenOffer, remaining, with_more
from ari_app.selfcare.effect import NOTHING, Effect, RefusedError, charged, made_quote
from ari_app.selfcare.orders import Buy, Give, Sell

_KOPECK = Decimal("0.01")


def transfer(
    books: Books, who: int, account: Account, order: Give | Sell | Buy, today: date
) -> Effect:
    """The effect of a gift, an offer or a purchase; :class:`RefusedError`."""
    match order:
        case Give():
            return _give(books, who, account, order, today)
        case Sell():
            return _sell(books, who, account, order, today)
        case Buy():
            return _buy(books, who, account, order, today)


def _give(books: Books, who: int, account: Account, order: Give, today: date) -> Effect:
    _check_transfer(books, who, account, order)
    after = books.with_account(who, with_more(account, order.unit, -order.amount))
    given = with_more(books.account(order.recipient, today), order.unit, order.amount)
    return made_quote(books, NOTHING, NOTHING, today), after.with_account(order.recipient, given)


def _sell(books: Books, who: int, account: Account, order: Sell, today: date) -> Effect:
    """The offer gets the number of the order; expired offers are removed."""
    rules = books.catalogue.rules
    if not order.price.is_finite() or order.price <= 0 or order.price % _KOPECK:
        raise RefusedError("too-little")
    _check_transfer(books, who, account, order)
    offers = {number: sale for number, sale in books.offers.items() if today < sale.until}
    open_ones = sum(sale.offer.seller == who for sale in offers.values())
    if order.price > rules.price_most or open_ones >= rules.offers_most:
        raise RefusedError("too-much")
    number = str(books.last + 1)
    offer = Offer(number, who, order.unit, order.amount, order.price, rules.currency)
    offers[number] = OpenOffer(offer, order.recipient, today + timedelta(days=rules.offer_days))
    after = replace(books.with_account(who, account), offers=offers)
    return made_quote(books, NOTHING, NOTHING, today), after


def _buy(books: Books, who: int, account: Account, order: Buy, today: date) -> Effect:
    offer = next((one for one in books.offers_to(who, today) if one.number == order.offer), None)
    if offer is None:
        raise RefusedError("no-such")
    bought = with_more(charged(account, offer.price), offer.unit, offer.amount)
    seller = with_more(books.account(offer.seller, today), offer.unit, -offer.amount)
    after = books.with_account(who, bought).with_account(
        offer.seller, replace(seller, balance=seller.balance + offer.price)
    )
    offers = {number: sale for number, sale in books.offers.items() if number != offer.number}
    return made_quote(books, offer.price, NOTHING, today), replace(after, offers=offers)


def _check_transfer(books: Books, who: int, account: Account, order: Give | Sell) -> None:
    """Raise unless a subscriber may give or sell to another what the order says."""
    rules = books.catalogue.rules
    if order.recipient == who:
        raise RefusedError("self")
    if order.recipient not in books.accounts:
        raise RefusedError("no-recipient")
    if order.amount < 1:
        raise RefusedError("too-little")
    most = rules.minutes_most if order.unit == "minutes" else rules.gigabytes_most
    if order.amount > most:
        raise RefusedError("too-much")
    if remaining(account, order.unit) < order.amount:
        raise RefusedError("too-little")
