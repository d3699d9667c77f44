"""The log: a line a fact, readable live."""

import logging
import sys
import time

FORMAT = "%(asctime)s %(levelname)-7s %(message)s"


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


def configure(level: str) -> None:
    """Log to the standard error stream from ``level`` on."""
    handler = logging.StreamHandler(sys.stderr)
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
