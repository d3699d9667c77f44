"""The forms of a card: finds the handler of a submitted form and runs it once per key."""

from collections.abc import Mapping

from ari_app.desk import messages as m
from ari_app.desk.cards.authority import IN_CALL, Authority
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.forms.form_input import FormHandler, FormInput
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab
from ari_app.pages.idempotent_actions import ActionResult
from ari_app.pages.operations import InvalidField

LINKED = "linked-meanwhile"
"""Shown to an agent whose card was linked to another subscriber meanwhile."""


class Forms:
    """``handlers`` are the forms by name."""

    def __init__(
        self,
        cards: OpenCards,
        handlers: Mapping[str, FormHandler],
        authority: Authority,
        render: Render,
    ) -> None:
        self._authority = authority
        self._cards = cards
        self._handlers = handlers
        self._render = render

    async def submit(self, tab: Tab, message: m.Form) -> m.Answer:
        """Run a form; the same form with the same key runs once.

        Raises :class:`~ari_app.desk.cards.cards.UnknownCard` and what the handler raises.
        """
        card = self._cards.own(tab.agent, message.card)
        filled = FormInput(
            *(card, card.record, message.key, tab.language, message.values),
            senior=tab.supervisor,
            listens=tab.listens,
        )
        key = f"{message.form}:{message.key}"
        result = await card.actions.run(key, lambda: self._run(message.form, filled))
        if filled.linked and result.html:  # it shows what is another customer's
            return m.Answer(message.key, result.ok, self._render.word(LINKED, tab.language))
        return m.Answer(message.key, result.ok, result.text, result.html)

    async def _run(self, form: str, filled: FormInput) -> ActionResult:
        language = filled.language
        handler = self._handlers.get(form)
        if handler is None:
            return ActionResult(False, self._render.word("not-there", language))
        if filled.linked:
            return ActionResult(False, self._render.word(LINKED, language))
        if form in IN_CALL and not self._authority.acts(filled.card):
            seconds = self._authority.after
            return ActionResult(False, self._render.word("call-only", language, seconds=seconds))
        try:
            return await handler(filled)
        except InvalidField as invalid:
            field = self._render.word(f"value-{invalid}", language)
            return ActionResult(False, self._render.word("fill-in", language, field=field))
