"""The owner of a speech process: starts it, sends requests, kills it on a timeout."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from prompts.messages import SpeakRequest, SpeakResult, VoiceSetup

log = logging.getLogger(__name__)

START_DEADLINE = 60.0
"""Seconds for a new process to report ready (it takes half a second)."""

REST = 3.0
"""Seconds until a new process is tried after one failed to start."""


PAUSE, MOST, STEADY = 0.2, 60.0, 60.0
"""Seconds until a process that died while it was idle is started again: at first, and at most if
each of them dies before it has run for the last of these."""


class SpeechFailed(Exception):  # noqa: N818 - an outcome that callers branch on
    """A sentence could not be spoken; the text says why and what the operator can do."""


class SpeechBusy(SpeechFailed):
    """All processes of an engine were busy for too long: nothing is wrong with the sentence."""


class _Ended(Exception):  # noqa: N818 - an event, not an error: the process is simply gone
    """The process ended."""


def command(speakers: Sequence[VoiceSetup], directory: Path) -> tuple[str, ...]:
    """The command line of a process."""
    setups = msgspec.json.encode(tuple(speakers)).decode()
    return (sys.executable, "-P", "-m", "prompts.speech_worker", setups, str(directory))


class Worker:
    """One speech process, one sentence at a time; restarted when it ends."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """``environment`` is added to that of this process."""
        self._command = command
        self._environment = environment or {}
        self.version = ""
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._reviving: asyncio.Task[None] | None = None
        self._pause = PAUSE
        self._launched = 0.0
        self._stderr = b""
        self._turn = asyncio.Lock()
        self._failure: SpeechFailed | None = None
        self._retry_at = 0.0

    @property
    def pid(self) -> int | None:
        """The id of the running process; None if it has ended."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Start the process. Raises :class:`SpeechFailed` when an engine cannot be used."""
        async with self._turn:
            await self._ready()

    async def speak(self, request: SpeakRequest, deadline: float) -> None:
        """Write the file of ``request``, in turn. Raises :class:`SpeechFailed`.

        If the process ends during the sentence it is restarted one time; after ``deadline``
        seconds it is killed.
        """
        async with self._turn:
            for _ in range(2):
                await self._ready()
                try:
                    answer = await self._exchange(deadline, request)
                except _Ended:
                    log.warning("speech process ended during a sentence; restarting")
                    continue
                except TimeoutError:
                    raise SpeechFailed(
                        f"timeout: no answer of the speech engine in {deadline:g} s; it was "
                        "killed: check whether the machine is overloaded"
                    ) from None
                if answer.error:
                    raise SpeechFailed(answer.error)
                return
            raise SpeechFailed(f"the speech engine crashes on this sentence{self._last_error()}")

    async def renew(self) -> None:
        """Restart the process, in turn: a sentence in progress is spoken first."""
        async with self._turn:
            await self.stop()
            await self._ready()

    async def stop(self) -> None:
        """Kill the process; a sentence in progress fails."""
        process, self._process = self._process, None
        listening, self._listening = self._listening, None
        if self._reviving is not None and self._reviving is not asyncio.current_task():
            self._reviving.cancel()
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
        if self._failure is not None and now < self._retry_at:
            raise self._failure
        await self.stop()
        try:
            await self._launch()
            self._failure = None
        except SpeechFailed as failure:
            self._failure, self._retry_at = failure, now + REST
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
                env={**os.environ, **self._environment, "PYTHONPATH": paths},
            )
        except OSError as error:
            raise SpeechFailed(f"the speech process cannot be started: {error.strerror}") from error
        self._stderr = b""
        self._launched = asyncio.get_running_loop().time()
        self._listening = asyncio.create_task(self._listen(self._process))
        try:
            answer = await self._exchange(START_DEADLINE, None)
        except _Ended:
            raise SpeechFailed(
                f"the speech engine ended at once{self._last_error()}: set another engine, or give "
                "it its data (of espeak: apt-get install espeak-ng-data)"
            ) from None
        except TimeoutError:
            raise SpeechFailed(f"the speech engine was not ready in {START_DEADLINE:g} s") from None
        if answer.error:
            await self.stop()
            raise SpeechFailed(answer.error)
        self.version = answer.version

    async def _exchange(self, deadline: float, request: SpeakRequest | None) -> SpeakResult:
        """Send a request and read the answer; an unfinished exchange stops the process."""
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
        """Keep the last 2000 bytes of the process's standard error; it is closed at its end."""
        assert process.stderr is not None
        while chunk := await process.stderr.read(4096):
            self._stderr = (self._stderr + chunk)[-2000:]
        if process is self._process and not self._turn.locked():  # it died while it was idle
            now = asyncio.get_running_loop().time()
            self._pause = 2 * self._pause if now - self._launched < STEADY else PAUSE
            code, pause = await process.wait(), min(self._pause, MOST)
            text = "speech process %d ended (%d): another one starts in %.2g s"
            log.error(text, process.pid, code, pause)
            self._reviving = asyncio.create_task(self._revive(pause))

    async def _revive(self, pause: float) -> None:
        """Start a process in place of one that died, so that no caller waits for its start."""
        await asyncio.sleep(pause)
        try:
            await self.start()
        except SpeechFailed as failure:
            log.error("%s", failure)

    def _last_error(self) -> str:
        lines = self._stderr.decode(errors="replace").strip().splitlines()
        return f" ({lines[-1]})" if lines else ""
