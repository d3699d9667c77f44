"""Logging: one line a fact, on standard error."""

import asyncio
import logging
import re
import sys
import time
from datetime import UTC, datetime
from typing import Literal, TextIO

from msgspec import json

FORMAT = "%(asctime)s %(levelname)-7s %(message)s"

FLUSH_SECONDS = 0.1
"""Seconds for which lines are buffered, so that many calls write at once."""


def masked(number: str) -> str:
    """A telephone number for logs: its last four digits."""
    return f"…{number[-4:]}" if number else "unknown"


_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What would end a line, or show it otherwise than it is."""


def one_line(text: str) -> str:
    """A message in one line: what strangers write into it begins no line of its own."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class _Formatter(logging.Formatter):
    """Formats each second once: many calls begin and end in one."""

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

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """See :class:`logging.Formatter`; the message is one line."""
        record.message = one_line(record.message)
        return super().formatMessage(record)


class _JsonFormatter(logging.Formatter):
    """A line of JSON for each record, for journald and what collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        """See :class:`logging.Formatter`."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat("T", "milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.encode(line).decode()


class BufferedHandler(logging.StreamHandler[TextIO]):
    """Buffers lines for :data:`FLUSH_SECONDS` seconds; a warning or error flushes it immediately.

    Without a running event loop every line is written immediately.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._buffer: list[logging.LogRecord] = []
        self._due = False

    def emit(self, record: logging.LogRecord) -> None:
        """See :class:`logging.Handler`."""
        self._buffer.append(record)
        if record.levelno >= logging.WARNING or not (self._due or self._flush_soon()):
            self.flush()

    def flush(self) -> None:
        """Write the buffered lines."""
        self.acquire()
        try:
            records, self._buffer, self._due = self._buffer, [], False
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

    def _flush_soon(self) -> bool:
        try:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        except RuntimeError:
            return False
        self._due = True
        return True


def configure(level: str, form: Literal["text", "json"] = "text") -> None:
    """Log to the standard error stream from ``level`` on, as text or as lines of JSON."""
    handler = BufferedHandler(sys.stderr)
    text = form == "text"
    handler.setFormatter(_Formatter(FORMAT, "%H:%M:%S") if text else _JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for library in ("asyncio", "picows"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # Switch off what costs time for each record and is in no line. The logging cookbook names these
    # switches; _srcfile is the one that disables the lookup of the calling function.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
