"""The operations of self-service as agents run them, recorded before and after."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import DeskUnavailable, EarlierAction, OperationResult
from ari_app.pages.operations import shown
from ari_app.selfcare.billing import Billing, BillingUnavailable, UnknownSubscriber
from ari_app.selfcare.operations import Selfcare
from ari_app.selfcare.request_port import Asker
from ari_app.store import agent_actions
from ari_app.store.agent_actions import AgentAction
from ari_app.store.db import Store, StoreError
from ari_app.workplace import earlier_orders
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Count, Day, Money, Name, Value, Values

log = logging.getLogger(__name__)

STATE_TIMEOUT = 1.0
"""Seconds in which billing must return the state of an account before and after an action. The
action does not wait longer, since a page takes a silence of some seconds for a dead connection."""


class RecordedIn(Struct, frozen=True):
    """The language in which values are recorded, and the currency of money that names none."""

    language: str
    currency: str


class AgentOperations:
    """See :class:`ari_app.desk.ports.Operations`."""

    def __init__(
        self,
        store: Store,
        selfcare: Selfcare,
        billing: Billing,
        recorded_in: RecordedIn,
        now: Callable[[], datetime],
        own: Callable[[], Mapping[str, Operation]] = dict,
    ) -> None:
        """``own``: the operations of the menus in force."""
        self._own = own
        self._recorded_in = recorded_in
        self._store = store
        self._selfcare = selfcare
        self._billing = billing
        self._now = now

    @property
    def catalogue(self) -> Mapping[str, Operation]:
        """Those that can succeed here, and the operator's own."""
        own = {name: one for name, one in self._own().items() if one.http is not None}
        return {**self._selfcare.available, **own}

    async def earlier(
        self, card: CardRecord, operation: str, inputs: Values, but: str
    ) -> Sequence[EarlierAction]:
        """Whether the same was done in the last day."""
        subscriber = card.arrival.subscriber
        if subscriber is None:
            return ()
        same = earlier_orders.Same(operation, self._written(inputs), self._now(), but)
        try:
            return await self._store.read(earlier_orders.earlier, subscriber, same)
        except StoreError as error:
            raise DeskUnavailable(str(error)) from error

    async def ask(self, card: CardRecord, operation: str, inputs: Values) -> Answered:
        """Run an operation that changes nothing."""
        return await self._run(card, operation, inputs, f"{card.id}:ask")

    async def do(
        self, card: CardRecord, operation: str, inputs: Values, key: str, reason: str
    ) -> OperationResult:
        """Run an operation that changes something; recorded before it is tried."""
        costs = self.catalogue[operation].costs
        before = await self._state(card.arrival.subscriber) if costs else {}
        action = AgentAction(
            key=key,
            at=self._now(),
            agent=card.agent,
            subscriber=card.arrival.subscriber,
            call=card.arrival.call,
            card=card.id,
            operation=operation,
            inputs=self._written(inputs),
            reason=reason,
            identity=card.identity,
            before=self._written(before),
        )
        try:
            begun = await self._store.write(agent_actions.begin, action)
        except StoreError as error:
            raise DeskUnavailable(str(error)) from error
        if begun.outcome:
            return OperationResult(Answered(begun.outcome))  # the same action again
        answered = await self._run(card, operation, inputs, key)
        after = await self._state(card.arrival.subscriber) if costs else {}
        try:
            await self._store.write(
                agent_actions.finish, key, answered.outcome, self._written(after)
            )
        except StoreError as error:  # the operation itself was run
            log.error("outcome of %s (%s) not recorded: %s", operation, key, error)
        return OperationResult(answered, before, after)

    async def _run(self, card: CardRecord, operation: str, inputs: Values, key: str) -> Answered:
        arrival = card.arrival
        asker = Asker(
            arrival.call or card.id,
            arrival.number,
            arrival.subscriber,
            arrival.language,
            card.identity,
            arrival.about,
        )
        try:
            return await self._selfcare.run(operation, inputs, asker, key, self._own())
        except PermissionError as error:
            raise DeskUnavailable(str(error), "operation-needs-word") from error

    async def _state(self, subscriber: int | None) -> Values:
        """The state of an account; empty if billing does not return it in time."""
        if subscriber is None:
            return {}
        ask = self._billing
        try:
            async with asyncio.timeout(STATE_TIMEOUT):
                balance, tariff, services, left, points, paused = await asyncio.gather(
                    ask.balance(subscriber),
                    ask.tariff(subscriber),
                    ask.services(subscriber),
                    ask.allowance(subscriber),
                    ask.points(subscriber),
                    ask.paused(subscriber),
                )
        except (BillingUnavailable, UnknownSubscriber, TimeoutError) as error:
            log.warning(
                "account of subscriber %d unavailable: %s", subscriber, str(error) or "timeout"
            )
            return {}
        state: dict[str, Value] = {
            "balance": Money(balance.amount, balance.currency),
            "tariff": Name(tariff.names),
            "services": _together([one.names for one in services]),
            "minutes": Count(left.minutes),
            "gigabytes": Count(left.gigabytes),
            "points": Count(points),
            "until": Day(paused.until) if paused else Name({"": "—"}),
        }
        return state

    def _written(self, values: Values) -> Mapping[str, str]:
        own = self._recorded_in
        return {
            name: str(shown(value, own.language, own.currency)) for name, value in values.items()
        }


def _together(names: list[Mapping[str, str]]) -> Name:
    """Several names joined into one."""
    languages = {language for one in names for language in one}
    texts = {each: ", ".join(Name(one).in_(each) for one in names) for each in languages}
    return Name(texts or {"": "—"})
