"""Callers at agents' phones who came through no menu here: looked up while the board goes on.

What is found of a caller stays while they are in a queue or a conversation. What is not found, for
there is no such thing or who knows it did not answer, is asked for again when the next phone rings.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

from msgspec import Struct

from ari_app.store.directory import Caller as KnownCaller
from ivr.acd.handed import Handed, handed
from ivr.acd.queues import Caller
from ivr.checkpoint import Checkpoint

AGAIN = 0.1
"""Seconds after which a call of another worker is looked up again: it is stored as it happens."""

Find = Callable[[str], Awaitable[KnownCaller | None]]
OfOthers = Callable[[str], Awaitable[Checkpoint | None]]


class Known(Struct, frozen=True):
    """What was found of a caller: what a pod said of them, where their call stands that another
    worker serves, and the subscriber with their number."""

    handed: Handed | None = None
    elsewhere: Checkpoint | None = None
    subscriber: KnownCaller | None = None


NOTHING = Known()


async def _no_facts(_channel: str) -> str:
    return ""


class Strangers:
    """See the module. ``find`` looks a number up; ``of_others`` says where the call of a channel
    stands that another worker serves, None where there is no other one; ``served`` whether a menu
    here has the call of a channel. None of them raises."""

    def __init__(
        self, find: Find, of_others: OfOthers | None, served: Callable[[str], bool]
    ) -> None:
        self._find = find
        self._of_others = of_others
        self._served = served
        self._ours: set[str] = set()
        """Channels at agents' phones whose call a menu here has, or had: ARI may report a hang-up
        before AMI does."""
        self._ringing: Collection[str] = ()
        """Channels that were looked up since a phone rings for them, or are just now."""
        self._pending: set[str] = set()
        self._known: dict[str, Known] = {}
        self.facts: Callable[[str], Awaitable[str]] = _no_facts
        """What a pod said of a caller on a channel, by its name; "" for none. Never raises."""

    @property
    def pending(self) -> Collection[str]:
        """The channels that are looked up just now."""
        return self._pending

    def of(self, channel: str) -> Known:
        """What was found of the caller on a channel."""
        return self._known.get(channel, NOTHING)

    def among(self, callers: Iterable[Caller], waiting: Iterable[Caller]) -> Sequence[Caller]:
        """Those of the ``callers`` at phones who are to be looked up now; :attr:`pending` until
        :meth:`look_up` is done. Who is neither there nor ``waiting`` is forgotten."""
        callers = tuple(callers)
        here = {one.call for one in callers} | {one.call for one in waiting}
        self._ours = {
            one.call for one in callers if one.call in self._ours or self._served(one.call)
        } | (self._ours & here)
        strangers = {one.call: one for one in callers if one.call not in self._ours}
        new = [one for channel, one in strangers.items() if channel not in self._ringing]
        self._ringing = strangers.keys()
        self._known = {channel: one for channel, one in self._known.items() if channel in here}
        self._pending = (self._pending & here) | {one.call for one in new}
        return new

    async def look_up(self, caller: Caller) -> None:
        """Look a caller up, if they are still there then."""
        before, found = self.of(caller.call), NOTHING
        try:
            (said, elsewhere), subscriber = await asyncio.gather(
                self._call(caller, before), self._subscriber(caller, before)
            )
            found = Known(said, elsewhere, subscriber)
        finally:
            if caller.call in self._pending:
                self._pending.discard(caller.call)
                self._known[caller.call] = found

    async def _subscriber(self, caller: Caller, before: Known) -> KnownCaller | None:
        return before.subscriber or await self._find(caller.number)

    async def _call(self, caller: Caller, before: Known) -> tuple[Handed | None, Checkpoint | None]:
        if before.elsewhere or before.handed:
            return before.handed, before.elsewhere
        said = handed(await self.facts(caller.channel))
        if said is not None or self._of_others is None:
            return said, None
        if (kept := await self._of_others(caller.call)) is None:
            await asyncio.sleep(AGAIN)
            kept = await self._of_others(caller.call)
        return None, kept
