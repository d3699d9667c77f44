"""[operator]: whose installation it is."""

import re
from collections.abc import Mapping

from msgspec import Struct

from ivr.numbers import NumberPlan
from prompts.operator import Operator


class OperatorSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[operator]: who answers. Of ``name``, ``country`` and ``currency`` none has a default.

    ``name`` and each of ``words`` are one text for all languages, or one for each language.
    """

    name: str | dict[str, str] = ""
    names: tuple[str, ...] = ()
    country: str = ""
    area_code: str = ""
    private_numbers: tuple[str, ...] = ()
    number_prefixes: tuple[str, ...] = ()
    number_lengths: tuple[int, ...] = ()
    currency: str = ""
    words: dict[str, str | dict[str, str]] = {}

    def __post_init__(self) -> None:
        """What is given has to be usable; what is missing is found when all is read."""
        if self.country:
            self.numbers  # noqa: B018 - it raises ValueError for what is wrong
        if self.currency and not re.fullmatch("[A-Z]{3}", self.currency):
            raise ValueError(
                f"the currency {self.currency!r} is no code of ISO 4217: write one such as EUR"
            )
        for word, texts in (("name", _by_language(self.name)), *self._words().items()):
            for text in texts.values():
                if not text.isprintable() or set(text) & set("{}<>"):
                    raise ValueError(f"{word}: take the signs out that cannot be said")

    @property
    def numbers(self) -> NumberPlan:
        """The number plan; ``ValueError`` for what is wrong with it."""
        further = (self.private_numbers, self.number_prefixes, self.number_lengths)
        return NumberPlan.of(self.country, self.area_code, *further)

    @property
    def languages(self) -> frozenset[str]:
        """The languages that the name and the words are given in."""
        every = (_by_language(self.name), *self._words().values())
        return frozenset(language for texts in every for language in texts if language)

    @property
    def said(self) -> Operator:
        """The operator as its texts speak of it."""
        own = {"operator": _by_language(self.name), **self._words()}
        return Operator({**_DEFAULT_WORDS, **own}, self.numbers, self.currency)

    @property
    def brands(self) -> tuple[str, ...]:
        """All its names: words that everybody tries first as a code word."""
        return tuple(dict.fromkeys((*_by_language(self.name).values(), *self.names)))

    @property
    def missing(self) -> tuple[str, ...]:
        """Which settings must still be written."""
        needed = {"name": self.name, "country": self.country, "currency": self.currency}
        return tuple(name for name, value in needed.items() if not value)

    def _words(self) -> dict[str, Mapping[str, str]]:
        return {name: _by_language(text) for name, text in self.words.items()}


_DEFAULT_WORDS: Mapping[str, Mapping[str, str]] = {
    "apn": {"": "internet"},
    "apn-login": {"": "internet"},
    "line": {"": "611"},
    "menu-code": {"": "*111#"},
}
"""What the shipped texts say where ``words`` of ``[operator]`` has nothing else."""


def _by_language(text: str | dict[str, str]) -> Mapping[str, str]:
    return {"": text} if isinstance(text, str) else text
