"""Loads what is known of a caller, part by part, and sends each part to the agent's tabs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from msgspec.structs import replace

from ari_app.desk import messages as m
from ari_app.desk.cards.card import Begin, Card
from ari_app.desk.cards.card_store import CardRecord, CardStore
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.ports import CallerProfiles, DeskUnavailable
from ari_app.desk.render import SUMMARY, Render
from ari_app.desk.web.tabs import Tabs

log = logging.getLogger(__name__)

TIMEOUT = 5.0
"""Seconds in which a part must load; after that the card says that it is unavailable."""

TOGETHER = 0.01
"""Seconds in which other parts may come before those are rendered once for all of them."""


class CardDetails:
    """Loads the parts of cards side by side: a slow one delays none of the others."""

    def __init__(
        self,
        tabs: Tabs,
        profiles: CallerProfiles,
        store: CardStore,
        views: ViewLog,
        render: Render,
        begin: Begin,
    ) -> None:
        self._tabs = tabs
        self._profiles = profiles
        self._store = store
        self._views = views
        self._render = render
        self._begin = begin
        self._to_sum_up: set[str] = set()
        """Cards of which parts came, and whose summary is rendered soon."""

    def load(self, card: Card) -> None:
        """Begin to load all parts of a card, unless that was done; records the view."""
        if card.loading:
            return
        card.loading = True
        arrival = card.record.arrival
        needs = {
            "path": arrival.call,
            "callbacks": arrival.number,
            "transfer": card.record.came_from,
        }
        parts = tuple(part for part, needed in needs.items() if needed)
        if arrival.subscriber is not None:
            parts += ("subscriber", "account", "history", "tickets", "notes", "outages", "tasks")
            for who in card.seen_by:
                self._begin(self._views.record(who, arrival.subscriber, f"card {card.id}"))
        self.reload(card, *parts)

    def reload(self, card: Card, *parts: str) -> None:
        """Begin to load parts of a card again: something changed."""
        self._begin(self.refresh(card, *parts))

    async def refresh(self, card: Card, *parts: str) -> None:
        """Load parts of a card again and wait for them; those that the site lacks are skipped."""
        there = (part for part in parts if part in self._render.parts)
        await asyncio.gather(*(self._load(card, part) for part in there))

    async def refresh_all(self, cards: Iterable[Card], *parts: str) -> None:
        """Load parts of several cards again: what changed concerns them all."""
        await asyncio.gather(*(self.refresh(card, *parts) for card in cards))

    async def _load(self, card: Card, part: str) -> None:
        loaded: dict[str, object] = {}
        arrival = card.record.arrival
        try:
            async with asyncio.timeout(TIMEOUT):
                loaded[part] = await self._fetch(card.record, part)
        except TimeoutError:
            log.warning("card %s: %s unavailable: timeout after %g s", card.id, part, TIMEOUT)
        except DeskUnavailable as error:
            log.warning("card %s: %s unavailable: %s", card.id, part, error)
        if card.record.arrival.subscriber != arrival.subscriber:
            return  # linked to another subscriber meanwhile: that loads everything again
        failed = card.profile.unavailable
        unavailable = failed - {part} if loaded else failed | {part}
        card.profile = replace(card.profile, **loaded, unavailable=unavailable)
        if not card.closed:
            self._send(card, part)
            if card.id not in self._to_sum_up:
                self._to_sum_up.add(card.id)
                self._begin(self._sum_up(card))

    async def _sum_up(self, card: Card) -> None:
        await asyncio.sleep(TOGETHER)
        self._to_sum_up.discard(card.id)
        if not card.closed:
            self._send(card, *SUMMARY)

    def _send(self, card: Card, *parts: str) -> None:
        for part in parts:
            if part in self._render.parts:
                self.send(card, part)

    async def _fetch(self, card: CardRecord, part: str) -> object:
        arrival, profiles = card.arrival, self._profiles
        match part:
            case "path":
                return await profiles.path(arrival.call)
            case "callbacks":
                return await profiles.callbacks(arrival.number)
            case "transfer":
                return await self._store.transfer_notes(card.came_from)
        assert arrival.subscriber is not None
        fetch: Mapping[str, Callable[[int], Awaitable[object]]] = {
            "subscriber": profiles.subscriber,
            "account": profiles.account,
            "history": profiles.history,
            "tickets": profiles.tickets,
            "notes": profiles.notes,
            "outages": profiles.outages,
            "tasks": profiles.tasks,
        }
        return await fetch[part](arrival.subscriber)

    def send(self, card: Card, part: str) -> None:
        """Send a part to the tabs that show the card, if its HTML changed."""
        tabs = self._tabs.of(*card.seen_by)
        for language in {tab.language for tab in tabs}:
            html = self._render.part(part, card, language)
            if card.shown.get((part, language)) != html:
                card.shown[part, language] = html
                for tab in tabs:
                    if tab.language == language:
                        tab.send(m.Part(card.id, part, html))
