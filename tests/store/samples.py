"""Records and people that the tests of the store share."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ari_app.store.calls import CallBegan, CallEnded, Record, StepTaken
from ari_app.store.subscribers import Subscriber
from ivr.secret import Secret
from ivr.values import Day, Money, Values

FILLED: Values = {"balance": Money(Decimal("12.50"), "BYN"), "until": Day(date(2026, 3, 9))}
NOON = datetime(2026, 3, 1, 12, 0, 0, 123_457, tzinfo=UTC)


def began(call: str = "c1", at: datetime = NOON) -> CallBegan:
    return CallBegan(call, "ari", "611", "375990000001", 1, "ru", "611", "f00dfeed", at)


def step(call: str = "c1", seq: int = 1, key: str = "1") -> StepTaken:
    at = NOON + timedelta(seconds=seq)
    return StepTaken(call, seq, at, "main", "menu", "main-menu", key, "balance", filled=FILLED)


def ended(call: str = "c1", after: float = 9.5, ending: str = "gone") -> CallEnded:
    return CallEnded(call, NOON + timedelta(seconds=after), ending, 16)


def whole_call(call: str, steps: int = 3) -> list[Record]:
    return [began(call), *(step(call, seq) for seq in range(1, steps + 1)), ended(call)]


def subscriber(id: int = 1, msisdn: str = "375990000001", language: str = "ru") -> Subscriber:
    return Subscriber(id, msisdn, "Громов Глеб", language, "Минск", msisdn, Secret("p"), NOON)
