"""What happens to a session: the events that :func:`ivr.engine.step` takes."""

from typing import TypeAlias

from msgspec import Struct

from ivr.values import Recording, Values


class Began(Struct, frozen=True, tag="began"):
    """The caller is on the line; nothing was told yet."""


class Keyed(Struct, frozen=True, tag="keyed"):
    """The answer to an :class:`~ivr.wants.Ask`: all its digits at once, never key by key.

    Those of a secret ask are ``sealed``: they have no repr.
    """

    digits: str
    sealed: bool = False

    def __repr__(self) -> str:
        return "Keyed(***)" if self.sealed else f"Keyed({self.digits!r})"


class Silent(Struct, frozen=True, tag="silent"):
    """Nobody pressed a key in the time that the ask gave."""


class Played(Struct, frozen=True, tag="told"):
    """A :class:`~ivr.wants.Say` was heard to its end, or cut short by a key."""


class Answered(Struct, frozen=True, tag="answered"):
    """An operation ended with ``outcome``, one of those its signature declares."""

    outcome: str
    values: Values = {}


class Failed(Struct, frozen=True, tag="failed"):
    """What was wanted could not be done, for a reason that somebody else must mend."""

    reason: str


class Recorded(Struct, frozen=True, tag="recorded"):
    """What the caller said is in a file."""

    recording: Recording


class Bridged(Struct, frozen=True, tag="bridged"):
    """The caller is back from a queue or from a conversation: ``outcome`` says how it went.

    From a queue one of ``ended`` (he spoke with an agent), ``timeout``, ``full``, ``closed`` (no
    agents), ``left`` (he pressed the key that leaves), ``failed``; from a dialled number one of
    ``ended``, ``busy``, ``no-answer``, ``failed``.
    """

    outcome: str


class Gone(Struct, frozen=True, tag="gone"):
    """The caller is no longer there. ``cause`` is a hang-up cause of Q.850, 0 if unknown."""

    cause: int = 0


Event: TypeAlias = Began | Keyed | Silent | Played | Answered | Failed | Recorded | Bridged | Gone
