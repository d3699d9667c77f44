"""The owner of the process that speaks: starts it, asks it, and ends it when it hangs."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path

import msgspec

from prompts.messages import SpeakRequest, SpeakResult, VoiceSetup

log = logging.getLogger(__name__)

START_DEADLINE = 20.0
"""Seconds for a new process to say that it is ready (it takes half a second)."""

REST = 3.0
"""Seconds in which no new process is tried after one could not start."""


class SpeechFailed(Exception):  # noqa: N818 - an outcome that callers branch on
    """A sentence could not be spoken: which engine, why, and what the operator can do."""


class _Ended(Exception):  # noqa: N818 - an event, not an error: the process is simply gone
    """The process is no longer there."""


def command(speakers: Sequence[VoiceSetup], directory: Path) -> tuple[str, ...]:
    """How the process is started."""
    hired = msgspec.json.encode(tuple(speakers)).decode()
    return (sys.executable, "-P", "-m", "prompts.speech_worker", hired, str(directory))


class Worker:
    """One process that speaks one sentence after the other; a dead one is replaced."""

    def __init__(self, command: Sequence[str], deadline: float) -> None:
        self._command = command
        self._deadline = deadline
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._complaint = b""
        self._turn = asyncio.Lock()
        self._failure: SpeechFailed | None = None
        self._rested = 0.0

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Have a process ready. Raises :class:`SpeechFailed` when the engines cannot be used."""
        async with self._turn:
            await self._ready()

    async def speak(self, request: SpeakRequest) -> None:
        """Have the file of ``request`` written, in its turn. Raises :class:`SpeechFailed`.

        A process that ends over the sentence gets a second one; one that does not answer within
        the deadline is killed.
        """
        async with self._turn:
            for _ in range(2):
                await self._ready()
                try:
                    answer = await self._exchange(self._deadline, request)
                except _Ended:
                    log.warning("the speech process ended in mid-sentence; starting another")
                    continue
                except TimeoutError:
                    raise SpeechFailed(
                        f"the speech engine did not answer in {self._deadline:g} s and was "
                        "stopped: see whether the machine is overloaded"
                    ) from None
                if answer.error:
                    raise SpeechFailed(answer.error)
                return
            raise SpeechFailed(f"the speech engine ends over this sentence{self._said()}")

    async def stop(self) -> None:
        """End the process; the one under way, if any, is given up."""
        process, self._process = self._process, None
        listening, self._listening = self._listening, None
        if process is None or listening is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening

    async def _ready(self) -> None:
        if self._process is not None and self._process.returncode is None:
            return
        now = asyncio.get_running_loop().time()
        if self._failure is not None and now < self._rested:
            raise self._failure
        await self.stop()
        try:
            await self._launch()
            self._failure = None
        except SpeechFailed as failure:
            self._failure, self._rested = failure, now + REST
            raise

    async def _launch(self) -> None:
        here = str(Path(__file__).parent.parent)
        paths = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                env=os.environ | {"PYTHONPATH": paths},
            )
        except OSError as error:
            raise SpeechFailed(f"the speech process cannot be started: {error.strerror}") from error
        self._complaint = b""
        self._listening = asyncio.create_task(self._listen(self._process))
        try:
            answer = await self._exchange(START_DEADLINE, None)
        except _Ended:
            raise SpeechFailed(
                f"the speech engine ended at once{self._said()}; if its data are missing: "
                "apt-get install espeak-ng-data"
            ) from None
        except TimeoutError:
            raise SpeechFailed(f"the speech engine was not ready in {START_DEADLINE:g} s") from None
        if answer.error:
            await self.stop()
            raise SpeechFailed(answer.error)

    async def _exchange(self, deadline: float, request: SpeakRequest | None) -> SpeakResult:
        """Ask and hear; the process of an exchange that was not finished is no longer used."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        finished = False
        try:
            async with asyncio.timeout(deadline):
                if request is not None:
                    process.stdin.write(msgspec.json.encode(request) + b"\n")
                    await process.stdin.drain()
                line = await process.stdout.readline()
            if not line.endswith(b"\n"):
                raise _Ended
            finished = True
            return msgspec.json.decode(line, type=SpeakResult)
        except ConnectionError as error:
            raise _Ended from error
        finally:
            if not finished:
                await self.stop()

    async def _listen(self, process: Process) -> None:
        """Keep the last that the process said on its standard error."""
        assert process.stderr is not None
        while chunk := await process.stderr.read(4096):
            self._complaint = (self._complaint + chunk)[-2000:]

    def _said(self) -> str:
        lines = self._complaint.decode(errors="replace").strip().splitlines()
        return f" ({lines[-1]})" if lines else ""
