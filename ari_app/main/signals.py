"""What stops an application or has it reload: signals, and commands over its control socket."""

import asyncio
import signal
import sys


class Signals:
    """``stop`` and ``reload`` are set by signals; a signal says whether Asterisk ends, too."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.reload = asyncio.Event()
        self.interrupted = False
        """Whether a terminal stopped it (Ctrl-C, or it was closed): then Asterisk ends as well."""
        self.hands_over = False
        """Whether calls stay where they are, for the application that is started next."""
        self.handed_over = False
        """Whether calls are with another application already."""
        self.was_ready = False
        """Whether the application served callers."""

    def heed(self) -> None:
        """Heed SIGINT, SIGTERM and SIGHUP from now on.

        SIGHUP because the terminal closed is a stop, not a reload.
        """
        terminal = sys.stderr.isatty()

        def hung_up() -> None:
            if terminal and not sys.stderr.isatty():
                self._interrupt()
            else:
                self.reload.set()

        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        loop.add_signal_handler(signal.SIGTERM, self._terminate)
        loop.add_signal_handler(signal.SIGHUP, hung_up)

    def _terminate(self) -> None:
        self.hands_over = True
        self.stop.set()

    def _interrupt(self) -> None:
        self.interrupted = True
        self.stop.set()
