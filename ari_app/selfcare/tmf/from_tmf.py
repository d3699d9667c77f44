"""TM Forum's resources as the values that self-service knows.

A ``ValueError`` says what a resource lacks. Days are those that are written, whatever the offset.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

from ari_app.selfcare.billing import (
    Allowance,
    Balance,
    Bill,
    BillLine,
    Charge,
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
from ari_app.selfcare.orders import Unit
from ari_app.selfcare.tmf import resources as tmf
from ivr.secret import Secret

SELLER = "seller"
"""The role of the party who offers something to another subscriber."""

Characteristics: TypeAlias = Sequence[tmf.Characteristic] | Sequence[tmf.ValueUse]

_PER_WHOLE: Mapping[str, int] = {
    **dict.fromkeys(("minutes", "minute", "min", "gigabytes", "gb"), 1),
    **dict.fromkeys(("seconds", "second", "s"), 60),
    "mb": 1024,
}
"""How many of a bucket's units are a minute, or a gigabyte."""


def balance(buckets: Iterable[tmf.Bucket]) -> Balance:
    """What all buckets of money hold together."""
    found = [one.remaining_value for one in buckets if one.usage_type == "monetary"]
    amounts = [one for one in found if one is not None]
    if not amounts:
        raise ValueError("no bucket of money")
    return Balance(sum((one.amount for one in amounts), Decimal(0)), amounts[0].units)


def allowance(buckets: Sequence[tmf.Bucket]) -> Allowance:
    """What all buckets of voice and of data hold together, in whole minutes and gigabytes."""
    return Allowance(*(_left(buckets, kind) for kind in ("voice", "data")))


def tariff(products: Iterable[tmf.Product]) -> Tariff:
    """The tariff in force."""
    for one in _live(products, "tariff"):
        said, fee = one.product_characteristic, money(one.product_price, "recurring")
        return _tariff(one.product_offering.id, one.name, said, fee)
    raise ValueError("no tariff in force")


def services(products: Iterable[tmf.Product]) -> tuple[Service, ...]:
    """The services that are on."""
    return tuple(
        Service(
            _names(one.name, one.product_characteristic),
            *money(one.product_price, "recurring"),
            one.product_offering.id,
        )
        for one in _live(products, "service")
    )


def paused(products: Iterable[tmf.Product]) -> PausePeriod | None:
    """The pause, which is a term of the tariff."""
    for product in _live(products, "tariff"):
        for term in product.product_term:
            start, end = term.valid_for.start_date_time, term.valid_for.end_date_time
            if term.name == "pause" and start and end:
                return PausePeriod(start.date(), end.date())
    return None


def sim(products: Iterable[tmf.Product]) -> Sim:
    """The SIM card, which is blocked while it is suspended; an unknown one where billing lists
    none."""
    for one in _live(products, "sim"):
        puk = text(one.product_characteristic, "puk")
        return Sim(one.status == "suspended", Secret(puk) if puk else None)
    return Sim()


def tariffs(offerings: Iterable[tmf.Offering]) -> tuple[Tariff, ...]:
    """The tariffs of a catalogue."""
    return tuple(
        _tariff(one.id, one.name, one.prod_spec_char_value_use, _offering_fee(one))
        for one in _of_kind(offerings, "tariff")
    )


def service_offers(offerings: Iterable[tmf.Offering]) -> tuple[Service, ...]:
    """The services of a catalogue."""
    return tuple(
        Service(_names(one.name, one.prod_spec_char_value_use), *_offering_fee(one), one.id)
        for one in _of_kind(offerings, "service")
    )


def rewards(offerings: Iterable[tmf.Offering]) -> tuple[Reward, ...]:
    """The rewards of a catalogue, whose price is in points."""
    return tuple(
        Reward(one.id, _names(one.name, one.prod_spec_char_value_use), int(_offering_fee(one)[0]))
        for one in _of_kind(offerings, "reward")
    )


def packets(offerings: Iterable[tmf.Offering]) -> tuple[Packet, ...]:
    """The packets of data of a catalogue."""
    return tuple(
        Packet(
            _names(one.name, one.prod_spec_char_value_use),
            (price := _offering_fee(one))[0],
            int(needed(one.prod_spec_char_value_use, "gigabytes")),
            price[1],
            one.id,
        )
        for one in _of_kind(offerings, "packet")
    )


def roaming(offerings: Iterable[tmf.Offering]) -> tuple[Roaming, ...]:
    """The prices abroad of a catalogue, a country each; the price of an offering is a minute's."""
    return tuple(
        Roaming(
            one.id,
            _names(one.name, said := one.prod_spec_char_value_use),
            (price := _offering_fee(one))[0],
            Decimal(needed(said, "message")),
            Decimal(needed(said, "megabyte")),
            price[1],
        )
        for one in _of_kind(offerings, "roaming")
    )


def promise_days(offerings: Iterable[tmf.Offering]) -> int | None:
    """For how many days a payment can be put off; None if the catalogue does not say."""
    listed = _of_kind(offerings, "promised-payment")
    return max((int(needed(one.prod_spec_char_value_use, "days")) for one in listed), default=None)


def points(accounts: Iterable[tmf.LoyaltyAccount]) -> int:
    """The points of all loyalty accounts."""
    return int(sum(each.quantity.amount for one in accounts for each in one.loyalty_balance))


def payments(found: Iterable[tmf.Payment]) -> list[Payment]:
    """The payments, the newest first."""
    newest = sorted(found, key=lambda one: aware(one.payment_date), reverse=True)
    return [
        Payment(one.payment_date.date(), one.total_amount.value, one.total_amount.unit)
        for one in newest
    ]


def bills(found: Iterable[tmf.CustomerBill], rates: Sequence[tmf.BillingRate]) -> list[Bill]:
    """The bills with their lines, the newest first."""
    return sorted((_bill(one, rates) for one in found), key=lambda one: one.month, reverse=True)


def charges(found: Iterable[tmf.Usage]) -> list[Charge]:
    """What was charged for, the newest first."""
    return sorted(map(_charge, found), key=lambda one: one.at, reverse=True)


def offer(quote: tmf.Quote) -> Offer:
    """What another subscriber would sell."""
    said = quote.quote_item[0].product.product_characteristic if quote.quote_item else ()
    seller = next((one.id for one in quote.related_party if one.role == SELLER), "")
    amount, currency = money(quote.quote_total_price, "oneTime")
    return Offer(quote.id, int(seller), unit(said), int(needed(said, "amount")), amount, currency)


# What all of them need.


def aware(moment: datetime) -> datetime:
    """A moment without an offset is one of UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def money(prices: Iterable[tmf.Price], kind: str) -> tuple[Decimal, str]:
    """The price of a kind, and its currency."""
    for one in prices:
        if one.price_type == kind:
            return one.price.tax_included_amount.value, one.price.tax_included_amount.unit
    raise ValueError(f"no price that is {kind}")


def text(said: Characteristics, name: str) -> str:
    """The value of a characteristic, "" if there is none."""
    for one in said:
        if one.name == name:
            if isinstance(one, tmf.Characteristic):
                return str(one.value)
            return "".join(str(value.value) for value in one.product_spec_characteristic_value[:1])
    return ""


def needed(said: Characteristics, name: str) -> str:
    """The value of a characteristic that must be there."""
    if value := text(said, name):
        return value
    raise ValueError(f"no characteristic {name}")


def unit(said: Characteristics) -> Unit:
    """What is given or sold."""
    match text(said, "unit"):
        case "minutes":
            return "minutes"
        case "gigabytes":
            return "gigabytes"
        case other:
            raise ValueError(f"neither minutes nor gigabytes: {other!r}")


def _names(name: str, said: Characteristics) -> dict[str, str]:
    """A name per language, and the one that is in no language for the others."""
    of = [one.name.removeprefix("name.") for one in said if one.name.startswith("name.")]
    found = {language: text(said, f"name.{language}") for language in of}
    if name not in found.values():
        found[""] = name
    if "" in found.values():
        raise ValueError("no name")
    return found


def _live(products: Iterable[tmf.Product], kind: str) -> Iterator[tmf.Product]:
    for one in products:
        if one.product_specification.id == kind and one.status in ("active", "suspended"):
            yield one


def _of_kind(offerings: Iterable[tmf.Offering], kind: str) -> Iterator[tmf.Offering]:
    return (one for one in offerings if one.product_specification.id == kind)


def _offering_fee(offering: tmf.Offering) -> tuple[Decimal, str]:
    for one in offering.product_offering_price:
        if one.price is not None:
            return one.price.value, one.price.unit
    raise ValueError(f"offering {offering.id} has no price")


def _tariff(code: str, name: str, said: Characteristics, fee: tuple[Decimal, str]) -> Tariff:
    minutes, gigabytes = (int(needed(said, each)) for each in ("minutes", "gigabytes"))
    return Tariff(_names(name, said), fee[0], minutes, gigabytes, fee[1], code)


def _left(buckets: Iterable[tmf.Bucket], kind: str) -> int:
    left = Decimal(0)
    for one in buckets:
        if one.usage_type == kind and one.remaining_value is not None:
            per_whole = _PER_WHOLE.get(one.remaining_value.units.lower())
            if per_whole is None:
                raise ValueError(f"a bucket in {one.remaining_value.units!r}")
            left += one.remaining_value.amount / per_whole
    return int(left)


def _bill(one: tmf.CustomerBill, rates: Iterable[tmf.BillingRate]) -> Bill:
    start = one.billing_period.start_date_time
    if start is None:
        raise ValueError(f"bill {one.id} has no period")
    lines = tuple(
        BillLine(_names(rate.name, rate.characteristic), rate.tax_excluded_amount.value)
        for rate in rates
        if rate.bill.id == one.id
    )
    vat = sum((item.tax_amount.value for item in one.tax_item), Decimal(0))
    total = one.tax_included_amount
    return Bill(date(start.year, start.month, 1), total.value, vat, lines, total.unit)


def _charge(one: tmf.Usage) -> Charge:
    said = one.usage_characteristic
    amounts = [rated.tax_included_rating_amount for rated in one.rated_product_usage]
    if not amounts:
        raise ValueError("a use has no amount")
    return Charge(
        aware(one.usage_date),
        _names(one.description, said),
        text(said, "number"),
        int(text(said, "duration") or 0),
        sum((each.value for each in amounts), Decimal(0)),
        amounts[0].unit,
    )
