"""The form that transfers a caller (blind transfer) to a colleague, a queue or a number."""

from collections.abc import Mapping

from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.forms.form_input import FormHandler, FormInput, InvalidField
from ari_app.desk.forms.idempotent_actions import ActionResult
from ari_app.desk.ports import QueueControl
from ari_app.desk.render import Render

LONGEST = 20
"""Digits of a number that is dialled."""


class TransferForms:
    """Handlers of the form."""

    def __init__(self, states: AgentStates, queue_control: QueueControl, render: Render) -> None:
        self._states = states
        self._queue_control = queue_control
        self._render = render

    @property
    def handlers(self) -> Mapping[str, FormHandler]:
        """The forms by name."""
        return {"transfer-targets": self._targets, "transfer": self._transfer}

    async def _targets(self, filled: FormInput) -> ActionResult:
        """The form itself: queues, and colleagues with their states now."""
        html = self._render.page(
            "forms/transfer",
            filled.language,
            colleagues=self._states.colleagues(filled.card.record.agent),
            queues=self._states.queues(),
        )
        return ActionResult(True, html=html)

    async def _transfer(self, filled: FormInput) -> ActionResult:
        card, to = filled.card, filled.text("to")
        agent = card.record.agent
        digits = "".join(sign for sign in filled.values.get("number", "") if sign in "0123456789")
        if to == "number" and not 0 < len(digits) <= LONGEST:
            raise InvalidField("number")
        if card.phase != "talking":
            return self._no_call(filled)
        extensions = {one.extension for one, _ in self._states.colleagues(agent)}
        queues = {f"queue-{name}" for name in self._states.queues()}
        if to != "number" and to not in extensions | queues:
            raise InvalidField("to")
        channel = self._states.agent_channel(agent, card.record.arrival.channel)
        if not channel:
            return self._no_call(filled)
        await self._queue_control.transfer(channel, digits if to == "number" else to)
        return ActionResult(True, self._render.word("transferred", filled.language))

    def _no_call(self, filled: FormInput) -> ActionResult:
        return ActionResult(False, self._render.word("transfer-no-call", filled.language))
