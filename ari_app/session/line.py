"""The port of a line: one verb."""

from typing import Protocol

from ivr.events import Event
from ivr.wants import LineWant


class LineError(Exception):
    """What was wanted could not be done, for a reason that somebody else must mend.

    The caller is still there, and the flow may have an answer to it.
    """


class Line(Protocol):
    """A channel, a text session or a terminal through which a session meets its caller."""

    async def present(self, want: LineWant) -> Event:
        """Do what the session wants of the caller and bring what came of it.

        Never raises for what a caller may do; whoever is gone is ``Gone``, again and again.
        :class:`LineError` when the want itself cannot be done.
        """
        ...
