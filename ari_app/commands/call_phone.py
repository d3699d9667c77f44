"""`firstline call`: a real SIP call as a demo subscriber, told as it happens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from pathlib import Path

from msgspec import Struct

from ari_app.admin.status import Phone as Subscriber
from ari_app.admin.status import query
from ari_app.config.state import State
from ari_app.control.client import ControlClient
from ari_app.control.live_feed import CallEvent
from ari_app.phone.handset import Disconnected, Phone, PhoneError
from ari_app.phone.messages import Account
from ivr.problems import near

BETWEEN = 0.6
"""Seconds from the beginning of a screen, or from the last key, to the next key: a brisk hand."""
PATIENCE = 1.0
"""Seconds in which a key must show an effect before the next one is pressed all the same.

Those of a number show none, and must not come so late that it has ended.
"""
AFTERWARDS = 0.7
"""Seconds on the line after the last word."""
UNSERVED = 15.0
"""Seconds on the line when the application does not take the call and the dialplan does."""
PAUSE = ","
"""Among the keys: hear the screen to its end first."""

Say = Callable[[str], None]


class CallError(Exception):
    """A phone of the demo operator cannot do what it should; the text says what to do."""


class Plan(Struct, frozen=True):
    """What the caller does: ``stay`` seconds after the last key he hangs up.

    With None he hears what comes of it to its end first.
    """

    number: str
    keys: str = ""
    record: Path | None = None
    stay: float | None = None


async def call(state: State, caller: str | None, plan: Plan, say: Say) -> None:
    """Place a call as a demo subscriber and tell what happens."""
    status = await query(state)
    subscriber = chosen(status.subscribers, caller)
    account = Account(
        subscriber.sip_user, subscriber.sip_password, status.sip.host, status.sip.port
    )
    watched = ControlClient(state.control).watch() if status.running else nullcontext(_nothing())
    try:
        async with (
            watched as happenings,
            Phone(account, plan.record) as phone,
            asyncio.timeout(600),
        ):
            await _Caller(phone, subscriber, say).through(plan, happenings)
    except PhoneError as error:
        raise CallError(f"the call to {plan.number} failed: {error}") from error


async def _nothing() -> AsyncIterator[CallEvent]:
    """What is told of a call while the application is away."""
    return
    yield


def chosen(subscribers: tuple[Subscriber, ...], wanted: str | None) -> Subscriber:
    """The subscriber that is meant by a number, its last digits, or a part of a name."""
    if not subscribers:
        raise CallError("there are no demo subscribers: set demo = true under [site]")
    if wanted is None:
        return subscribers[0]
    found = [one for one in subscribers if one.number.endswith(wanted)] or [
        one for one in subscribers if wanted.lower() in one.name.lower()
    ]
    if not found:
        numbers = [one.number for one in subscribers]
        raise CallError(f"there is no subscriber {wanted}: {near(wanted, numbers)}")
    return found[0]


class _Caller:
    """A person on the phone: listens to what happens, presses keys, hangs up."""

    def __init__(self, phone: Phone, subscriber: Subscriber, say: Say) -> None:
        self._phone = phone
        self._subscriber = subscriber
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._say = say
        self._call = ""
        self._screens = 0
        self._told = 0
        self._over = False
        self._news = asyncio.Condition()

    async def through(self, plan: Plan, happenings: AsyncIterator[CallEvent]) -> None:
        """The call from the dialling to the hanging up."""
        me = self._subscriber
        self.line(f"dialling {plan.number} as {me.number} ({me.name})")
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch(happenings))
            await self._phone.dial(plan.number)
            hearing = tasks.create_task(self._hear())
            if await self._until(lambda: self._screens > 0, 5.0):
                await self._press(plan.keys)
                if plan.stay is None:
                    await self._until(lambda: self._told >= self._screens, 120.0)
                await self._until(lambda: False, AFTERWARDS if plan.stay is None else plan.stay)
            elif not self._over:
                self.line("the application did not take the call: the dialplan serves it")
                await self._until(lambda: False, UNSERVED)
            await self._phone.hangup()
            await self._until(lambda: False, 2.0)
            watching.cancel()
            hearing.cancel()

    async def _press(self, keys: str) -> None:
        for key in keys:
            if key == PAUSE:
                await self._until(lambda: self._told >= self._screens, 120.0)
                continue
            await asyncio.sleep(BETWEEN)
            if self._over:
                self.line(f"the call was over before key {key}")
                return
            await self._press_one(key)

    async def _press_one(self, key: str) -> None:
        """Press a key and wait for what it does."""
        before = self._screens
        self.line(f"key {key}")
        await self._phone.press(key)
        await self._until(lambda: self._screens > before, PATIENCE)

    async def _hear(self) -> None:
        """Wait for the end of the call, whoever ends it."""
        ended = await self._phone.wait(Disconnected, timeout=600)
        async with self._news:
            self._over = True
            self.line(f"the line is down: {ended.code} {ended.reason}".rstrip())
            self._news.notify_all()

    async def _watch(self, happenings: AsyncIterator[CallEvent]) -> None:
        async for happening in happenings:
            if happening.what == "began" and happening.caller == self._subscriber.number:
                self._call = self._call or happening.call
            if happening.call == self._call:
                async with self._news:
                    self._tell(happening)
                    self._news.notify_all()

    def _tell(self, happening: CallEvent) -> None:
        match happening.what:
            case "began":
                self.line(f"answered; the call's record is {happening.call}")
            case "telling":
                self._screens += 1
                for prompt, text in zip(happening.prompts, happening.texts, strict=True):
                    self.line(f"  {prompt}: {text}")
            case "told":
                self._told = self._screens
            case "step" if happening.key or happening.outcome:
                key = f" key {happening.key}" if happening.key else ""
                self.line(f"{happening.node}{key} -> {happening.outcome}")
            case "queued":
                self._screens = self._told = self._screens + 1
                self.line(f"waits in the queue {happening.node}")
            case "ended":
                self.line(f"the session ended: {happening.outcome}")

    def line(self, text: str) -> None:
        """Print a line with the seconds since the dialling."""
        self._say(f"{self._clock() - self._began:6.2f}  {text}")

    async def _until(self, fact: Callable[[], bool], seconds: float) -> bool:
        """Wait for a fact, the end of the call, or so many seconds; whether it came true."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(lambda: fact() or self._over)
        except TimeoutError:
            pass
        return fact()
