"""The caller of `firstline call`: dials, presses keys by a plan, and prints the events."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from msgspec import Struct

from ari_app.admin.status import UNANSWERED, Status, query
from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.control.live_feed import CallEvent
from ari_app.phone.handset import Disconnected, Phone, PhoneError
from ari_app.phone.messages import Account
from ivr.problems import near

BETWEEN = 0.6
"""Seconds from the start of a prompt, or from the last key, to the next key."""
PATIENCE = 1.0
"""Seconds to wait for the effect of a key before the next one is pressed.

Digits of a number have no effect, and must come before the inter-digit timeout.
"""
AFTERWARDS = 0.7
"""Seconds on the line after the last prompt."""
UNSERVED = 15.0
"""Seconds on the line when the dialplan's fallback serves the call."""
SLOW, DOWN = 15.0, 1.0
"""Seconds in which the application begins to serve the call, when it runs and when it does not."""
PAUSE = ","
"""Among the keys: wait for the end of the prompts first."""

Say = Callable[[str], None]


class CallError(Exception):
    """A call failed; the text says what to do."""


class Telephone(Struct, frozen=True):
    """A SIP account to call with: a subscriber's, or an agent's, whose number is the extension."""

    number: str
    name: str
    user: str
    password: str


class Plan(Struct, frozen=True):
    """What the caller does: hangs up ``stay`` seconds after the last key.

    With None the caller hears the prompts to their end first.
    """

    number: str
    keys: str = ""
    record: Path | None = None
    stay: float | None = None


async def call(state: State, caller: str | None, plan: Plan, say: Say) -> None:
    """Place a call with an account of this installation and print its events; raises
    :class:`CallError`."""
    status = await query(state)
    whole = state.config().numbers.whole(caller) if caller else None
    telephone = chosen(telephones(status), whole or caller)
    account = Account(telephone.user, telephone.password, status.sip.host, status.sip.port)
    try:
        async with AsyncExitStack() as stack:
            try:
                watched = ControlClient(state.control).watch()
                events, within = await stack.enter_async_context(watched), SLOW
            except NotRunningError:
                events, within = _nothing(), DOWN
            phone = await stack.enter_async_context(Phone(account, plan.record))
            async with asyncio.timeout(600):
                await _Caller(phone, telephone, say).run(plan, events, within)
    except PhoneError as error:
        raise CallError(f"the call to {plan.number} failed: {error}") from error


class Route(Struct, frozen=True):
    """A proxy, and the installations that it sends calls to."""

    host: str
    port: int
    pods: tuple[State, ...]


async def through(route: Route, caller: str | None, plan: Plan, say: Say) -> None:
    """Place a call over a proxy, as a trunk does: the number alone says who calls.

    Raises :class:`CallError`.
    """
    first = route.pods[0]
    status = await query(first)
    whole = first.config().numbers.whole(caller) if caller else None
    telephone = chosen(subscribers_phones(status), whole or caller)
    account = Account(telephone.number, "", route.host, route.port)
    try:
        async with (
            _merged(route.pods) as events,
            Phone(account, plan.record) as phone,
            asyncio.timeout(600),
        ):
            await _Caller(phone, telephone, say).run(plan, events, SLOW)
    except PhoneError as error:
        raise CallError(f"the call to {plan.number} failed: {error}") from error


@asynccontextmanager
async def _merged(pods: Sequence[State]) -> AsyncIterator[AsyncIterator[CallEvent]]:
    """The events of several installations; those of one call come from one of them."""
    queue: asyncio.Queue[CallEvent] = asyncio.Queue()

    async def pass_on(events: AsyncIterator[CallEvent]) -> None:
        async for event in events:
            queue.put_nowait(event)

    async def all_of_them() -> AsyncIterator[CallEvent]:
        while True:
            yield await queue.get()

    async with AsyncExitStack() as stack:
        watched = [
            await stack.enter_async_context(ControlClient(each.control).watch()) for each in pods
        ]
        tasks = [asyncio.create_task(pass_on(events)) for events in watched]
        try:
            yield all_of_them()
        finally:
            for task in tasks:
                task.cancel()


async def _nothing() -> AsyncIterator[CallEvent]:
    """The events of a call while the application is down: none."""
    return
    yield


def subscribers_phones(status: Status) -> tuple[Telephone, ...]:
    """The accounts of subscribers, which only the demo has; raises :class:`CallError`."""
    if not status.database.answers:
        raise CallError(UNANSWERED)
    return tuple(
        Telephone(one.number, one.name, one.sip_user, one.sip_password)
        for one in status.subscribers
    )


def telephones(status: Status) -> tuple[Telephone, ...]:
    """The accounts to call with: those of subscribers, then those of agents whose phone is not
    the desk in the browser; raises :class:`CallError`."""
    agents = (
        Telephone(one.extension, one.name, one.sip_user, one.sip_password)
        for one in status.agents
        if one.phone == "sip"
    )
    return (*subscribers_phones(status), *agents)


def chosen(there: Sequence[Telephone], wanted: str | None) -> Telephone:
    """The phone of a number, its last digits, or a part of a name; the first for None."""
    if not there:
        raise CallError(
            "no one has a SIP phone at an Asterisk of ours: add an agent (`firstline agents add`), "
            "dial from a phone of yours, or try the menus with `firstline flows simulate`"
        )
    if wanted is None:
        return there[0]
    found = [one for one in there if one.number.endswith(wanted)] or [
        one for one in there if wanted.lower() in one.name.lower()
    ]
    if not found:
        numbers = [one.number for one in there]
        raise CallError(f"no phone here has the number {wanted}: {near(wanted, numbers)}")
    return found[0]


class _Caller:
    """Drives the phone: follows the events of the call, presses keys, hangs up."""

    def __init__(self, phone: Phone, telephone: Telephone, say: Say) -> None:
        self._phone = phone
        self._telephone = telephone
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._say = say
        self._call = ""
        self._screens = 0
        self._heard = 0
        self._over = False
        self._refused = ""
        self._changed = asyncio.Condition()

    async def run(self, plan: Plan, events: AsyncIterator[CallEvent], within: float) -> None:
        """Run the call from dialling to hang-up; raises :class:`CallError` if it is refused.

        Unless the application serves it ``within`` some seconds, the dialplan does.
        """
        me = self._telephone
        self.line(f"dialling {plan.number} as {me.number} ({me.name})")
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch(events))
            await self._phone.dial(plan.number)
            ending = tasks.create_task(self._end())
            if await self._until(lambda: self._screens > 0, within):
                await self._press(plan.keys)
                if plan.stay is None:
                    await self._until(lambda: self._heard >= self._screens, 120.0)
                await self._until(lambda: False, AFTERWARDS if plan.stay is None else plan.stay)
            elif not self._over:
                self.line("the application is unavailable: the dialplan's fallback serves the call")
                await self._until(lambda: False, UNSERVED)
            await self._phone.hangup()
            await self._until(lambda: False, 2.0)
            watching.cancel()
            ending.cancel()
        if self._refused:
            raise CallError(
                f"the call to {plan.number} was not answered: {self._refused}; "
                "`firstline status` lists the numbers that are served"
            )

    async def _press(self, keys: str) -> None:
        for key in keys:
            if key == PAUSE:
                await self._until(lambda: self._heard >= self._screens, 120.0)
                continue
            await asyncio.sleep(BETWEEN)
            if self._over:
                self.line(f"the call was over before key {key}")
                return
            await self._press_one(key)

    async def _press_one(self, key: str) -> None:
        """Press a key and wait for its effect."""
        before = self._screens
        self.line(f"key {key}")
        await self._phone.press(key)
        await self._until(lambda: self._screens > before, PATIENCE)

    async def _end(self) -> None:
        """Wait for the end of the call, from either side."""
        ended = await self._phone.wait(Disconnected, timeout=600)
        async with self._changed:
            self._over = True
            if ended.code >= 300:  # RFC 3261, 21: redirections and failures
                self._refused = f"{ended.code} {ended.reason}".rstrip()
            self.line(f"disconnected: {ended.code} {ended.reason}".rstrip())
            self._changed.notify_all()

    async def _watch(self, events: AsyncIterator[CallEvent]) -> None:
        async for event in events:
            if event.what == "began" and event.caller == self._telephone.number:
                self._call = self._call or event.call
            if event.call == self._call:
                async with self._changed:
                    self._print(event)
                    self._changed.notify_all()

    def _print(self, event: CallEvent) -> None:
        match event.what:
            case "began":
                self.line(f"answered; the call's record is {event.call}")
            case "telling":
                self._screens += 1
                for prompt, text in zip(event.prompts, event.texts, strict=True):
                    self.line(f"  {prompt}: {text}")
            case "told":
                self._heard = self._screens
            case "unheard":
                self._heard = self._screens
                self.line(f"{event.node}: Asterisk could not play all of it")
            case "step" if event.key or event.said or event.outcome:
                key = f" key {event.key}" if event.key else ""
                key = f' said "{event.said}"' if event.said else key
                self.line(f"{event.node}{key} -> {event.outcome}")
            case "queued":
                self._screens = self._heard = self._screens + 1
                self.line(f"waits in the queue {event.node}")
            case "ended":
                self.line(f"the session ended: {event.outcome}")

    def line(self, text: str) -> None:
        """Print a line with the seconds since dialling."""
        self._say(f"{self._clock() - self._began:6.2f}  {text}")

    async def _until(self, fact: Callable[[], bool], seconds: float) -> bool:
        """Wait for ``fact`` or the end of the call, ``seconds`` at most; returns ``fact()``."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: fact() or self._over)
        except TimeoutError:
            pass
        return fact()
