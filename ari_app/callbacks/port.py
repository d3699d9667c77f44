"""What calling back needs of Asterisk, and what may go wrong with it."""

from collections.abc import Awaitable, Sequence
from typing import Protocol

from ari_app.ami.client import AmiError
from ari_app.ari.errors import AriError, RefusedError, UnreachableError
from ari_app.store.db import StoreError
from ivr.acd.callbacks import Ticket

ERRORS = (AmiError, AriError, RefusedError, UnreachableError, StoreError)


class AttemptUnderWayError(Exception):
    """An agent is being connected to the caller through a stand-in."""


class StandIns(Protocol):
    """See :class:`ari_app.callbacks.stand_ins.StandIns`."""

    def alive(self) -> Awaitable[frozenset[str]]: ...

    def stand(self, ticket: Ticket, place: int) -> Awaitable[bool]: ...

    def withdraw(self, channel: str) -> Awaitable[None]: ...

    def mark(self, ticket: Ticket, attempt: int) -> Awaitable[str]: ...

    def marks(self) -> Awaitable[Sequence[str]]: ...

    def forget(self, key: str) -> Awaitable[bool]: ...

    def knows(self, number: str) -> Awaitable[bool]: ...

    def are_possible(self, queue: str) -> Awaitable[bool]: ...
