"""The catalogue of self-service: what a flow may ask for, and how it is done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from ari_app.selfcare.billing import (
    Billing,
    BillingUnavailable,
    Payment,
    Service,
    UnknownSubscriber,
)
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Count, Day, Money, Name, Rows, Values

_log = logging.getLogger(__name__)

PAYMENTS_TOLD = 3
"""How many of the last payments are told: more than three are not remembered by ear."""

_FAULTS: Mapping[str, Mapping[str, str]] = {"unavailable": {}, "unknown": {}}

CATALOGUE: Mapping[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("balance", {"ok": {"balance": "money"}, **_FAULTS}, need="caller"),
        Operation(
            "tariff",
            {
                "ok": {"tariff": "name", "fee": "money", "minutes": "count", "gigabytes": "count"},
                **_FAULTS,
            },
            need="caller",
        ),
        Operation("services", {"ok": {"services": "each"}, "none": {}, **_FAULTS}, need="caller"),
        Operation("payments", {"ok": {"payments": "each"}, "none": {}, **_FAULTS}, need="caller"),
    )
}
"""The signatures. Rows of ``services`` have ``service`` (name) and ``fee`` (money), rows of
``payments`` have ``day`` and ``amount`` (money). ``unknown``: billing does not know the caller."""

_Deed: TypeAlias = Callable[[int], Awaitable[Answered]]


class Selfcare:
    """Does the operations of the catalogue for a subscriber, each within its deadline."""

    def __init__(self, billing: Billing, catalogue: Mapping[str, Operation] = CATALOGUE) -> None:
        self._billing = billing
        self._catalogue = catalogue
        self._deeds: Mapping[str, _Deed] = {
            "balance": self._balance,
            "tariff": self._tariff,
            "services": self._services,
            "payments": self._payments,
        }

    async def run(self, name: str, inputs: Values, subscriber: int | None, key: str) -> Answered:
        """Do operation ``name`` for a subscriber; None is a caller whom we do not know.

        ``key`` names the deed: asked twice with it, an operation that costs is done once (none
        of these costs). An operation that is not in the catalogue is a ``KeyError``, inputs that
        it does not take are a ``ValueError``: the check of flows lets neither pass.
        """
        operation = self._catalogue[name]
        if inputs.keys() != operation.inputs.keys():
            raise ValueError(f"{name} takes {sorted(operation.inputs)}, not {sorted(inputs)}")
        if subscriber is None:
            return Answered("unknown")
        try:
            async with asyncio.timeout(operation.deadline):
                return await self._deeds[name](subscriber)
        except UnknownSubscriber:
            _log.warning("%s: billing does not know subscriber %d", key, subscriber)
            return Answered("unknown")
        except BillingUnavailable as error:
            _log.warning("%s: no %s from billing: %s", key, name, error)
        except TimeoutError:
            _log.warning("%s: no %s from billing in %g s", key, name, operation.deadline)
        return Answered("unavailable")

    async def _balance(self, subscriber: int) -> Answered:
        found = await self._billing.balance(subscriber)
        return Answered("ok", {"balance": Money(found.amount, found.currency)})

    async def _tariff(self, subscriber: int) -> Answered:
        found = await self._billing.tariff(subscriber)
        return Answered(
            "ok",
            {
                "tariff": Name(found.names),
                "fee": Money(found.fee, found.currency),
                "minutes": Count(found.minutes),
                "gigabytes": Count(found.gigabytes),
            },
        )

    async def _services(self, subscriber: int) -> Answered:
        found = await self._billing.services(subscriber)
        if not found:
            return Answered("none")
        return Answered("ok", {"services": Rows(tuple(map(_service, found)))})

    async def _payments(self, subscriber: int) -> Answered:
        found = await self._billing.payments(subscriber, PAYMENTS_TOLD)
        if not found:
            return Answered("none")
        return Answered("ok", {"payments": Rows(tuple(map(_payment, found)))})


def _service(one: Service) -> Values:
    return {"service": Name(one.names), "fee": Money(one.fee, one.currency)}


def _payment(one: Payment) -> Values:
    return {"day": Day(one.day), "amount": Money(one.amount, one.currency)}
