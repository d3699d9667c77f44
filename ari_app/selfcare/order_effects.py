"""What an order does to the books: the same arithmetic for a quote and for the order itself.

Where several reasons to refuse apply, the first in this order is returned: ``paused``; what the
order names (``self``, ``no-recipient``, ``no-such``); the state (``already``, ``not-on``); ``day``;
an amount below 1 (``too-little``) or above the most (``too-much``); what the account lacks
(``too-little``); ``changed``.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from ari_app.selfcare.billing import Offer, PausePeriod
from ari_app.selfcare.books import (
    Account,
    Books,
    OpenOffer,
    TariffChange,
    monthly_fee,
    next_month,
    remaining,
    with_more,
)
from ari_app.selfcare.orders import (
    Buy,
    ChangeTariff,
    Completed,
    Give,
    Order,
    Pause,
    PromisePayment,
    Quote,
    Reason,
    Redeem,
    Refused,
    Resume,
    Sell,
    SwitchOff,
    SwitchOn,
)

_KOPECK = Decimal("0.01")
_NOTHING = Decimal("0.00")


def quote_order(books: Books, subscriber: int, order: Order, at: datetime) -> Quote | Refused:
    """What an order would cost; ``UnknownSubscriber``."""
    try:
        return _apply(books, subscriber, order, at.date())[0]
    except _RefusedError as refusal:
        return Refused(refusal.reason)


def apply_order(
    books: Books, subscriber: int, order: Order, agreed: Decimal, at: datetime
) -> tuple[Books, Completed | Refused]:
    """The books after an order, and the answer to it; refused, they are the same books."""
    try:
        quote, after = _apply(books, subscriber, order, at.date())
    except _RefusedError as refusal:
        return books, Refused(refusal.reason)
    if quote.charge != agreed:
        return books, Refused("changed")
    number = books.last + 1
    return replace(after, last=number), Completed(str(number), at, quote)


class _RefusedError(Exception):
    """The order is refused."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


_Effect = tuple[Quote, Books]


def _apply(books: Books, subscriber: int, order: Order, today: date) -> _Effect:
    """What an order costs and the books after it; the charge is already taken."""
    account = books.account(subscriber, today)
    if account.is_paused(today) and not isinstance(order, Pause | Resume):
        raise _RefusedError("paused")
    match order:
        case ChangeTariff():
            return _change_tariff(books, subscriber, account, order, today)
        case SwitchOn():
            return _switch_on(books, subscriber, account, order, today)
        case SwitchOff():
            return _switch_off(books, subscriber, account, order, today)
        case Pause():
            return _pause(books, subscriber, account, order, today)
        case Resume():
            return _resume(books, subscriber, account, today)
        case PromisePayment():
            return _promise(books, subscriber, account, order, today)
        case Give():
            return _give(books, subscriber, account, order, today)
        case Sell():
            return _sell(books, subscriber, account, order, today)
        case Buy():
            return _buy(books, subscriber, account, order, today)
        case Redeem():
            return _redeem(books, subscriber, account, order, today)


def _change_tariff(
    books: Books, who: int, account: Account, order: ChangeTariff, today: date
) -> _Effect:
    """To keep the tariff in force after all costs nothing."""
    catalogue = books.catalogue
    tariff = catalogue.tariffs.get(order.tariff)
    if tariff is None:
        raise _RefusedError("no-such")
    if order.tariff == (account.next.tariff if account.next else account.tariff):
        raise _RefusedError("already")
    since = next_month(today)
    kept = order.tariff == account.tariff
    change = None if kept else TariffChange(order.tariff, since)
    charge = _NOTHING if kept else catalogue.rules.change_fee
    after = books.with_account(who, replace(_charged(account, charge), next=change))
    return _quote(books, charge, tariff.fee - catalogue.tariffs[account.tariff].fee, since), after


def _switch_on(books: Books, who: int, account: Account, order: SwitchOn, today: date) -> _Effect:
    """The fee of the month that has begun is taken at once."""
    service = books.catalogue.services.get(order.service)
    if service is None:
        raise _RefusedError("no-such")
    if order.service in account.services:
        raise _RefusedError("already")
    services = tuple(sorted((*account.services, order.service)))
    after = books.with_account(who, replace(_charged(account, service.fee), services=services))
    return _quote(books, service.fee, service.fee, next_month(today)), after


def _switch_off(books: Books, who: int, account: Account, order: SwitchOff, today: date) -> _Effect:
    service = books.catalogue.services.get(order.service)
    if service is None:
        raise _RefusedError("no-such")
    if order.service not in account.services:
        raise _RefusedError("not-on")
    services = tuple(code for code in account.services if code != order.service)
    after = books.with_account(who, replace(account, services=services))
    return _quote(books, _NOTHING, -service.fee, next_month(today)), after


def _pause(books: Books, who: int, account: Account, order: Pause, today: date) -> _Effect:
    rules = books.catalogue.rules
    if account.paused is not None:
        raise _RefusedError("already")
    if not today <= order.since <= today + timedelta(days=rules.pause_ahead):
        raise _RefusedError("day")
    months = _months(order.since, order.until)
    if order.until <= order.since or months > rules.pause_months:
        raise _RefusedError("day")
    charge = months * rules.pause_fee
    paused = PausePeriod(order.since, order.until)
    after = books.with_account(who, replace(_charged(account, charge), paused=paused))
    return _quote(books, charge, -monthly_fee(account, books.catalogue), order.since), after


def _resume(books: Books, who: int, account: Account, today: date) -> _Effect:
    """What was charged for the pause is not given back."""
    if account.paused is None:
        raise _RefusedError("not-on")
    on = account.is_paused(today)
    after = books.with_account(who, replace(account, paused=None))
    return _quote(
        books, _NOTHING, monthly_fee(account, books.catalogue) if on else _NOTHING, today
    ), after


def _promise(
    books: Books, who: int, account: Account, order: PromisePayment, today: date
) -> _Effect:
    rules = books.catalogue.rules
    if account.promised is not None:
        raise _RefusedError("already")
    debt = -account.balance
    if debt < rules.promise_least:
        raise _RefusedError("not-on")
    if not today < order.until <= today + timedelta(days=rules.promise_days):
        raise _RefusedError("day")
    if debt > rules.promise_most:
        raise _RefusedError("too-much")
    after = books.with_account(who, replace(account, promised=order.until))
    return _quote(books, _NOTHING, _NOTHING, today), after


def _give(books: Books, who: int, account: Account, order: Give, today: date) -> _Effect:
    _check_transfer(books, who, account, order)
    after = books.with_account(who, with_more(account, order.unit, -order.amount))
    given = with_more(books.account(order.recipient, today), order.unit, order.amount)
    return _quote(books, _NOTHING, _NOTHING, today), after.with_account(order.recipient, given)


def _sell(books: Books, who: int, account: Account, order: Sell, today: date) -> _Effect:
    """The offer gets the number of the order; expired offers are removed."""
    rules = books.catalogue.rules
    if not order.price.is_finite() or order.price <= 0 or order.price % _KOPECK:
        raise _RefusedError("too-little")
    _check_transfer(books, who, account, order)
    offers = {number: sale for number, sale in books.offers.items() if today < sale.until}
    open_ones = sum(sale.offer.seller == who for sale in offers.values())
    if order.price > rules.price_most or open_ones >= rules.offers_most:
        raise _RefusedError("too-much")
    number = str(books.last + 1)
    offer = Offer(number, who, order.unit, order.amount, order.price, rules.currency)
    offers[number] = OpenOffer(offer, order.recipient, today + timedelta(days=rules.offer_days))
    after = replace(books.with_account(who, account), offers=offers)
    return _quote(books, _NOTHING, _NOTHING, today), after


def _buy(books: Books, who: int, account: Account, order: Buy, today: date) -> _Effect:
    offer = next((one for one in books.offers_to(who, today) if one.number == order.offer), None)
    if offer is None:
        raise _RefusedError("no-such")
    bought = with_more(_charged(account, offer.price), offer.unit, offer.amount)
    seller = with_more(books.account(offer.seller, today), offer.unit, -offer.amount)
    after = books.with_account(who, bought).with_account(
        offer.seller, replace(seller, balance=seller.balance + offer.price)
    )
    offers = {number: sale for number, sale in books.offers.items() if number != offer.number}
    return _quote(books, offer.price, _NOTHING, today), replace(after, offers=offers)


def _redeem(books: Books, who: int, account: Account, order: Redeem, today: date) -> _Effect:
    grant = books.catalogue.rewards.get(order.reward)
    if grant is None:
        raise _RefusedError("no-such")
    points = grant.reward.points
    if account.points < points:
        raise _RefusedError("too-little")
    won = replace(
        account,
        points=account.points - points,
        balance=account.balance + grant.money,
        minutes=account.minutes + grant.minutes,
        gigabytes=account.gigabytes + grant.gigabytes,
    )
    return _quote(books, Decimal(points), _NOTHING, today), books.with_account(who, won)


def _check_transfer(books: Books, who: int, account: Account, order: Give | Sell) -> None:
    """Raise unless a subscriber may give or sell to another what the order says."""
    rules = books.catalogue.rules
    if order.recipient == who:
        raise _RefusedError("self")
    if order.recipient not in books.accounts:
        raise _RefusedError("no-recipient")
    if order.amount < 1:
        raise _RefusedError("too-little")
    most = rules.minutes_most if order.unit == "minutes" else rules.gigabytes_most
    if order.amount > most:
        raise _RefusedError("too-much")
    if remaining(account, order.unit) < order.amount:
        raise _RefusedError("too-little")


def _charged(account: Account, charge: Decimal) -> Account:
    """An account after a charge, which must not make a debt; nothing can be taken in a debt."""
    if charge and account.balance < charge:
        raise _RefusedError("too-little")
    return replace(account, balance=account.balance - charge)


def _quote(books: Books, charge: Decimal, monthly: Decimal, since: date) -> Quote:
    return Quote(charge, monthly, since, books.catalogue.rules.currency)


def _months(since: date, until: date) -> int:
    """How many months are begun from one day to before another."""
    whole = (until.year - since.year) * 12 + until.month - since.month
    return whole + (until.day > since.day)
