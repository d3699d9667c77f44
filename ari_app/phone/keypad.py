"""The keys of a phone, which sound one after the other."""

from collections import deque
from collections.abc import Callable

from ari_app.phone.messages import GAP, TONE

RELEASED = ""
"""Among the keys: here a command ends."""


class Keypad:
    """Presses keys.

    The times count from when a key was really pressed: a phone that is late keeps its tones and the
    gaps between them, and no key is said to be released while it sounds.
    """

    def __init__(
        self,
        press: Callable[[str], None],
        released: Callable[[], None],
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        """``press`` begins the tone of a key, ``released`` is called when the last of a command is
        over, and ``later`` calls something after so many seconds."""
        self._press_one = press
        self._released = released
        self._later = later
        self._keys: deque[str] = deque()
        self._busy = False

    def press(self, keys: str) -> None:
        """Press keys, after those that were asked for before."""
        self._keys.extend((*keys, RELEASED))
        if not self._busy:
            self._busy = True
            self._next()

    def over(self) -> None:
        """The call has ended; what ``later`` was given is not called any more."""
        self._keys.clear()
        self._busy = False

    def _next(self) -> None:
        if not self._keys:
            self._busy = False
            return
        key = self._keys.popleft()
        if key == RELEASED:
            self._released()
            self._later(GAP, self._next)
        else:
            self._press_one(key)
            self._later(TONE if self._keys[0] == RELEASED else TONE + GAP, self._next)
