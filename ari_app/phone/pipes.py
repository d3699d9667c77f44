"""Non-blocking line input and output of the phone's process."""

import os
from collections.abc import Callable
from contextlib import suppress

from ari_app.phone import messages as m


def lines_in() -> Callable[[], list[bytes] | None]:
    """A non-blocking reader of stdin: complete lines so far, ``None`` at the end of input."""
    os.set_blocking(0, False)
    rest = b""

    def read() -> list[bytes] | None:
        nonlocal rest
        try:
            chunk = os.read(0, 65536)
        except BlockingIOError:
            return []
        if not chunk:
            return None
        *lines, rest = (rest + chunk).split(b"\n")
        return lines

    return read


def events_out() -> Callable[[m.Event], None]:
    """A writer of events to stdout; what the SIP stack prints there is discarded from now on."""
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)

    def write(event: m.Event) -> None:
        line = m.to_line(event)
        with suppress(BrokenPipeError):  # the parent has gone, which the end of stdin shows too
            while line:
                line = line[os.write(out, line) :]

    return write
