"""Stores whom surveys ask, and their answers."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ari_app.selfcare.request_port import Asker, RequestsUnavailable
from ari_app.store import surveys
from ari_app.store.db import Store, StoreError


class StoredSurveys:
    """See :class:`ari_app.selfcare.surveys.Surveys`; ``now`` is the clock.

    ``share``: the part of the callers that is asked, 0 to 1; ``every``: how many days must have
    passed until a number or a subscriber is asked again.
    """

    def __init__(self, store: Store, share: float, every: int, now: Callable[[], datetime]) -> None:
        self._store = store
        self._share = share
        self._every = timedelta(days=every)
        self._now = now

    async def begin(self, asker: Asker) -> bool:
        """Whether the caller is asked; stored for those who are."""
        now = self._now()
        who = (asker.call, asker.number, asker.subscriber)
        try:
            return await self._store.write(surveys.begin, *who, now, now - self._every, self._share)
        except StoreError as error:
            raise RequestsUnavailable(str(error)) from error

    async def answer(self, asker: Asker, question: str, mark: int, best: int) -> None:
        """Store the answer."""
        try:
            await self._store.write(surveys.answer, asker.call, question, mark, best, self._now())
        except StoreError as error:
            raise RequestsUnavailable(str(error)) from error
