"""Parses what a caller keyed into an order, or into the outcome that says why there is none."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias, get_args

from msgspec import Struct

from ari_app.selfcare.backends import NumberDirectory
from ari_app.selfcare.operation_request import OperationRequest
from ari_app.selfcare.orders import (
    BlockSim,
    Buy,
    BuyPacket,
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
    TopUp,
    UnblockSim,
    Unit,
)

MAX_AMOUNT = 10**9
"""The largest amount that billing is asked about; more is ``too-much``."""

MAX_MONTHS = 12
MAX_DAYS = 366

InputFault: TypeAlias = Literal["day", "zero", "too-much", "no-recipient", "self"]


class ParseContext(Struct, frozen=True):
    """What input is parsed with: ``recipient`` is the subscriber whose number was keyed, None if
    there is none; ``today`` is the date in the time zone of the site."""

    recipient: int | None
    today: date


Parser: TypeAlias = Callable[[OperationRequest, ParseContext], Order | InputFault]


def _change_tariff(request: OperationRequest, _: ParseContext) -> Order | InputFault:
    return ChangeTariff(request.digits("code"))


def _switch_on(request: OperationRequest, _: ParseContext) -> Order | InputFault:
    return SwitchOn(request.digits("code"))


def _switch_off(request: OperationRequest, _: ParseContext) -> Order | InputFault:
    return SwitchOff(request.digits("code"))


def _pause(request: OperationRequest, context: ParseContext) -> Order | InputFault:
    since, months = _day(request.digits("since"), context.today), request.count("months")
    if since is None or not 1 <= months <= MAX_MONTHS:
        return "day"
    return Pause(since, months_after(since, months))


def _resume(_: OperationRequest, __: ParseContext) -> Order | InputFault:
    return Resume()


def _promise_payment(request: OperationRequest, context: ParseContext) -> Order | InputFault:
    days = request.count("days")
    return PromisePayment(context.today + timedelta(days)) if 1 <= days <= MAX_DAYS else "day"


def _give(request: OperationRequest, context: ParseContext) -> Order | InputFault:
    found = _recipient(request, context)
    return found if isinstance(found, str) else Give(found, _unit(request), request.count("amount"))


def _sell(request: OperationRequest, context: ParseContext) -> Order | InputFault:
    found, price = _recipient(request, context), request.count("price")
    if isinstance(found, str) or not 0 < price < MAX_AMOUNT:
        return found if isinstance(found, str) else "too-much" if price else "zero"
    return Sell(found, _unit(request), request.count("amount"), Decimal(price))


def _buy(request: OperationRequest, _: ParseContext) -> Order | InputFault:
    return Buy(request.digits("offer"))


def _redeem(request: OperationRequest, _: ParseContext) -> Order | InputFault:
    return Redeem(request.digits("code"))


def _block_sim(_: OperationRequest, __: ParseContext) -> Order | InputFault:
    return BlockSim()


def _unblock_sim(_: OperationRequest, __: ParseContext) -> Order | InputFault:
    return UnblockSim()


def _buy_packet(request: OperationRequest, _: ParseContext) -> Order | InputFault:
    return BuyPacket(request.digits("code"))


def _top_up(request: OperationRequest, _: ParseContext) -> Order | InputFault:
    return TopUp(request.secret("voucher"))


PARSERS: Mapping[str, Parser] = {
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
    "sim-block": _block_sim,
    "sim-unblock": _unblock_sim,
    "packet": _buy_packet,
    "top-up": _top_up,
}
"""Operation -> the parser of its order."""


async def parsed_order(
    name: str, request: OperationRequest, directory: NumberDirectory, today: date
) -> Order | InputFault:
    """The order of an operation; ``directory`` looks up the recipient, if it has one."""
    keyed = request.digits("recipient") if "recipient" in request.inputs else ""
    recipient = await directory.by_number(keyed) if keyed else None
    return PARSERS[name](request, ParseContext(recipient, today))


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is too short for it."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _recipient(request: OperationRequest, context: ParseContext) -> int | InputFault:
    """The recipient, if the amount is valid, too."""
    found = context.recipient
    if found is None:
        return "no-recipient"
    if found == request.subscriber:
        return "self"
    amount = request.count("amount")
    return found if 0 < amount < MAX_AMOUNT else "too-much" if amount else "zero"


def _unit(request: OperationRequest) -> Unit:
    for unit in get_args(Unit):
        if request.word("unit") == unit:
            found: Unit = unit
            return found
    raise ValueError(
        f"{request.operation.name}: unit is minutes or gigabytes: set it so in the flow"
    )


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
