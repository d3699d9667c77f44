"""What stands in for the store in a call without a phone."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from ari_app.selfcare.billing import Billing, BillingUncertain
from ari_app.selfcare.code_word_port import Proof
from ari_app.selfcare.operations import CATALOGUE
from ari_app.selfcare.order_port import OrderOutcome, OrderRequest
from ari_app.selfcare.orders import Completed
from ari_app.selfcare.request_port import Asker, Noted, OpenTicket
from ari_app.selfcare.surveys import NoSurveys
from ari_app.sim.run import Person
from ivr.numbers import NumberPlan
from ivr.secret import Secret
from ivr.values import Phrase, Recording

PATIENT = {name: replace(one, deadline=3600.0) for name, one in CATALOGUE.items()}
"""The operations with a deadline of an hour by the real clock: what a script says is late is late
by the virtual one, and a busy machine makes nothing late."""

MANY = 1_000_000
"""As often as one likes."""


class PlainOrders:
    """Orders that are carried out at once, for one call."""

    def __init__(self, billing: Billing) -> None:
        self._billing = billing
        self._done: Counter[str] = Counter()

    async def place(self, wanted: OrderRequest, key: str) -> OrderOutcome:
        """What billing says."""
        operation = wanted.operation
        most = min(operation.daily or MANY, operation.monthly or MANY)
        if self._done[operation.name] >= most:
            return "limit"
        try:
            async with asyncio.timeout(operation.deadline):
                ended = await self._billing.place(
                    wanted.subscriber, wanted.order, wanted.agreed, key
                )
        except (BillingUncertain, TimeoutError):
            return "accepted"
        self._done[operation.name] += isinstance(ended, Completed)
        return ended


class NoMessages:
    """Text messages, which are dropped."""

    async def post(self, asker: Asker, texts: Sequence[Phrase], key: str) -> bool:  # noqa: ARG002 - the signature of the interface
        """Whether there is a number to send them to."""
        return bool(asker.texts_to)


class EverybodyAsked(NoSurveys):
    """Surveys of which nothing is kept."""

    async def begin(self, asker: Asker) -> bool:  # noqa: ARG002 - the signature of the interface
        """Each caller."""
        return True


class SimulatedSubscribers:
    """The subscribers of simulated calls by number, in any form of their number plan."""

    def __init__(self, people: Sequence[Person], numbers: NumberPlan) -> None:
        self._plan = numbers
        self._ids = {one.number: one.subscriber for one in people if one.subscriber is not None}
        self._numbers = {id: number for number, id in self._ids.items()}
        self._areas = {one.subscriber: one.area for one in people}

    async def by_number(self, digits: str) -> int | None:
        """Who has a number."""
        return self._ids.get(self._plan.whole(digits) or "")

    async def number(self, subscriber: int) -> str:
        """The number of a subscriber; "" if unknown."""
        return self._numbers.get(subscriber, "")

    async def area(self, subscriber: int) -> str | None:
        """Where a subscriber lives; None if there is no such subscriber."""
        return self._areas.get(subscriber)


CODE = "246802"
"""The one-time code that every simulated call is sent."""

CODES_A_CALL, TRIES_A_CODE = 2, 3


class SameCodes:
    """One-time codes of one call: always :data:`CODE`."""

    def __init__(self) -> None:
        self._sent = 0
        self._tries = 0
        self._number = ""

    async def send(
        self,
        asker: Asker,  # noqa: ARG002 - the signature of the interface
        number: str,
        subscriber: int | None,  # noqa: ARG002 - the signature of the interface
        key: str,  # noqa: ARG002 - the signature of the interface
    ) -> Literal["ok", "limit"]:
        """Whether another code may be sent."""
        if self._sent >= CODES_A_CALL:
            return "limit"
        self._sent, self._tries, self._number = self._sent + 1, 0, number
        return "ok"

    async def check(self, asker: Asker, number: str, subscriber: int | None, code: Secret) -> Proof:  # noqa: ARG002 - the signature of the interface
        """Whether it is the code."""
        if self._tries >= TRIES_A_CODE:
            return "locked"
        self._tries += 1
        right = self._sent > 0 and number == self._number and subscriber is not None
        return "ok" if right and code == Secret(CODE) else "wrong"


class SimulatedStaff:
    """People who keep what they are asked, for one call."""

    def __init__(
        self, promised: Callable[[int, datetime], OpenTicket | None], now: datetime
    ) -> None:
        self._promised = promised
        self._now = now
        self._asked: set[str] = set()

    async def complain(self, asker: Asker, recording: Recording, key: str) -> str:  # noqa: ARG002 - the signature of the interface
        """The first complaint of all."""
        return "1"

    async def call_back(
        self,
        asker: Asker,
        key: str,  # noqa: ARG002 - the signature of the interface
        due: datetime | None,
        topic: str = "",  # noqa: ARG002
    ) -> Noted:
        """Whether it is asked for the first time, or for another time than before."""
        return self._noted(asker, f"call-back {due or ''}")

    async def report_no_network(
        self,
        asker: Asker,  # noqa: ARG002 - the signature of the interface
        place: str,  # noqa: ARG002 - the signature of the interface
        topic: str,
        key: str,  # noqa: ARG002 - the signature of the interface
    ) -> tuple[datetime, bool]:
        """Due in a day; new for the first time."""
        return self._now + timedelta(days=1), self._new(topic)

    async def notify_when_restored(self, asker: Asker) -> Noted:
        """Whether it is asked for the first time."""
        return self._noted(asker, "mended")

    async def refuse_campaigns(self, asker: Asker) -> bool:
        """Whether there is a number."""
        return bool(asker.number)

    async def recent_calls(self, asker: Asker) -> int:  # noqa: ARG002 - the signature of the interface
        """None."""
        return 0

    async def first_due_ticket(self, subscriber: int) -> OpenTicket | None:
        """What was promised."""
        return self._promised(subscriber, self._now)

    def _noted(self, asker: Asker, request: str) -> Noted:
        if not asker.number:
            return "nowhere"
        return "noted" if self._new(request) else "already"

    def _new(self, request: str) -> bool:
        new = request not in self._asked
        self._asked.add(request)
        return new
