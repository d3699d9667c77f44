"""The ports of the cabinet in memory."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Literal

from ari_app.cabinet.errors import CabinetUnavailable
from ari_app.cabinet.ports import ComplaintShown, TicketShown
from ari_app.cabinet.visits import WAY, KeptVisit, Visit
from ari_app.rate_limit import RateLimit
from ari_app.selfcare.code_word_port import Proof
from ari_app.selfcare.request_port import Asker
from ivr.identity.keypad import key_form
from ivr.identity.one_time import IN_CALL
from ivr.secret import Secret

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORD = "МАРТ"
CODE = "246802"


class FakeCodeWords:
    """Everybody's code word is :data:`WORD`; after five wrong ones it is locked."""

    def __init__(self) -> None:
        self.wrong = 0

    async def prove(self, asker: Asker, word: Secret, key: str) -> Proof:
        if self.wrong >= 5:
            return "locked"
        right = word == Secret(key_form(WORD))
        self.wrong += not right
        return "ok" if right else "wrong"

    async def prove_number(self, asker: Asker, number: str, word: Secret, key: str) -> Proof:
        return await self.prove(asker, word, key)

    async def change(
        self, asker: Asker, old: Secret, new: Secret, key: str
    ) -> Literal["ok", "wrong", "locked", "weak"]:
        return await self.prove(asker, old, key)

    async def set_word(self, asker: Asker, new: Secret) -> Literal["ok", "weak"]:
        return "ok" if len(new.reveal()) > 3 else "weak"

    async def set_pin(self, asker: Asker, pin: Secret) -> Literal["ok", "weak"]:
        return await self.set_word(asker, pin)


class FakeCodes:
    """One-time codes by call; a number that no one has gets one that no one is sent. ``most`` codes
    are sent, in one call two; ``texts`` counts those to subscribers."""

    def __init__(self, texts: RateLimit) -> None:
        self.sent: list[tuple[str, int | None, str]] = []
        self.calls: list[str] = []
        self.most = 12
        self._texts = texts
        self.held = asyncio.Event()
        self.held.set()

    async def send(
        self, asker: Asker, number: str, subscriber: int | None, key: str
    ) -> Literal["ok", "limit"]:
        await self.held.wait()
        assert (asker.number, asker.subscriber, asker.way) == ("", None, WAY)
        if len(self.sent) >= self.most or self.calls.count(asker.call) >= IN_CALL:
            return "limit"
        if subscriber is not None and self._texts.wait("", monotonic()):
            return "limit"
        self.calls.append(asker.call)
        self.sent.append((number, subscriber, asker.language))
        return "ok"

    async def check(self, asker: Asker, number: str, subscriber: int | None, code: Secret) -> Proof:
        sent = any(
            (asker.call, number, subscriber) == (call, one, who)
            for call, (one, who, _) in zip(self.calls, self.sent, strict=True)
        )
        right = sent and subscriber is not None and code == Secret(CODE)
        return "ok" if right else "wrong"


class Journal:
    """What happened in visits."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def began(self, visit: Visit) -> None:
        self.lines.append(f"began {visit.number}")

    def did(self, visit: Visit, operation: str, outcome: str) -> None:
        self.lines.append(f"{operation}: {outcome}")

    def ended(self, visit: Visit, ending: str) -> None:
        self.lines.append(f"ended: {ending}")


class FakeVisits:
    """Visits that are kept in memory."""

    def __init__(self) -> None:
        self.visits: dict[str, KeptVisit] = {}
        self.locked = False

    async def begin(self, token: str, visit: KeptVisit) -> None:
        self._use()
        self.visits[token] = visit

    async def find(self, token: str) -> KeptVisit | None:
        self._use()
        found = self.visits.get(token)
        await asyncio.sleep(0)
        return found

    async def save(self, visits: Mapping[str, KeptVisit]) -> list[str]:
        self._use()
        self.visits |= {token: one for token, one in visits.items() if token in self.visits}
        return [token for token in visits if token not in self.visits]

    async def end(self, token: str) -> None:
        self._use()
        self.visits.pop(token, None)

    def _use(self) -> None:
        if self.locked:
            raise CabinetUnavailable("locked")


class FakeLetters:
    """Tickets in memory."""

    def __init__(self) -> None:
        self.written: dict[str, TicketShown] = {}

    async def tickets(self, subscriber: int) -> Sequence[TicketShown]:
        return list(self.written.values())[::-1]

    async def complaints(self, subscriber: int) -> Sequence[ComplaintShown]:
        return [ComplaintShown(7, NOW, NOW + timedelta(days=15), "We <b>repaired</b> it.")]

    async def write(self, visit: Visit, topic: str, text: str, key: str) -> TicketShown:
        number, due = len(self.written) + 1, NOW + timedelta(days=1)
        one = TicketShown(number, topic, "technical", text, "open", NOW, due)
        return self.written.setdefault(key, one)


class FakeLessons:
    """One lesson."""

    async def titles(self, language: str) -> Sequence[tuple[str, str]]:
        return [("wi-fi", "Set up <Wi-Fi>")] if language == "en" else []

    async def text(self, name: str, language: str) -> tuple[str, str] | None:
        return ("Set up <Wi-Fi>", "1. Turn it on.\n2. Wait.") if name == "wi-fi" else None
