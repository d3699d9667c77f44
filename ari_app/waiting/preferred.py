"""Keeps an agent for a caller: who helped them last, for a limited time.

app_queue has no such thing, but rings for a caller only members within a range of penalties. So
the agent gets a penalty that no one else has, and the caller waits for that one alone, until the
queue's rule ``…-preferred`` lets all be rung.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from msgspec import Struct

from ari_app.background import Begin
from ivr.acd.board import Board, Caller, Queue
from ivr.acd.dials import HungUp
from ivr.acd.queues import CallerLeft, Connected, Event

log = logging.getLogger(__name__)

KEPT = 1000
"""Penalties from here on are those of agents who are kept for a caller."""
LONGER = 3.0
"""Seconds for which an agent is kept longer than the caller waits for them alone."""
_AWAY = frozenset({"unavailable", "invalid"})


class _Kept(Struct):
    """A kept agent: their usual penalty, and the channels of the callers."""

    penalty: int
    usual: int
    channels: set[str]


class Preferred:
    """The agents who are kept. It is handed each event with the board before it."""

    def __init__(
        self,
        patience: int,
        set_penalty: Callable[[str, str, int], Awaitable[None]],
        reload_members: Callable[[], Awaitable[None]],
        begin: Begin,
    ) -> None:
        """``patience`` is for how many seconds; 0 is not at all."""
        self._patience = patience
        self._set_penalty = set_penalty
        self._reload_members = reload_members
        self._begin = begin
        self._kept: dict[tuple[str, str], _Kept] = {}

    async def keep(self, board: Board, queue: str, interface: str, channel: str) -> int:
        """Keep an agent of a queue for a caller; the penalty of that agent, 0 for none.

        Raises what :class:`~ari_app.ami.queue_actions.QueueActions` raises.
        """
        member = board.queues.get(queue, Queue()).members.get(interface)
        if not self._patience or member is None or member.paused or member.state in _AWAY:
            return 0
        kept = self._kept.get((queue, interface))
        if kept is None:
            if member.penalty >= KEPT:  # being released just now
                return 0
            taken = {each.penalty for each in self._kept.values()}
            free = next(each for each in range(KEPT, KEPT + len(taken) + 1) if each not in taken)
            kept = self._kept[queue, interface] = _Kept(free, member.penalty, {channel})
            try:
                await self._set_penalty(queue, interface, free)
            except BaseException:
                del self._kept[queue, interface]
                raise
        kept.channels.add(channel)
        self._begin(self._release_later(channel))
        return kept.penalty

    def take(self, _: Board, event: Event) -> None:
        """Release the agent of a caller who does not wait any more."""
        match event:
            case Connected(caller=Caller(call=call)) | CallerLeft(call=call) | HungUp(call=call):
                if any(call in kept.channels for kept in self._kept.values()):
                    self._begin(self._release(call))
            case _:
                pass

    async def clear(self, board: Board) -> None:
        """Release what an application before this one left. Never raises."""
        members = (each for one in board.queues.values() for each in one.members.values())
        try:
            if any(each.penalty >= KEPT for each in members):
                await self._reload_members()
        except Exception as error:  # noqa: BLE001 - the agents are rung, but last
            log.error("agents may be kept for callers who are not there any more: %s", error)

    async def _release_later(self, channel: str) -> None:
        await asyncio.sleep(self._patience + LONGER)
        await self._release(channel)

    async def _release(self, channel: str) -> None:
        """The outermost frame of a release: an agent goes back to the usual penalty."""
        for (queue, interface), kept in list(self._kept.items()):
            kept.channels.discard(channel)
            if kept.channels:
                continue
            del self._kept[queue, interface]
            try:
                await self._set_penalty(queue, interface, kept.usual)
            except Exception as error:  # noqa: BLE001 - the next start clears it
                log.error("%s stays the last in %s until a restart: %s", interface, queue, error)
