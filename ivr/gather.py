"""Digit collection for one :class:`~ivr.wants.Ask`, without a clock: the line passes the time in.

A line creates a :class:`Gather` for each ask and plays the prompt, unless ``answer`` is already set
by keys typed ahead. It reports a key with :meth:`Gather.keyed`, the end of the prompt, and whether
it was heard whole, with :meth:`Gather.prompt_played`, and a timeout with :meth:`Gather.timer_fired`
when ``due`` has come. What a caller says comes with :meth:`Gather.speaking` and
:meth:`Gather.heard`; keys win over it. After each call it looks at ``answer``. All times are
seconds of any monotonic clock.
"""

from collections import deque
from math import isfinite

from msgspec import Struct

from ivr.digits import KEYS, Verdict, closing, judge, parted
from ivr.events import Keyed, Said, Silent
from ivr.wants import Ask

AHEAD = 32
"""The most keys typed ahead; further ones are dropped."""

CLOSING = 2.0
"""How long after an answer that is complete without it the closing key still belongs to it (s)."""

SPEAKING = 20.0
"""The longest time from the beginning of speech to what was said, in seconds."""


class Pressed(Struct, frozen=True):
    """A :class:`Keypad` as a value."""

    ahead: str = ""
    closing: str = ""
    at: float | None = None


class Gathered(Struct, frozen=True):
    """A :class:`Gather` as a value, all but its ask."""

    keys: str = ""
    first_key: float = 0.0
    due: float | None = None
    listening: bool = False
    played: bool = False
    whole: bool = False
    informed: bool = False
    answer: Keyed | Said | Silent | None = None


class Keypad:
    """The type-ahead buffer of one call: keys that no ask has taken yet.

    Each event is a press. Asterisk leaves at least 45 ms between two keys (AST_MIN_DTMF_GAP, of its
    main/channel.c), but where the application is late they come together.
    """

    __slots__ = ("_closing", "ahead", "pressed")

    def __init__(self) -> None:
        self.ahead: deque[str] = deque()
        self._closing = ""
        self.pressed = float("-inf")
        """When the last key was pressed."""

    @property
    def state(self) -> Pressed:
        """What was pressed."""
        at = self.pressed if isfinite(self.pressed) else None
        return Pressed("".join(self.ahead), self._closing, at)

    def go_on(self, state: Pressed) -> None:
        """Go on where another keypad stood."""
        self.ahead = deque(state.ahead)
        self._closing = state.closing
        self.pressed = float("-inf") if state.at is None else state.at

    def press(self, key: str, now: float) -> bool:
        """Buffer a key. False if dropped: no DTMF key, buffer full, closing key."""
        if key not in KEYS:
            return False
        closes = key == self._closing and now - self.pressed < CLOSING
        self._closing, self.pressed = "", now
        if closes or len(self.ahead) == AHEAD:
            return False
        self.ahead.append(key)
        return True

    def answered(self, closing: str) -> None:
        """An answer is over: drop ``closing`` if that is the next key, and comes soon."""
        if self.ahead and self.ahead[0] == closing:
            self.ahead.popleft()
        elif not self.ahead:
            self._closing = closing


class Gather:
    """The digits of one ask."""

    __slots__ = (
        "_ask",
        "_first_key",
        "_informed",
        "_keypad",
        "_keys",
        "_listening",
        "_played",
        "_speaking",
        "_whole",
        "answer",
        "due",
    )

    def __init__(
        self, ask: Ask, keypad: Keypad, now: float, before: Gathered | None = None
    ) -> None:
        """``before`` is where another one stood with this ask, whose keys are gone on with."""
        self._ask = ask
        self._keypad = keypad
        self._keys = ""
        self._first_key = 0.0
        self._played = self._whole = self._informed = self._speaking = False
        self.answer: Keyed | Said | Silent | None = None
        self.due: float | None = None
        """When to call :meth:`timer_fired`; None while no timer runs."""
        self._listening = ask.screen.barge_in
        if before is not None:
            self._go_on(before)
        elif ask.flush:
            keypad.ahead.clear()
        self.keyed(now)

    @property
    def state(self) -> Gathered:
        """Where it stands."""
        flags = (self._listening, self._played, self._whole, self._informed)
        return Gathered(self._keys, self._first_key, self.due, *flags, self.answer)

    def _go_on(self, before: Gathered) -> None:
        self._keys, self._first_key, self.due = before.keys, before.first_key, before.due
        self._listening, self._played = before.listening, before.played
        self._whole, self._informed = before.whole, before.informed
        self.answer = before.answer

    @property
    def barged(self) -> bool:
        """Whether barge-in stops the prompt, or keeps it from being played.

        The beginning of a consent key does not: it is dropped while the prompt plays.
        """
        agreeing = any(key.startswith(self._keys) for key in self._ask.consent)
        return self._listening and ((bool(self._keys) and not agreeing) or self._speaking)

    def keyed(self, now: float) -> None:
        """A key was pressed: take keys from the buffer."""
        while self._listening and self._keypad.ahead and self.answer is None:
            if not self._keys:
                self._first_key, self._informed = now, self._whole
            self._keys += self._keypad.ahead.popleft()
            self._speaking = False
            self._judge(now)

    def prompt_played(self, now: float, whole: bool) -> None:
        """The prompt is over: start the first-digit timer.

        ``whole``: it was played to its end, not stopped, and did not fail.
        """
        self._listening = True
        self.keyed(now)  # what was pressed before the end
        if not self._played:
            self._played, self._whole = True, whole
            self.keyed(now)
        if not (self._keys or self._speaking) and self.answer is None and self.due is None:
            self.due = now + self._ask.grammar.first

    def speaking(self, now: float, early: bool = False) -> None:
        """The caller begins to speak: the first-digit timer waits for what it is.

        ``early``: they began before they were listened to, as before the end of the prompt.
        """
        if self.listens and not self._speaking:
            self._speaking, self.due = True, now + SPEAKING
            self._informed = self._whole and not early

    def heard(self, now: float, words: str | None, sure: float = 1.0, doubt: bool = False) -> None:
        """Words were made out, none ("") although it was speech, or it was none (None)."""
        if not self.listens:
            return
        if words is not None:
            informed = self._informed if self._speaking else self._whole
            self.answer = Said(words, sure, doubt, self._ask.secret, informed)
        self._speaking = False
        self.due = now + self._ask.grammar.first if words is None and self._played else None

    @property
    def listens(self) -> bool:
        """Whether what is said counts now: a yes only after the end of the prompt."""
        ready = self._played or (self._ask.screen.barge_in and not self._ask.consent)
        return ready and self._listens

    @property
    def _listens(self) -> bool:
        return self._ask.speech is not None and not self._keys and self.answer is None

    def timer_fired(self, now: float) -> None:
        """A timer fired: end the digits, or answer ``Silent``. Nothing before ``due``."""
        if self.answer is None and self.due is not None and now >= self.due:
            if self._keys:
                self._end()
            else:
                self.answer = Silent(self._whole)
            self.due = None

    def _judge(self, now: float) -> None:
        grammar = self._ask.grammar
        if judge(grammar, self._keys) in (Verdict.WHOLE, Verdict.WRONG):
            self._end()
            self.due = None
        else:
            self.due = min(now + grammar.between, self._first_key + grammar.total)

    def _end(self) -> None:
        """Set the answer; keys beyond it go back into the buffer. An early consent is dropped."""
        keys, rest = parted(self._ask.grammar, self._keys)
        self._keypad.ahead.extendleft(reversed(rest))
        if keys in self._ask.consent and not self._played:
            self._keys = ""
        else:
            self.answer = Keyed(keys, self._ask.secret, self._informed)
            self._keypad.answered(closing(self._ask.grammar, keys))
