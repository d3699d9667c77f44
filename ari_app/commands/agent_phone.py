"""`firstline agent`: the phone of a demo agent without a hand, told as it happens."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from ari_app.admin.status import AgentPhone, query
from ari_app.commands.call_phone import CallError
from ari_app.config.state import State
from ari_app.phone.handset import (
    Connected,
    Disconnected,
    Failed,
    Incoming,
    Phone,
    PhoneError,
    Registered,
)
from ari_app.phone.messages import Account
from ivr.problems import near

LONGEST = 3600.0
"""Seconds that a file may last which the agent says."""

Tell = Callable[[str], None]


class Plan(Struct, frozen=True):
    """What the agent does: ``answer_after`` seconds of ringing he picks up, with None never.

    Then he says a file, and hangs up ``hang_up_after`` seconds after he picked up; with None he
    leaves that to the caller. With ``once`` he goes after his first call.
    """

    answer_after: float | None = None
    hang_up_after: float | None = None
    say: Path | None = None
    once: bool = False


async def attend(state: State, agent: str | None, plan: Plan, tell: Tell) -> None:
    """Be the phone of an agent, until cancelled or, with ``once``, until a call has ended."""
    status = await query(state)
    one = chosen(status.agents, agent)
    if not status.running:
        raise CallError("Firstline does not run here: start it with `firstline up`")
    account = Account(one.sip_user, one.sip_password, status.sip.host, status.sip.port)
    where = f"phone {one.extension} of {one.name}"
    try:
        async with Phone(account, answer_after=plan.answer_after) as phone:
            await phone.register()
            await _Agent(phone, where, plan, tell).attend()
    except PhoneError as error:
        raise CallError(
            f"{where} does not work: {error}; `firstline status` says what runs"
        ) from error


def chosen(agents: tuple[AgentPhone, ...], wanted: str | None) -> AgentPhone:
    """The agent that is meant by his login or his extension; the first one with None."""
    if not agents:
        raise CallError("there are no demo agents: set demo = true under [site]")
    for one in agents:
        if wanted in (None, one.name, one.extension):
            return one
    raise CallError(f"there is no agent {wanted}: {near(str(wanted), [a.name for a in agents])}")


class _Agent:
    """A person beside a phone, who does what the plan says and tells what happens."""

    def __init__(self, phone: Phone, where: str, plan: Plan, tell: Tell) -> None:
        self._phone = phone
        self._where = where
        self._plan = plan
        self._tell = tell
        self._since: float = 0
        self._ends = ""
        self._deeds: list[asyncio.Task[None]] = []

    async def attend(self) -> None:
        """Follow the phone from its registration on."""
        async with asyncio.TaskGroup() as tasks:
            async for event in self._phone.events():
                match event:
                    case Registered():
                        self._line(f"{self._where} is ready; Ctrl-C ends it")
                    case Failed("register", reason, code):
                        self._line(f"{self._where} is not registered any more: {code} {reason}")
                    case Incoming(caller, name, at):
                        self._since, self._ends = at, "rings no more"
                        self._line(f"rings: {_plain(f'{caller} {name}')}")
                    case Connected(at):
                        self._since, self._ends = at, "ended"
                        self._line("answered")
                        self._deeds = [tasks.create_task(self._do(deed)) for deed in self._talk()]
                    case Disconnected(at=at):
                        self._stop()
                        self._line(f"{self._ends} after {_long(at - self._since)}")
                        if self._plan.once:
                            return
            self._stop()
        raise PhoneError("it went off by itself")

    def _talk(self) -> Iterator[Awaitable[None]]:
        """What is done in a conversation, side by side."""
        if self._plan.say is not None:
            yield self._phone.play(self._plan.say, LONGEST)
        if self._plan.hang_up_after is not None:
            yield self._hang_up(self._plan.hang_up_after)

    async def _hang_up(self, after: float) -> None:
        await asyncio.sleep(after)
        await self._phone.hangup()

    async def _do(self, deed: Awaitable[None]) -> None:
        try:
            await deed
        except PhoneError as error:
            self._line(str(error))

    def _stop(self) -> None:
        for deed in self._deeds:
            deed.cancel()

    def _line(self, text: str) -> None:
        self._tell(f"{datetime.now():%H:%M:%S}  {text}")


def _plain(text: str) -> str:
    """Text from outside, without what would steer a terminal."""
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _long(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
