"""How the process of a phone hears and speaks: whole lines, and never a wait."""

import os
from collections.abc import Callable
from contextlib import suppress

from ari_app.phone import messages as m


def lines_in() -> Callable[[], list[bytes] | None]:
    """A reader of stdin that never waits: whole lines so far, ``None`` at the end of input."""
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
    """A writer to stdout, which from here on is ours alone: the stack is given none to print on."""
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)

    def write(event: m.Event) -> None:
        line = m.to_line(event)
        with suppress(BrokenPipeError):  # nobody is left to tell; the end of stdin says so, too
            while line:
                line = line[os.write(out, line) :]

    return write
