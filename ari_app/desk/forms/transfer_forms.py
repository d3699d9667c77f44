"""The forms that transfer a caller to a colleague, a queue or a number: at once, or asked first."""

from collections.abc import Callable, Mapping
from typing import get_args

from ari_app.desk.agents.targets import TargetLists, Targets
from ari_app.desk.cards.passing import Act, NotNow, Passing
from ari_app.desk.forms.form_input import FormHandler, FormInput
from ari_app.desk.ports import QueueControl
from ari_app.desk.render import Render
from ari_app.pages.idempotent_actions import ActionResult
from ari_app.pages.operations import InvalidField

LONGEST = 20
"""Digits of a number that is dialled."""

PATIENCE = 8.0
"""Seconds in which a form waits for the first ring; the card shows what comes later."""

GOOD = frozenset({"calling", "rings", "talking", "queued", "passed"})
"""What counts as success."""


class TransferForms:
    """Handlers of the forms. ``reachable`` returns whom an agent can reach now."""

    def __init__(
        self,
        passing: Passing,
        lists: TargetLists,
        reachable: Callable[[str], Targets],
        queue_control: QueueControl,
        render: Render,
    ) -> None:
        self._passing = passing
        self._lists = lists
        self._reachable = reachable
        self._queue_control = queue_control
        self._render = render

    @property
    def handlers(self) -> Mapping[str, FormHandler]:
        """The forms by name."""
        return {
            "transfer-targets": self._targets,
            "transfer": self._transfer,
            "passing": self._go_on,
        }

    async def _targets(self, filled: FormInput) -> ActionResult:
        """The form itself, with whom can be reached now."""
        reachable = self._lists.opened(filled.record.agent)
        html = self._render.page("forms/transfer", filled.language, reachable=reachable)
        return ActionResult(True, html=html)

    async def _transfer(self, filled: FormInput) -> ActionResult:
        card, to, how = filled.card, filled.text("to"), filled.text("how")
        if card.phase != "talking":
            return self._word("transfer-no-call", filled)
        if to == "number":
            digits = "".join(sign for sign in filled.values.get("number", "") if sign.isdecimal())
            if not (digits.isascii() and 0 < len(digits) <= LONGEST):
                raise InvalidField("number")
            to = digits
            if not await self._queue_control.is_dialled(to):
                return self._word("transfer-no-way", filled)
        elif to not in self._reachable(card.record.agent):
            return self._word("transfer-not-reached", filled)
        try:
            if how == "ask":
                await self._passing.consult(card, to)
            else:
                await self._passing.transfer(card, to)
        except NotNow as error:
            return self._word(error.word, filled)
        at = await self._passing.settled(card, PATIENCE)
        if at is None:
            return self._word("transfer-no-call", filled)
        sort = "asked-" if at.warm and at.state in ("calling", "rings", "talking") else ""
        text = self._render.word(f"passing-{sort}{at.state}", filled.language)
        why = f" {self._render.word(f'passing-why-{at.why}', filled.language)}" if at.why else ""
        assert card.passage is not None
        passage = card.passage
        who = passage.name or (
            self._render.queue(passage.to, filled.language)
            if at.queue
            else self._render.site.numbers.shown(passage.to)
        )
        return ActionResult(at.state in GOOD, f"{who}: {text}{why}")

    async def _go_on(self, filled: FormInput) -> ActionResult:
        """What the agent does after asking somebody."""
        wanted = filled.text("act")
        act = next((each for each in get_args(Act) if each == wanted), None)
        if act is None:
            raise InvalidField("act")
        try:
            await self._passing.act(filled.card, act)
        except NotNow:
            return self._word("passing-not-now", filled)
        return ActionResult(True)

    def _word(self, word: str, filled: FormInput) -> ActionResult:
        return ActionResult(False, self._render.word(word, filled.language))
