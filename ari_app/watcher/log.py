"""The watcher's lines in the log of the application."""

import sys
import time
from contextlib import suppress

from msgspec import Struct, json

from ari_app.watcher import policy
from ari_app.watcher.policy import Attempts


class Log(Struct, frozen=True):
    """Writes lines to the standard error stream, as the application does: text, or JSON."""

    json: bool

    def ended(self, what: str, tries: Attempts, now: float) -> None:
        """Log that something ended, and when it starts again."""
        pause = (tries.due or now) - now
        if tries.failed == policy.LOOP:
            self.line(
                "ERROR",
                f"{what}, {tries.failed} times in a row, each soon after its start: until it "
                "stays up callers are queued for an agent, if Asterisk runs; what it logged above, "
                "or in asterisk/output.log, says why",
            )
        self.line("ERROR", f"{what}: it starts again in {pause:.2g} s")

    def line(self, level: str, text: str) -> None:
        """Write a line."""
        at = time.time()
        with suppress(OSError):  # the terminal is gone
            if self.json:
                utc = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
                when = f"{utc}.{int(at % 1 * 1000):03}+00:00"
                line = {"time": when, "level": level, "logger": __name__, "message": text}
                print(json.encode(line).decode(), file=sys.stderr, flush=True)
            else:
                clock = time.strftime("%H:%M:%S", time.localtime(at))
                print(f"{clock} {level:<7} {text}", file=sys.stderr, flush=True)
