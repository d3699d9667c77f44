"""The form that unlocks a code word, for senior agents."""

from collections.abc import Mapping

from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.forms.form_input import FormHandler, FormInput
from ari_app.desk.ports import QueueControl
from ari_app.desk.render import Render
from ari_app.pages.idempotent_actions import ActionResult


class CodeWordForms:
    """Its handler."""

    def __init__(
        self, queue_control: QueueControl, cards: OpenCards, details: CardDetails, render: Render
    ) -> None:
        self._cards = cards
        self._queue_control = queue_control
        self._details = details
        self._render = render

    @property
    def handlers(self) -> Mapping[str, FormHandler]:
        """The form by its name."""
        return {"unlock": self._unlock}

    async def _unlock(self, filled: FormInput) -> ActionResult:
        """Unlock the code word of the card's subscriber; the reason is recorded with the agent."""
        record, language = filled.record, filled.language
        subscriber = record.arrival.subscriber
        if subscriber is None or not filled.senior:
            word = "nothing-known" if filled.senior else "unlock-senior"
            return ActionResult(False, self._render.word(word, language))
        why = filled.text("reason")
        await self._queue_control.unlock_code_word(subscriber, record.agent, why)
        await self._details.refresh_all(self._cards.about(subscriber), "subscriber")
        return ActionResult(True, self._render.word("word-unlocked", language))
