"""What an order does to the books: the same arithmetic for a quote and for the order itself.

Where several reasons to refuse apply, the first in this order is returned: ``paused``; what the
order names (``self``, ``no-recipient``, ``no-such``); the state (``already``, ``not-on``); ``day``;
an amount below 1 (``too-little``) or above the most (``too-much``); what the account lacks
(``too-little``); ``changed``.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from ari_app.selfcare.billing import PausePeriod
from ari_app.selfcare.books import (
    Account,
    Books,
    TariffChange,
    monthly_fee,
    next_month,
)
from ari_app.selfcare.credit_effects import credit, quote_top_up
from ari_app.selfcare.effect import NOTHING, Effect, RefusedError, charged, made_quote
from ari_app.selfcare.orders import (
    BlockSim,
    Buy,
    BuyPacket,
    ChangeTariff,
    Completed,
    Give,
    Order,
    Pause,
    PromisePayment,
    Quote,
    Redeem,
    Refused,
    Resume,
    Sell,
    SwitchOff,
    SwitchOn,
    TopUp,
    UnblockSim,
)
from ari_app.selfcare.sim_effects import set_blocked
from ari_app.selfcare.transfer_effects import transfer

_ALSO_PAUSED = Pause | Resume | BlockSim | UnblockSim | TopUp
"""What is carried out also while the number is paused."""


def quote_order(books: Books, subscriber: int, order: Order, at: datetime) -> Quote | Refused:
    """What an order would cost; ``UnknownSubscriber``."""
    try:
        if isinstance(order, TopUp):
            books.account(subscriber, at.date())
            return quote_top_up(books, at.date())[0]
        return _apply(books, subscriber, order, at.date())[0]
    except RefusedError as refusal:
        return Refused(refusal.reason)


def apply_order(
    books: Books, subscriber: int, order: Order, agreed: Decimal, at: datetime
) -> tuple[Books, Completed | Refused]:
    """The books after an order, and the answer to it; refused, they are the same books."""
    try:
        quote, after = _apply(books, subscriber, order, at.date())
    except RefusedError as refusal:
        return books, Refused(refusal.reason)
    if quote.charge != agreed:
        return books, Refused("changed")
    number = books.last + 1
    return replace(after, last=number), Completed(str(number), at, quote)


def _apply(books: Books, subscriber: int, order: Order, today: date) -> Effect:
    """What an order costs and the books after it; the charge is already taken."""
    account = books.account(subscriber, today)
    if account.is_paused(today) and not isinstance(order, _ALSO_PAUSED):
        raise RefusedError("paused")
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
        case Give() | Sell() | Buy():
            return transfer(books, subscriber, account, order, today)
        case Redeem():
            return _redeem(books, subscriber, account, order, today)
        case BuyPacket() | TopUp():
            return credit(books, subscriber, account, order, today)
        case BlockSim() | UnblockSim():
            return set_blocked(books, subscriber, account, order, today)


def _change_tariff(
    books: Books, who: int, account: Account, order: ChangeTariff, today: date
) -> Effect:
    """To keep the tariff in force after all costs nothing."""
    catalogue = books.catalogue
    tariff = catalogue.tariffs.get(order.tariff)
    if tariff is None:
        raise RefusedError("no-such")
    if order.tariff == (account.next.tariff if account.next else account.tariff):
        raise RefusedError("already")
    since = next_month(today)
    kept = order.tariff == account.tariff
    change = None if kept else TariffChange(order.tariff, since)
    charge = NOTHING if kept else catalogue.rules.change_fee
    after = books.with_account(who, replace(charged(account, charge), next=change))
    more = tariff.fee - catalogue.tariffs[account.tariff].fee
    return made_quote(books, charge, more, since), after


def _switch_on(books: Books, who: int, account: Account, order: SwitchOn, today: date) -> Effect:
    """The fee of the month that has begun is taken at once."""
    service = books.catalogue.services.get(order.service)
    if service is None:
        raise RefusedError("no-such")
    if order.service in account.services:
        raise RefusedError("already")
    services = tuple(sorted((*account.services, order.service)))
    after = books.with_account(who, replace(charged(account, service.fee), services=services))
    return made_quote(books, service.fee, service.fee, next_month(today)), after


def _switch_off(books: Books, who: int, account: Account, order: SwitchOff, today: date) -> Effect:
    service = books.catalogue.services.get(order.service)
    if service is None:
        raise RefusedError("no-such")
    if order.service not in account.services:
        raise RefusedError("not-on")
    services = tuple(code for code in account.services if code != order.service)
    after = books.with_account(who, replace(account, services=services))
    return made_quote(books, NOTHING, -service.fee, next_month(today)), after


def _pause(books: Books, who: int, account: Account, order: Pause, today: date) -> Effect:
    rules = books.catalogue.rules
    if account.paused is not None:
        raise RefusedError("already")
    if not today <= order.since <= today + timedelta(days=rules.pause_ahead):
        raise RefusedError("day")
    months = _months(order.since, order.until)
    if order.until <= order.since or months > rules.pause_months:
        raise RefusedError("day")
    charge = months * rules.pause_fee
    paused = PausePeriod(order.since, order.until)
    after = books.with_account(who, replace(charged(account, charge), paused=paused))
    return made_quote(books, charge, -monthly_fee(account, books.catalogue), order.since), after


def _resume(books: Books, who: int, account: Account, today: date) -> Effect:
    """What was charged for the pause is not given back."""
    if account.paused is None:
        raise RefusedError("not-on")
    on = account.is_paused(today)
    after = books.with_account(who, replace(account, paused=None))
    more = monthly_fee(account, books.catalogue) if on else NOTHING
    return made_quote(books, NOTHING, more, today), after


def _promise(
    books: Books, who: int, account: Account, order: PromisePayment, today: date
) -> Effect:
    rules = books.catalogue.rules
    if account.promised is not None:
        raise RefusedError("already")
    debt = -account.balance
    if debt < rules.promise_least:
        raise RefusedError("not-on")
    if not today < order.until <= today + timedelta(days=rules.promise_days):
        raise RefusedError("day")
    if debt > rules.promise_most:
        raise RefusedError("too-much")
    after = books.with_account(who, replace(account, promised=order.until))
    return made_quote(books, NOTHING, NOTHING, today), after


def _redeem(books: Books, who: int, account: Account, order: Redeem, today: date) -> Effect:
    grant = books.catalogue.rewards.get(order.reward)
    if grant is None:
        raise RefusedError("no-such")
    points = grant.reward.points
    if account.points < points:
        raise RefusedError("too-little")
    won = replace(
        account,
        points=account.points - points,
        balance=account.balance + grant.money,
        minutes=account.minutes + grant.minutes,
        gigabytes=account.gigabytes + grant.gigabytes,
    )
    return made_quote(books, Decimal(points), NOTHING, today), books.with_account(who, won)


def _months(since: date, until: date) -> int:
    """How many months are begun from one day to before another."""
    whole = (until.year - since.year) * 12 + until.month - since.month
    return whole + (until.day > since.day)
