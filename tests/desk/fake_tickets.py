"""Tickets, notes and callbacks of the desk, in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from ari_app.desk.cards.caller_profile import Callback, Ticket, TicketEntry
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import DeskUnavailable
from tests.desk.fakes import NOW


class FakeTickets:
    """Remembers what was written."""

    def __init__(self) -> None:
        self.written: list[tuple[str, str]] = []
        self.state = "open"
        due = NOW + timedelta(hours=2)
        self.calls = {5: Callback(NOW, due, "", "", "375990000001", 5, 1, "", "Вера")}

    async def open_ticket(
        self, card: CardRecord, key: str, department: str, text: str, due: datetime | None
    ) -> Ticket:
        self.written.append((department, text))
        at = due or NOW + timedelta(hours=24)
        return Ticket(7, department, "", text, "open", "", NOW, at, False)

    async def unresolved_tickets(self) -> Sequence[Ticket]:
        late = Ticket(7, "field", "", "<i>no sound</i>", "open", "", NOW, NOW, True, 1)
        return [late] if self.state in ("open", "working") else []

    async def change_ticket(self, agent: str, key: str, id: int, to: str, note: str) -> None:
        self.state = to or self.state
        self.written.append((f"{agent} {id} {to}", note))

    async def ticket(self, id: int) -> tuple[Ticket, Sequence[TicketEntry]]:
        if id > 9:
            raise DeskUnavailable(f"there is no ticket {id}")
        at = NOW + timedelta(hours=1)
        ticket = Ticket(id, "field", "", "no sound", self.state, "anna", NOW, at, False, 1)
        return ticket, [TicketEntry(NOW, "anna", {"state": "open"}, "")]

    async def add_note(self, card: CardRecord, key: str, text: str) -> None:
        self.written.append(("note", text))

    async def prefer_agent(self, card: CardRecord, agent: str, until: datetime | None) -> None:
        self.written.append((f"goes to {agent}", f"{until:%d.%m}" if until else ""))

    async def open_callbacks(self) -> Sequence[Callback]:
        return [*self.calls.values()]

    async def take_callback(
        self, agent: str, id: int, due: datetime | None, dials: bool = False
    ) -> Callback:
        if id not in self.calls:
            raise DeskUnavailable(f"callback {id} is not open any more", "callback-over")
        one = self.calls[id]
        self.calls[id] = one = replace(one, agent=agent, due=due or one.due)
        return one

    async def leave_callback(self, id: int) -> Callback:
        self.calls[id] = one = replace(self.calls[id], agent="", gave_up=False)
        return one

    async def close_callback(self, agent: str, id: int) -> Callback:
        self.written.append((f"{agent} called back", str(id)))
        return self.calls.pop(id)

    async def promise_callback(self, card: CardRecord, key: str, due: datetime, note: str) -> None:
        self.written.append((f"{due:%d.%m %H:%M}", note))
