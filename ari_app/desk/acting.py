"""Operations of self-service, done by an agent: the form, the quote, the yes, the deed."""

import secrets
from collections.abc import Awaitable, Callable, Mapping

from ari_app.desk import acts
from ari_app.desk.acts import CHOICES, QUOTE
from ari_app.desk.desk import Desk
from ari_app.desk.filling import Done, Filled, NotFilled
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Values

INPUT = "in-"
"""Before the name of a field that is an input of an operation."""


class Acting:
    """The forms of operations, in a language."""

    def __init__(self, desk: Desk, language: str) -> None:
        self._desk = desk
        self._language = language
        self.forms: Mapping[str, Callable[[Filled], Awaitable[Done]]] = {
            "act": self._open,
            "act-try": self._try,
            "act-do": self._do,
        }

    async def _open(self, filled: Filled) -> Done:
        """The form of an operation; a question that needs nothing is answered at once."""
        operation = self._operation(filled)
        kept, kinds = filled.card.kept, acts.asked(operation)
        if operation.need == "code-word" != kept.identity:
            return Done(False, self._word("act-needs-word"))
        if not acts.changes(operation):
            return self._brought(operation, await self._desk.acts.ask(kept, operation.name, {}))
        choices: dict[str, object] = {}
        for name in kinds:
            choice = CHOICES.get((operation.name, name))
            if choice is not None:
                answered = await self._desk.acts.ask(kept, choice.operation, {})
                choices[name] = acts.choices(choice, answered, self._language)
        return self._form("act", operation, kinds=kinds, choices=choices, units=acts.UNITS)

    async def _try(self, filled: Filled) -> Done:
        """Do it; of one that costs, first tell what it would cost."""
        operation = self._operation(filled)
        inputs = acts.filled(acts.asked(operation), _inputs(filled))
        reason = filled.text("reason")
        if not operation.costs:
            return await self._done(filled, operation, inputs, filled.key, reason)
        quoted = await self._desk.acts.ask(filled.card.kept, operation.name + QUOTE, inputs)
        if quoted.outcome != "ok":
            return Done(False, self._word(f"outcome-{quoted.outcome}"))
        return self._form(
            "agree",
            operation,
            lines=list(acts.lines(quoted.values, self._language)),
            fields={**_inputs(filled), **acts.agreed(operation, quoted.values)},
            reason=reason,
            deed=secrets.token_hex(8),
        )

    async def _do(self, filled: Filled) -> Done:
        """Do what was agreed to, for what it was agreed."""
        operation = self._operation(filled)
        inputs = acts.filled(operation.inputs, _inputs(filled))
        deed, reason = filled.text("deed"), filled.text("reason")
        return await self._done(filled, operation, inputs, deed, reason)

    async def _done(
        self, filled: Filled, operation: Operation, inputs: Values, deed: str, reason: str
    ) -> Done:
        card = filled.card
        key = f"{card.id}:{deed}"
        answered = await self._desk.acts.do(card.kept, operation.name, inputs, key, reason)
        await self._desk.refresh(card, "account")
        return self._brought(operation, answered)

    def _operation(self, filled: Filled) -> Operation:
        found = acts.offered(self._desk.acts.catalogue).get(filled.text("operation"))
        if found is None:
            raise NotFilled("operation")
        return found

    def _brought(self, operation: Operation, answered: Answered) -> Done:
        told = self._word(f"outcome-{answered.outcome}")
        lines = list(acts.lines(answered.values, self._language))
        return self._form("brought", operation, told=told, lines=lines)

    def _form(self, name: str, operation: Operation, **values: object) -> Done:
        page = self._desk.render.page(
            f"forms/{name}", self._language, operation=operation, input=INPUT, **values
        )
        return Done(True, html=page)

    def _word(self, name: str) -> str:
        return self._desk.render.word(name, self._language)


def _inputs(filled: Filled) -> dict[str, str]:
    return {
        name.removeprefix(INPUT): text
        for name, text in filled.values.items()
        if name.startswith(INPUT)
    }
