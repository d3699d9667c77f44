"""The forms that run operations of self-service for a caller: inputs, quote, confirmation, result.

An operation that needs more identification than the caller has given first asks for the code word.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial

from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.forms.form_input import FormHandler, FormInput
from ari_app.desk.forms.offered import for_agents
from ari_app.desk.ports import EarlierAction, Operations
from ari_app.desk.render import Render
from ari_app.pages import operations
from ari_app.pages.comparison import Comparison
from ari_app.pages.idempotent_actions import ActionResult
from ari_app.pages.operations import CHOICES, DAYS, INPUT, QUOTE, Choice, InvalidField
from ivr import bounds
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Values, Word

CHANGED = ("account", "callbacks")
"""The parts of a card that an operation may change."""


class OperationForms:
    """Handlers of these forms; ``now`` is the clock."""

    def __init__(
        self,
        operations: Operations,
        details: CardDetails,
        render: Render,
        now: Callable[[], datetime],
    ) -> None:
        self._operations = operations
        self._details = details
        self._render = render
        self._own = render.site.currency
        self._now = now
        self._comparison = Comparison(render.site.numbers, render.site.currency)

    @property
    def handlers(self) -> Mapping[str, FormHandler]:
        """The forms by name."""
        return {
            "operation": self._open,
            "operation-submit": self._submit,
            "operation-confirm": self._confirm,
        }

    async def _open(self, filled: FormInput) -> ActionResult:
        """The form of an operation; one that only answers, and asks for nothing, is run at once."""
        operation, record = self._operation(filled), filled.record
        if not operations.identified_enough(operation, record.identity):
            return self._ask_code_word(filled, operation)
        effect, kinds = operations.has_effect(operation), operations.form_inputs(operation)
        if not effect and not kinds:
            return await self._answer(filled, operation, {})
        if operation.costs and not kinds:  # what cannot be done is said before a reason is asked
            quoted = await self._operations.ask(record, operation.name + QUOTE, {})
            if quoted.outcome != "ok":
                return self._page("result", filled, operation, **self._nothing(filled, quoted))
        choices = {
            name: await self._choices(filled, record, operation, name, kind)
            for name, kind in kinds.items()
        }
        days = DAYS
        return self._page(
            "operation",
            filled,
            operation,
            record=record,
            kinds=kinds,
            choices=choices,
            days=days,
            effect=effect,
        )

    async def _answer(
        self, filled: FormInput, operation: Operation, inputs: Values
    ) -> ActionResult:
        """Run an operation that only answers a question."""
        answered = await self._operations.ask(filled.record, operation.name, inputs)
        return self._page("result", filled, operation, **self._nothing(filled, answered))

    def _nothing(self, filled: FormInput, answered: Answered) -> Mapping[str, object]:
        """The values of a result that changed nothing."""
        return {
            "text": "" if answered.outcome == "ok" else self._outcome(filled, answered.outcome),
            "lines": list(operations.lines(answered.values, filled.language, self._own)),
            "differences": (),
        }

    async def _choices(
        self, filled: FormInput, record: CardRecord, operation: Operation, name: str, kind: str
    ) -> Sequence[tuple[str, str]] | None:
        """The values that can be chosen for an input, with their labels; None: free text."""
        if kind == "word" and operation.http is None:
            units = operations.UNITS
            return [(unit, self._render.word(f"value-{unit}", filled.language)) for unit in units]
        choice = CHOICES.get((operation.name, name))
        if choice is None:
            return None
        answered = await self._operations.ask(record, choice.operation, {})
        all_ = operations.choices(choice, answered, filled.language, self._own)
        held = await self._held(filled, operation, choice)
        return [one for one in all_ if one[0] not in held]

    async def _held(
        self, filled: FormInput, operation: Operation, choice: Choice
    ) -> Collection[str]:
        """The codes of what the subscriber has, or has ordered, which is not offered."""
        if not choice.held:
            return ()
        account = filled.card.profile.account
        ordered = {
            one.code for one in (account.pending if account else ()) if one.what == operation.name
        }
        answered = await self._operations.ask(filled.record, choice.held, {})
        held = operations.held(choice, answered)
        # Of tariffs there is one: who has ordered another may still keep the one in force.
        return ordered if ordered and choice.held == choice.name else ordered | held

    async def _submit(self, filled: FormInput) -> ActionResult:
        """Run an operation; for one that costs, quote the charge and ask for confirmation."""
        operation, record = self._operation(filled), filled.record
        if not operations.identified_enough(operation, record.identity):
            return self._ask_code_word(filled, operation)
        inputs = self._inputs(filled, operation, operations.form_inputs(operation))
        if not operations.has_effect(operation):
            return await self._answer(filled, operation, inputs)
        reason = filled.text("reason")
        earlier = await self._operations.earlier(record, operation.name, inputs, "")
        if not (operation.costs or inputs or earlier):
            return await self._run(filled, operation, inputs, filled.key, reason)
        action = secrets.token_hex(8)
        return await self._ask(filled, operation, inputs, earlier, (reason, action))

    async def _ask(
        self,
        filled: FormInput,
        operation: Operation,
        inputs: Values,
        earlier: Sequence[EarlierAction],
        given: tuple[str, str],
    ) -> ActionResult:
        """Show what is about to be done, and ask for the yes; ``given`` are the reason and the key
        of the action."""
        quoted = Answered("ok")
        if operation.costs:
            record = filled.record
            quoted = await self._operations.ask(record, operation.name + QUOTE, inputs)
        if quoted.outcome != "ok":
            return ActionResult(False, self._outcome(filled, quoted.outcome))
        labels = await self._labels(filled, operation, inputs)
        charge = operations.quoted_charge(operation, quoted.values) if operation.costs else {}
        lines = await self._comparison.lines(
            partial(self._operations.ask, filled.record, inputs={}),
            operation,
            inputs,
            labels,
            quoted.values,
            filled.language,
        )
        return self._page(
            "confirm",
            filled,
            operation,
            lines=lines,
            earlier=earlier,
            fields={**_fields(filled), **charge},
            subscriber=filled.record.arrival.subscriber or "",
            reason=given[0],
            action=given[1],
        )

    async def _labels(
        self, filled: FormInput, operation: Operation, inputs: Values
    ) -> Mapping[str, str]:
        """What the inputs that were chosen from a list are called there; a date as it is read."""
        labels = {}
        for name, value in inputs.items():
            if name in DAYS:
                labels[name] = f"{date.fromisoformat(filled.text(INPUT + name)):%d.%m.%Y}"
            elif isinstance(value, Word):
                labels[name] = self._render.word(f"value-{value.word}", filled.language)
            choice = CHOICES.get((operation.name, name))
            if choice is not None:
                record = filled.record
                answered = await self._operations.ask(record, choice.operation, {})
                every = dict(operations.choices(choice, answered, filled.language, self._own))
                labels[name] = every.get(filled.values.get(INPUT + name, ""), "")
        return labels

    async def _confirm(self, filled: FormInput) -> ActionResult:
        """Run a confirmed operation for the charge that was quoted."""
        operation = self._operation(filled)
        if not operations.identified_enough(operation, filled.record.identity):
            return self._ask_code_word(filled, operation)
        inputs = self._inputs(filled, operation, operation.inputs)
        subscriber = f"{filled.record.arrival.subscriber or ''}"
        if filled.values.get("subscriber", subscriber) != subscriber:
            return ActionResult(False, self._render.word("linked-meanwhile", filled.language))
        action, reason = filled.text("action"), filled.text("reason")
        key = f"{filled.card.id}:{action}"
        asked = (filled.record, operation.name, inputs)
        earlier = await self._operations.earlier(*asked, key)
        if len(earlier) > bounds.whole(filled.values.get("earlier", "") or "0"):
            wanted = self._inputs(filled, operation, operations.form_inputs(operation))
            return await self._ask(filled, operation, wanted, earlier, (reason, action))
        return await self._run(filled, operation, inputs, action, reason)

    async def _run(
        self, filled: FormInput, operation: Operation, inputs: Values, action: str, reason: str
    ) -> ActionResult:
        card, language = filled.card, filled.language
        key = f"{card.id}:{action}"
        result = await self._operations.do(filled.record, operation.name, inputs, key, reason)
        self._details.reload(card, *CHANGED)
        outcome = result.answered.outcome
        page = self._page(
            "result",
            filled,
            operation,
            text=self._outcome(filled, outcome),
            lines=list(operations.lines(result.answered.values, language, self._own)),
            differences=list(
                operations.differences(result.before, result.after, language, self._own)
            ),
        )
        return ActionResult(outcome in operations.GOOD, html=page.html)

    def _operation(self, filled: FormInput) -> Operation:
        offered = for_agents(self._operations.catalogue)
        found = offered.get(filled.text("operation"))
        if found is None:
            raise InvalidField("operation")
        return found

    def _ask_code_word(self, filled: FormInput, operation: Operation) -> ActionResult:
        """The caller is not identified enough: go on once the code word is verified."""
        record, subscriber = filled.record, filled.card.profile.subscriber
        has_word = subscriber is None or subscriber.has_code_word
        page = self._page("code_word_needed", filled, operation, record=record, has_word=has_word)
        return ActionResult(False, html=page.html)

    def _inputs(self, filled: FormInput, operation: Operation, kinds: Mapping[str, str]) -> Values:
        own = operation.http is not None
        return operations.parse(kinds, _fields(filled), self._now().date(), own)

    def _page(
        self, name: str, filled: FormInput, operation: Operation, **values: object
    ) -> ActionResult:
        html = self._render.page(
            f"forms/{name}", filled.language, operation=operation, input=INPUT, **values
        )
        return ActionResult(True, html=html)

    def _outcome(self, filled: FormInput, outcome: str) -> str:
        return self._render.word(f"outcome-{outcome}", filled.language)


def _fields(filled: FormInput) -> Mapping[str, str]:
    return {
        name.removeprefix(INPUT): text
        for name, text in filled.values.items()
        if name.startswith(INPUT)
    }
