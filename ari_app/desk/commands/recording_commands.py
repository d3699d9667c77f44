"""Agents pause the recording of their calls, and let it go on."""

from ari_app.desk import messages as m
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.ports import Conversations
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab


class RecordingCommands:
    """May raise :class:`~ari_app.desk.ports.DeskUnavailable` and
    :class:`~ari_app.desk.cards.cards.UnknownCard`."""

    def __init__(self, conversations: Conversations, cards: OpenCards, render: Render) -> None:
        self._conversations = conversations
        self._cards = cards
        self._render = render

    async def pause(self, tab: Tab, message: m.Recording) -> m.Answer:
        """Pause a recording or let it go on; the card shows it when Asterisk says so."""
        card = self._cards.own(tab.agent, message.card)
        if not card.speaks:
            return m.Answer(message.key, ok=True)
        channel = card.record.arrival.channel
        await self._conversations.pause(channel, message.why, message.pause)
        return m.Answer(message.key, ok=True)
