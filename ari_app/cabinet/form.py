"""The form of an operation: its fields from what it declares, and its inputs from the fields."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from ari_app.pages import operations
from ari_app.pages.operations import CHOICES, DAYS, UNITS, InvalidField, future
from ari_app.selfcare.reads import READS
from ivr.events import Answered
from ivr.identity.keypad import key_form
from ivr.model import Operation
from ivr.values import Moment, Value, Values, Word

SENDS = frozenset({"charges-text"})
"""Operations that read, and send what they read as texts."""
ONLY_ANSWERS = frozenset(one.name for one in READS) - SENDS
"""Operations that change and send nothing."""

TOPIC = "topic"
"""The input that is what a request is about: one of the site's topics."""

Ask = Callable[[str], Awaitable[Answered]]
"""Runs an operation without inputs that only answers."""


class Field(Struct, frozen=True):
    """A field of a form: its ``name``, the ``kind`` of its value, and what can be chosen; None:
    it is typed. ``optional``: it may be left empty."""

    name: str
    kind: str
    choices: Sequence[tuple[str, str]] | None = None
    optional: bool = False


def has_effect(operation: Operation) -> bool:
    """Whether an operation changes or sends something; else it only answers."""
    if operation.http is not None:
        return operations.has_effect(operation)
    return operation.name not in ONLY_ANSWERS


class Forms:
    """Makes the fields of forms.

    ``topics`` are names and labels of the site's topics in a language; ``word`` is a text of the
    pages in one; ``currency`` is that of money which names none.
    """

    def __init__(
        self,
        topics: Callable[[str], Sequence[tuple[str, str]]],
        word: Callable[[str, str], str],
        currency: str,
        zone: str,
    ) -> None:
        self._topics = topics
        self._word = word
        self._currency = currency
        self._zone = ZoneInfo(zone)

    async def fields(self, operation: Operation, ask: Ask, language: str) -> list[Field]:
        """The fields of a form, with what the subscriber may choose at this moment."""
        kinds = operations.form_inputs(operation)
        found = (self._choices(operation, name, ask, language) for name in kinds)
        return [
            Field(name, _kind(name, kind), choices, name in operation.optional)
            for (name, kind), choices in zip(
                kinds.items(), await asyncio.gather(*found), strict=True
            )
        ]

    async def _choices(
        self, operation: Operation, name: str, ask: Ask, language: str
    ) -> Sequence[tuple[str, str]] | None:
        if operation.http is None and name == TOPIC:
            return self._topics(language)
        if operation.http is None and operation.inputs[name] == "word":
            return [(unit, self._word(f"value-{unit}", language)) for unit in UNITS]
        choice = CHOICES.get((operation.name, name))
        if choice is None:
            return None
        answered = await ask(choice.operation)
        held: Collection[str] = ()
        if choice.held:
            held = operations.held(choice, await ask(choice.held))
        every = operations.choices(choice, answered, language, self._currency)
        return [one for one in every if one[0] not in held]

    def inputs(
        self, fields: Sequence[Field], given: Mapping[str, str], operation: Operation, now: datetime
    ) -> Values:
        """The inputs of a form that was filled in; raises :class:`InvalidField`."""
        found: dict[str, Value] = {}
        today: date = now.astimezone(self._zone).date()
        for field in fields:
            text = operations.bounded(given.get(field.name, "").strip(), field.name)
            if field.optional and not text:
                continue
            if field.choices is not None and text not in dict(field.choices):
                raise InvalidField(field.name)
            found[field.name] = self._value(field, text, operation, today, now)
        return found

    def _value(
        self, field: Field, text: str, operation: Operation, today: date, now: datetime
    ) -> Value:
        if field.kind == "moment":
            return Moment(future(text, field.name, self._local, now))
        if field.choices is not None and field.kind == "word":
            return Word(text)
        if field.kind == "secret":
            with suppress(ValueError):  # a letter that is on no key: no secret has it
                text = key_form(text)
        kinds, own = {field.name: operation.inputs[field.name]}, operation.http is not None
        return operations.parse(kinds, {field.name: text}, today, own)[field.name]

    def _local(self, at: datetime) -> datetime:
        return at.replace(tzinfo=self._zone)


def _kind(name: str, kind: str) -> str:
    """The kind of a field: a day that callers press is a date here."""
    return "day" if name in DAYS else kind
