"""Values of billing and tickets as the answers that the catalogue declares."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from ari_app.selfcare.billing import (
    Balance,
    Bill,
    Charge,
    Offer,
    Packet,
    Payment,
    Reward,
    Roaming,
    Service,
    Tariff,
)
from ari_app.selfcare.orders import Unit
from ari_app.selfcare.request_port import OpenTicket
from ivr.events import Answered
from ivr.speech import languages
from ivr.speech.phrases import count
from ivr.tickets import Labels, label
from ivr.values import (
    Count,
    Day,
    Digits,
    Moment,
    Money,
    Name,
    Phrase,
    Rows,
    Text,
    Value,
    Values,
    Word,
)

REASONS_PLAYED = 3
"""How many changes of a bill are played: more than three are not remembered by ear."""

CHARGES_PLAYED = 3
"""How many charges are played, likewise."""

CHARGES_A_TEXT = 8
"""How many charges go into one text message, of which a phone takes 3 kB."""

UNITS = {"minutes": "minute", "gigabytes": "gigabyte"}


def balance(found: Balance, now: datetime) -> Answered:
    """The balance; ``old`` if it is of a time before ``now``, in the time zone of ``now``."""
    amount = Money(found.amount, found.currency)
    if found.as_of is None:
        return Answered("ok", {"balance": amount})
    return Answered("old", {"balance": amount, "as_of": _local(found.as_of, now)})


def tariff(found: Tariff) -> Answered:
    """A tariff, what it includes, and its code, on which a flow can branch."""
    return Answered("ok", {**_tariff(found), "tariff_code": Word(found.code)})


def area(found: str | None) -> Answered:
    """Where a subscriber lives; None is no subscriber."""
    if found is None:
        return Answered("unknown")
    return Answered("ok", {"area": Text(found)}) if found else Answered("none")


def help_page(words: Mapping[str, Labels], page: str, reachable: bool) -> Answered:
    """The page of its own, that of all help, or the site; ``reachable`` by a text message."""
    if not reachable:
        return Answered("nowhere")
    for word in (f"help-{page}", "help", "site"):
        texts = words.get(word, {})
        if any(texts.values()):
            return Answered("ok", {"link": Name(texts)})
    return Answered("none")


def tariffs(found: Sequence[Tariff]) -> Answered:
    """All tariffs, the cheapest first; none at all is a fault of billing."""
    if not found:
        return Answered("unavailable")
    rows: list[Values] = [
        {**_tariff(one), "code": Digits(one.code)} for one in sorted(found, key=lambda one: one.fee)
    ]
    return Answered("ok", {"tariffs": Rows(tuple(rows))})


def ticket(found: OpenTicket | None, now: datetime) -> Answered:
    """The ticket that is due first, in the time zone of ``now``, and whether it is late."""
    if found is None:
        return Answered("none")
    site = found.site
    labels = site.label if site else {}
    values: Values = {
        "department": Word(found.department),
        "department_label": Name({**labels, "": label(labels, "") or found.department}),
        "visit": Word("unknown" if site is None else "yes" if site.visits else "no"),
        "created": Day(_local(found.created, now).at.date()),
        "due": _local(found.due, now),
    }
    return Answered("late" if found.due < now else "some", values)


def services(found: Sequence[Service]) -> Answered:
    """The services that are on."""
    if not found:
        return Answered("none")
    return Answered("ok", {"services": Rows(tuple(map(_service, found)))})


def service_offers(found: Sequence[Service]) -> Answered:
    """All services."""
    return Answered("ok", {"offered": Rows(tuple(map(_service, found)))})


def packets(found: Sequence[Packet]) -> Answered:
    """All packets of data, the cheapest first."""
    rows: list[Values] = [
        {
            "packet": Name(one.names),
            "gigabytes": Count(one.gigabytes),
            "price": Money(one.price, one.currency),
            "code": Digits(one.code),
        }
        for one in sorted(found, key=lambda one: one.price)
    ]
    return Answered("ok", {"packets": Rows(tuple(rows))})


def roaming(found: Roaming | None) -> Answered:
    """The prices in a country."""
    if found is None:
        return Answered("no-such")
    minute, message, megabyte = (
        Money(amount, found.currency) for amount in (found.minute, found.message, found.megabyte)
    )
    values: Values = {
        "country_name": Name(found.names),
        "minute": minute,
        "message": message,
        "megabyte": megabyte,
    }
    return Answered("ok", values)


def rewards(found: Sequence[Reward]) -> Answered:
    """All rewards; ``price`` is in points."""
    rows: list[Values] = [
        {"reward": Name(one.names), "price": Count(one.points), "code": Digits(one.code)}
        for one in found
    ]
    return Answered("ok", {"rewards": Rows(tuple(rows))})


def offers(found: Sequence[Offer], sellers: Sequence[Digits]) -> Answered:
    """Offers of other subscribers, with the number of each seller."""
    if not found:
        return Answered("none")
    rows: list[Values] = [
        {
            "offer": Digits(one.number),
            "seller": seller,
            "what": measured(one.unit, one.amount),
            "charge": Money(one.price, one.currency),
        }
        for one, seller in zip(found, sellers, strict=True)
    ]
    return Answered("ok", {"offers": Rows(tuple(rows))})


def charges(found: Sequence[Charge], now: datetime) -> Answered:
    """The last charges in short: the newest, and what all of them come to."""
    if not found:
        return Answered("none")
    rows = [_charge(one, now) for one in found[:CHARGES_PLAYED]]
    total = Money(sum((one.amount for one in found), Decimal(0)), found[0].currency)
    return Answered("ok", {"charges": Rows(tuple(rows)), "total": total, "many": Count(len(found))})


def charges_written(found: Sequence[Charge], now: datetime) -> list[Phrase]:
    """The last charges in full, as texts."""
    rows = [
        _charge(one, now) | {"number": Name({"": f"+{one.number}" if one.number else ""})}
        for one in found
    ]
    return [
        Phrase("text-charges", {"charges": Rows(tuple(rows[first : first + CHARGES_A_TEXT]))})
        for first in range(0, len(rows), CHARGES_A_TEXT)
    ]


def measured(unit: Unit, amount: int) -> Name:
    """So many minutes or gigabytes, in words."""
    return Name({each: count(amount, UNITS[unit], each) for each in languages.known()})


def payments(found: Sequence[Payment], today: date) -> Answered:
    """The payments, as they come, spoken of on a day."""
    if not found:
        return Answered("none")
    return Answered("ok", {"payments": Rows(tuple(_payment(one, today) for one in found))})


def bill(found: Sequence[Bill]) -> Answered:
    """How the newest bill differs from the one before, and why; ``none`` if there is none before.

    ``reasons`` are the changes of lines (negative for what became less), the largest first. The
    tax is apart from them, since a bill can grow by it alone.
    """
    if len(found) < 2:
        return Answered("none")
    new, old = found[0], found[1]
    difference = new.total - old.total
    outcome = "higher" if difference > 0 else "lower" if difference else "same"

    def money(amount: Decimal) -> Money:
        return Money(amount, new.currency)

    reasons: list[Values] = [
        {"reason": Name(dict(names)), "amount": money(change)}
        for names, change in _changes(new, old)[:REASONS_PLAYED]
    ]
    return Answered(
        outcome,
        {
            "bill": money(new.total),
            "before": money(old.total),
            "difference": money(abs(difference)),
            "vat": money(new.vat),
            "vat_change": money(abs(new.vat - old.vat)),
            "reasons": Rows(tuple(reasons)),
        },
    )


_Key = tuple[tuple[str, str], ...]


def _changes(new: Bill, old: Bill) -> list[tuple[_Key, Decimal]]:
    """By how much each line differs, the largest change first; a line is known by its names."""
    changes: dict[_Key, Decimal] = {}
    for one, sign in ((new, 1), (old, -1)):
        for line in one.lines:
            key = tuple(sorted(line.names.items()))
            changes[key] = changes.get(key, Decimal(0)) + sign * line.amount
    changed = [(key, change) for key, change in changes.items() if change]
    return sorted(changed, key=lambda pair: -abs(pair[1]))


def _tariff(one: Tariff) -> Values:
    return {
        "tariff": Name(one.names),
        "fee": Money(one.fee, one.currency),
        "minutes": Count(one.minutes),
        "gigabytes": Count(one.gigabytes),
    }


def _service(one: Service) -> Values:
    fee = Money(one.fee, one.currency)
    return {"service": Name(one.names), "fee": fee, "code": Digits(one.code)}


def _payment(one: Payment, today: date) -> Values:
    return {"day": Day(one.day, today), "amount": Money(one.amount, one.currency)}


def _charge(one: Charge, now: datetime) -> dict[str, Value]:
    return {
        "at": _local(one.at, now),
        "use": Name(one.names),
        "amount": Money(one.amount, one.currency),
    }


def _local(at: datetime, now: datetime) -> Moment:
    return Moment(at.astimezone(now.tzinfo), now.date())
