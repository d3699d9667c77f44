"""Commands on tasks: list, add, take over, give, put off, close, and open the card."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ari_app.desk import messages as m
from ari_app.desk.cards.caller_profile import Arrival
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.commands.browsing import Browsing
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.forms.task_forms import TaskForms
from ari_app.desk.ports import Ports
from ari_app.desk.render import Render
from ari_app.desk.tasks_port import Task
from ari_app.desk.web.tabs import Tab
from ari_app.pages.operations import InvalidField

LATER = {"later": timedelta(hours=1), "tomorrow": timedelta(days=1)}
"""By how much a task is put off."""


class TaskCommands:
    """An agent works with tasks of their own, of anyone, or of their making; a supervisor with
    all. ``now`` is the clock."""

    def __init__(
        self,
        ports: Ports,
        forms: TaskForms,
        cards: OpenCards,
        browsing: Browsing,
        render: Render,
        now: Callable[[], datetime],
    ) -> None:
        self._tasks = ports.tasks
        self._people = ports.phones
        self._views = ViewLog(ports.profiles)
        self._forms = forms
        self._cards = cards
        self._browsing = browsing
        self._render = render
        self._now = now

    async def list(self, tab: Tab, message: m.Tasks) -> m.Answer:
        """Show the open tasks that the agent works with, their own first."""
        every = self._tasks.all() if tab.supervisor else self._tasks.of_agent(tab.agent)
        found = await every
        await self._views.record(tab.agent, None, "tasks")
        html = self._render.page(
            "tasks",
            tab.language,
            tasks=sorted(found, key=lambda one: (one.owner != tab.agent, one.owner != "")),
            agent=tab.agent,
            people=self._people.everyone(),
            now=self._now(),
        )
        return m.Answer(message.key, ok=True, html=html)

    async def add(self, tab: Tab, message: m.NewTask) -> m.Answer:
        """Add a task that is about no card."""
        values = {"text": message.text, "due": message.due, "owner": message.owner}
        try:
            task = await self._forms.add(tab.agent, f"{tab.agent}:{message.key}", values)
        except InvalidField as invalid:
            field = self._render.word(f"value-{invalid}", tab.language)
            text = self._render.word("fill-in", tab.language, field=field)
            return m.Answer(message.key, ok=False, text=text)
        return m.Answer(message.key, ok=True, text=self._forms.added(task, tab.language))

    async def act(self, tab: Tab, message: m.Task) -> m.Answer:
        """Take a task over, give it to somebody, put it off, close it, or open its card, which
        counts as a record that is read without a call."""
        agent, task = tab.agent, await self._tasks.one(message.id)
        everyone = {"", *(one.name for one in self._people.everyone())}
        if not self._works_with(tab, task) or message.to not in everyone:
            text = self._render.word("not-there", tab.language)
            return m.Answer(message.key, ok=False, text=text)
        if message.do == "open":
            one = task.subscriber
            if one and (refused := await self._browsing.refusal(tab, message.key, one)):
                return refused
            await self._views.record(agent, one, "task")
            arrival = Arrival(channel="", number=task.number, subscriber=task.subscriber)
            card = self._cards.open_record(agent, arrival)
            return m.Answer(message.key, ok=True, card=card.id)
        if message.do == "done":
            await self._tasks.close(task.id, agent)
        else:
            owner = {"take": agent, "give": message.to}.get(message.do, task.owner)
            by = LATER.get(message.do)
            due = max(task.due, self._now()) + by if by else task.due
            task = await self._tasks.change(task, owner, due)
        self._forms.changed(task)
        at, who = self._render.moment(task.due), self._render.person(task.owner)
        text = self._render.word(f"tasked-{message.do}", tab.language, at=at, who=who)
        return m.Answer(message.key, ok=True, text=text)

    def _works_with(self, tab: Tab, task: Task) -> bool:
        return tab.supervisor or task.owner in ("", tab.agent) or task.author == tab.agent
