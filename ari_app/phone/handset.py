"""The phone as scripts use it: dial, press keys, wait for events, hang up.

async with Phone(Account("alice", "…", port=5060), record=Path("heard.wav")) as phone:
    await phone.dial("611")
    await phone.wait(Connected)
    await phone.press("1")
    await phone.wait(Disconnected, timeout=60)
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from ari_app.phone import messages as m
from ari_app.phone.messages import (
    KEYS,
    Account,
    Connected,
    Disconnected,
    Event,
    Failed,
    Incoming,
    Played,
    Pressed,
    Registered,
    Ringing,
    Texted,
    Transport,
)

__all__ = [
    "KEYS",
    "Account",
    "Connected",
    "Disconnected",
    "Event",
    "Failed",
    "Incoming",
    "Phone",
    "PhoneError",
    "Played",
    "Pressed",
    "Registered",
    "Ringing",
    "Texted",
    "Transport",
]

E = TypeVar("E")

START = 30.0
"""How long the phone's process may take to start, in seconds."""
ACKNOWLEDGE = 5.0
"""How long the phone, or the server for a registration, may take to answer, in seconds."""
END = 4.0
"""How long the phone may take to hang up and unregister before its process is killed (s)."""

CALL_EVENTS = (Ringing, Connected, Pressed, m.Released, Played)
"""Events that cannot come after the call has ended."""


class PhoneError(Exception):
    """A command failed, or an event that was waited for cannot come any more."""


class Phone:
    """A SIP phone with one call at a time, usable inside ``async with``.

    ``record`` is the file for what the phone hears: 8 kHz, mono, complete on the disk when
    :class:`Disconnected` comes; a second call goes to "name-2.wav", and so on. ``answer_after``
    answers incoming calls automatically after so many seconds (only a registered phone gets any).
    Every method has a deadline and raises :class:`PhoneError`.
    """

    def __init__(
        self,
        account: Account,
        record: Path | None = None,
        *,
        transport: Transport = "udp",
        answer_after: float | None = None,
    ) -> None:
        file = str(record.absolute()) if record is not None else ""
        password = str(account.password)  # a plain one, whatever type hides it elsewhere
        self._start = m.Start(replace(account, password=password), transport, file, answer_after)
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._history: list[Event] = []
        self._seen = 0
        self._ended = ""
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        root = Path(__file__).parents[2]
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "ari_app.phone.softphone"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=os.environ | {"PYTHONPATH": str(root)},
        )
        self._reader = asyncio.create_task(self._read(self._process))
        try:
            await self._do(self._start, m.Ready, timeout=START)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self._close()

    @property
    def pid(self) -> int:
        """The process of the phone, which lives as long as the ``async with``."""
        return self._running().pid

    async def register(self, timeout: float = ACKNOWLEDGE) -> None:
        """Register, so that calls come to this phone."""
        await self._do(m.Register(), Registered, timeout=timeout)

    async def dial(self, number: str) -> None:
        """Call a number, which may have ``*`` and ``#``; :meth:`wait` for the result."""
        dialled = await self._do(m.Dial(number), m.Dialled)
        self._seen = self._history.index(dialled) + 1

    async def answer(self) -> None:
        """Answer the incoming call, and wait until it is connected."""
        await self._do(m.Answer(), Connected)

    async def consult(self, number: str) -> None:
        """Call a number to consult; then :meth:`transfer` the current call to it, or hang up."""
        dialled = await self._do(m.Consult(number), m.Dialled)
        self._seen = self._history.index(dialled) + 1

    async def transfer(self, number: str = "") -> None:
        """Transfer the call: to a number (blind), or to the consulted one (attended).

        Returns when this phone is out of the call.
        """
        await self._do(m.Transfer(number), Disconnected, timeout=2 * ACKNOWLEDGE)

    async def press(self, keys: str) -> None:
        """Press keys in turn; returns when the last is released, or the call has ended."""
        deadline = ACKNOWLEDGE + len(keys) * 2 * (m.TONE + m.GAP)
        await self._do(m.Press(keys), m.Released, Disconnected, timeout=deadline)

    async def play(self, wav: Path, timeout: float = 60.0) -> None:
        """Play a WAV file to the other side; returns when it was sent, or the call has ended."""
        await self._do(m.Play(str(wav)), Played, Disconnected, timeout=timeout)

    async def text(self, number: str, text: str) -> None:
        """Send an instant message to a number; returns when the server has taken it."""
        await self._do(m.Text(number, text), m.Sent)

    async def hangup(self) -> None:
        """Hang up, or reject a ringing call as busy; returns when the other side confirmed.

        No error if there is no call: the other side may have been faster.
        """
        await self._do(m.Hangup(), Disconnected, m.Idle)

    async def wait(self, kind: type[E], timeout: float = 10.0) -> E:
        """The next event of this kind since the last that ``wait`` gave, or since dialling.

        Raises :class:`PhoneError` when none comes in ``timeout`` seconds, and at once when the call
        ends and none can come.
        """
        event, self._seen = await self._next((kind,), self._seen, timeout, str(kind.__name__))
        return event

    async def events(self) -> AsyncIterator[Event]:
        """All events from the first on, as they come, until the phone ends."""
        yielded = 0
        while True:
            async with self._changed:
                while yielded == len(self._history) and not self._ended:
                    await self._changed.wait()
            if yielded == len(self._history):
                return
            yield self._history[yielded]
            yielded += 1

    async def _do(self, command: m.Command, *kinds: type[E], timeout: float = ACKNOWLEDGE) -> E:
        """Send a command and return the first event of one of these kinds."""
        stdin = self._running().stdin
        assert stdin is not None
        position = len(self._history)
        with suppress(ConnectionError):  # the reader reports the end of the process
            stdin.write(m.to_line(command))
            await stdin.drain()
        what = type(command).__name__.lower()
        event, _ = await self._next(kinds, position, timeout, what)
        return event

    async def _next(
        self, kinds: tuple[type[E], ...], position: int, timeout: float, what: str
    ) -> tuple[E, int]:
        """The first event of these kinds from a position of the history on, and the one after."""
        try:
            async with asyncio.timeout(timeout), self._changed:
                while True:
                    for index in range(position, len(self._history)):
                        event = self._history[index]
                        if isinstance(event, kinds):
                            return event, index + 1
                        _refuse(event, kinds, what)
                    position = len(self._history)
                    if self._ended:
                        raise PhoneError(f"{what}: {self._ended}")
                    await self._changed.wait()
        except TimeoutError:
            last = self._history[-1] if self._history else "nothing"
            raise PhoneError(f"{what}: nothing in {timeout:g} s; the last was {last}") from None

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        async for line in process.stdout:
            async with self._changed:
                self._history.append(m.event(line))
                self._changed.notify_all()
        lines = (await process.stderr.read()).decode(errors="replace").splitlines()
        why = lines[-1] if lines else f"its process ended with {await process.wait()}"
        async with self._changed:
            self._ended = f"the phone has ended: {why}"
            self._changed.notify_all()

    async def _close(self) -> None:
        """End the process: it hangs up and unregisters when its input ends."""
        process = self._running()
        assert process.stdin is not None
        assert self._reader is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(END):
                await self._reader
                await process.wait()
        except TimeoutError:
            pass
        finally:
            if process.returncode is None:
                process.kill()
            self._reader.cancel()
        await process.wait()

    def _running(self) -> Process:
        if self._process is None:
            raise PhoneError("the phone is used outside its `async with`")
        return self._process


def _refuse(event: Event, kinds: tuple[type[object], ...], what: str) -> None:
    """Raise :class:`PhoneError` if after this event none of ``kinds`` can come."""
    match event:
        case Failed(failed, reason, code) if failed == what:
            raise PhoneError(f"{what}: {code} {reason}" if code else f"{what}: {reason}")
        case Disconnected(code, reason) if any(issubclass(kind, CALL_EVENTS) for kind in kinds):
            raise PhoneError(f"{what}: the call has ended: {code} {reason}")
