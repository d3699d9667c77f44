"""The watch over Asterisk's queues: a board that is right, and word of each change.

After each login the list of all queues makes the board, and events are folded into it. Every so
often the list is asked for again: what it knows otherwise twice in a row, events had not told. That
is counted, logged, and mended.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from typing import NoReturn

from msgspec import Struct

from ari_app.ami.client import AmiError, Ask, Headers, RefusedError, Settings, keep
from ari_app.ami.events import Alive, Listed, ListEnd, Strange, parse
from ivr.acd.channels import Channel, with_channels
from ivr.acd.dials import LOCAL, Dialled
from ivr.acd.queues import Board, Event, apply_event
from ivr.acd.reconcile import differences, reconciled

log = logging.getLogger(__name__)


class View(Struct, frozen=True):
    """The queues as we know them; ``current`` is false while Asterisk tells us nothing."""

    board: Board = Board()
    current: bool = False


class Watch:
    """Keeps :attr:`view`; ``every`` and ``doubt`` are seconds from list to list.

    ``doubt`` is for the list after one that differed: it may just have overtaken some events.
    ``phones`` says whether an interface is an agent's phone: only to those calls are followed that
    come without a queue.
    """

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime],
        every: float = 30.0,
        doubt: float = 2.0,
        phones: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.view = View()
        self.mended = 0
        """How many differences events had not told."""
        self.strange: Counter[str] = Counter()
        self._settings = settings
        self._now = now
        self._every, self._doubt = every, doubt
        self._phones = phones
        self._alive: list[Channel] = []
        """The channels that there were at the login."""
        self._early: list[Event] = []
        """What was told since then, until there is a list to fold it into."""
        self._listening: set[asyncio.Queue[View]] = set()
        self._listed = Board()
        self._doubts: tuple[str, ...] = ()
        self._ask: Ask | None = None

    async def run(self) -> NoReturn:
        """Watch, for ever."""
        await keep(self._settings, self._take, self._attend)

    async def ask(self, action: str, **values: str) -> None:
        """See :class:`ari_app.ami.client.Ask`; :class:`AmiError` also while not connected."""
        if self._ask is None:
            raise AmiError("AMI is not connected")
        await self._ask(action, **values)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[View]]:
        """The newest view after each change from now on; what was not taken in time is skipped."""
        views: asyncio.Queue[View] = asyncio.Queue(1)
        self._listening.add(views)
        try:
            yield views
        finally:
            self._listening.discard(views)

    async def _attend(self, ask: Ask) -> NoReturn:
        """Ask for the list, again and again, while the connection lasts."""
        self._ask = ask
        self._alive, self._early = [], []
        try:
            try:
                await ask("Status")
            except RefusedError as error:
                log.warning("%s: AMI's user lacks the class `call`, see manager.conf", error)
            while True:
                self._listed = Board()
                await ask("QueueStatus")
                await asyncio.sleep(self._doubt if self._doubts else self._every)
        finally:
            self._ask = None
            self._put(View(self.view.board))

    def _take(self, headers: Headers) -> None:
        """Fold what is told, in its order: no event may slip between a list and its end."""
        match parse(headers, self._now()):
            case None:
                pass
            case Strange(event, why):
                self.strange[event] += 1
                if self.strange[event] == 1:
                    log.error("AMI: %s is not as documented: %s", event, why)
            case Listed(item):
                self._listed = apply_event(self._listed, item)
            case ListEnd():
                self._compare(self._listed)
            case Alive(channel):
                self._alive.append(channel)
            case Dialled(interface=to) if not (to.startswith(LOCAL) or self._phones(to)):
                pass
            case event if self.view.current:
                self._put(View(apply_event(self.view.board, event), True))
            case event:
                self._early.append(event)

    def _compare(self, listed: Board) -> None:
        """The board against a list that is complete."""
        board, current = self.view.board, self.view.current
        found = differences(board, listed) if current else ()
        if found and not self._doubts:
            self._doubts = found
            return
        for each in found:
            if each in self._doubts:
                self.mended += 1
                log.warning("AMI had not told that %s: mended", each)
        self._doubts = ()
        self._put(View(reconciled(board, listed, None) if current else self._anew(listed), True))

    def _anew(self, listed: Board) -> Board:
        """The board after a gap: from the list, and from what is seen and told since the login."""
        names = {each for one in self._alive for each in (one.caller.call, one.caller.channel)}
        board = with_channels(reconciled(self.view.board, listed, names), self._alive, self._phones)
        return reduce(apply_event, self._early, board)

    def _put(self, view: View) -> None:
        if view == self.view:
            return
        self.view = view
        for views in self._listening:
            if views.full():
                views.get_nowait()
            views.put_nowait(view)
