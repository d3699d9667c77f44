"""The list of recorded conversations of a card's caller, for those who may listen."""

from collections.abc import Mapping

from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.forms.form_input import FormHandler, FormInput
from ari_app.desk.ports import Conversations
from ari_app.desk.render import Render
from ari_app.pages.idempotent_actions import ActionResult


class RecordingForms:
    """Its handler."""

    def __init__(self, conversations: Conversations, states: AgentStates, render: Render) -> None:
        self._conversations = conversations
        self._states = states
        self._render = render

    @property
    def handlers(self) -> Mapping[str, FormHandler]:
        """The form by its name."""
        return {"conversations": self._list}

    async def _list(self, filled: FormInput) -> ActionResult:
        if not filled.listens:
            return ActionResult(False, self._render.word("http-403", filled.language))
        found = await self._conversations.of(filled.record)
        html = self._render.page(
            "forms/conversations", filled.language, found=found, name=self._states.full_name
        )
        return ActionResult(True, html=html)
