"""Processes of phones and of speech, forked from one in which their modules are loaded.

To load them takes a phone 0.15 s of CPU, and a process of speech 0.2; all tests together start
hundreds of each. What runs is the same program, with the environment, the directory and the streams
that it is given. How they begin by themselves is seen in :mod:`tests.phone`
and :mod:`tests.prompts.test_speech_busy`.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from msgspec import Struct, json

PROGRAMS = ("ari_app.phone.softphone", "prompts.speech_worker")
"""The modules that are run."""
LONGEST = 1 << 17
"""Bytes of an order, at most."""
ADDRESS = "SPAWNER_OF_THE_TESTS"
"""In the environment: the abstract Unix socket of the spawner."""

FULL = 1.0
"""Seconds for what a process that has ended left in its pipes."""

_usual = asyncio.create_subprocess_exec


class Order(Struct, frozen=True):
    """What a process is to be."""

    module: str
    words: Sequence[str]
    environment: dict[str, str]
    directory: str
    priority: int
    """As `nice` counts it."""


def received(order: bytes) -> Order:
    """An order, as it was sent."""
    return json.decode(order, type=Order)


def sent(number: int) -> bytes:
    """An answer: an id of a process, or its exit code."""
    return json.encode(number)


def opened(number: int, mode: str, **others: Any) -> Any:
    """A stream of a descriptor, as text unless the mode says otherwise."""
    return open(number, mode, encoding=None if "b" in mode else "utf-8", **others)


class Spawned:
    """A process as :class:`asyncio.subprocess.Process` shows it, all of whose streams are pipes."""

    def __init__(
        self,
        pid: int,
        stdin: asyncio.StreamWriter,
        stdout: "Output",
        stderr: "Output",
        connection: socket.socket,
    ) -> None:
        self.pid, self.stdin = pid, stdin
        self.stdout, self.stderr = stdout.reader, stderr.reader
        self._outputs = stdout, stderr
        self.returncode: int | None = None
        self._connection, self._loop = connection, asyncio.get_running_loop()
        self._ended = asyncio.Event()
        connection.setblocking(False)
        self._loop.add_reader(connection, self._end)

    def _end(self) -> None:
        self._loop.remove_reader(self._connection)
        code = self._connection.recv(LONGEST)
        self._connection.close()
        self.returncode = json.decode(code, type=int) if code else -signal.SIGKILL
        self.stdin.close()
        self._ended.set()

    async def wait(self) -> int:
        """The exit code, once it has ended."""
        await self._ended.wait()
        for each in self._outputs:
            await each.end()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, how: int) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


@cache
def spawner() -> str:
    """The address of the spawner, which ends with this process unless that has it from another."""
    if others := os.environ.get(ADDRESS):
        return others
    os.environ[ADDRESS] = address = f"firstline-tests-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(f"\0{address}")
        listener.listen(128)
        one = subprocess.Popen(
            [sys.executable, "-m", "tests.live.spawner", str(listener.fileno())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
        )
    assert one.stdin is not None
    _RUNNING.append(one)
    return address


_RUNNING: list[subprocess.Popen[bytes]] = []
"""The spawner of this process, whose standard input stays open."""


async def _spawn(module: str, words: Sequence[str], env: dict[str, str]) -> Spawned:
    priority = os.getpriority(os.PRIO_PROCESS, 0)
    order = json.encode(Order(module, words, env, str(Path.cwd()), priority))
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(f"\0{spawner()}")
    given, stdin = os.pipe()
    stdout, said = os.pipe()
    stderr, complained = os.pipe()
    theirs = given, said, complained
    socket.send_fds(connection, [order], theirs)
    for each in theirs:
        os.close(each)
    pid = json.decode(await asyncio.to_thread(connection.recv, LONGEST), type=int)
    return Spawned(
        pid, await _writer(stdin), await _reader(stdout), await _reader(stderr), connection
    )


class Output(asyncio.StreamReaderProtocol):
    """The reading end of a pipe."""

    def __init__(self) -> None:
        self.reader = asyncio.StreamReader()
        super().__init__(self.reader)
        self._transport: asyncio.BaseTransport | None = None
        self._lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The pipe is read from now on."""
        super().connection_made(transport)
        self._transport = transport

    def eof_received(self) -> bool:
        """All was read: close it, which uvloop does not where this is true, as it is by default."""
        super().eof_received()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """All was read."""
        super().connection_lost(exc)
        self._lost.set()

    async def end(self) -> None:
        """Close it once all is read, or what no one reads fills it."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._lost.wait(), FULL)
        if self._transport is not None:
            self._transport.close()


async def _reader(end: int) -> Output:
    loop, output = asyncio.get_running_loop(), Output()
    await loop.connect_read_pipe(lambda: output, opened(end, "rb", buffering=0))
    return output


async def _writer(end: int) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    pipe, _ = await loop.connect_write_pipe(lambda: protocol, opened(end, "wb", buffering=0))
    return asyncio.StreamWriter(pipe, protocol, None, loop)


async def _created(*command: str, **how: Any) -> Any:
    """As :func:`asyncio.create_subprocess_exec`."""
    *python, module = command[:4]
    if python != [sys.executable, "-P", "-m"] or module not in PROGRAMS:
        return await _usual(*command, **how)
    assert [how[each] for each in ("stdin", "stdout", "stderr")] == [PIPE] * 3
    return await _spawn(module, command[4:], how["env"])


@contextmanager
def spawning() -> Iterator[None]:
    """Within it, phones and processes of speech of this process are forked."""
    with patch.object(asyncio, "create_subprocess_exec", _created):
        yield
