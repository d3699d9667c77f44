"""What agents ask of Asterisk (pause, transfer, supervise), and the code words that they check."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from ari_app.ami.client import AmiError
from ari_app.ami.client import RefusedError as ActionRefused
from ari_app.ari.errors import AriError, RefusedError, UnreachableError
from ari_app.ari.sip_messages import PhoneNotRegisteredError
from ari_app.desk.ports import DeskUnavailable, How
from ari_app.fulfilment.code_words import StoredCodeWords
from ari_app.selfcare.code_word_port import CodeWordsUnavailable
from ivr.secret import Secret

_ERRORS = (AmiError, AriError, PhoneNotRegisteredError, RefusedError, UnreachableError)


_NO_CHANNEL = ("no such channel", "channel does not exist")
"""How AMI says so, of Hangup and of Redirect."""

T = TypeVar("T")


class QueueActions(Protocol):
    """AMI actions; each may raise :class:`AmiError`."""

    def pause(self, interface: str, paused: bool, reason: str = "") -> Awaitable[None]: ...

    def transfer(self, channel: str, to: str, /) -> Awaitable[None]: ...

    def consult(self, caller: str, leg: str, phone: str, number: str, /) -> Awaitable[None]: ...

    def conference(self, caller: str, leg: str, /) -> Awaitable[None]: ...

    def hang_up(self, channel: str, /) -> Awaitable[None]: ...

    def is_dialled(self, number: str, /) -> Awaitable[bool]: ...


Dial = Callable[[str, str], Awaitable[None]]
"""Rings an agent's phone; answered, it dials a number."""

Supervise = Callable[[str, str, How, str], Awaitable[None]]
"""Rings the phone of a supervisor; answered, it joins the call of an agent's phone."""


class QueueControl:
    """See :class:`ari_app.desk.ports.QueueControl`. ``phones`` returns an agent's interface."""

    def __init__(
        self,
        actions: QueueActions,
        phones: Callable[[str], str | None],
        words: StoredCodeWords,
        supervise: Supervise,
        dial: Dial,
        now: Callable[[], datetime],
    ) -> None:
        self._actions = actions
        self._phones = phones
        self._words = words
        self._supervise = supervise
        self._dial = dial
        self._now = now

    async def ready(self, agent: str) -> None:
        """Unpause the agent in all queues."""
        await self._asked(self._actions.pause(self._phone(agent), False, ""))

    async def pause(self, agent: str, reason: str) -> None:
        """Pause the agent in all queues."""
        await self._asked(self._actions.pause(self._phone(agent), True, reason))

    async def transfer(self, channel: str, to: str) -> None:
        """Blind transfer of the caller on the other end of the agent's channel."""
        await self._asked(self._actions.transfer(channel, to))

    async def call(self, agent: str, number: str) -> None:
        """Ring the agent's phone; answered, the number is dialled."""
        try:
            await self._asked(self._dial(_device(self._phone(agent)), number))
        except ValueError as error:
            raise DeskUnavailable(str(error), "transfer-no-way") from error

    async def consult(self, agent: str, caller: str, channel: str, to: str) -> None:
        """The agent calls ``to``, and the caller hears music."""
        await self._asked(self._actions.consult(caller, channel, self._phone(agent), to))

    async def conference(self, caller: str, channel: str) -> None:
        """The caller joins the agent and who was asked."""
        await self._asked(self._actions.conference(caller, channel))

    async def hang_up(self, channel: str) -> None:
        """Hang up a channel."""
        await self._asked(self._actions.hang_up(channel))

    async def is_dialled(self, number: str) -> bool:
        """Whether a number may be dialled."""
        return await self._asked(self._actions.is_dialled(number))

    async def supervise(self, supervisor: str, agent: str, how: How, channel: str) -> None:
        """Ring the supervisor's phone to join the agent's call."""
        agent_phone = _device(self._phone(agent))
        phone = _device(self._phone(supervisor))
        await self._asked(self._supervise(phone, agent_phone, how, channel))

    async def verify_code_word(
        self, subscriber: int, word: Secret, agent: str
    ) -> Literal["match", "no match", "locked"]:
        """Check a code word that the agent typed as the caller said it."""
        try:
            return await self._words.verify_spoken(subscriber, word, agent, self._now())
        except CodeWordsUnavailable as error:
            raise DeskUnavailable(str(error)) from error

    async def unlock_code_word(self, subscriber: int, agent: str, why: str) -> None:
        """Unlock a code word after wrong attempts."""
        try:
            await self._words.unlock(subscriber, agent, why, self._now())
        except CodeWordsUnavailable as error:
            raise DeskUnavailable(str(error)) from error

    async def _asked(self, action: Awaitable[T]) -> T:
        try:
            return await action
        except _ERRORS as error:
            raise DeskUnavailable(str(error), _word(error)) from error

    def _phone(self, agent: str) -> str:
        phone = self._phones(agent)
        if phone is None:
            raise DeskUnavailable(f"{agent} has no phone", "no-phone")
        return phone


def _word(error: Exception) -> str:
    """The word shown to the agent: it is their phone, or the call, or something else."""
    match error:
        case PhoneNotRegisteredError():
            return "phone-away"
        case ActionRefused(why=why) if why.casefold().startswith(_NO_CHANNEL):
            return "call-over"
    return "try-again"


def _device(interface: str) -> str:
    """The device of an interface: members of FreePBX's queues are ``Local/701@from-queue/n``."""
    technology, _, rest = interface.partition("/")
    return f"PJSIP/{rest.partition('@')[0]}" if technology == "Local" else interface
