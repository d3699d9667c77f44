"""The operations of self-service as agents do them, written down before and after."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ari_app.desk.acts import shown
from ari_app.desk.ports import DeskUnavailable, Kept
from ari_app.selfcare.operations import CATALOGUE, Selfcare
from ari_app.selfcare.staff import Asker
from ari_app.store import acts
from ari_app.store.acts import Act
from ari_app.store.db import Store, StoreError
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Values


class StoredActs:
    """See :class:`ari_app.desk.ports.Acts`."""

    catalogue: Mapping[str, Operation] = CATALOGUE

    def __init__(self, store: Store, selfcare: Selfcare, now: Callable[[], datetime]) -> None:
        self._store = store
        self._selfcare = selfcare
        self._now = now

    async def ask(self, card: Kept, operation: str, inputs: Values) -> Answered:
        """Do one that changes nothing."""
        return await self._run(card, operation, inputs, f"{card.id}:ask")

    async def do(
        self, card: Kept, operation: str, inputs: Values, key: str, reason: str
    ) -> Answered:
        """Do one that changes something."""
        arrival = card.arrival
        act = Act(
            key=key,
            at=self._now(),
            agent=card.agent,
            subscriber=arrival.subscriber,
            call=arrival.call,
            card=card.id,
            operation=operation,
            inputs={name: str(shown(value, "ru")) for name, value in inputs.items()},
            reason=reason,
            identity=card.identity,
        )
        try:
            begun = await self._store.write(acts.begin, act)
            if begun.outcome:
                return Answered(begun.outcome)  # the same deed once more
            answered = await self._run(card, operation, inputs, key)
            await self._store.write(acts.settle, key, answered.outcome)
        except StoreError as error:
            raise DeskUnavailable(str(error)) from error
        return answered

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
