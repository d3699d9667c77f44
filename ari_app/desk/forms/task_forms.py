"""The forms of a task: on a card, and on none."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.forms.form_input import FormHandler, FormInput
from ari_app.desk.ports import AgentPhones
from ari_app.desk.render import Render
from ari_app.desk.tasks_port import Task, Tasks
from ari_app.pages.idempotent_actions import ActionResult
from ari_app.pages.operations import InvalidField, future

LONGEST = 500
"""Characters of a task; more is a ticket."""


class TaskForms:
    """Its handlers, and what adds a task of no card. ``now`` is the clock, ``reread``
    reminds of what is due now."""

    def __init__(
        self,
        tasks: Tasks,
        people: AgentPhones,
        cards: OpenCards,
        details: CardDetails,
        render: Render,
        now: Callable[[], datetime],
        reread: Callable[[], None],
    ) -> None:
        self._tasks = tasks
        self._people = people
        self._reread = reread
        self._cards = cards
        self._details = details
        self._render = render
        self._now = now

    @property
    def handlers(self) -> Mapping[str, FormHandler]:
        """The forms by name."""
        return {"task": self._add}

    async def _add(self, filled: FormInput) -> ActionResult:
        """Add a task about the card's subscriber."""
        task = await self.add(filled.record.agent, filled.card_key, filled.values, filled.record)
        return ActionResult(True, self.added(task, filled.language))

    async def add(
        self, author: str, key: str, values: Mapping[str, str], card: CardRecord | None = None
    ) -> Task:
        """Add the task of a filled form; raises :class:`InvalidField`."""
        text, owner = values.get("text", "").strip(), values.get("owner", "")
        if not 0 < len(text) <= LONGEST:
            raise InvalidField("text")
        if owner and owner not in {one.name for one in self._people.everyone()}:
            raise InvalidField("owner")
        task = Task(
            id=0,
            text=text,
            owner=owner,
            author=author,
            due=future(values.get("due", ""), "due", self._render.local, self._now()),
            subscriber=card.arrival.subscriber if card else None,
            number=(card.arrival.about or card.arrival.number) if card else "",
        )
        await self._tasks.add(key, task)
        self.changed(task)
        return task

    def added(self, task: Task, language: str) -> str:
        """What the agent reads then."""
        at = self._render.moment(task.due)
        return self._render.word("task-added", language, at=at)

    def changed(self, task: Task) -> None:
        """Show the change of a task wherever it is shown."""
        self._reread()
        if task.subscriber is not None:
            for card in self._cards.about(task.subscriber):
                self._details.reload(card, "tasks")
