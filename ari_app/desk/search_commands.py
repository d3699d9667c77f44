"""Commands that show subscribers without a call: search, and a subscriber's chronology."""

from ari_app.desk import messages as m
from ari_app.desk.ports import CallerProfiles
from ari_app.desk.render import Render
from ari_app.desk.tabs import Tab
from ari_app.desk.view_log import ViewLog


class SearchCommands:
    """Every subscriber that is shown is recorded as a view."""

    def __init__(self, profiles: CallerProfiles, views: ViewLog, render: Render) -> None:
        self._profiles = profiles
        self._views = views
        self._render = render

    async def search(self, tab: Tab, message: m.Search) -> m.Answer:
        """Find subscribers by number, name or words of their chronology."""
        found = await self._profiles.search(message.text)
        for each in found:
            await self._views.record(tab.agent, each.subscriber, "found")
        html = self._render.page("search_results", tab.language, found=found)
        return m.Answer(message.key, ok=True, html=html)

    async def view(self, tab: Tab, message: m.ViewSubscriber) -> m.Answer:
        """Show a subscriber's contacts, tickets and notes."""
        profiles, id = self._profiles, message.subscriber
        await self._views.record(tab.agent, id, "chronology")
        html = self._render.page(
            "chronology",
            tab.language,
            subscriber=await profiles.subscriber(id),
            history=await profiles.history(id, message.text),
            tickets=await profiles.tickets(id),
            notes=await profiles.notes(id),
        )
        return m.Answer(message.key, ok=True, html=html)
