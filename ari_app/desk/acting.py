"""Operations of self-service, done by an agent: the form, the quote, the yes, the deed."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence

from ari_app.desk import acts
from ari_app.desk.acts import CHOICES, QUOTE
from ari_app.desk.desk import Desk
from ari_app.desk.filling import Filled, NotFilled
from ari_app.desk.idempotent_actions import Done
from ari_app.desk.ports import Kept
from ivr.model import Operation
from ivr.values import Values

INPUT = "in-"
"""Before the name of a field that is an input of an operation."""

CHANGED = ("account", "calls")
"""Parts of a card that may be otherwise after a deed."""


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
        operation, kept = self._operation(filled), filled.card.kept
        if not acts.enough(operation, kept.identity):
            return self._word_first(filled, operation)
        if not acts.changes(operation):
            answered = await self._desk.acts.ask(kept, operation.name, {})
            lines = list(acts.lines(answered.values, self._language))
            told = "" if answered.outcome == "ok" else self._outcome(answered.outcome)
            return self._form("brought", operation, told=told, lines=lines, differences=())
        kinds = acts.asked(operation)
        choices = {name: await self._choices(kept, operation, name, kinds[name]) for name in kinds}
        return self._form("act", operation, kept=kept, kinds=kinds, choices=choices, days=acts.DAYS)

    async def _choices(
        self, kept: Kept, operation: Operation, name: str, kind: str
    ) -> Sequence[tuple[str, str]] | None:
        """What can be chosen for an input, None if it is written."""
        if kind == "word":
            return [(unit, self._word(f"value-{unit}")) for unit in acts.UNITS]
        choice = CHOICES.get((operation.name, name))
        if choice is None:
            return None
        answered = await self._desk.acts.ask(kept, choice.operation, {})
        return acts.choices(choice, answered, self._language)

    async def _try(self, filled: Filled) -> Done:
        """Do it; of one that costs, first tell what it would cost."""
        operation = self._operation(filled)
        if not acts.enough(operation, filled.card.kept.identity):
            return self._word_first(filled, operation)
        inputs = self._inputs(filled, acts.asked(operation))
        reason = filled.text("reason")
        if not operation.costs:
            return await self._done(filled, operation, inputs, filled.key, reason)
        quoted = await self._desk.acts.ask(filled.card.kept, operation.name + QUOTE, inputs)
        if quoted.outcome != "ok":
            return Done(False, self._outcome(quoted.outcome))
        return self._form(
            "agree",
            operation,
            lines=list(acts.lines(quoted.values, self._language)),
            fields={**_fields(filled), **acts.agreed(operation, quoted.values)},
            reason=reason,
            deed=secrets.token_hex(8),
        )

    async def _do(self, filled: Filled) -> Done:
        """Do what was agreed to, for what it was agreed."""
        operation = self._operation(filled)
        if not acts.enough(operation, filled.card.kept.identity):
            return self._word_first(filled, operation)
        inputs = self._inputs(filled, operation.inputs)
        deed, reason = filled.text("deed"), filled.text("reason")
        return await self._done(filled, operation, inputs, deed, reason)

    async def _done(
        self, filled: Filled, operation: Operation, inputs: Values, deed: str, reason: str
    ) -> Done:
        card = filled.card
        acted = await self._desk.acts.do(
            card.kept, operation.name, inputs, f"{card.id}:{deed}", reason
        )
        self._desk.begin(self._desk.refresh(card, *CHANGED))
        outcome, language = acted.answered.outcome, self._language
        page = self._form(
            "brought",
            operation,
            told=self._outcome(outcome),
            lines=list(acts.lines(acted.answered.values, language)),
            differences=list(acts.differences(acted.before, acted.after, language)),
        )
        return Done(outcome in acts.GOOD, html=page.html)

    def _operation(self, filled: Filled) -> Operation:
        found = acts.offered(self._desk.acts.catalogue).get(filled.text("operation"))
        if found is None:
            raise NotFilled("operation")
        return found

    def _word_first(self, filled: Filled, operation: Operation) -> Done:
        """The caller is not known well enough: it goes on when he told his code word."""
        who = filled.card.known.who
        page = self._form("word", operation, kept=filled.card.kept, agreed=who is None or who.word)
        return Done(False, html=page.html)

    def _inputs(self, filled: Filled, kinds: Mapping[str, str]) -> Values:
        return acts.filled(kinds, _fields(filled), self._desk.now().date())

    def _form(self, name: str, operation: Operation, **values: object) -> Done:
        page = self._desk.render.page(
            f"forms/{name}", self._language, operation=operation, input=INPUT, **values
        )
        return Done(True, html=page)

    def _outcome(self, outcome: str) -> str:
        return self._word(f"outcome-{outcome}")

    def _word(self, name: str) -> str:
        return self._desk.render.word(name, self._language)


def _fields(filled: Filled) -> Mapping[str, str]:
    return {
        name.removeprefix(INPUT): text
        for name, text in filled.values.items()
        if name.startswith(INPUT)
    }
