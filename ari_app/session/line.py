"""The port of a line: one method."""

from typing import Protocol

from ivr.events import Event
from ivr.wants import LineWant


class LineError(Exception):
    """The line cannot carry out a want, by a fault of the installation.

    The caller is still on the line, and the flow may handle it with ``on-error``.
    """


class Line(Protocol):
    """A channel, a text session or a simulated call."""

    async def present(self, want: LineWant) -> Event:
        """Carry out a want and return the event that answers it.

        Never raises for what a caller does: after a hang-up it returns ``Gone`` each time. Raises
        :class:`LineError` when the want cannot be carried out.
        """
        ...
