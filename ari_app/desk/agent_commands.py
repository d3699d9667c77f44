"""What an agent says to the desk, and what he is answered."""

import logging
from collections.abc import Awaitable

from ari_app.desk import messages as m
from ari_app.desk.cards import Card
from ari_app.desk.desk import Desk
from ari_app.desk.filling import Filled
from ari_app.desk.forms import Forms
from ari_app.desk.hub import Tab
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.render import TOPICS
from ivr.secret import Secret

log = logging.getLogger(__name__)


class AgentCommands:
    """Hears one tab of an agent. What cannot be done is told to that tab."""

    def __init__(self, desk: Desk, tab: Tab) -> None:
        self._desk = desk
        self._tab = tab
        self._agent = tab.agent
        self._forms = Forms(desk, tab.language)

    async def hear(self, said: m.Said) -> None:
        """Do what was said."""
        match said:
            case m.Save():
                await self._save(said)
            case m.State():
                await self._or_told(self._state(said))
            case m.Finish():
                await self._answer(said.key, self._finish(said))
            case m.Verify():
                await self._answer(said.key, self._verify(said))
            case m.Look():
                await self._answer(said.key, self._look(said))
            case m.See():
                await self._answer(said.key, self._see(said))
            case m.Form():
                # Billing may be slow: what is typed meanwhile is kept, and who goes stops nothing.
                self._desk.begin(self._answer(said.key, self._form(said)))
            case m.Supervise():
                await self._answer(said.key, self._mentor(said))
            case m.Tickets():
                await self._answer(said.key, self._tickets(said))
            case m.Ticket():
                await self._answer(said.key, self._ticket(said))

    async def _save(self, said: m.Save) -> None:
        """Keep a burst. Unless it is on the disk, nothing is answered: it will come again."""
        card = self._desk.desks.get(said.card)
        if card is not None and card.kept.agent == self._agent:
            await card.opened.wait()
        try:
            await self._desk.keep.save(
                said.card, self._agent, said.field, said.key, said.text, self._desk.now()
            )
        except DeskUnavailable as error:
            log.warning("a burst of %s was not saved: %s", self._agent, error)
            return
        self._tab.tell(m.Saved(said.key))
        for tab in self._desk.hub.of(self._agent):
            if tab is not self._tab:
                tab.tell(m.Wrote(said.card, said.field, said.text))
        self._desk.wrote(said.card)

    async def _state(self, said: m.State) -> None:
        if said.ready:
            await self._desk.floor.ready(self._agent)
        else:
            await self._desk.floor.pause(self._agent, said.reason)

    async def _finish(self, said: m.Finish) -> m.Answer:
        card = self._mine(said.card)
        if card.phase != "after":
            return self._no(said.key, "finish-lasts")
        texts = await self._desk.keep.texts(card.id)
        topic = texts.get("topic", card.kept.arrival.topic)
        if not (texts.get("question", "").strip() and topic in TOPICS):
            return self._no(said.key, "finish-lacks")
        await self._desk.keep.finish(card.id, self._desk.now())
        self._desk.desks.finished(card)
        if self._desk.standing(self._agent).reason == "wrap-up":
            await self._state(m.State(ready=True))
        for tab in self._desk.hub.of(self._agent):
            tab.tell(m.Gone(card.id, self._word("gone-finished", tab)))
        return m.Answer(said.key, ok=True)

    async def _verify(self, said: m.Verify) -> m.Answer:
        card = self._mine(said.card)
        subscriber = card.kept.arrival.subscriber
        if subscriber is None:
            return self._no(said.key, "nothing-known")
        word = Secret(said.word)
        result = await self._desk.floor.verify(subscriber, word, self._agent)
        if result == "match":
            self._desk.desks.proven(card, "code-word")
        await self._desk.refresh(card, "who")
        told = self._word(f"word-{result.replace(' ', '-')}")
        return m.Answer(said.key, result == "match", told)

    async def _look(self, said: m.Look) -> m.Answer:
        found = await self._desk.knowledge.find(said.text)
        for each in found:
            await self._desk.viewed(self._agent, each.subscriber, "found")
        return m.Answer(said.key, ok=True, html=self._html("found", found=found))

    async def _see(self, said: m.See) -> m.Answer:
        knowledge = self._desk.knowledge
        await self._desk.viewed(self._agent, said.subscriber, "chronology")
        who = await knowledge.who(said.subscriber)
        html = self._html(
            "chronology",
            who=who,
            history=await knowledge.history(said.subscriber, said.text),
            tickets=await knowledge.tickets(said.subscriber),
            notes=await knowledge.notes(said.subscriber),
        )
        return m.Answer(said.key, ok=True, html=html)

    async def _tickets(self, said: m.Tickets) -> m.Answer:
        found = await self._desk.clerk.tickets()
        await self._desk.viewed(self._agent, None, "tickets")
        return m.Answer(said.key, ok=True, html=self._html("tickets", found=found))

    async def _ticket(self, said: m.Ticket) -> m.Answer:
        clerk, told = self._desk.clerk, ""
        if said.to or said.note.strip():
            await clerk.change(self._agent, said.key, said.id, said.to, said.note.strip())
            told = self._word("ticket-changed")
            self._desk.counted.set()
        ticket, history = await clerk.told(said.id)
        await self._desk.viewed(self._agent, ticket.subscriber, f"ticket {ticket.id}")
        html = self._html("ticket", ticket=ticket, history=history)
        return m.Answer(said.key, ok=True, told=told, html=html)

    async def _form(self, said: m.Form) -> m.Answer:
        filled = Filled(self._mine(said.card), said.key, said.values)
        done = await filled.card.deeds.do(
            f"{said.form}:{said.key}", lambda: self._forms.fill(said.form, filled)
        )
        return m.Answer(said.key, done.ok, done.told, done.html)

    async def _mentor(self, said: m.Supervise) -> m.Answer:
        if not self._tab.mentor:
            return self._no(said.key, "http-403")
        talks = {one.name for one, _ in self._desk.talking()} - {self._agent}
        if said.agent not in talks:
            return self._no(said.key, "mentor-nobody")
        await self._desk.floor.mentor(self._agent, said.agent, said.how)
        await self._desk.mentored(self._agent, said.agent, said.how)
        return m.Answer(said.key, ok=True, told=self._word("mentor-rings"))

    def _mine(self, card: str) -> Card:
        found = self._desk.desks.get(card)
        if found is None or found.kept.agent != self._agent:
            raise DeskUnavailable(self._word("not-there"))
        return found

    async def _answer(self, key: str, deed: Awaitable[m.Answer]) -> None:
        answer = self._no(key, "broken")
        try:
            answer = await deed
        except DeskUnavailable as error:
            answer = m.Answer(key, ok=False, told=str(error))
        finally:
            self._tab.tell(answer)

    async def _or_told(self, deed: Awaitable[None]) -> None:
        try:
            await deed
        except DeskUnavailable as error:
            self._tab.tell(m.Notice(self._word("try-again", why=error)))

    def _no(self, key: str, word: str) -> m.Answer:
        return m.Answer(key, ok=False, told=self._word(word))

    def _word(self, word: str, tab: Tab | None = None, **values: object) -> str:
        return self._desk.render.word(word, (tab or self._tab).language, **values)

    def _html(self, page: str, **values: object) -> str:
        return self._desk.render.page(page, self._tab.language, now=self._desk.now(), **values)
