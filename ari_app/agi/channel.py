"""A channel under FastAGI: files, keys, variables and applications, one command after the other.

Only while a command is obeyed are keys noticed. So a key ends each command that plays or waits, and
what it must not cut short is played on from there.
"""

import asyncio
from collections.abc import Callable
from math import ceil

from ari_app.agi.connection import Connection
from ari_app.agi.protocol import Reply
from ari_app.session.media import SHORT, Lasts
from ivr.gather import Keypad

KEYS = "0123456789*#"
RATE = 8000
"""Samples a second of the sound files."""


class Channel:
    """A channel. Each method raises ``ChannelGoneError`` when the caller is gone, and
    ``CommandError`` for what this Asterisk cannot do."""

    def __init__(self, connection: Connection, lasts: Lasts, dead_man: int) -> None:
        """``dead_man``: after how many seconds in which the application is not heard of the
        dialplan takes the caller back."""
        self.keypad = Keypad()
        self.clock = asyncio.get_running_loop().time
        self._agi = connection
        self._lasts = lasts
        self._dead_man = dead_man
        self._granted = 0.0
        """Until when the dialplan leaves the channel to the application."""

    @property
    def id(self) -> str:
        """The channel's unique id."""
        return self._agi.request.id

    async def play(self, file: str, barged: Callable[[], bool]) -> bool | None:
        """Play a file, on from where a key stopped it; returns whether it was played to its end,
        or None if it was barged into."""
        lasts, begin = self._lasts((file,)), 0
        while True:
            left = max(0.0, lasts - begin / RATE)
            await self.extend(left)
            reply = await self._agi.send("STREAM", "FILE", file, KEYS, begin, seconds=left)
            if reply.result < 0:
                await self._agi.check()
                return False
            begin = max(begin, reply.end)
            whole = begin / RATE >= lasts - SHORT
            if not reply.key:
                return begin > 0 and whole
            self._pressed(reply)
            if barged():
                return None
            if lasts and whole:
                return True

    async def wait_for_key(self, seconds: float) -> None:
        """Wait for a key for so long; it goes to the keypad."""
        await self.extend(seconds)
        milliseconds = max(1, round(seconds * 1000))
        reply = await self._agi.send("WAIT", "FOR", "DIGIT", milliseconds, seconds=seconds)
        if reply.result < 0:
            await self._agi.check()
            await asyncio.sleep(seconds)  # Asterisk could not wait: do not ask in a busy loop
        self._pressed(reply)

    async def music(self, on: bool) -> None:
        """Play music on hold while keys are waited for, or no more."""
        await self._agi.send("SET", "MUSIC", "ON" if on else "OFF")

    async def record(self, file: str, stop: str, longest: float, quiet: float) -> bool:
        """Sound a tone and record a WAV; False if the caller hung up, which ends it, too."""
        self.keypad.ahead.clear()
        await self.extend(longest)
        reply = await self._agi.send(
            *("RECORD", "FILE", file, "wav", stop, ceil(longest * 1000), "BEEP"),
            f"s={ceil(quiet)}",
            seconds=longest,
        )
        return reply.result >= 0

    async def run(self, application: str, arguments: str, status: str) -> str:
        """Run an application of the dialplan without a limit; returns the variable it sets.

        Keys pressed meanwhile are not for the session.
        """
        await self.set(status, "")
        await self.set("TIMEOUT(absolute)", "0")
        self._granted = float("inf")
        reply = await self._agi.send("EXEC", application, arguments, seconds=float("inf"))
        self._granted = 0.0
        await self.extend(0)
        self.keypad.ahead.clear()
        if reply.result < 0:
            await self._agi.check()
        return await self.get(status)

    async def subroutine(self, context: str, extension: str) -> None:
        """Run a subroutine of the dialplan."""
        await self._agi.send("GOSUB", context, extension, 1)

    async def set(self, name: str, value: str) -> None:
        """Set a variable of the channel, or a function."""
        await self._agi.send("SET", "VARIABLE", name, value)

    async def get(self, name: str) -> str:
        """A variable of the channel; "" if it is not set."""
        return (await self._agi.send("GET", "VARIABLE", name)).note

    async def check(self) -> None:
        """See whether the caller is still there."""
        await self._agi.check()

    async def hang_up(self) -> None:
        """End the call."""
        await self._agi.send("HANGUP")
        self._agi.close()

    async def extend(self, seconds: float) -> None:
        """Extend the dialplan's dead-man switch to last the next ``seconds``, and a margin."""
        now, margin = self.clock(), self._dead_man / 2
        if now + seconds + margin > self._granted:
            granted = ceil(seconds + self._dead_man)
            await self.set("TIMEOUT(absolute)", str(granted))
            self._granted = now + granted

    def _pressed(self, reply: Reply) -> None:
        if reply.key:
            self.keypad.press(reply.key, self.clock())
