"""The owner of the recognition process: starts it, again if it dies, and passes its reports on."""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import NoReturn

import msgspec
from msgspec import json

from ari_app.speech_recognition.messages import (
    Began,
    Expect,
    Forget,
    Heard,
    Listen,
    Lost,
    Order,
    Ready,
    Report,
    Setup,
    Stop,
)

log = logging.getLogger(__name__)

REST = 3.0
"""Seconds until a process that died is started again."""

HANGS = 1 << 23
"""Bytes of orders that wait for a process that takes none: it is ended."""

Take = Callable[[Began | Heard | Lost], None]
"""Takes what the process reports of a call."""


class Recognition:
    """The recognition process. While it is away callers have their keys."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._process: Process | None = None
        self._calls: dict[str, Take] = {}
        self.port = 0
        """Where Asterisk sends the sound of calls; 0 while the process is not ready."""

    @property
    def host(self) -> str:
        """The address of that port."""
        return self._setup.host

    @property
    def pid(self) -> int | None:
        """The id of the process; None while there is none."""
        return self._process.pid if self._process else None

    async def run(self) -> NoReturn:
        """Keep the process running without end."""
        while True:
            try:
                await self._serve()
            except (OSError, msgspec.MsgspecError) as error:
                log.warning("speech recognition: %s", error)
            log.warning("speech recognition: its process ended; it starts again in %g s", REST)
            await asyncio.sleep(REST)

    def begin(self, call: str, take: Take) -> None:
        """Pass what is reported of a call to ``take`` from now on, until the call is lost."""
        self._calls[call] = take
        self._send(Expect(call))

    def listen(self, order: Listen) -> None:
        """Listen to a call for an ask."""
        self._send(order)

    def stop(self, call: str) -> None:
        """Listen to it no more for now."""
        self._send(Stop(call))

    def end(self, call: str) -> None:
        """The call is over, or goes elsewhere."""
        if self._calls.pop(call, None):
            self._send(Forget(call))

    async def _serve(self) -> None:
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "ari_app.speech_recognition"), stdin=PIPE, stdout=PIPE
        )
        assert process.stdout is not None
        try:
            self._send(self._setup)
            while line := await process.stdout.readline():
                self._take(json.decode(line, type=Report))
        finally:
            self.port, self._process = 0, None
            self._lose_all()
            if process.returncode is None:
                process.kill()
            await process.wait()

    def _lose_all(self) -> None:
        """The process ended: no caller is heard until their next ask."""
        if self._calls:
            log.warning("speech recognition: %d callers have only their keys", len(self._calls))
        for call in tuple(self._calls):
            self._take(Lost(call))

    def _take(self, report: Report) -> None:
        match report:
            case Ready(port, voices):
                self.port = port
                log.info("speech recognition: %s, speech by %s", self._setup.engine, voices)
            case Began() | Heard():
                if take := self._calls.get(report.call):
                    take(report)
            case Lost(call):
                if take := self._calls.pop(call, None):
                    take(report)

    def _send(self, order: Order) -> None:
        process = self._process
        if process is not None and process.stdin is not None and process.returncode is None:
            process.stdin.write(json.encode(order) + b"\n")
            if process.stdin.transport.get_write_buffer_size() > HANGS:
                log.error("speech recognition: its process hangs and is ended")
                self._process = None  # it gets no more
                process.kill()
