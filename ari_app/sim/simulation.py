"""The bench of simulated calls: fictional subscribers in memory, and prompt durations."""

import wave
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from ari_app.selfcare.backends import Backends
from ari_app.selfcare.code_word_port import Proof
from ari_app.selfcare.memory import Ledger, MemoryBilling
from ari_app.selfcare.operations import Selfcare
from ari_app.selfcare.request_port import Asker, OpenTicket, asker_of
from ari_app.session.conductor import Perform
from ari_app.sim.in_memory import (
    PATIENT,
    EverybodyAsked,
    NoMessages,
    PlainOrders,
    SameCodes,
    SimulatedStaff,
    SimulatedSubscribers,
)
from ari_app.sim.run import Person, TestBench
from ari_app.sim.script import UNKNOWN, WITHHELD
from ivr.analysis.examples import outcomes, reply
from ivr.events import Answered
from ivr.hours.schedule import Schedule, hours_answer, hours_at
from ivr.identity.keypad import key_form
from ivr.identity.weak_words import About, faults
from ivr.model import Book
from ivr.numbers import NumberPlan
from ivr.problems import near
from ivr.secret import Secret
from ivr.session import Session
from ivr.values import Moment, Phrase
from ivr.wants import Action, CheckHours, FindAnnouncements, Invoke, Screen, Send
from prompts import plan
from prompts.catalogue import Catalogue
from prompts.pieces import Piece, RecordedFile, Silence, SpokenText
from prompts.plan import Recordings
from prompts.recordings import scan

TRIES_A_CALL = 3
"""How many wrong code words a simulated call has."""

PACE = 14.0
"""Characters per second of the voices."""


class PersonError(Exception):
    """There is no such caller; the text lists those there are."""


class SimulatedOperator(Struct, frozen=True):
    """The operator of simulated calls, with its fictional subscribers.

    It is the same in every installation, so that a test of a flow goes the same everywhere and
    touches no real subscriber. ``stranger`` is the number of somebody who is none of them,
    ``numbers`` the plan of their numbers, ``brands`` the names of the operator.
    """

    people: Sequence[Person]
    stranger: str
    numbers: NumberPlan
    brands: tuple[str, ...]
    ledger: Callable[[datetime], Ledger]
    """The books of their billing, as they are at a moment."""
    code_word: Callable[[str], Secret]
    """The code word of the subscriber with a number."""
    promised: Callable[[int, datetime], OpenTicket | None]
    """What is to be done for a subscriber at a moment."""
    words: Mapping[str, Mapping[str, str]] = {}
    """Their own words, such as their web address, each per language."""


def bench(
    book: Book, catalogue: Catalogue, operator: SimulatedOperator, recordings: Path | None = None
) -> TestBench:
    """The bench for these flows and texts; ``recordings`` last as long as their files."""
    found: Recordings = scan(recordings, catalogue)[0] if recordings else {}
    lasting = lasting_of(catalogue, found)
    return TestBench(book, _finder(operator), lambda at: _back(book, operator, at), lasting)


def _finder(operator: SimulatedOperator) -> Callable[[str], Person]:
    known = operator.people

    def find(wanted: str) -> Person:
        if wanted == UNKNOWN:
            return Person(operator.stranger, None, "", UNKNOWN)
        if wanted == WITHHELD:
            return Person("", None, "", WITHHELD)
        found = [one for one in known if one.number.endswith(wanted)] or [
            one for one in known if wanted.lower() in one.name.lower()
        ]
        if not found and wanted.startswith("+") and (number := operator.numbers.msisdn(wanted)):
            return Person(number, None, "", wanted)
        if not found:
            numbers = [one.number for one in known]
            raise PersonError(f"there is no subscriber {wanted}: {near(wanted, numbers)}")
        return found[0]

    return find


def _back(book: Book, operator: SimulatedOperator, at: datetime) -> Perform:
    """A new back end of the simulated operator, as it is at a moment."""

    async def read() -> Ledger:
        return operator.ledger(at)

    now = at.replace(tzinfo=UTC)
    billing = MemoryBilling(read, lambda: now)
    orders, messages, known = (
        PlainOrders(billing),
        NoMessages(),
        SimulatedSubscribers(operator.people, operator.numbers),
    )
    selfcare = Selfcare(
        Backends(
            billing,
            SimulatedStaff(operator.promised, now),
            _Words(operator),
            SameCodes(),
            orders,
            messages,
            known,
            lambda: now,
            operator.words,
            surveys=EverybodyAsked(),
        ),
        PATIENT,
    )
    asked = count()

    async def perform(action: Action, session: Session) -> Answered:
        match action:
            case Invoke() if book.operations[action.operation].http:
                return _made_up(book, action.operation)
            case Invoke():
                if not next(asked):
                    await billing.refresh()
                asker = asker_of(session)
                return await selfcare.run(action.operation, action.inputs, asker, action.key)
            case CheckHours():
                return _consulted(book.schedules[action.schedule], at, action.at)
            case FindAnnouncements():
                return Answered("none")
            case Send():
                return Answered("sent" if session.number else "nowhere")

    return perform


class _Words:
    """Code words of these subscribers, without hashes; a call has three wrong attempts."""

    def __init__(self, operator: SimulatedOperator) -> None:
        self._operator = operator
        self._changed: str | None = None
        self._pin: str | None = None
        self._wrongs = 0

    async def prove(self, asker: Asker, word: Secret, key: str) -> Proof:  # noqa: ARG002 - the signature of the interface
        """Whether the keys are those of the word."""
        if self._wrongs >= TRIES_A_CALL:
            return "locked"
        if asker.subscriber is not None:
            number = self._operator.numbers.whole(asker.texts_to) or asker.texts_to
            kept = self._changed or key_form(self._operator.code_word(number).reveal())
            if word.reveal() in (kept, self._pin):
                return "ok"
        self._wrongs += 1
        return "wrong"

    async def prove_number(self, asker: Asker, number: str, word: Secret, key: str) -> Proof:  # noqa: ARG002 - the signature of the interface
        """Whether the keys are those of the word of another number's subscriber."""
        return await self.prove(asker, word, key)

    async def change(
        self, asker: Asker, old: Secret, new: Secret, key: str
    ) -> Literal["ok", "wrong", "weak"]:
        """Take a new word, if it is not weak."""
        return (
            "wrong"
            if await self.prove(asker, old, key) != "ok"
            else await self.set_word(asker, new)
        )

    async def set_word(self, asker: Asker, new: Secret) -> Literal["ok", "weak"]:
        """Take a new word, if it is not weak."""
        if self._weak(asker, new):
            return "weak"
        self._changed = new.reveal()
        return "ok"

    async def set_pin(self, asker: Asker, pin: Secret) -> Literal["ok", "weak"]:
        """Take a PIN, if it is not weak."""
        if self._weak(asker, pin):
            return "weak"
        self._pin = pin.reveal()
        return "ok"

    def _weak(self, asker: Asker, new: Secret) -> bool:
        return bool(faults(new.reveal(), About(asker.texts_to, operator=self._operator.brands)))


def _made_up(book: Book, operation: str) -> Answered:
    """The first outcome of an operation of the operator's own: a call of no one sends no request.

    A test that needs another outcome, or certain values, gives them.
    """
    of = ("do", operation)
    found = reply(book, of, outcomes(book, of)[0])
    assert isinstance(found, Answered)
    return found


def _consulted(schedule: Schedule, now: datetime, asked: Moment | None) -> Answered:
    """What a schedule says at a moment of its own local time."""
    zone = ZoneInfo(schedule.timezone)
    at = (asked.at if asked else now).replace(tzinfo=zone)
    return hours_answer(hours_at(schedule, at, zone), now.date())


def lasting_of(
    catalogue: Catalogue, recordings: Mapping[tuple[str, str], str]
) -> Callable[[Screen], float]:
    """How long screens last: what was recorded as it does, and what is spoken by its length."""

    @lru_cache(4096)
    def plain(prompt: str, language: str) -> float:
        return lasts(Phrase(prompt), language)

    def lasts(phrase: Phrase, language: str) -> float:
        pieces = plan.pieces(catalogue, phrase, language, recordings)
        return sum(map(_seconds, pieces))

    def duration(shown: Screen) -> float:
        return sum(
            lasts(phrase, shown.language) if phrase.values else plain(phrase.prompt, shown.language)
            for phrase in shown.phrases
        )

    return duration


def _seconds(piece: Piece) -> float:
    match piece:
        case RecordedFile(path):
            return _recorded(path)
        case Silence(seconds):
            return seconds
        case SpokenText(text):
            return len(text) / PACE


@lru_cache(1024)
def _recorded(path: str) -> float:
    """The seconds of a WAV recording; 0 if it is missing or of another format."""
    try:
        with wave.open(f"{path}.wav") as file:
            seconds: float = file.getnframes() / file.getframerate()
            return seconds
    except (OSError, EOFError, wave.Error):
        return 0.0
