"""What an operation is about to do, with its object: what an agent reads out before the yes."""

import asyncio
from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.forms.form_input import FormInput
from ari_app.desk.ports import Operations
from ari_app.desk.render import Render
from ari_app.pages import operations
from ari_app.pages.operations import CHOICES, DAYS, Table
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Digits, Money, Rows, Value, Values, Word

PRESENT: Mapping[str, str] = {"tariff-change": "tariff"}
"""Operation that changes values -> the one that brings them, of the same names, as they are now."""

_PRICES = ("charge", "price", "monthly", "since")
"""What a quote brings of any order; the rest is what the order is for. It stands last."""


class Line(Struct, frozen=True):
    """A value by its name; ``was`` is what it is at present, "" where that is not known, or not
    another one."""

    name: str
    text: "str | Table"
    was: str = ""


class Confirmation:
    """Makes the lines; asks operations that only answer."""

    def __init__(self, asked: Operations, render: Render) -> None:
        self._operations = asked
        self._render = render
        self._own = render.site.currency

    async def lines(
        self,
        filled: FormInput,
        operation: Operation,
        inputs: Values,
        labels: Mapping[str, str],
        quoted: Values,
    ) -> list[Line]:
        """The object of an operation: its inputs, ``labels`` where they were chosen by one, and
        what was quoted, beside what is so now."""
        record = filled.record
        present, total = await asyncio.gather(
            self._present(record, operation), self._monthly(filled, quoted)
        )
        named = {name for name in inputs if self._is_named(operation, name, quoted)}
        lines = [
            Line(name, labels.get(name) or self._input(filled, name, value))
            for name, value in inputs.items()
            if name not in named
        ]
        first = sorted(quoted.items(), key=lambda one: one[0] in _PRICES)
        for name, value in first:
            if name == "monthly" and isinstance(value, Money):
                lines += self._month(value, total, filled.language)
            elif not isinstance(value, Word):
                was = present.get(name)
                lines.append(
                    Line(name, self._shown(value, filled), self._text(was, filled) if was else "")
                )
        return [_changed(one) for one in lines]

    def _is_named(self, operation: Operation, name: str, quoted: Values) -> bool:
        """Whether the quote says in words what an input says by a code."""
        choice = CHOICES.get((operation.name, name))
        return name in quoted or (choice is not None and choice.name in quoted)

    def _input(self, filled: FormInput, name: str, value: Value) -> str:
        """An input as it was given: a number in groups, a day as a date, a secret never."""
        if name in DAYS:
            return f"{date.fromisoformat(filled.text(operations.INPUT + name)):%d.%m.%Y}"
        if isinstance(value, Digits):
            numbers = self._render.site.numbers
            return numbers.shown(numbers.msisdn(value.digits) or value.digits)
        if isinstance(value, Word):
            word = f"value-{value.word}"
            return self._render.word(word, filled.language)
        return self._text(value, filled)

    async def _present(self, record: CardRecord, operation: Operation) -> Values:
        asked = PRESENT.get(operation.name)
        if asked is None:
            return {}
        return (await self._operations.ask(record, asked, {})).values

    async def _monthly(self, filled: FormInput, quoted: Values) -> Money | None:
        """What the subscriber pays a month at present; None if it is not known, or not changed."""
        more, card = quoted.get("monthly"), filled.card
        if not (isinstance(more, Money) and more.amount and card.profile.account):
            return None
        paused = card.profile.account.paused
        today = self._render.today()
        if paused and paused[0] <= today < paused[1]:
            return Money(more.amount * 0, more.currency)
        tariff, services = await asyncio.gather(
            self._operations.ask(filled.record, "tariff", {}),
            self._operations.ask(filled.record, "services", {}),
        )
        fees = [tariff.values.get("fee"), *_fees(services)]
        amounts = [
            fee.amount
            for fee in fees
            if isinstance(fee, Money)
            and (fee.currency or self._own) == (more.currency or self._own)
        ]
        known = tariff.outcome == "ok" and services.outcome in ("ok", "none")
        if not known or len(amounts) < len(fees):
            return None
        return Money(sum(amounts, more.amount * 0), more.currency)

    def _month(self, more: Money, total: Money | None, language: str) -> list[Line]:
        """The monthly total before and after; the difference where the total is not known."""
        if not more.amount:
            return []
        if total is None:
            sign = "+" if more.amount > 0 else ""
            return [Line("monthly", sign + self._money(more, language))]
        after = Money(total.amount + more.amount, more.currency)
        return [Line("month-total", self._money(after, language), self._money(total, language))]

    def _money(self, money: Money, language: str) -> str:
        return str(operations.shown(money, language, self._own))

    def _shown(self, value: Value, filled: FormInput) -> "str | Table":
        if isinstance(value, Digits):
            return self._render.site.numbers.shown(value.digits)
        return operations.shown(value, filled.language, self._own)

    def _text(self, value: Value, filled: FormInput) -> str:
        return str(operations.shown(value, filled.language, self._own))


def _fees(services: Answered) -> list[Value | None]:
    rows = services.values.get("services")
    return [row.get("fee") for row in rows.rows] if isinstance(rows, Rows) else []


def _changed(line: Line) -> Line:
    """A line without a ``was`` that is the same."""
    return Line(line.name, line.text) if line.was == line.text else line
