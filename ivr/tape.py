"""The tape of a call: what answered each of its wants, and when, so that it can be replayed.

Nothing on it is secret, a number of a person or a long text. Keys that may be one of these are kept
as :class:`Hidden`, and values as stand-ins of the same kind and length: what operations made of
them is on the tape as their outcome.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ivr.digits import Verdict, judge
from ivr.events import (
    Answered,
    Began,
    Bridged,
    Event,
    Failed,
    Gone,
    Keyed,
    Played,
    Recorded,
    Said,
    Silent,
)
from ivr.secret import Secret
from ivr.session import Caller, Session, Subject
from ivr.speech_grammar import menu_words, spelled, understood
from ivr.values import Digits, Recording, Rows, Sealed, Spoken, Text, Value, Values
from ivr.wants import Ask, CheckHours, Enqueue, Invoke, Want

FORMAT = 1
"""Format of a tape; raised when older ones can no longer be replayed."""

LONGEST = 400
"""The most turns on a tape; a call of more is not taped."""

_PLAIN = 4
"""The most digits that are kept: more may be a phone number."""

_SOMEONE = Subject(1, "1234567")
"""Stands for a subscriber."""

_FILLER = "1"
"""What stands for a hidden digit."""


class Hidden(Struct, frozen=True, omit_defaults=True, tag="hidden"):
    """Keys that are not kept. ``same``: equal keys of a call have the same number, from 1.

    ``length``: how many they were, 0 for a secret; ``fits``: whether they were of the form that was
    asked for. ``sealed`` and ``whole`` as in :class:`~ivr.events.Keyed`.
    """

    same: int
    length: int = 0
    fits: bool = True
    sealed: bool = False
    whole: bool = False


Taped: TypeAlias = (
    Keyed | Hidden | Said | Silent | Played | Answered | Failed | Recorded | Bridged | Gone
)


class TapedTurn(Struct, frozen=True, array_like=True):
    """What answered a want (see :func:`label`) of a node, after how many seconds."""

    seconds: float
    flow: str
    node: str
    want: str
    event: Taped


class Tape(Struct, frozen=True, kw_only=True):
    """A call from its beginning to its end. ``start`` is its first session, without the number of
    the caller."""

    start: Session
    turns: tuple[TapedTurn, ...]
    format: int = FORMAT


class Taper:
    """Makes the tape of a call while it lasts."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._start = replace(
            session,
            caller=_nameless(session.caller),
            values=_bare(session.values),
            ahead=tuple(_short(keys) for keys in session.ahead),
        )
        self._at = at
        self._turns: list[TapedTurn] = []
        self._hidden: dict[Secret, int] = {}

    def add(self, session: Session, want: Want, event: Event, at: datetime) -> None:
        """Take what answered a want of a session."""
        seconds = round((at - self._at).total_seconds(), 2)
        self._at = at
        if len(self._turns) <= LONGEST:
            kept = self._taped(want, event)
            self._turns.append(TapedTurn(seconds, session.flow, session.node, label(want), kept))

    def tape(self) -> Tape | None:
        """The tape; None of a call that was too long."""
        if len(self._turns) > LONGEST:
            return None
        return Tape(start=self._start, turns=tuple(self._turns))

    def _taped(self, want: Want, event: Event) -> Taped:
        match event:
            case Began():
                raise AssertionError("it answers no want")
            case Keyed() if isinstance(want, Ask) and _hides(want, event):
                same = self._hidden.setdefault(Secret(event.digits), len(self._hidden) + 1)
                length = 0 if event.sealed else len(event.digits)
                return Hidden(same, length, _fits(want, event), event.sealed, event.whole)
            case Said():
                return self._spoken(want, event)
            case Answered():
                about = _SOMEONE if event.about else None
                return replace(event, values=_bare(event.values), about=about)
            case Failed():
                return Failed("it failed in the recorded call")
            case Recorded():
                return Recorded(Recording("", event.recording.seconds))
        return event

    def _spoken(self, want: Want, said: Said) -> Taped:
        """What was said, in the words of the menus; digits are kept as those of keys."""
        heard = want.speech if isinstance(want, Ask) else None
        answer = understood(heard, said.words) if heard is not None else ""
        if heard is None or not answer:
            return replace(said, words="")
        if heard.most and (said.sealed or not said.doubtful):
            return self._taped(want, Keyed(answer, said.sealed, said.whole))
        if heard.most:
            return replace(said, words=spelled(heard, _short(answer)))
        return replace(said, words=menu_words(heard, said.words))


def label(want: Want) -> str:
    """A want in a word or two, such as ``do balance``, ``queue support`` or ``ask``."""
    match want:
        case Invoke(operation):
            return f"do {operation}"
        case CheckHours(schedule):
            return f"hours {schedule}"
        case Enqueue(queue):
            return f"queue {queue}"
    return type(want).__name__.lower()


def played_back(taped: Taped, want: Want) -> Event:
    """The event of a tape, as it answers a want."""
    if not isinstance(taped, Hidden):
        return taped
    if not taped.fits:
        return Keyed("", taped.sealed, taped.whole)
    least, most = (want.grammar.least, want.grammar.most) if isinstance(want, Ask) else (1, 1)
    length = taped.length or max(least, min(most, _PLAIN))
    digits = str(taped.same).rjust(length, _FILLER)[-length:]
    return Keyed(digits, taped.sealed, taped.whole)


def _nameless(caller: Caller) -> Caller:
    known = None if caller.subscriber is None else _SOMEONE.subscriber
    return Caller("", known, caller.vouched, caller.way)


def _short(keys: str) -> str:
    return keys if len(keys) <= _PLAIN else _FILLER * len(keys)


def _hides(ask: Ask, keyed: Keyed) -> bool:
    if keyed.digits in ask.grammar.choices | ask.grammar.codes:
        return False
    return keyed.sealed or ask.secret or len(keyed.digits) > _PLAIN


def _fits(ask: Ask, keyed: Keyed) -> bool:
    return judge(ask.grammar, keyed.digits) in (Verdict.WHOLE, Verdict.LONGER)


def _bare(values: Values) -> Mapping[str, Value]:
    return {name: _stand_in(value) for name, value in values.items()}


def _stand_in(value: Value) -> Value:
    match value:
        case Sealed():
            return Sealed()
        case Digits(digits, hidden) if hidden or len(digits) > _PLAIN:
            return Digits(_FILLER * len(digits), hidden)
        case Text(text):
            return Text("x" * len(text))
        case Spoken(texts):
            return Spoken({language: "x" * len(text) for language, text in texts.items()})
        case Recording():
            return Recording("", value.seconds)
        case Rows(rows):
            return Rows(tuple(_bare(row) for row in rows))
    return value
