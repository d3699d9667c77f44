"""The log: a line a fact, readable live."""

import asyncio
import logging
import sys
import time
from typing import TextIO

FORMAT = "%(asctime)s %(levelname)-7s %(message)s"

MOMENT = 0.1
"""Seconds in which lines of many calls are gathered, then written at once."""


def masked(number: str) -> str:
    """A telephone number as it may stand in a log: its last four digits."""
    return f"…{number[-4:]}" if number else "unknown"


class _Formatter(logging.Formatter):
    """Makes the text of a second once: many calls begin and end in one."""

    _second = -1
    _text = ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """See :class:`logging.Formatter`."""
        second = int(record.created)
        if second != self._second:
            self._second, self._text = (
                second,
                time.strftime(datefmt or "%X", time.localtime(second)),
            )
        return self._text


class Gathering(logging.StreamHandler[TextIO]):
    """Writes the lines of a moment in one go; warnings and worse, and all before them, at once.

    Where no event loop runs every line is written at once.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._gathered: list[logging.LogRecord] = []
        self._due = False

    def emit(self, record: logging.LogRecord) -> None:
        """See :class:`logging.Handler`."""
        self._gathered.append(record)
        if record.levelno >= logging.WARNING or not (self._due or self._soon()):
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        self.acquire()
        try:
            records, self._gathered, self._due = self._gathered, [], False
            if records:
                self.stream.write("".join(map(self._line, records)))
                super().flush()
        except OSError:
            self.handleError(records[-1])
        finally:
            self.release()

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return f"{self.format(record)}\n"
        except (TypeError, ValueError):  # arguments that do not fit the text
            self.handleError(record)
            return ""

    def _soon(self) -> bool:
        try:
            asyncio.get_running_loop().call_later(MOMENT, self.flush)
        except RuntimeError:
            return False
        self._due = True
        return True


def configure(level: str) -> None:
    """Log to the standard error stream from ``level`` on."""
    handler = Gathering(sys.stderr)
    handler.setFormatter(_Formatter(FORMAT, "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for library in ("asyncio", "picows"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # What costs time for each record, and what no line of ours shows. The logging cookbook names
    # these switches; _srcfile is the one that keeps it from looking for the caller.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
