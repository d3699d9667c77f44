"""Text sessions that an application left: where each stands, by the gateway's id of it.

A checkpoint of a text session counts replies where one of a call counts playbacks.
"""

from collections.abc import Callable

from msgspec import Struct

from ari_app.store.calls import Path
from ivr.checkpoint import Checkpoint
from ivr.session import Session
from ivr.wants import Want

OF_TEXTS = "ussd:"
"""Begins the channel of a checkpoint; the gateway's id follows."""


class LeftSession(Struct, frozen=True):
    """A text session that was left, and what is stored of it."""

    kept: Checkpoint
    path: Path

    @property
    def session(self) -> Session:
        """The session as it was."""
        return self.kept.session


class Checkpoints(Struct, frozen=True):
    """Where text sessions are kept, and go on.

    ``keep`` takes the gateway's id, the session, its want, and how many replies it has had.
    """

    keep: Callable[[str, Session, Want, int], None]
    going_on: Callable[[Session, Path], None]
