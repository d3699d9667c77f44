"""What billing says, as the answers that the catalogue promises."""

from collections.abc import Sequence
from decimal import Decimal

from ari_app.selfcare.billing import Balance, Bill, Payment, Service, Tariff
from ivr.events import Answered
from ivr.values import Count, Day, Money, Name, Rows, Values

REASONS_TOLD = 3
"""How many changes of a bill are told: more than three are not remembered by ear."""


def balance(found: Balance) -> Answered:
    """What is on the account."""
    return Answered("ok", {"balance": Money(found.amount, found.currency)})


def tariff(found: Tariff) -> Answered:
    """A tariff and what it includes."""
    return Answered("ok", _tariff(found))


def tariffs(found: Sequence[Tariff]) -> Answered:
    """All tariffs, the cheapest first; an operator without any is one whose billing is amiss."""
    if not found:
        return Answered("unavailable")
    by_fee = sorted(found, key=lambda one: one.fee)
    return Answered("ok", {"tariffs": Rows(tuple(map(_tariff, by_fee)))})


def services(found: Sequence[Service]) -> Answered:
    """The services that are on."""
    if not found:
        return Answered("none")
    return Answered("ok", {"services": Rows(tuple(map(_service, found)))})


def payments(found: Sequence[Payment]) -> Answered:
    """The payments, as they come."""
    if not found:
        return Answered("none")
    return Answered("ok", {"payments": Rows(tuple(map(_payment, found)))})


def bill(found: Sequence[Bill]) -> Answered:
    """How the newest bill differs from the one before, and why; ``none`` if there is none before.

    ``reasons`` are the changes of lines (negative for what became less), the largest first. The
    tax is told apart from them: it is the state's, and a bill can grow by it alone.
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
        for names, change in _changes(new, old)[:REASONS_TOLD]
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
    return {"service": Name(one.names), "fee": Money(one.fee, one.currency)}


def _payment(one: Payment) -> Values:
    return {"day": Day(one.day), "amount": Money(one.amount, one.currency)}
