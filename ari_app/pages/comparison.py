"""What an operation is about to do, with its object and what is so now: what the yes is for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import Struct

from ari_app.pages import operations
from ari_app.pages.operations import CHOICES, Table
from ivr.events import Answered
from ivr.model import Operation
from ivr.numbers import NumberPlan
from ivr.values import Digits, Money, Rows, Sealed, Value, Values, Word

PRESENT: Mapping[str, str] = {"tariff-change": "tariff"}
"""Operation that changes values -> the one that brings them, of the same names, as they are now."""

FREE_UNTIL_NOW = frozenset({"resume"})
"""Operations before which nothing is charged a month: what a month costs more is the total."""

_PRICES = ("charge", "price", "monthly", "since")
"""What a quote brings of any order; the rest is what the order is for. It stands last."""

Ask = Callable[[str], Awaitable[Answered]]
"""Runs an operation without inputs that only answers."""


class Line(Struct, frozen=True):
    """A value by its name; ``was`` is what it is at present, "" where that is not known, or not
    another one."""

    name: str
    text: "str | Table"
    was: str = ""


class Comparison:
    """Makes the lines; ``currency`` is that of money which names none."""

    def __init__(self, numbers: NumberPlan, currency: str) -> None:
        self._numbers = numbers
        self._currency = currency

    async def lines(
        self,
        ask: Ask,
        operation: Operation,
        inputs: Values,
        labels: Mapping[str, str],
        quoted: Values,
        language: str,
    ) -> Sequence[Line]:
        """The object of an operation: its inputs, by ``labels`` where they were chosen from a list
        or given as a date, and what was quoted, beside what is so now."""
        present, total = await asyncio.gather(
            self._present(ask, operation), self._total(ask, operation, quoted)
        )
        lines = [
            Line(name, labels.get(name) or self._given(value, language))
            for name, value in inputs.items()
            if not (isinstance(value, Sealed) or _is_named(operation, name, quoted))
        ]
        for name, value in sorted(quoted.items(), key=lambda one: one[0] in _PRICES):
            if name == "monthly" and isinstance(value, Money):
                lines += self._month(value, total, language)
            elif not isinstance(value, Word):
                was = present.get(name)
                before = self._text(was, language) if was else ""
                shown = self._shown(value, language)
                lines.append(Line(name, shown, before if before != shown else ""))
        return lines

    async def _present(self, ask: Ask, operation: Operation) -> Values:
        asked = PRESENT.get(operation.name)
        return (await ask(asked)).values if asked else {}

    async def _total(self, ask: Ask, operation: Operation, quoted: Values) -> Money | None:
        """What the subscriber pays a month at present; None if it is not known, or not changed."""
        more = quoted.get("monthly")
        if not (isinstance(more, Money) and more.amount):
            return None
        if operation.name in FREE_UNTIL_NOW:
            return Money(more.amount * 0, more.currency)
        tariff, services = await asyncio.gather(ask("tariff"), ask("services"))
        fees = [tariff.values.get("fee"), *_fees(services)]
        amounts = [
            fee.amount
            for fee in fees
            if isinstance(fee, Money)
            and (fee.currency or self._currency) == (more.currency or self._currency)
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
            return [Line("monthly", sign + self._text(more, language))]
        after = Money(total.amount + more.amount, more.currency)
        return [Line("month-total", self._text(after, language), self._text(total, language))]

    def _given(self, value: Value, language: str) -> str:
        if isinstance(value, Digits) and (number := self._numbers.whole(value.digits)):
            return self._numbers.shown(number)
        return self._text(value, language)

    def _text(self, value: Value, language: str) -> str:
        return str(self._shown(value, language))

    def _shown(self, value: Value, language: str) -> "str | Table":
        if isinstance(value, Digits):
            return self._numbers.shown(value.digits)
        return operations.shown(value, language, self._currency)


def _is_named(operation: Operation, name: str, quoted: Values) -> bool:
    """Whether the quote says in words what an input says by a code."""
    choice = CHOICES.get((operation.name, name))
    return name in quoted or (choice is not None and choice.name in quoted)


def _fees(services: Answered) -> list[Value | None]:
    rows = services.values.get("services")
    return [row.get("fee") for row in rows.rows] if isinstance(rows, Rows) else []
