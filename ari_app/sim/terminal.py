"""Keys from a terminal or from piped input."""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from ari_app.sim.caller import Failure
from ari_app.sim.line import HUNG_UP, Act, Scene, Speech
from ari_app.sim.run import Call, Result, TestBench, fault
from ari_app.sim.script import HangUp, Hear, Press, Silence, Speak, Step, Test
from ari_app.sim.trace import Trace, Watch
from ivr.digits import KEYS
from ivr.problems import Place

SPOKEN = 3.0
"""Seconds of speech for an "s"."""

KEYBOARD = '0-9 * # are keys, "," hears it out, "." stays silent, "s" speaks, "h" hangs up'

Signs = Callable[[], Awaitable[str]]
"""The next character; "" at the end."""

_PLACE = Place("keys", 1, 1)


def step(sign: str) -> Step | None:
    """The step for a character; None if it has none."""
    match sign:
        case ",":
            return Step(Hear(), _PLACE)
        case ".":
            return Step(Silence(), _PLACE)
        case "s":
            return Step(Speak(SPOKEN), _PLACE)
        case "h" | "\x03" | "\x04":
            return Step(HangUp(), _PLACE)
    return Step(Press(sign, onward=True), _PLACE) if sign in KEYS else None


class Typed:
    """Steps typed character by character; after the last one the caller listens to the end."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs
        self._over = False

    async def __call__(self) -> Step | None:
        """See :data:`ari_app.sim.caller.Next`."""
        while sign := await self._signs():
            found = step(sign)
            if found is not None:
                self._over = isinstance(found.does, HangUp)
                return found
        if self._over:
            return None
        self._over = True
        return Step(Hear(), _PLACE)


class Person:
    """A caller at a terminal, in real time: see :class:`ari_app.sim.line.Caller`."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs
        self.trace: Trace
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._coming: asyncio.Task[str] | None = None

    def now(self) -> float:
        """Seconds since the call began."""
        return self._clock() - self._began

    async def reach(self, moment: float) -> None:
        """Wait for a moment."""
        await asyncio.sleep(moment - self.now())

    async def act(self, scene: Scene, until: float) -> Act | None:  # noqa: ARG002 - the signature of the interface
        """See :class:`ari_app.sim.line.Caller`."""
        while self.now() < until:
            if self._coming is None:
                self._coming = asyncio.ensure_future(self._signs())
            await asyncio.wait([self._coming], timeout=until - self.now())
            if not self._coming.done():
                continue
            sign = self._coming.result() or "h"
            self._coming = None
            found = step(sign)
            match found.does if found else None:
                case Press(keys):
                    self.trace.acted(f"key {keys}")
                    return keys
                case Speak(seconds):
                    self.trace.acted(f"{seconds:g} s of speech")
                    return Speech(seconds)
                case HangUp():
                    self.trace.acted("the hang-up")
                    return HUNG_UP
        return None

    def close(self) -> None:
        """Stop reading the terminal."""
        if self._coming is not None:
            self._coming.cancel()


async def run_in_real_time(bench: TestBench, test: Test, signs: Signs, watch: Watch) -> Result:
    """Run a call in real time; the steps of the test are ignored."""
    person = Person(signs)
    call = Call(bench, test, person.now, watch)
    person.trace = call.trace
    try:
        await call.play(person, person.reach)
        return Result(test, call.trace, None)
    except Exception as error:  # noqa: BLE001 - the outermost frame of a call
        return Result(test, call.trace, Failure(test.place, fault(error)))
    finally:
        person.close()


def signs(text: str) -> Signs:
    """The characters of a text."""
    coming = iter(text)

    async def following() -> str:
        return next(coming, "")

    return following


@asynccontextmanager
async def typed() -> AsyncIterator[Signs]:
    """Single characters typed at the terminal, while the context lasts."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str] = asyncio.Queue()
    fd = sys.stdin.fileno()

    def read() -> None:
        for sign in os.read(fd, 64).decode(errors="ignore") or "h":
            queue.put_nowait(sign)

    with _raw(fd):
        loop.add_reader(fd, read)
        try:
            yield queue.get
        finally:
            loop.remove_reader(fd)


@contextmanager
def _raw(fd: int) -> Iterator[None]:
    """Single keys, Ctrl-C among them, without Enter and without an echo."""
    before = termios.tcgetattr(fd)
    tty.setcbreak(fd)
    now = termios.tcgetattr(fd)
    now[3] &= ~termios.ISIG
    termios.tcsetattr(fd, termios.TCSANOW, now)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
