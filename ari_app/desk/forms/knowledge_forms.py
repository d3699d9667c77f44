"""The knowledge base on a card: searched, suggested by the topic, read."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ari_app.desk.cards.card import Card
from ari_app.desk.forms.form_input import FormHandler, FormInput
from ari_app.desk.knowledge_port import Knowledge
from ari_app.desk.render import Render
from ari_app.pages.idempotent_actions import ActionResult

Texts = Callable[[Card], Awaitable[Mapping[str, str]]]
"""Returns the fields of a card."""


class KnowledgeForms:
    """Its handlers."""

    def __init__(
        self,
        knowledge: Knowledge,
        texts: Texts,
        name: Callable[[str], str],
        render: Render,
        now: Callable[[], datetime],
    ) -> None:
        """``name`` is what an agent is called, ``now`` is the clock."""
        self._knowledge = knowledge
        self._texts = texts
        self._name = name
        self._now = now
        self._render = render

    @property
    def handlers(self) -> Mapping[str, FormHandler]:
        """The forms by name."""
        return {"knowledge": self._find, "article": self._show, "answers": self._answers}

    async def _find(self, filled: FormInput) -> ActionResult:
        """Articles with the words; without words about the topic that the agent chose, or else that
        of the call."""
        text = filled.values.get("text", "").strip()
        found = await self._knowledge.find(text, await self._topic(filled), filled.language)
        return self._page(filled, "knowledge", found=found, text=text)

    async def _show(self, filled: FormInput) -> ActionResult:
        article = await self._knowledge.article(filled.text("article"))
        if article is None:
            return ActionResult(False, self._render.word("http-404", filled.language))
        text = filled.values.get("text", "")
        return self._page(filled, "article", article=article, text=text)

    async def _answers(self, filled: FormInput) -> ActionResult:
        """Answers to be inserted, in the language of the caller if there are any, else of the
        page."""
        values = self._values(filled)
        topic = await self._topic(filled)
        found: Sequence[tuple[str, str]] = ()
        for language in (filled.record.arrival.language, filled.language):
            if not found and language:
                found = await self._knowledge.answers(topic, language, values)
        return self._page(filled, "answers", found=found)

    async def _topic(self, filled: FormInput) -> str:
        texts = await self._texts(filled.card)
        return texts.get("topic") or filled.record.arrival.topic

    def _values(self, filled: FormInput) -> Mapping[str, str]:
        """What fills in the placeholders of an answer; what is not known is left out."""
        card, language = filled.card, filled.language
        subscriber, account = card.profile.subscriber, card.profile.account
        values = {
            "agent": self._name(card.record.agent),
            "number": self._render.site.numbers.shown(card.record.arrival.number),
            "today": f"{self._now().astimezone(ZoneInfo(self._render.site.zone)):%d.%m.%Y}",
        }
        if subscriber:
            values["name"] = subscriber.name
        if account:
            values["balance"] = self._render.money(account.balance, account.currency, language)
            values["tariff"] = self._render.named(account.tariff, language)
        return values

    def _page(self, filled: FormInput, name: str, **values: object) -> ActionResult:
        values["record"] = filled.record
        html = self._render.page(f"forms/{name}", filled.language, **values)
        return ActionResult(True, html=html)
