"""The silence that a sound ends in, by the last sign of its text: light to import."""

from typing import Final

PAUSES: Final = {".": 0.2, "!": 0.2, "?": 0.2, "…": 0.2, ",": 0.1, ";": 0.1, ":": 0.1}
"""The last sign of a text -> seconds of silence at its end."""

PAUSE: Final = 0.05
"""The same for a text without such a sign."""


def pause(text: str) -> float:
    """Seconds of silence at the end of a text."""
    return PAUSES.get(text[-1:], PAUSE)
