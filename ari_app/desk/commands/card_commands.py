"""Commands on a card: save a field, check the code word, finish."""

import logging

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.cards.authority import Authority
from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.ports import DeskUnavailable, QueueControl
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab, Tabs
from ivr.secret import Secret

log = logging.getLogger(__name__)


class CardCommands:
    """Each command takes the tab that sent it. May raise :class:`DeskUnavailable` and
    :class:`~ari_app.desk.cards.cards.UnknownCard`."""

    def __init__(
        self,
        tabs: Tabs,
        cards: OpenCards,
        details: CardDetails,
        states: AgentStates,
        queue_control: QueueControl,
        authority: Authority,
        render: Render,
    ) -> None:
        self._tabs = tabs
        self._cards = cards
        self._details = details
        self._states = states
        self._queue_control = queue_control
        self._authority = authority
        self._render = render

    async def save(self, tab: Tab, message: m.Save) -> None:
        """Save a burst of typing and acknowledge it.

        What is not stored is not acknowledged: the browser sends it again.
        """
        field, text = message.field, message.text
        card = self._cards.find(tab.agent, message.card)
        typed = card.typed if card else None
        if field == "forms":
            if typed:
                typed.unsent = bool(text)
            return
        if typed and typed.overwrites(field, message.key, message.base):
            theirs = (typed.texts[field], typed.keys[field])
            tab.send(m.Conflict(message.card, field, *theirs))
            return
        try:
            await self._cards.save(tab.agent, message.card, field, message.key, text)
        except DeskUnavailable as error:
            log.warning("typing of %s not saved, the browser retries: %s", tab.agent, error)
            return
        tab.send(m.Saved(message.key))
        for other in self._tabs.of(*(card.seen_by if card else (tab.agent,))):
            if other is not tab:
                other.send(m.Wrote(message.card, field, text, message.key))
        for following in self._cards.transferred_from(message.card):
            self._details.reload(following, "transfer")

    async def verify(self, tab: Tab, message: m.Verify) -> m.Answer:
        """Check the code word that the caller says to the agent, while the call lasts."""
        card = self._cards.own(tab.agent, message.card)
        subscriber = card.record.arrival.subscriber
        if subscriber is None:
            return self._refused(tab, message.key, "nothing-known")
        if not self._authority.acts(card):
            return self._refused(tab, message.key, "call-only", seconds=self._authority.after)
        word = Secret(message.word)
        result = await self._queue_control.verify_code_word(subscriber, word, tab.agent)
        if result == "match" and card.record.arrival.subscriber == subscriber:
            self._cards.identify(card, "code-word")
        await self._details.refresh_all(self._cards.about(subscriber), "subscriber")
        if card.record.arrival.subscriber != subscriber:  # another tab linked the card meanwhile
            return self._refused(tab, message.key, "linked-meanwhile")
        text = self._render.word(f"word-{result.replace(' ', '-')}", tab.language)
        known = card.profile.subscriber
        if result == "no match" and known and known.locked_until:
            at = self._render.moment(known.locked_until)
            text = self._render.word("word-locked-now", tab.language, at=at)
        return m.Answer(message.key, result == "match", text)

    async def finish(self, tab: Tab, message: m.Finish) -> m.Answer:
        """Close a card whose call is over and record its contact; ends the agent's wrap-up."""
        card = self._cards.own(tab.agent, message.card)
        if card.phase not in ("after", "record"):
            return self._refused(tab, message.key, "finish-lasts")
        texts = await self._cards.texts(card)
        topic = texts.get("topic", card.record.arrival.topic)
        known = self._render.site.tickets.topics
        written = any(text.strip() for text in texts.values())
        may_close = card.record.answered is None and not written
        if not may_close and not (texts.get("question", "").strip() and topic in known):
            return self._refused(tab, message.key, "finish-lacks")
        await self._cards.finish(card)
        if self._states.of(tab.agent).reason == "wrap-up":
            await self._queue_control.ready(tab.agent)
        for each in self._tabs.of(*card.seen_by):
            each.send(m.Gone(card.id, self._render.word("gone-finished", each.language)))
        return m.Answer(message.key, ok=True)

    def _refused(self, tab: Tab, key: str, word: str, **values: object) -> m.Answer:
        return m.Answer(key, ok=False, text=self._render.word(word, tab.language, **values))
