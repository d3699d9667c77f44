"""The values of self-service as TM Forum's resources, for a server of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from ari_app.selfcare.billing import (
    Allowance,
    Balance,
    Bill,
    Charge,
    Names,
    Offer,
    Packet,
    PausePeriod,
    Payment,
    Reward,
    Roaming,
    Service,
    Sim,
    Tariff,
)
from ari_app.selfcare.orders import Completed, Order, Quote, Redeem
from ari_app.selfcare.tmf import resources as tmf
from ari_app.selfcare.tmf.from_tmf import SELLER
from ari_app.selfcare.tmf.product_order import POINTS, item, moment, price


def buckets(balance: Balance, left: Allowance) -> list[tmf.Bucket]:
    """Money, minutes and gigabytes."""
    return [
        _bucket("monetary", balance.amount, balance.currency),
        _bucket("voice", Decimal(left.minutes), "minutes"),
        _bucket("data", Decimal(left.gigabytes), "GB"),
    ]


def products(
    tariff: Tariff, on: list[Service], paused: PausePeriod | None, card: Sim, today: datetime
) -> list[tmf.Product]:
    """What a subscriber has; a pause is a term of the tariff, the SIM card a product of its own."""
    off = bool(paused and moment(paused.since) <= today)
    status = "suspended" if off else "active"
    period = tmf.Period(moment(paused.since), moment(paused.until)) if paused else None
    terms = (tmf.Term("pause", period),) if period else ()
    return [
        _product(tariff, "tariff", status, (*_names(tariff.names), *_included(tariff)), terms),
        *(_product(one, "service", status, tuple(_names(one.names))) for one in on),
        _sim(card),
    ]


def tariff(one: Tariff) -> tmf.Offering:
    """A tariff of the catalogue."""
    said = (*_names(one.names), *_included(one))
    return _offering(one.code, "tariff", one.names, said, tmf.Money(one.currency, one.fee))


def service(one: Service) -> tmf.Offering:
    """A service of the catalogue."""
    said = tuple(_names(one.names))
    return _offering(one.code, "service", one.names, said, tmf.Money(one.currency, one.fee))


def promise(days: int) -> tmf.Offering:
    """For how many days a payment can be put off."""
    said = (tmf.Characteristic("days", days),)
    return _offering("promised-payment", "promised-payment", {}, said, None)


def reward(one: Reward) -> tmf.Offering:
    """A reward of the catalogue."""
    points = tmf.Money(POINTS, Decimal(one.points))
    return _offering(one.code, "reward", one.names, tuple(_names(one.names)), points)


def packet(one: Packet) -> tmf.Offering:
    """A packet of data of the catalogue."""
    said = (*_names(one.names), tmf.Characteristic("gigabytes", one.gigabytes))
    return _offering(one.code, "packet", one.names, said, tmf.Money(one.currency, one.price))


def roaming(one: Roaming) -> tmf.Offering:
    """The prices in a country, as an offering; its price is a minute's."""
    said = (
        *_names(one.names),
        tmf.Characteristic("message", str(one.message)),
        tmf.Characteristic("megabyte", str(one.megabyte)),
    )
    return _offering(one.code, "roaming", one.names, said, tmf.Money(one.currency, one.minute))


def loyalty(points: int) -> tmf.LoyaltyAccount:
    """The loyalty account of a subscriber."""
    return tmf.LoyaltyAccount((tmf.LoyaltyBalance(tmf.Quantity(Decimal(points), POINTS)),))


def payment(one: Payment) -> tmf.Payment:
    """A payment."""
    return tmf.Payment(moment(one.day), tmf.Money(one.currency, one.amount))


def bill(subscriber: int, one: Bill) -> tmf.CustomerBill:
    """A bill; its id says whose it is and of which month."""
    return tmf.CustomerBill(
        f"{subscriber}-{one.month:%Y-%m}",
        tmf.Period(moment(one.month)),
        tmf.Money(one.currency, one.total),
        (tmf.TaxItem(tmf.Money(one.currency, one.vat)),),
    )


def rates(id: str, one: Bill) -> list[tmf.BillingRate]:
    """The lines of a bill."""
    return [
        tmf.BillingRate(
            tmf.Ref(id),
            tmf.Money(one.currency, line.amount),
            _name(line.names),
            tuple(_names(line.names)),
        )
        for line in one.lines
    ]


def usage(one: Charge) -> tmf.Usage:
    """A use that was charged for."""
    said = (
        *_names(one.names),
        tmf.Characteristic("number", one.number),
        tmf.Characteristic("duration", one.seconds),
    )
    rated = (tmf.RatedUsage(tmf.Money(one.currency, one.amount)),)
    return tmf.Usage(one.at, _name(one.names), rated, said)


def offer(subscriber: int, one: Offer) -> tmf.Quote:
    """What another subscriber would sell: a quote that waits for an answer."""
    said = (tmf.Characteristic("unit", one.unit), tmf.Characteristic("amount", one.amount))
    product = tmf.Product(product_specification=tmf.Ref("sale"), product_characteristic=said)
    return tmf.Quote(
        (tmf.Item("add", product),),
        one.number,
        tmf.TRANSFER,
        "pending",
        quote_total_price=(price("oneTime", one.price, one.currency),),
        related_party=(
            tmf.Ref(str(one.seller), role=SELLER),
            tmf.Ref(str(subscriber), role="customer"),
        ),
    )


def quote(order: Order, one: Quote) -> tmf.Quote:
    """The answer to the question what an order would cost."""
    return tmf.Quote(
        (_started(order, one),), "1", state="approved", quote_total_price=_prices(order, one)
    )


def product_order(order: Order, key: str, one: Completed) -> tmf.ProductOrder:
    """An order that was carried out."""
    return tmf.ProductOrder(
        (_started(order, one.quote),),
        one.number,
        key,
        "completed",
        one.at.astimezone(UTC),
        _prices(order, one.quote),
    )


def _started(order: Order, one: Quote) -> tmf.Item:
    what = item(order)
    product = tmf.Product(
        product_specification=what.product.product_specification, start_date=moment(one.since)
    )
    return tmf.Item(what.action, product, product_offering=what.product_offering)


def _prices(order: Order, one: Quote) -> tuple[tmf.Price, ...]:
    currency = POINTS if isinstance(order, Redeem) else one.currency
    return price("oneTime", one.charge, currency), price("recurring", one.monthly, one.currency)


def _product(
    one: Tariff | Service,
    kind: str,
    status: str,
    said: tuple[tmf.Characteristic, ...],
    terms: tuple[tmf.Term, ...] = (),
) -> tmf.Product:
    return tmf.Product(
        name=_name(one.names),
        status=status,
        product_offering=tmf.Ref(one.code),
        product_specification=tmf.Ref(kind),
        product_price=(price("recurring", one.fee, one.currency),),
        product_characteristic=said,
        product_term=terms,
    )


def _sim(card: Sim) -> tmf.Product:
    said = (tmf.Characteristic("puk", card.puk.reveal()),) if card.puk else ()
    return tmf.Product(
        status="suspended" if card.blocked else "active",
        product_specification=tmf.Ref("sim"),
        product_characteristic=said,
    )


def _offering(
    code: str, kind: str, names: Names, said: tuple[tmf.Characteristic, ...], cost: tmf.Money | None
) -> tmf.Offering:
    period = ("oneTime", "") if kind in ("reward", "packet", "roaming") else ("recurring", "month")
    uses = tuple(tmf.ValueUse(one.name, (tmf.ValueSpecification(one.value),)) for one in said)
    prices = (tmf.OfferingPrice(cost, *period),) if cost else ()
    return tmf.Offering(code, _name(names), tmf.Ref(kind), prices, uses)


def _bucket(kind: str, amount: Decimal, units: str) -> tmf.Bucket:
    return tmf.Bucket(kind, tmf.Quantity(amount, units))


def _name(names: Names) -> str:
    return next(iter(names.values()), "")


def _names(names: Names) -> Iterator[tmf.Characteristic]:
    return (tmf.Characteristic(f"name.{language}", name) for language, name in names.items())


def _included(one: Tariff) -> tuple[tmf.Characteristic, ...]:
    return (
        tmf.Characteristic("minutes", one.minutes),
        tmf.Characteristic("gigabytes", one.gigabytes),
    )
