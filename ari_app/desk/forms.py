"""The forms of a card: tickets, notes, promised calls, and passing the caller on."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from ari_app.desk.acting import Acting
from ari_app.desk.desk import Desk
from ari_app.desk.filling import Filled, NotFilled
from ari_app.desk.idempotent_actions import Done
from ivr.tickets import DEPARTMENTS

LATEST = timedelta(days=366)
"""Nothing is promised for later."""


class Forms:
    """All forms, in a language."""

    def __init__(self, desk: Desk, language: str) -> None:
        self._desk = desk
        self._language = language
        self._forms: Mapping[str, Callable[[Filled], Awaitable[Done]]] = {
            **Acting(desk, language).forms,
            "ticket": self._ticket,
            "note": self._note,
            "call-back": self._call_back,
            "pass-to": self._pass_to,
            "pass": self._pass,
        }

    async def fill(self, form: str, filled: Filled) -> Done:
        """Do what a form asks for; a form that there is not is refused."""
        handle = self._forms.get(form)
        if handle is None:
            return Done(False, self._word("not-there"))
        try:
            return await handle(filled)
        except NotFilled as lacking:
            return Done(False, self._word("fill-in", field=self._word(f"value-{lacking}")))

    async def _ticket(self, filled: Filled) -> Done:
        department, text = filled.text("department"), filled.text("text")
        if department not in DEPARTMENTS:
            raise NotFilled("department")
        due = self._moment(filled, "due") if filled.values.get("due") else None
        card, clerk = filled.card, self._desk.clerk
        ticket = await clerk.ticket(card.kept, f"{card.id}:{filled.key}", department, text, due)
        self._desk.begin(self._desk.refresh(card, "tickets"))
        at = self._desk.render.moment(ticket.due)
        return Done(True, self._word("ticket-opened", id=ticket.id, at=at))

    async def _note(self, filled: Filled) -> Done:
        card = filled.card
        await self._desk.clerk.note(card.kept, f"{card.id}:{filled.key}", filled.text("text"))
        self._desk.begin(self._desk.refresh(card, "notes"))
        return Done(True, self._word("noted"))

    async def _call_back(self, filled: Filled) -> Done:
        due, note = self._moment(filled, "due"), filled.values.get("text", "").strip()
        card = filled.card
        await self._desk.clerk.call_back(card.kept, f"{card.id}:{filled.key}", due, note)
        self._desk.begin(self._desk.refresh(card, "calls"))
        return Done(True, self._word("call-promised", at=self._desk.render.moment(due)))

    async def _pass_to(self, filled: Filled) -> Done:
        """The form to pass a caller on: to whom, and where those stand just now."""
        colleagues = self._desk.colleagues(filled.card.kept.agent)
        html = self._desk.render.page(
            "forms/pass", self._language, colleagues=colleagues, queues=self._desk.queues()
        )
        return Done(True, html=html)

    async def _pass(self, filled: Filled) -> Done:
        card, to = filled.card, filled.text("to")
        digits = "".join(sign for sign in filled.values.get("number", "") if sign.isdigit())
        if to == "number" and not digits:
            raise NotFilled("number")
        if card.phase != "talking":
            return Done(False, self._word("pass-nobody"))
        known = {one.extension for one, _ in self._desk.colleagues(card.kept.agent)}
        queues = {f"queue-{name}" for name in self._desk.queues()}
        if to != "number" and to not in known | queues:
            raise NotFilled("to")
        leg = self._desk.leg(card)
        if not leg:
            return Done(False, self._word("pass-nobody"))
        await self._desk.floor.pass_on(leg, digits if to == "number" else to)
        return Done(True, self._word("passed-on"))

    def _moment(self, filled: Filled, name: str) -> datetime:
        """A moment of the desk's time zone that is still to come."""
        try:
            at = self._desk.render.local(datetime.fromisoformat(filled.text(name)))
        except ValueError:
            raise NotFilled(name) from None
        now = self._desk.now()
        if not now < at < now + LATEST:
            raise NotFilled(name)
        return at

    def _word(self, name: str, **values: object) -> str:
        return self._desk.render.word(name, self._language, **values)
