"""One request for an operation: the caller, the inputs, and the idempotency key."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias, TypeVar

from msgspec import Struct

from ari_app.selfcare.billing import UnknownSubscriber
from ari_app.selfcare.request_port import Asker
from ivr.events import Answered
from ivr.model import Operation
from ivr.secret import Secret
from ivr.values import Count, Digits, Moment, Money, Recording, Sealed, Value, Values, Word

V = TypeVar("V", bound=Value)

_CALLED: Mapping[type, str] = {
    Count: "a count",
    Digits: "digits",
    Moment: "a moment",
    Money: "money",
    Recording: "a recording",
    Sealed: "a secret",
    Word: "a word",
}


class OperationRequest(Struct, frozen=True):
    """One request for an operation. Reading an input as another kind than it has is a
    ``ValueError``, which the check of flows prevents."""

    operation: Operation
    inputs: Values
    asker: Asker
    key: str

    @property
    def subscriber(self) -> int:
        """The subscriber who calls; ``UnknownSubscriber`` if the caller is not known."""
        if self.asker.subscriber is None:
            raise UnknownSubscriber("an unknown caller")
        return self.asker.subscriber

    def digits(self, name: str) -> str:
        """Digits, as they were keyed."""
        return self._given(name, Digits).digits

    def count(self, name: str) -> int:
        """A whole number."""
        return self._given(name, Count).number

    def money(self, name: str) -> Decimal:
        """An amount."""
        return self._given(name, Money).amount

    def moment(self, name: str) -> datetime:
        """A moment, with its zone."""
        return self._given(name, Moment).at

    def word(self, name: str) -> str:
        """A word that the flow set; "" for an optional one that it left out."""
        left_out = name in self.operation.optional and name not in self.inputs
        return "" if left_out else self._given(name, Word).word

    def recording(self, name: str) -> Recording:
        """A recording of the caller."""
        return self._given(name, Recording)

    def secret(self, name: str) -> Secret:
        """Secret digits, such as a code word."""
        keyed = self._given(name, Sealed)
        if keyed.digits is None:
            raise ValueError(
                f"{self.operation.name}: {name} is gone since a restart: ask for it again"
            )
        return keyed.digits

    def _given(self, name: str, kind: type[V]) -> V:
        value = self.inputs[name]
        if not isinstance(value, kind):
            wrong = f"{_CALLED[kind]}, not {type(value).__name__}"
            raise ValueError(f"{self.operation.name}: {name} takes {wrong}")
        return value


Action: TypeAlias = Callable[[OperationRequest], Awaitable[Answered]]
