"""The phone of `firstline agent`: registers, answers and plays by a plan, and prints events."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from ari_app.admin.status import UNANSWERED, AgentPhone, query
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
"""The longest file that is played, in seconds."""

Print = Callable[[str], None]


class Plan(Struct, frozen=True):
    """What the agent's phone does; times are in seconds.

    It answers ``answer_after`` seconds of ringing (None: never), plays ``say`` to the caller, and
    hangs up ``hang_up_after`` seconds after answering (None: the caller hangs up). With
    ``one_call`` it ends after its first call.
    """

    answer_after: float | None = None
    hang_up_after: float | None = None
    say: Path | None = None
    one_call: bool = False


async def attend(state: State, agent: str | None, plan: Plan, say: Print) -> None:
    """Be the phone of an agent until cancelled, or with ``one_call`` until a call has ended.

    Raises :class:`CallError` if Firstline is down, or the phone cannot register.
    """
    status = await query(state)
    if not status.database.answers:
        raise CallError(UNANSWERED)
    one = chosen(status.agents, agent)
    if not status.running:
        raise CallError("Firstline does not run here: start it with `firstline up`")
    if one.phone == "browser":
        raise CallError(
            f"the phone of {one.name} is the desk in the browser; give them a SIP phone: "
            f"firstline agents phone {one.name} sip"
        )
    account = Account(one.sip_user, one.sip_password, status.sip.host, status.sip.port)
    where = f"phone {one.extension} of {one.name}"
    try:
        async with Phone(account, answer_after=plan.answer_after) as phone:
            await phone.register()
            await _Agent(phone, where, plan, say).attend()
    except PhoneError as error:
        raise CallError(f"{where} failed: {error}; `firstline status` shows what runs") from error


def chosen(agents: tuple[AgentPhone, ...], wanted: str | None) -> AgentPhone:
    """The agent of a login or an extension, the first one for None; raises :class:`CallError`."""
    if not agents:
        raise CallError("no agent has a phone at an Asterisk of ours: `firstline agents add`")
    for one in agents:
        if wanted in (None, one.name, one.extension):
            return one
    raise CallError(f"there is no agent {wanted}: {near(str(wanted), [a.name for a in agents])}")


class _Agent:
    """Drives the phone by the plan and prints its events."""

    def __init__(self, phone: Phone, where: str, plan: Plan, say: Print) -> None:
        self._phone = phone
        self._where = where
        self._plan = plan
        self._say = say
        self._since: float = 0
        self._ends = ""
        self._actions: list[asyncio.Task[None]] = []

    async def attend(self) -> None:
        """Handle the events of the phone after its registration."""
        async with asyncio.TaskGroup() as tasks:
            async for event in self._phone.events():
                match event:
                    case Registered():
                        self._line(f"{self._where} is ready; Ctrl-C ends it")
                    case Failed("register", reason, code):
                        self._line(f"{self._where} lost its registration: {code} {reason}")
                    case Incoming(caller, name, at):
                        self._since, self._ends = at, "stopped ringing"
                        self._line(f"rings: {_plain(f'{caller} {name}')}")
                    case Connected(at):
                        self._since, self._ends = at, "ended"
                        self._line("answered")
                        self._actions = [
                            tasks.create_task(self._run(action))
                            for action in self._actions_of_call()
                        ]
                    case Disconnected(at=at):
                        self._stop()
                        self._line(f"{self._ends} after {_long(at - self._since)}")
                        if self._plan.one_call:
                            return
            self._stop()
        raise PhoneError("its process ended unexpectedly")

    def _actions_of_call(self) -> Iterator[Awaitable[None]]:
        """What is done once a call is answered, all at the same time."""
        if self._plan.say is not None:
            yield self._phone.play(self._plan.say, LONGEST)
        if self._plan.hang_up_after is not None:
            yield self._hang_up(self._plan.hang_up_after)

    async def _hang_up(self, after: float) -> None:
        await asyncio.sleep(after)
        await self._phone.hangup()

    async def _run(self, action: Awaitable[None]) -> None:
        try:
            await action
        except PhoneError as error:
            self._line(str(error))

    def _stop(self) -> None:
        for action in self._actions:
            action.cancel()

    def _line(self, text: str) -> None:
        self._say(f"{datetime.now():%H:%M:%S}  {text}")


def _plain(text: str) -> str:
    """Text from the network without terminal control characters."""
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _long(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
