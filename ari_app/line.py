"""The port of a line: one verb."""

from typing import Protocol

from ivr.events import Event
from ivr.wants import Met


class Line(Protocol):
    """A channel, a text session or a terminal through which a session meets its caller."""

    async def present(self, want: Met) -> Event:
        """Do what the session wants of the caller and bring what came of it.

        Never raises for what a caller may do; whoever is gone is ``Gone``, again and again.
        """
        ...
