"""What a line of voice plays and records: where the sounds of a call come from."""

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from ivr.values import Recording
from ivr.wants import Screen

Speak = Callable[[Screen], Awaitable[Sequence[str]]]
"""The sound files of a screen, without extension, in the order in which they are played."""

OnHeard = Callable[[], None]
"""Called when a screen was played to its end, not stopped."""

OnUnplayable = Callable[[Sequence[str]], None]
"""Called with the files of a screen that Asterisk could not play."""

AfterKey = Callable[[float], Sequence[str]]
"""The sound files to play before the answer to a key pressed so many seconds ago."""

Lasts = Callable[[Sequence[str]], float]
"""How long sound files last, in seconds; 0 if it is unknown."""

Keep = Callable[[str, bytes], Awaitable[Recording | None]]
"""Keeps a WAV under a name; None, and nothing is kept, if the caller said nothing."""

SHORT = 0.15
"""A playback that is over so many seconds before its files would be was not played whole: Asterisk
goes on after a file that it cannot play, and says ``done`` at the end, unless that was the last
one."""


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
