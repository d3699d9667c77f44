"""Asterisk's side of a call over FastAGI: obeys commands as ``res_agi`` of 22 does."""

import asyncio
import shlex
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

PLAYED = 800
"""Samples that a file has; a key stops it after half of them."""


class FakeAsterisk:
    """One call. Keys wait for the next command that takes them; in Asterisk those that come in the
    microseconds between two commands are lost."""

    def __init__(self, *, instant: bool = False, spool: Path | None = None) -> None:
        """``instant``: files are over at once, unless a key waits."""
        self.instant = instant
        self.spool = spool
        self.plays: list[str] = []
        self.commands: list[list[str]] = []
        self.variables: dict[str, str] = {}
        self.missing: set[str] = set()
        """Files that cannot be played."""
        self.unknown: set[str] = set()
        """Commands that are not obeyed."""
        self.playing = self.over = self.dead = False
        self.said = b"RIFF"
        """What a recording has in it; a test that wants one replaces it."""
        self._keys: deque[str] = deque()
        self._finished = False
        self._changed = asyncio.Event()
        self._reported = False
        self._writer: asyncio.StreamWriter | None = None

    # What happens to the call.

    def press(self, *keys: str) -> None:
        self._keys.extend(keys)
        self._changed.set()

    def finish(self) -> None:
        """The file that plays ends."""
        self._finished = True
        self._changed.set()

    def hang_up(self) -> None:
        self.dead = True
        self._changed.set()

    def break_off(self) -> None:
        """The connection breaks."""
        assert self._writer is not None
        self._writer.transport.abort()
        self.hang_up()

    @property
    def waits(self) -> bool:
        """Whether a key is waited for."""
        return bool(self.commands) and self.commands[-1][0] == "WAIT"

    # What the application sees.

    async def call(self, port: int, script: str = "611", **more: str) -> None:
        """Connect, send the request, and obey until the connection is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        self._writer = writer
        fields = {
            "network": "yes",
            "network_script": script,
            "request": f"agi://127.0.0.1:{port}/{script}",
            "channel": "PJSIP/1001-00000001",
            "language": "en",
            "uniqueid": "1764450000.1",
            "callerid": "375291234567",
            "dnid": "611",
            **more,
        }
        writer.write("".join(f"agi_{name}: {value}\n" for name, value in fields.items()).encode())
        writer.write(b"\n")
        try:
            while raw := await reader.readline():
                command = shlex.split(raw.decode())
                self.commands.append(command)
                writer.write(f"{await self._obey(command)}\n".encode())
        except ConnectionError:
            pass
        finally:
            self.over = True
            writer.close()

    async def _obey(self, command: list[str]) -> str:
        begin = "HANGUP\n" if self.dead and not self._reported else ""
        self._reported = self._reported or self.dead
        if self.dead and command[0] not in ("NOOP", "GET", "SET"):
            return f"{begin}511 result=-1 Command Not Permitted on a dead channel"
        if command[0] in self.unknown:
            return "510 Invalid or unknown command"
        verbs: Mapping[str, Callable[[list[str]], Awaitable[str]]] = {
            "STREAM": self._stream,
            "WAIT": self._wait_for_digit,
            "RECORD": self._record,
            "EXEC": self._exec,
        }
        if command[0] in verbs:
            return begin + await verbs[command[0]](command)
        match command:
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
            case ["GET", "VARIABLE", name]:
                value = self.variables.get(name, "")
                return f"{begin}200 result=1 ({value})" if value else f"{begin}200 result=0"
            case ["GOSUB", *_]:
                return f"{begin}100 result=0 Trying...\n200 result=0 Gosub complete"
            case ["HANGUP"]:
                self.dead = self._reported = True
                return "200 result=1"
            case ["NOOP"] | ["SET", "MUSIC", _]:
                pass
            case _:
                return "510 Invalid or unknown command"
        return f"{begin}200 result=0"

    async def _stream(self, command: list[str]) -> str:
        file, begin = command[2], int(command[4])
        if file in self.missing:
            return f"200 result=0 endpos={begin}"
        self.plays.append(file)
        self.playing, self._finished = True, self.instant
        await self._until(lambda: bool(self._keys) or self._finished)
        self.playing = False
        if self._keys:
            return f"200 result={ord(self._keys.popleft())} endpos={max(begin, PLAYED // 2)}"
        return f"200 result={-1 if self.dead else 0} endpos={PLAYED}"

    async def _wait_for_digit(self, command: list[str]) -> str:
        await self._until(lambda: bool(self._keys), int(command[3]) / 1000)
        if self._keys:
            return f"200 result={ord(self._keys.popleft())}"
        return f"200 result={-1 if self.dead else 0}"

    async def _record(self, command: list[str]) -> str:
        self.playing, self._finished = True, False
        await self._until(lambda: bool(self._keys) or self._finished)
        self.playing = False
        if self.spool is not None:
            Path(f"{command[2]}.{command[3]}").write_bytes(self.said)
        if self.dead:
            return "200 result=-1 (hangup) endpos=800"
        key = self._keys.popleft() if self._keys else ""
        return f"200 result={ord(key)} (dtmf) endpos=800" if key else "200 result=0 (timeout)"

    async def _exec(self, _: list[str]) -> str:
        self.playing, self._finished = True, False
        await self._until(lambda: self._finished)
        self.playing = False
        self._keys.clear()
        return f"200 result={-1 if self.dead else 0}"

    async def _until(self, fact: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait for a fact, a hang-up, or so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while not (fact() or self.dead):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            pass
