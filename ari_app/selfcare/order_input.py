"""From what a caller keyed to an order, or to the outcome that says why there can be none."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias, get_args

from msgspec import Struct

from ari_app.selfcare.backends import People
from ari_app.selfcare.operation_request import OperationRequest
from ari_app.selfcare.orders import (
    Buy,
    ChangeTariff,
    Give,
    Order,
    Pause,
    PromisePayment,
    Redeem,
    Resume,
    Sell,
    SwitchOff,
    SwitchOn,
    Unit,
)

MOST = 10**9
"""Nobody has so many minutes, gigabytes or rubles; a larger number is not even asked about."""

MONTHS = 12
DAYS = 366

Fault: TypeAlias = Literal["day", "zero", "too-much", "no-recipient", "self"]


class Desk(Struct, frozen=True):
    """What orders are made with; ``today`` is the day where the site is."""

    people: People
    today: date


Made: TypeAlias = Callable[[OperationRequest, Desk], Order | Fault]


def _change_tariff(wish: OperationRequest, _: Desk) -> Order | Fault:
    return ChangeTariff(wish.digits("code"))


def _switch_on(wish: OperationRequest, _: Desk) -> Order | Fault:
    return SwitchOn(wish.digits("code"))


def _switch_off(wish: OperationRequest, _: Desk) -> Order | Fault:
    return SwitchOff(wish.digits("code"))


def _pause(wish: OperationRequest, desk: Desk) -> Order | Fault:
    since, months = _day(wish.digits("since"), desk.today), wish.count("months")
    if since is None or not 1 <= months <= MONTHS:
        return "day"
    return Pause(since, months_after(since, months))


def _resume(_: OperationRequest, __: Desk) -> Order | Fault:
    return Resume()


def _promise_payment(wish: OperationRequest, desk: Desk) -> Order | Fault:
    days = wish.count("days")
    return PromisePayment(desk.today + timedelta(days)) if 1 <= days <= DAYS else "day"


def _give(wish: OperationRequest, desk: Desk) -> Order | Fault:
    found = _recipient(wish, desk)
    return found if isinstance(found, str) else Give(found, _unit(wish), wish.count("amount"))


def _sell(wish: OperationRequest, desk: Desk) -> Order | Fault:
    found, price = _recipient(wish, desk), wish.count("price")
    if isinstance(found, str) or not 0 < price < MOST:
        return found if isinstance(found, str) else "too-much" if price else "zero"
    return Sell(found, _unit(wish), wish.count("amount"), Decimal(price))


def _buy(wish: OperationRequest, _: Desk) -> Order | Fault:
    return Buy(wish.digits("offer"))


def _redeem(wish: OperationRequest, _: Desk) -> Order | Fault:
    return Redeem(wish.digits("code"))


MADE: Mapping[str, Made] = {
    "tariff-change": _change_tariff,
    "service-on": _switch_on,
    "service-off": _switch_off,
    "pause": _pause,
    "resume": _resume,
    "promise-payment": _promise_payment,
    "gift": _give,
    "sell": _sell,
    "buy": _buy,
    "redeem": _redeem,
}
"""Operation: what makes its order."""


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is too short for it."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _recipient(wish: OperationRequest, desk: Desk) -> int | Fault:
    """To whom so much is given; the amount is looked at, too."""
    found = desk.people.keyed(wish.digits("recipient"))
    if found is None:
        return "no-recipient"
    if found == wish.subscriber:
        return "self"
    amount = wish.count("amount")
    return found if 0 < amount < MOST else "too-much" if amount else "zero"


def _unit(wish: OperationRequest) -> Unit:
    for unit in get_args(Unit):
        if wish.word("unit") == unit:
            found: Unit = unit
            return found
    raise ValueError(f"{wish.operation.name}: unit is minutes or gigabytes: set it so in the flow")


def _day(keyed: str, today: date) -> date | None:
    """The next day of that name, ``DDMM``, or today for 0; None if there is none within a year."""
    if keyed == "0":
        return today
    if not re.fullmatch("[0-9]{4}", keyed):
        return None
    for year in (today.year, today.year + 1):
        try:
            day = date(year, int(keyed[2:]), int(keyed[:2]))
        except ValueError:
            continue
        if day >= today:
            return day
    return None
