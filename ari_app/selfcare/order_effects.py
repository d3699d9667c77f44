"""What an order does to the books: arithmetic, for a quote and for the deed alike.

Where several reasons to refuse are true, the first in this order is told: ``paused``; what the
order names (``self``, ``no-recipient``, ``no-such``); the state (``already``, ``not-on``); ``day``;
an amount below 1 (``too-little``) or above the most (``too-much``); what the account lacks
(``too-little``); ``changed``.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from ari_app.selfcare.billing import Offer, Paused
from ari_app.selfcare.books import (
    Account,
    Books,
    Sale,
    TariffChange,
    left,
    monthly_fee,
    more,
    next_month,
)
from ari_app.selfcare.orders import (
    Buy,
    ChangeTariff,
    Give,
    Order,
    Pause,
    Placed,
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


def quoted(books: Books, subscriber: int, order: Order, at: datetime) -> Quote | Refused:
    """What an order would cost; ``UnknownSubscriber``."""
    try:
        return _done(books, subscriber, order, at.date())[0]
    except _No as no:
        return Refused(no.reason)


def carried_out(
    books: Books, subscriber: int, order: Order, agreed: Decimal, at: datetime
) -> tuple[Books, Placed | Refused]:
    """The books after an order, and the answer to it; refused, they are the same books."""
    try:
        quote, after = _done(books, subscriber, order, at.date())
    except _No as no:
        return books, Refused(no.reason)
    if quote.charge != agreed:
        return books, Refused("changed")
    number = books.last + 1
    return replace(after, last=number), Placed(str(number), at, quote)


class _No(Exception):  # noqa: N818 - an answer, not an error
    """The order is refused."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


_Done = tuple[Quote, Books]


def _done(books: Books, subscriber: int, order: Order, today: date) -> _Done:
    """What an order costs and the books after it; the charge is already taken."""
    account = books.account(subscriber, today)
    if account.is_paused(today) and not isinstance(order, Pause | Resume):
        raise _No("paused")
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
) -> _Done:
    """To keep the tariff in force after all costs nothing."""
    shelf = books.shelf
    tariff = shelf.tariffs.get(order.tariff)
    if tariff is None:
        raise _No("no-such")
    if order.tariff == (account.next.tariff if account.next else account.tariff):
        raise _No("already")
    since = next_month(today)
    kept = order.tariff == account.tariff
    change = None if kept else TariffChange(order.tariff, since)
    charge = _NOTHING if kept else shelf.rules.change_fee
    after = books.entered(who, replace(_charged(account, charge), next=change))
    return _quote(books, charge, tariff.fee - shelf.tariffs[account.tariff].fee, since), after


def _switch_on(books: Books, who: int, account: Account, order: SwitchOn, today: date) -> _Done:
    """The fee of the month that has begun is taken at once."""
    service = books.shelf.services.get(order.service)
    if service is None:
        raise _No("no-such")
    if order.service in account.services:
        raise _No("already")
    services = tuple(sorted((*account.services, order.service)))
    after = books.entered(who, replace(_charged(account, service.fee), services=services))
    return _quote(books, service.fee, service.fee, next_month(today)), after


def _switch_off(books: Books, who: int, account: Account, order: SwitchOff, today: date) -> _Done:
    service = books.shelf.services.get(order.service)
    if service is None:
        raise _No("no-such")
    if order.service not in account.services:
        raise _No("not-on")
    services = tuple(code for code in account.services if code != order.service)
    after = books.entered(who, replace(account, services=services))
    return _quote(books, _NOTHING, -service.fee, next_month(today)), after


def _pause(books: Books, who: int, account: Account, order: Pause, today: date) -> _Done:
    rules = books.shelf.rules
    if account.paused is not None:
        raise _No("already")
    if not today <= order.since <= today + timedelta(days=rules.pause_ahead):
        raise _No("day")
    months = _months(order.since, order.until)
    if order.until <= order.since or months > rules.pause_months:
        raise _No("day")
    charge = months * rules.pause_fee
    paused = Paused(order.since, order.until)
    after = books.entered(who, replace(_charged(account, charge), paused=paused))
    return _quote(books, charge, -monthly_fee(account, books.shelf), order.since), after


def _resume(books: Books, who: int, account: Account, today: date) -> _Done:
    """What was charged for the pause is not given back."""
    if account.paused is None:
        raise _No("not-on")
    on = account.is_paused(today)
    after = books.entered(who, replace(account, paused=None))
    return _quote(
        books, _NOTHING, monthly_fee(account, books.shelf) if on else _NOTHING, today
    ), after


def _promise(books: Books, who: int, account: Account, order: PromisePayment, today: date) -> _Done:
    rules = books.shelf.rules
    if account.promised is not None:
        raise _No("already")
    debt = -account.balance
    if debt < rules.promise_least:
        raise _No("not-on")
    if not today < order.until <= today + timedelta(days=rules.promise_days):
        raise _No("day")
    if debt > rules.promise_most:
        raise _No("too-much")
    after = books.entered(who, replace(account, promised=order.until))
    return _quote(books, _NOTHING, _NOTHING, today), after


def _give(books: Books, who: int, account: Account, order: Give, today: date) -> _Done:
    _may_part_with(books, who, account, order)
    after = books.entered(who, more(account, order.unit, -order.amount))
    given = more(books.account(order.recipient, today), order.unit, order.amount)
    return _quote(books, _NOTHING, _NOTHING, today), after.entered(order.recipient, given)


def _sell(books: Books, who: int, account: Account, order: Sell, today: date) -> _Done:
    """The offer has the number of the order; older ones that can be accepted no more are gone."""
    rules = books.shelf.rules
    if not order.price.is_finite() or order.price <= 0 or order.price % _KOPECK:
        raise _No("too-little")
    _may_part_with(books, who, account, order)
    sales = {number: sale for number, sale in books.sales.items() if today < sale.until}
    open_ones = sum(sale.offer.seller == who for sale in sales.values())
    if order.price > rules.price_most or open_ones >= rules.offers_most:
        raise _No("too-much")
    number = str(books.last + 1)
    offer = Offer(number, who, order.unit, order.amount, order.price, rules.currency)
    sales[number] = Sale(offer, order.recipient, today + timedelta(days=rules.offer_days))
    after = replace(books.entered(who, account), sales=sales)
    return _quote(books, _NOTHING, _NOTHING, today), after


def _buy(books: Books, who: int, account: Account, order: Buy, today: date) -> _Done:
    offer = next((one for one in books.offered(who, today) if one.number == order.offer), None)
    if offer is None:
        raise _No("no-such")
    bought = more(_charged(account, offer.price), offer.unit, offer.amount)
    seller = more(books.account(offer.seller, today), offer.unit, -offer.amount)
    after = books.entered(who, bought).entered(
        offer.seller, replace(seller, balance=seller.balance + offer.price)
    )
    sales = {number: sale for number, sale in books.sales.items() if number != offer.number}
    return _quote(books, offer.price, _NOTHING, today), replace(after, sales=sales)


def _redeem(books: Books, who: int, account: Account, order: Redeem, today: date) -> _Done:
    prize = books.shelf.prizes.get(order.reward)
    if prize is None:
        raise _No("no-such")
    points = prize.reward.points
    if account.points < points:
        raise _No("too-little")
    won = replace(
        account,
        points=account.points - points,
        balance=account.balance + prize.money,
        minutes=account.minutes + prize.minutes,
        gigabytes=account.gigabytes + prize.gigabytes,
    )
    return _quote(books, Decimal(points), _NOTHING, today), books.entered(who, won)


def _may_part_with(books: Books, who: int, account: Account, order: Give | Sell) -> None:
    """Whether somebody may give or sell to another what the order says."""
    rules = books.shelf.rules
    if order.recipient == who:
        raise _No("self")
    if order.recipient not in books.accounts:
        raise _No("no-recipient")
    if order.amount < 1:
        raise _No("too-little")
    most = rules.minutes_most if order.unit == "minutes" else rules.gigabytes_most
    if order.amount > most:
        raise _No("too-much")
    if left(account, order.unit) < order.amount:
        raise _No("too-little")


def _charged(account: Account, charge: Decimal) -> Account:
    """An account after a charge, which must not make a debt; nothing can be taken in a debt."""
    if charge and account.balance < charge:
        raise _No("too-little")
    return replace(account, balance=account.balance - charge)


def _quote(books: Books, charge: Decimal, monthly: Decimal, since: date) -> Quote:
    return Quote(charge, monthly, since, books.shelf.rules.currency)


def _months(since: date, until: date) -> int:
    """How many months are begun from one day to before another."""
    whole = (until.year - since.year) * 12 + until.month - since.month
    return whole + (until.day > since.day)
