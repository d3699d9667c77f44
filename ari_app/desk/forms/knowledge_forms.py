"""The knowledge base on a card: searched, suggested by the topic, read."""

from collections.abc import Awaitable, Callable, Mapping

from ari_app.desk.cards.card import Card
from ari_app.desk.forms.form_input import FormHandler, FormInput
from ari_app.desk.forms.idempotent_actions import ActionResult
from ari_app.desk.knowledge_port import Knowledge
from ari_app.desk.render import Render

Texts = Callable[[Card], Awaitable[Mapping[str, str]]]
"""Returns the fields of a card."""


class KnowledgeForms:
    """Its handlers."""

    def __init__(self, knowledge: Knowledge, texts: Texts, render: Render) -> None:
        self._knowledge = knowledge
        self._texts = texts
        self._render = render

    @property
    def handlers(self) -> Mapping[str, FormHandler]:
        """The forms by name."""
        return {"knowledge": self._find, "article": self._show}

    async def _find(self, filled: FormInput) -> ActionResult:
        """Articles with the words; without words about the topic that the agent chose, or else that
        of the call."""
        text = filled.values.get("text", "").strip()
        topic = (await self._texts(filled.card)).get("topic") or filled.card.record.arrival.topic
        found = await self._knowledge.find(text, topic, filled.language)
        return self._page(filled, "knowledge", found=found, text=text)

    async def _show(self, filled: FormInput) -> ActionResult:
        article = await self._knowledge.article(filled.text("article"))
        if article is None:
            return ActionResult(False, self._render.word("http-404", filled.language))
        text = filled.values.get("text", "")
        return self._page(filled, "article", article=article, text=text)

    def _page(self, filled: FormInput, name: str, **values: object) -> ActionResult:
        values["record"] = filled.card.record
        html = self._render.page(f"forms/{name}", filled.language, **values)
        return ActionResult(True, html=html)
