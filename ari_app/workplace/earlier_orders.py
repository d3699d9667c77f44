"""What was ordered for a subscriber: what is pending, and whether the same was done just now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from msgspec import Struct, json

from ari_app.desk.cards.caller_profile import Names, PendingOrder
from ari_app.desk.ports import EarlierAction
from ari_app.selfcare.billing import Billing
from ari_app.selfcare.orders import (
    BuyPacket,
    ChangeTariff,
    Completed,
    Order,
    Redeem,
    SwitchOff,
    SwitchOn,
    order_from_json,
)
from ari_app.store import agent_actions, agents, orders
from ari_app.store.agent_actions import AgentAction
from ari_app.store.orders import OrderRecord
from ari_app.store.sqlite import Database

READ = 50
"""How many of the last orders and actions are looked at."""

WITHIN = timedelta(days=1)
"""The same within this time is asked about."""

_LATER: Mapping[str, str] = {"tariff-change": "tariff-change", "pause": "resume"}
"""Operation that counts from a later day -> the one after which it does not any more."""

_CHARGES = ("charge", "price")
_FAILED = frozenset({"failed", "limit", "refused", "unavailable", "unknown"})


def last_orders(db: Database, subscriber: int) -> Sequence[OrderRecord]:
    """The last orders, the newest first."""
    return orders.recent(db, READ, subscriber)


async def pending(
    found: Sequence[OrderRecord], billing: Billing, today: date
) -> Sequence[PendingOrder]:
    """The orders that have not taken effect; billing names what was ordered."""
    over: set[str] = set()
    waiting: list[tuple[OrderRecord, date | None]] = []
    for one in found:
        if one.state == "open":
            waiting.append((one, None))
        elif one.state == "done" and one.operation in _LATER and one.operation not in over:
            since = json.decode(one.answer, type=Completed).quote.since
            if since > today:
                waiting.append((one, since))
        if one.state == "done":
            over |= {name for name, ends in _LATER.items() if one.operation in (name, ends)}
    names = await _names(billing, [order_from_json(one.order) for one, _ in waiting])
    return [
        PendingOrder(one.operation, code, named, since)
        for (one, since), (code, named) in zip(waiting, names, strict=True)
    ]


async def _names(billing: Billing, wanted: Sequence[Order]) -> Sequence[tuple[str, Names]]:
    found: list[tuple[str, Names]] = []
    for order in wanted:
        match order:
            case ChangeTariff(code):
                found.append((code, _of(code, await billing.tariffs())))
            case SwitchOn(code) | SwitchOff(code):
                found.append((code, _of(code, await billing.service_offers())))
            case BuyPacket(code):
                found.append((code, _of(code, await billing.packets())))
            case Redeem(code):
                found.append((code, _of(code, await billing.rewards())))
            case _:
                found.append(("", {}))
    return found


class _Offer(Protocol):
    """What billing offers under a code."""

    @property
    def code(self) -> str: ...
    @property
    def names(self) -> Names: ...


def _of(code: str, offers: Iterable[_Offer]) -> Names:
    return next((one.names for one in offers if one.code == code), {})


class Same(Struct, frozen=True):
    """What to look for: an operation with its inputs, as they are recorded, in the day until
    ``now``; ``but`` is the key of an action that does not count."""

    operation: str
    inputs: Mapping[str, str]
    now: datetime
    but: str = ""


def earlier(db: Database, subscriber: int, same: Same) -> Sequence[EarlierAction]:
    """The same action of an agent, or an order of the same operation in the menus, that did not
    fail, :data:`WITHIN` a day; the newest first."""
    acts = [
        one
        for one in agent_actions.recent(db, READ, subscriber=subscriber)
        if one.operation == same.operation and same.now - one.at <= WITHIN
    ]
    keys = {one.key for one in acts}
    found = [
        EarlierAction(one.at, _name(db, one.agent), one.outcome)
        for one in acts
        if one.key != same.but and _same(one, same.inputs) and one.outcome not in _FAILED
    ]
    found += [
        EarlierAction(one.created, "", "ok" if one.state == "done" else "")
        for one in orders.recent(db, READ, subscriber)
        if one.operation == same.operation
        and same.now - one.created <= WITHIN
        and one.state in ("done", "open")
        and one.key not in keys
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _same(act: AgentAction, inputs: Mapping[str, str]) -> bool:
    given = ({n: v for n, v in one.items() if n not in _CHARGES} for one in (act.inputs, inputs))
    return next(given) == next(given)


def _name(db: Database, login: str) -> str:
    agent = agents.by_name(db, login)
    return agent.full_name if agent else login
