"""Where agents stand: their phones in Asterisk's queues, and code words that they type."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal, Protocol

from ari_app.ami.client import AmiError
from ari_app.ari.errors import AriError, RefusedError, UnreachableError
from ari_app.ari.sip_messages import PhoneNotRegisteredError
from ari_app.desk.ports import DeskUnavailable, How
from ari_app.fulfilment.code_words import StoredCodeWords
from ari_app.selfcare.code_word_port import CodeWordsUnavailable
from ivr.secret import Secret

_FAULTS = (AmiError, AriError, PhoneNotRegisteredError, RefusedError, UnreachableError)


class Moves(Protocol):
    """What is asked of Asterisk; each may raise :class:`AmiError`."""

    def pause(self, interface: str, paused: bool, reason: str = "") -> Awaitable[None]: ...

    def transfer(self, leg: str, to: str) -> Awaitable[None]: ...


Spy = Callable[[str, str, How], Awaitable[None]]
"""Lets the phone of an interface ring; who picks up hears that of another."""


class QueueControl:
    """See :class:`ari_app.desk.ports.QueueControl`. ``phones`` tells an agent's interface."""

    def __init__(
        self,
        moves: Moves,
        phones: Callable[[str], str | None],
        words: StoredCodeWords,
        spy: Spy,
        now: Callable[[], datetime],
    ) -> None:
        self._moves = moves
        self._phones = phones
        self._words = words
        self._spy = spy
        self._now = now

    async def ready(self, agent: str) -> None:
        """Calls come to him again."""
        await self._move(self._moves.pause(self._phone(agent), False, ""))

    async def pause(self, agent: str, reason: str) -> None:
        """No calls come to him."""
        await self._move(self._moves.pause(self._phone(agent), True, reason))

    async def pass_on(self, leg: str, to: str) -> None:
        """Pass a caller on."""
        await self._move(self._moves.transfer(leg, to))

    async def mentor(self, mentor: str, agent: str, how: How) -> None:
        """Let a mentor hear."""
        heard, ears = _device(self._phone(agent)), _device(self._phone(mentor))
        await self._move(self._spy(ears, heard, how))

    async def verify(
        self, subscriber: int, word: Secret, agent: str
    ) -> Literal["match", "no match", "locked"]:
        """Whether the word is right."""
        try:
            return await self._words.verify_spoken(subscriber, word, agent, self._now())
        except CodeWordsUnavailable as error:
            raise DeskUnavailable(str(error)) from error

    async def _move(self, move: Awaitable[None]) -> None:
        try:
            await move
        except _FAULTS as error:
            raise DeskUnavailable(str(error)) from error

    def _phone(self, agent: str) -> str:
        phone = self._phones(agent)
        if phone is None:
            raise DeskUnavailable(f"{agent} has no phone")
        return phone


def _device(interface: str) -> str:
    """The phone of an interface: FreePBX's queues have ``Local/701@from-queue/n`` for it."""
    technology, _, rest = interface.partition("/")
    return f"PJSIP/{rest.partition('@')[0]}" if technology == "Local" else interface
