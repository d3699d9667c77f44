"""The open boards: keeps what they show up to date, and says when a limit is passed."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.board.alarms import Alarm, Alarms
from ari_app.desk.board.board_messages import Alarmed, BoardChanged
from ari_app.desk.board.board_port import DayFigures
from ari_app.desk.board.board_render import Kind, Place, Shown
from ari_app.desk.board.view import BoardView, Composer, Waiter
from ari_app.desk.cards.card import Begin
from ari_app.desk.chart import measure
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.ports import DeskUnavailable, Ports
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab, Tabs
from ari_app.desk.words import by_site

log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds after which the board is made again, though nothing was heard of."""
PAUSE = 0.5
"""Seconds between two messages to a board, at least."""
READ_EVERY = 1.0
"""Seconds between two readings of the figures while something happens."""
STILL = 5.0
"""Seconds without an event after which nothing happens any more."""
READ_SELDOM = 10.0
"""Seconds between two readings of the figures otherwise."""


class Boards:
    """Every open board is a tab of :attr:`tabs`."""

    def __init__(
        self,
        ports: Ports,
        states: AgentStates,
        render: Render,
        views: ViewLog,
        now: Callable[[], datetime],
        begin: Begin,
    ) -> None:
        self.tabs = Tabs()
        self.changed = asyncio.Event()
        """Set when queues, agents or calls changed."""
        self._data = ports.board
        self._phones = ports.phones
        self._states = states
        self._render = render
        self._views = views
        self._now = now
        self._begin = begin
        limits = render.site.board
        self._composer = Composer(states, ports.profiles.arrival, limits, render.site.wrapups)
        self._alarms = Alarms(limits)
        self._figures = DayFigures(at=now())
        self._read_at = self._changed_at = float("-inf")
        self._shown: dict[Kind, Shown] = {}
        self._names: dict[int, str] = {}
        self._seen: set[tuple[str, int]] = set()
        """Who was shown which subscriber among those who wait now."""

    async def of(self, tab: Tab) -> BoardChanged:
        """The whole board, for a tab that was opened."""
        await self._read(max_age=READ_EVERY)
        view = await self._named(self._view())
        kind = Kind(tab.language, tab.wall)
        if kind in self._shown:
            self._publish(view)
        else:
            shown = Shown(kind, self._render, self._render.site.board)
            shown.update(view, self._figures, self._place())
            self._shown[kind] = shown
        return self._shown[kind].whole()

    def waiting(self, call: str) -> Waiter | None:
        """A caller who waits, by the unique id of the channel."""
        return next((one for one in self._view().waiting if one.call == call), None)

    async def run(self) -> None:
        """Keep the boards up to date. Never returns."""
        clock = asyncio.get_running_loop().time
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self.changed.wait()
                    self._changed_at = clock()
            self.changed.clear()
            try:
                await self.step()
            except Exception:  # the outermost frame of the board
                log.exception("the board was not brought up to date; it is tried again")
            await asyncio.sleep(PAUSE)

    async def step(self) -> None:
        """Read what is due, publish what changed, and say which limits are passed."""
        clock = asyncio.get_running_loop().time
        busy = self.tabs.agents() and clock() - self._changed_at < STILL
        await self._read(READ_EVERY if busy else READ_SELDOM)
        view = self._view()
        if self.tabs.agents():
            self._publish(await self._named(view))
        if self._states.current:
            changes = self._alarms.look(view, self._now())
            for alarm in changes.began:
                self._say(alarm)
            for alarm in changes.ended:
                log.info("limit kept again in %s: %s", alarm.queue, alarm.kind)
                self._begin(self._notify(alarm, over=True))

    def _view(self) -> BoardView:
        return self._composer.view(self._figures, list(self._phones.everyone()), self._now())

    def _place(self) -> Place:
        names = set(self._states.queues())
        # Those of a language, such as support-en, have the label of the other.
        others = sorted(name for name in names if name.rpartition("-")[0] not in names)
        return Place(self._states.current, tuple(self._data.queues()), tuple(others))

    def _publish(self, view: BoardView) -> None:
        """Send every tab what changed. Does not wait, so that no tab misses anything."""
        place, tabs = self._place(), list(self.tabs.all())
        kinds = {Kind(tab.language, tab.wall) for tab in tabs}
        self._shown = {kind: one for kind, one in self._shown.items() if kind in kinds}
        for kind, shown in self._shown.items():
            changed = shown.update(view, self._figures, place)
            for tab in tabs if changed else ():
                if (tab.language, tab.wall) == kind and changed:
                    tab.send(changed)

    async def _read(self, max_age: float) -> None:
        """Read the figures if they are older than that, in seconds; without the store those of
        before stay."""
        clock = asyncio.get_running_loop().time
        if clock() - self._read_at < max_age:
            return
        self._read_at = clock()
        try:
            self._figures = await self._data.figures()
        except DeskUnavailable as error:
            log.warning("the figures of the board are not read: %s", error)

    async def _named(self, view: BoardView) -> BoardView:
        """The same with the names of those who wait; who sees them is recorded."""
        known = {one.subscriber for one in view.waiting if one.subscriber is not None}
        self._names = {key: name for key, name in self._names.items() if key in known}
        if unknown := known - self._names.keys():
            try:
                self._names |= await self._data.names(unknown)
            except DeskUnavailable as error:
                log.warning("the names of callers who wait are not read: %s", error)
        seers = {tab.agent for tab in self.tabs.all() if not tab.wall}
        seen = {(agent, subscriber) for agent in seers for subscriber in self._names}
        for agent, subscriber in seen - self._seen:
            self._begin(self._views.record(agent, subscriber, "board"))
        self._seen = seen

        def named(one: Waiter) -> Waiter:
            return replace(one, name=self._names.get(one.subscriber or 0, ""))

        return replace(
            view,
            waiting=tuple(named(one) for one in view.waiting),
            queues=tuple(
                replace(one, oldest=named(one.oldest)) if one.oldest else one for one in view.queues
            ),
        )

    def _say(self, alarm: Alarm) -> None:
        log.info(
            "limit passed in %s: %s is %g, and %g may be",
            *(alarm.queue, alarm.kind, alarm.value, alarm.limit),
        )
        for tab in self.tabs.all():
            tab.send(Alarmed(self._text(alarm, tab.language)))
        self._begin(self._notify(alarm))

    def _text(self, alarm: Alarm, language: str) -> str:
        return self._render.word(
            f"board-alarm-{alarm.kind}",
            language,
            queue=self._render.queue(alarm.queue, language),
            value=measure(round(alarm.value), alarm.unit, language),
            limit=measure(alarm.limit, alarm.unit, language),
        )

    async def _notify(self, one: Alarm, over: bool = False) -> None:
        [language, *_] = by_site(self._render.site.languages)
        text = self._text(one, language)
        if over:
            text = self._render.word("board-alarm-over", language, alarm=text)
        try:
            await self._data.alarmed(one.kind, one.queue, one.value, one.limit, text, over)
        except DeskUnavailable as error:
            log.warning("other systems do not hear of an alarm in %s: %s", one.queue, error)
