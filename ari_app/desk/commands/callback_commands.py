"""Commands on calls that are to be made: list, dial, take over, put off, done."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.agents.promised_calls import PromisedCalls
from ari_app.desk.cards.caller_profile import Arrival, Callback
from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.ports import Ports
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab

LATER = timedelta(minutes=15)
"""By how much a call is put off."""


class CallbackCommands:
    """``now`` is the clock."""

    def __init__(
        self,
        ports: Ports,
        promised: PromisedCalls,
        cards: OpenCards,
        details: CardDetails,
        states: AgentStates,
        render: Render,
        now: Callable[[], datetime],
    ) -> None:
        self._tickets = ports.notes_and_tickets
        self._control = ports.queue_control
        self._browser_phones = ports.browser_phones
        self._views = ViewLog(ports.profiles)
        self._promised = promised
        self._cards = cards
        self._details = details
        self._states = states
        self._render = render
        self._now = now

    async def list(self, tab: Tab, message: m.Calls) -> m.Answer:
        """Show all calls that are to be made: promised by agents, and asked for by callers."""
        found = await self._tickets.open_callbacks()
        await self._views.record(tab.agent, None, "callbacks")
        html = self._render.page(
            "calls",
            tab.language,
            calls=sorted(found, key=lambda one: one.agent != tab.agent),
            agent=tab.agent,
            names={one.agent: self._states.full_name(one.agent) for one in found},
            away={one.agent for one in found if one.agent and self._promised.away(one.agent)},
        )
        return m.Answer(message.key, ok=True, html=html)

    async def act(self, tab: Tab, message: m.CallBack) -> m.Answer:
        """Dial, take over, put off, or close a call; dialled, its card opens."""
        agent, id, card = tab.agent, message.id, ""
        if message.do == "done":
            one = await self._tickets.close_callback(agent, id)
        elif message.do == "leave":
            one = await self._tickets.leave_callback(id)
        else:
            due = self._now() + LATER if message.do == "later" else None
            one = await self._tickets.take_callback(agent, id, due, message.do == "call")
        if message.do == "call":
            await self._control.call(agent, one.number)
            card = self._cards.open_record(agent, _arrival(one)).id
        self._promised.reread()
        for each in self._cards.of(agent):
            if each.record.arrival.number == one.number:
                self._details.reload(each, "callbacks")
        at = self._render.moment(one.due or one.at)
        number = self._render.site.numbers.shown(one.number)
        by_itself = message.do == "call" and self._browser_phones.of(agent) is not None
        word = "called-dials" if by_itself else f"called-{message.do}"
        text = self._render.word(word, tab.language, number=number, at=at)
        return m.Answer(message.key, ok=True, text=text, card=card)


def _arrival(one: Callback) -> Arrival:
    return Arrival(channel="", number=one.number, subscriber=one.subscriber, topic=one.topic)
