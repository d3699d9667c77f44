"""Commands that show subscribers without a call: search, and a subscriber's chronology."""

import re
from datetime import datetime

from ari_app.desk import messages as m
from ari_app.desk.commands.browsing import Browsing
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.ports import CallerProfiles, DeskUnavailable, NotesAndTickets
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab
from ari_app.desk.words import words

_TICKET = re.compile(r"(\D{0,20})(\d{1,9})")


class SearchCommands:
    """Every subscriber that is shown is recorded as a view, and counted."""

    def __init__(
        self,
        profiles: CallerProfiles,
        tickets: NotesAndTickets,
        views: ViewLog,
        browsing: Browsing,
        render: Render,
    ) -> None:
        self._profiles = profiles
        self._tickets = tickets
        self._views = views
        self._browsing = browsing
        self._render = render

    async def search(self, tab: Tab, message: m.Search) -> m.Answer:
        """Find subscribers by number, name or words of their chronology, and a ticket by its
        number."""
        if wait := await self._browsing.wait(tab.agent, "searches"):
            return self._browsing.limited(tab, message.key, wait)
        found = await self._profiles.search(message.text)
        for each in found:
            await self._views.record(tab.agent, each.subscriber, "found")
        ticket = await self._ticket(message.text)
        html = self._render.page("search_results", tab.language, found=found, ticket=ticket)
        return m.Answer(message.key, ok=True, html=html)

    async def _ticket(self, text: str) -> int | None:
        """The ticket of a number, as "7", "№ 7", "#7" or with the word for it; None for none."""
        found = _TICKET.fullmatch(text.strip().casefold())
        known = {"", *(one.casefold() for one in words()["ticket-named"].values())}
        if found is None or found[1].rstrip("№# ") not in known:
            return None
        try:
            return (await self._tickets.ticket(int(found[2])))[0].id
        except DeskUnavailable:  # there is none
            return None

    async def view(self, tab: Tab, message: m.ViewSubscriber) -> m.Answer:
        """Show a subscriber's contacts, tickets and notes; above the limit, for a reason."""
        agent, id, why = tab.agent, message.subscriber, " ".join(message.why.split())
        if refused := await self._browsing.refusal(tab, message.key, id, why):
            return refused
        await self._views.record(agent, id, f"chronology: {why}" if why else "chronology")
        self._browsing.shown(agent, id)
        return await self._chronology(tab, message)

    async def earlier(self, tab: Tab, message: m.History) -> m.Answer:
        """Show earlier contacts of a subscriber whose record, or card, the agent has."""
        if not self._browsing.may_work(tab.agent, message.subscriber):
            text = self._render.word("read-first", tab.language)
            return m.Answer(message.key, ok=False, text=text)
        try:
            before = datetime.fromisoformat(message.before).astimezone()
        except (ValueError, OverflowError):
            text = self._render.word("not-valid", tab.language)
            return m.Answer(message.key, ok=False, text=text)
        found = await self._profiles.history(message.subscriber, before=before)
        html = self._render.page(
            "contacts", tab.language, history=found, subscriber_id=message.subscriber, pages=True
        )
        return m.Answer(message.key, ok=True, html=html)

    async def _chronology(self, tab: Tab, message: m.ViewSubscriber) -> m.Answer:
        profiles, id, text = self._profiles, message.subscriber, message.text.strip()
        history = await profiles.history(id, text)
        if text and not history:  # found by a name or a number, which no contact has
            history, text = await profiles.history(id), ""
        html = self._render.page(
            "chronology",
            tab.language,
            subscriber=await profiles.subscriber(id),
            history=history,
            text=text,
            tickets=await profiles.tickets(id),
            notes=await profiles.notes(id),
            calls=self._browsing.linkable(tab.agent, id),
        )
        return m.Answer(message.key, ok=True, html=html)
