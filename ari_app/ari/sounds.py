"""Where the sounds of a call come from."""

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from ari_app.ari.player import OnHeard, OnUnplayable
from ivr.wants import Screen

Speak = Callable[[Screen], Awaitable[Sequence[str]]]
"""The sound files of a screen, without extension, in the order in which they are played."""


AfterKey = Callable[[float], Sequence[str]]
"""The sound files to play before the answer to a key pressed so many seconds ago."""


Lasts = Callable[[Sequence[str]], float]
"""How long sound files last, in seconds; 0 if it is unknown."""


class Sounds(Struct, frozen=True):
    """Where the sounds of a call come from, and what is notified of their playbacks.

    ``unplayable`` is called before the same screen is spoken a second time, so that it is made of
    other files.
    """

    speak: Speak
    heard: OnHeard = lambda: None
    unplayable: OnUnplayable = lambda _: None
    after_key: AfterKey = lambda _: ()
    lasts: Lasts = lambda _: 0.0
