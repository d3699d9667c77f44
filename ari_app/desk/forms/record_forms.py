"""The forms that leave something for colleagues: a ticket, a note, a promised callback."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.forms.form_input import FormHandler, FormInput
from ari_app.desk.ports import NotesAndTickets
from ari_app.desk.render import Render
from ari_app.pages.idempotent_actions import ActionResult
from ari_app.pages.operations import InvalidField, future

LONGEST = 365
"""Days for which an agent is chosen at most."""


class RecordForms:
    """Handlers of these forms; ``now`` is the clock, ``promised`` is called when a call was
    promised."""

    def __init__(
        self,
        tickets: NotesAndTickets,
        details: CardDetails,
        render: Render,
        now: Callable[[], datetime],
        promised: Callable[[], None],
    ) -> None:
        self._tickets = tickets
        self._details = details
        self._render = render
        self._now = now
        self._promised = promised

    @property
    def handlers(self) -> Mapping[str, FormHandler]:
        """The forms by name."""
        return {
            "ticket": self._ticket,
            "note": self._note,
            "call-back": self._callback,
            "goes-to": self._goes_to,
        }

    async def _ticket(self, filled: FormInput) -> ActionResult:
        department, text = filled.text("department"), filled.text("text")
        if department not in self._render.site.tickets.departments:
            raise InvalidField("department")
        due = self._moment(filled, "due") if filled.values.get("due") else None
        card = filled.card
        ticket = await self._tickets.open_ticket(
            filled.record, filled.card_key, department, text, due
        )
        self._details.reload(card, "tickets")
        at = self._render.moment(ticket.due)
        return self._done(filled, "ticket-opened", id=ticket.id, at=at)

    async def _note(self, filled: FormInput) -> ActionResult:
        card = filled.card
        await self._tickets.add_note(filled.record, filled.card_key, filled.text("text"))
        self._details.reload(card, "notes")
        return self._done(filled, "noted")

    async def _callback(self, filled: FormInput) -> ActionResult:
        due, note = self._moment(filled, "due"), filled.values.get("text", "").strip()
        card = filled.card
        await self._tickets.promise_callback(filled.record, filled.card_key, due, note)
        self._details.reload(card, "callbacks")
        self._promised()
        return self._done(filled, "call-promised", at=self._render.moment(due))

    async def _goes_to(self, filled: FormInput) -> ActionResult:
        agent, days = filled.values.get("agent", ""), filled.values.get("days", "").strip()
        if agent and not (days.isascii() and days.isdigit() and 1 <= int(days) <= LONGEST):
            raise InvalidField("days")
        until = self._now() + timedelta(days=int(days)) if agent else None
        await self._tickets.prefer_agent(filled.record, agent, until)
        self._details.reload(filled.card, "subscriber")
        if until is None:
            return self._done(filled, "goes-to-any")
        who, at = self._render.person(agent), self._render.moment(until)
        return self._done(filled, "goes-to-set", who=who, at=at)

    def _moment(self, filled: FormInput, name: str) -> datetime:
        """A future moment in the desk's time zone."""
        return future(filled.text(name), name, self._render.local, self._now())

    def _done(self, filled: FormInput, word: str, **values: object) -> ActionResult:
        return ActionResult(True, self._render.word(word, filled.language, **values))
