"""Monitors Asterisk's queues over AMI: a copy of their state, and each change of it.

After each login the answer to QueueStatus makes the board, and events are folded into it. The list
is requested again at intervals: a difference that two lists in a row show is one that no event
reported. It is counted, logged and corrected.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from typing import NoReturn

from ari_app.ami.client import AmiError, Ask, Headers, RefusedError, Settings, keep
from ari_app.ami.events import ChannelListed, Listed, ListEnd, Unparsed, parse
from ari_app.ami.queue_actions import HELD_CALLER
from ari_app.ami.queue_view import QueueView
from ivr.acd.board import LOCAL
from ivr.acd.channels import Channel, Consultation, consultations, with_channels
from ivr.acd.dials import Dialled, HungUp, Originated
from ivr.acd.order import EventOrder
from ivr.acd.queues import Board, Event, apply_event
from ivr.acd.reconcile import differences, reconciled

log = logging.getLogger(__name__)


class QueueMonitor:
    """Keeps :attr:`view`; ``every`` and ``doubt`` are seconds from list to list.

    ``doubt`` is the pause after a list that differed: it may have overtaken some events.
    ``phones`` says whether an interface is an agent's phone: calls that come without a queue are
    followed to those only. ``observed`` takes each event, with the board before it.
    """

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime],
        every: float = 30.0,
        doubt: float = 2.0,
        phones: Callable[[str], bool] = lambda _: True,
        observed: Callable[[Board, Event], None] = lambda *_: None,
        raw: Callable[[Headers], None] = lambda _: None,
    ) -> None:
        """``raw`` takes the headers of every event."""
        self._raw = raw
        self.view = QueueView()
        self.corrected = 0
        """How many differences no event had reported."""
        self.unparsed: Counter[str] = Counter()
        self._settings = settings
        self._now = now
        self._every, self._doubt = every, doubt
        self._phones = phones
        self._observers = [observed]
        self._alive: list[Channel] = []
        """The channels that existed at the login."""
        self._early: list[Event] = []
        """Events since the login, until there is a list to fold them into."""
        self._order = EventOrder()
        self._late: asyncio.TimerHandle | None = None
        self._listening: set[asyncio.Queue[QueueView]] = set()
        self._listed = Board()
        self._doubts: tuple[str, ...] = ()
        self._ask: Ask | None = None

    @property
    def alive(self) -> frozenset[str]:
        """The ids of the channels that existed at the login, and had not ended when there was a
        board."""
        ended = {event.call for event in self._early if isinstance(event, HungUp)}
        return frozenset(one.caller.call for one in self._alive) - ended

    @property
    def consultations(self) -> tuple[Consultation, ...]:
        """Who was asked about whom at the login."""
        alive = self.alive
        return tuple(consultations([one for one in self._alive if one.caller.call in alive]))

    async def run(self) -> NoReturn:
        """Monitor without end."""
        await keep(self._settings, self._take, self._attend)

    def observe(self, observed: Callable[[Board, Event], None]) -> None:
        """Hand each event also to ``observed``, with the board before it."""
        self._observers.append(observed)

    async def ask(self, action: str, **values: str) -> Headers:
        """See :class:`ari_app.ami.client.Ask`; :class:`AmiError` also while not connected."""
        if self._ask is None:
            raise AmiError("AMI is not connected")
        return await self._ask(action, **values)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[QueueView]]:
        """The newest view after each change from now on; a slow listener skips older ones."""
        views: asyncio.Queue[QueueView] = asyncio.Queue(1)
        self._listening.add(views)
        try:
            yield views
        finally:
            self._listening.discard(views)

    async def _attend(self, ask: Ask) -> NoReturn:
        """Request the list at intervals while the connection lasts."""
        self._ask = ask
        self._alive, self._early, self._order = [], [], EventOrder()
        try:
            try:
                await ask("Status", Variables=HELD_CALLER)
            except RefusedError as error:
                log.warning("%s: the AMI user lacks the class `call`, see manager.conf", error)
            while True:
                self._listed = Board()
                await ask("QueueStatus")
                await asyncio.sleep(self._doubt if self._doubts else self._every)
        finally:
            self._ask = None
            self._put(QueueView(self.view.board))

    def _take(self, headers: Headers) -> None:
        """Fold events in their order: none may slip between a list and its end."""
        self._raw(headers)
        match parse(headers, self._now()):
            case None:
                pass
            case Unparsed(event, why):
                self.unparsed[event] += 1
                if self.unparsed[event] == 1:
                    log.error("AMI: malformed event %s: %s", event, why)
            case Listed(item):
                self._listed = apply_event(self._listed, item)
            case ListEnd():
                self._compare(self._listed)
            case ChannelListed(channel):
                self._alive.append(channel)
                self._order.present(channel.caller.channel)
            case event:
                for each in self._order.take(event, time.monotonic()):
                    self._happen(each)
                self._wait()

    def _wait(self) -> None:
        """See to it that what is held back comes in time."""
        if self._late is None and (until := self._order.until) is not None:
            loop = asyncio.get_running_loop()
            self._late = loop.call_later(max(0.0, until - time.monotonic()), self._give_up)

    def _give_up(self) -> None:
        self._late = None
        for event in self._order.late(time.monotonic()):
            self._happen(event)
        self._wait()

    def _happen(self, event: Event) -> None:
        """Fold an event that is in order."""
        match event:
            case Originated():
                pass
            case Dialled(interface=to) if not (to.startswith(LOCAL) or self._phones(to)):
                pass
            case _ if self.view.current:
                for observed in self._observers:
                    observed(self.view.board, event)
                self._put(QueueView(apply_event(self.view.board, event), True))
            case _:
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
                self.corrected += 1
                log.warning("AMI: no event reported that %s; corrected", each)
        self._doubts = ()
        known = reconciled(board, listed, None) if current else self._restored(listed)
        self._put(QueueView(known, True))

    def _restored(self, listed: Board) -> Board:
        """The board after a gap: from the list, the channels and the events since the login."""
        names = {each for one in self._alive for each in (one.caller.call, one.caller.channel)}
        board = with_channels(reconciled(self.view.board, listed, names), self._alive, self._phones)
        return reduce(apply_event, self._early, board)

    def _put(self, view: QueueView) -> None:
        if view == self.view:
            return
        self.view = view
        for views in self._listening:
            if views.full():
                views.get_nowait()
            views.put_nowait(view)
