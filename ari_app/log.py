"""The log: a line a fact, readable live."""

import logging
import sys

FORMAT = "%(asctime)s %(levelname)-7s %(message)s"


def configure(level: str) -> None:
    """Log to the standard error stream from ``level`` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT, "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    # Costs per record that nothing of ours shows.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
