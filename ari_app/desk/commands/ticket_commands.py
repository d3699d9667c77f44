"""Commands on tickets that belong to no open card: list, show, change."""

from ari_app.desk import messages as m
from ari_app.desk.agents.late_tickets import LateTickets
from ari_app.desk.commands.browsing import Browsing
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.ports import NotesAndTickets
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab


class TicketCommands:
    """Every ticket that is shown is recorded as a view of its subscriber."""

    def __init__(
        self,
        tickets: NotesAndTickets,
        late: LateTickets,
        views: ViewLog,
        browsing: Browsing,
        render: Render,
    ) -> None:
        self._tickets = tickets
        self._browsing = browsing
        self._late = late
        self._views = views
        self._render = render

    async def list(self, tab: Tab, message: m.Tickets) -> m.Answer:
        """Show all unresolved tickets."""
        found = await self._tickets.unresolved_tickets()
        await self._views.record(tab.agent, None, "tickets")
        html = self._render.page("tickets", tab.language, found=found)
        return m.Answer(message.key, ok=True, html=html)

    async def show(self, tab: Tab, message: m.Ticket) -> m.Answer:
        """Show a ticket with its history; change it first if the message says so."""
        if wait := await self._browsing.wait(tab.agent, "tickets"):
            return self._browsing.limited(tab, message.key, wait)
        text, note = "", message.note.strip()
        if message.to or note:
            key, id = message.key, message.id
            await self._tickets.change_ticket(tab.agent, key, id, message.to, note)
            text = self._render.word("ticket-changed", tab.language)
            self._late.recount()
        ticket, history = await self._tickets.ticket(message.id)
        await self._views.record(tab.agent, ticket.subscriber, f"ticket {ticket.id}")
        html = self._render.page("ticket", tab.language, ticket=ticket, history=history)
        return m.Answer(message.key, ok=True, text=text, html=html)
