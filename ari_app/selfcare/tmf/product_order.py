"""Orders and quotes of ours as those of TM Forum, there and back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias, get_args

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
    Reason,
    Redeem,
    Refused,
    Resume,
    Sell,
    SwitchOff,
    SwitchOn,
    TopUp,
    UnblockSim,
    Unit,
)
from ari_app.selfcare.tmf import resources as tmf
from ari_app.selfcare.tmf.from_tmf import aware, money, needed, unit
from ivr.secret import Secret

POINTS = "points"
"""The unit of a charge in loyalty points."""

_REASONS: Mapping[str, Reason] = {reason: reason for reason in get_args(Reason)}


def refused(code: str) -> Refused | None:
    """The refusal that a billing system gives by its code; None if we do not know the code."""
    reason = _REASONS.get(code)
    return Refused(reason) if reason else None


_Coded: TypeAlias = ChangeTariff | SwitchOn | SwitchOff | Redeem | BuyPacket
_Plain: TypeAlias = Resume | BlockSim | UnblockSim

_OF_CODE: Mapping[tuple[tmf.Action, str], type[_Coded]] = {
    ("modify", "tariff"): ChangeTariff,
    ("add", "service"): SwitchOn,
    ("delete", "service"): SwitchOff,
    ("add", "reward"): Redeem,
    ("add", "packet"): BuyPacket,
}
"""Action and kind of a product -> the order that is about a product by its code."""

_PLAIN: Mapping[tuple[tmf.Action, str], type[_Plain]] = {
    ("delete", "pause"): Resume,
    ("add", "sim-block"): BlockSim,
    ("delete", "sim-block"): UnblockSim,
}
"""Likewise -> the order that says nothing more."""

_WHAT: Mapping[type[Order], tuple[tmf.Action, str]] = {
    **{order: what for what, order in _OF_CODE.items()},
    **{order: what for what, order in _PLAIN.items()},
}


def item(order: Order) -> tmf.Item:
    """What an order is about."""
    match order:
        case ChangeTariff(code) | SwitchOn(code) | SwitchOff(code) | Redeem(code) | BuyPacket(code):
            return _item(*_WHAT[type(order)], code)
        case Pause(since, until):
            return _item("add", "pause", term=tmf.Period(moment(since), moment(until)))
        case PromisePayment(until):
            return _item("add", "promised-payment", term=tmf.Period(None, moment(until)))
        case Give(recipient, kind, amount):
            return _item(
                "add", "gift", said={"recipient": recipient, "unit": kind, "amount": amount}
            )
        case Sell(recipient, kind, amount, price):
            sale = {"recipient": recipient, "unit": kind, "amount": amount, "price": str(price)}
            return _item("add", "sale", said=sale)
        case Buy(number):
            return _item("add", "purchase", said={"offer": number})
        case TopUp(voucher):
            return _item("add", "top-up", said={"voucher": voucher.reveal()})
        case Resume() | BlockSim() | UnblockSim():
            return _item(*_WHAT[type(order)])


def ordered(one: tmf.Item) -> Order:
    """The order that an item is about; a ``ValueError`` if we know none such."""
    said = one.product.product_characteristic
    what = (one.action, one.product.product_specification.id)
    if coded := _OF_CODE.get(what):
        return coded(one.product_offering.id)
    if plain := _PLAIN.get(what):
        return plain()
    match what:
        case "add", "pause":
            return Pause(_day(_term(one).start_date_time), _day(_term(one).end_date_time))
        case "add", "promised-payment":
            return PromisePayment(_day(_term(one).end_date_time))
        case "add", "gift":
            return Give(*_given(said))
        case "add", "sale":
            return Sell(*_given(said), Decimal(needed(said, "price")))
        case "add", "top-up":
            return TopUp(Secret(needed(said, "voucher")))
        case "add", "purchase":
            return Buy(needed(said, "offer"))
        case action, kind:
            raise ValueError(f"nothing that we order: {action} {kind}")


def quote_request(subscriber: int, order: Order) -> tmf.Quote:
    """The question what an order would cost."""
    return tmf.Quote((item(order),), instant_sync_quote=True, related_party=_customer(subscriber))


def order_request(
    subscriber: int, order: Order, agreed: Decimal, key: str, own: str
) -> tmf.ProductOrder:
    """An order, with what the subscriber agreed to be charged, in the currency ``own``."""
    currency = POINTS if isinstance(order, Redeem) else own
    return tmf.ProductOrder(
        (item(order),),
        external_id=key,
        order_total_price=(price("oneTime", agreed, currency),),
        related_party=_customer(subscriber),
    )


def quoted(answer: tmf.Quote | tmf.ProductOrder, own: str) -> Quote:
    """What an order costs, out of a quote or out of the order itself; ``own`` is the operator's
    currency, of what is paid with points."""
    if isinstance(answer, tmf.Quote):
        items, prices = answer.quote_item, answer.quote_total_price
    else:
        items, prices = answer.product_order_item, answer.order_total_price
    charge, currency = money(prices, "oneTime")
    monthly = Decimal(0)
    if any(one.price_type == "recurring" for one in prices):
        monthly, currency = money(prices, "recurring")
    start = items[0].product.start_date if items else None
    return Quote(charge, monthly, _day(start), own if currency == POINTS else currency)


def placed(answer: tmf.ProductOrder, own: str) -> Completed:
    """An order that was carried out."""
    if answer.completion_date is None:
        raise ValueError(f"order {answer.id} is completed at no moment")
    return Completed(answer.id, aware(answer.completion_date), quoted(answer, own))


def subscriber(answer: tmf.Quote | tmf.ProductOrder) -> int:
    """Whose quote or order it is."""
    return int(next((one.id for one in answer.related_party if one.role == "customer"), ""))


def price(kind: str, amount: Decimal, currency: str) -> tmf.Price:
    """A price, which is monthly if it is ``recurring``."""
    period = "month" if kind == "recurring" else ""
    return tmf.Price(tmf.Amounts(tmf.Money(currency, amount)), kind, period)


def moment(day: date) -> datetime:
    """The beginning of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _item(
    action: tmf.Action,
    kind: str,
    code: str = "",
    term: tmf.Period | None = None,
    said: Mapping[str, str | int] = {},
) -> tmf.Item:
    product = tmf.Product(
        product_specification=tmf.Ref(kind),
        product_characteristic=[tmf.Characteristic(*pair) for pair in said.items()],
        product_term=(tmf.Term(kind, term),) if term else (),
    )
    return tmf.Item(action, product, product_offering=tmf.Ref(code))


def _customer(subscriber: int) -> tuple[tmf.Ref]:
    return (tmf.Ref(str(subscriber), role="customer"),)


def _term(one: tmf.Item) -> tmf.Period:
    if not one.product.product_term:
        raise ValueError("an order without its days")
    return one.product.product_term[0].valid_for


def _day(start: datetime | None) -> date:
    if start is None:
        raise ValueError("a day is missing")
    return start.date()


def _given(said: Sequence[tmf.Characteristic]) -> tuple[int, Unit, int]:
    return int(needed(said, "recipient")), unit(said), int(needed(said, "amount"))
