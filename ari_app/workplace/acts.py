"""The operations of self-service as agents do them, written down before and after."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from ari_app.desk.acts import shown
from ari_app.desk.ports import Acted, DeskUnavailable, Kept
from ari_app.selfcare.billing import Billing, BillingUnavailable, UnknownSubscriber
from ari_app.selfcare.operations import CATALOGUE, Selfcare
from ari_app.selfcare.request_port import Asker
from ari_app.store import agent_actions
from ari_app.store.agent_actions import AgentAction
from ari_app.store.db import Store, StoreError
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Count, Day, Money, Name, Value, Values

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds in which billing says how it stands with an account; a deed waits no longer for that,
since a browser takes a silence of 8 s for a dead connection."""

WRITTEN = "ru"
"""The language in which values are written down."""


class StoredActs:
    """See :class:`ari_app.desk.ports.Acts`."""

    catalogue: Mapping[str, Operation] = CATALOGUE

    def __init__(
        self, store: Store, selfcare: Selfcare, billing: Billing, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._selfcare = selfcare
        self._billing = billing
        self._now = now

    async def ask(self, card: Kept, operation: str, inputs: Values) -> Answered:
        """Do one that changes nothing."""
        return await self._run(card, operation, inputs, f"{card.id}:ask")

    async def do(self, card: Kept, operation: str, inputs: Values, key: str, reason: str) -> Acted:
        """Do one that changes something."""
        costs = self.catalogue[operation].costs
        before = await self._state(card.arrival.subscriber) if costs else {}
        act = AgentAction(
            key=key,
            at=self._now(),
            agent=card.agent,
            subscriber=card.arrival.subscriber,
            call=card.arrival.call,
            card=card.id,
            operation=operation,
            inputs=_written(inputs),
            reason=reason,
            identity=card.identity,
            before=_written(before),
        )
        try:
            begun = await self._store.write(agent_actions.begin, act)
        except StoreError as error:
            raise DeskUnavailable(str(error)) from error
        if begun.outcome:
            return Acted(Answered(begun.outcome))  # the same deed once more
        answered = await self._run(card, operation, inputs, key)
        after = await self._state(card.arrival.subscriber) if costs else {}
        try:
            await self._store.write(agent_actions.finish, key, answered.outcome, _written(after))
        except StoreError as error:  # it is done all the same
            log.error("%s: what came of %s was not kept: %s", key, operation, error)
        return Acted(answered, before, after)

    async def _run(self, card: Kept, operation: str, inputs: Values, key: str) -> Answered:
        arrival = card.arrival
        asker = Asker(
            arrival.call or card.id,
            arrival.number,
            arrival.subscriber,
            arrival.language,
            card.identity,
        )
        try:
            return await self._selfcare.run(operation, inputs, asker, key)
        except PermissionError as error:
            raise DeskUnavailable(str(error)) from error

    async def _state(self, subscriber: int | None) -> Values:
        """How it stands with an account."""
        if subscriber is None:
            return {}
        ask = self._billing
        try:
            async with asyncio.timeout(PATIENCE):
                balance, tariff, services, left, points, paused = await asyncio.gather(
                    ask.balance(subscriber),
                    ask.tariff(subscriber),
                    ask.services(subscriber),
                    ask.allowance(subscriber),
                    ask.points(subscriber),
                    ask.paused(subscriber),
                )
        except (BillingUnavailable, UnknownSubscriber, TimeoutError) as error:
            log.warning("it is not known how it stands with %d: %s", subscriber, error)
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


def _together(names: list[Mapping[str, str]]) -> Name:
    """Several names as one."""
    languages = {language for one in names for language in one}
    texts = {each: ", ".join(Name(one).in_(each) for one in names) for each in languages}
    return Name(texts or {"": "—"})


def _written(values: Values) -> Mapping[str, str]:
    return {name: str(shown(value, WRITTEN)) for name, value in values.items()}
