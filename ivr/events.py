"""The events that :func:`ivr.engine.step` takes: what happened to a session."""

from typing import TypeAlias

from msgspec import Struct

from ivr.session import Subject
from ivr.values import Recording, Values


class Began(Struct, frozen=True, tag="began"):
    """The call is answered; nothing was played yet."""


class Keyed(Struct, frozen=True, tag="keyed"):
    """The answer to an :class:`~ivr.wants.Ask`: all its digits at once, never key by key.

    ``sealed``: the digits of a secret ask, hidden in the repr. ``whole``: the screen had been
    presented to its end before the first of these digits; a line that does not know says False.
    """

    digits: str
    sealed: bool = False
    whole: bool = False

    def __repr__(self) -> str:
        return "Keyed(***)" if self.sealed else f"Keyed({self.digits!r}, whole={self.whole})"


class Said(Struct, frozen=True, tag="said"):
    """The answer to an :class:`~ivr.wants.Ask` in spoken words; "" if none were made out.

    ``sure``: from 0 to 1; ``doubtful``: too little for acting on it without asking back.
    ``sealed`` and ``whole`` are as in :class:`Keyed`.
    """

    words: str
    sure: float = 1.0
    doubtful: bool = False
    sealed: bool = False
    whole: bool = False

    def __repr__(self) -> str:
        words = "***" if self.sealed else repr(self.words)
        return f"Said({words}, {self.sure:.2f}, whole={self.whole})"


class Silent(Struct, frozen=True, tag="silent"):
    """Timeout: the caller pressed no key, or said nothing into a recording.

    ``whole``: the screen was presented to its end.
    """

    whole: bool = False


class Played(Struct, frozen=True, tag="told"):
    """A :class:`~ivr.wants.Say` was played to its end, or stopped by a key (barge-in).

    ``whole``: it was presented to its end; or, on a line of text, it is shown with the next ask,
    which is not presented whole before that.
    """

    whole: bool = False


class Answered(Struct, frozen=True, tag="answered"):
    """An :data:`~ivr.wants.Action` ended with ``outcome``, one that its signature declares.

    ``about``: whom the caller has proved to be, of an operation that is about another number.
    """

    outcome: str
    values: Values = {}
    about: Subject | None = None


class Failed(Struct, frozen=True, tag="failed"):
    """A want could not be carried out: a fault of the installation or of the code.

    The flow's ``on-error`` handles it; ``reason`` goes to the log.
    """

    reason: str


class Recorded(Struct, frozen=True, tag="recorded"):
    """The caller's recording is stored in a file."""

    recording: Recording


class Bridged(Struct, frozen=True, tag="bridged"):
    """The caller is back from a queue or a dialled number.

    ``outcome`` of a queue: ``ended`` (spoke with an agent), ``timeout``, ``full``, ``closed`` (no
    agents), ``left`` (pressed the exit key), ``failed``. Of a dialled number: ``ended``, ``busy``,
    ``no-answer``, ``failed``.
    """

    outcome: str


class Gone(Struct, frozen=True, tag="gone"):
    """The caller hung up. ``cause`` is the Q.850 hang-up cause, 0 if unknown."""

    cause: int = 0


Event: TypeAlias = (
    Began | Keyed | Said | Silent | Played | Answered | Failed | Recorded | Bridged | Gone
)
