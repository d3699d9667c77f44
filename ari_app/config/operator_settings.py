"""[operator]: whose installation it is."""

from collections.abc import Mapping

from msgspec import Struct

from ivr.numbers import NumberPlan
from ivr.speech.nouns import CURRENCIES
from ivr.speech.phrases import LANGUAGES
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
        if self.currency and self.currency not in CURRENCIES:
            raise ValueError(
                f"the currency {self.currency!r} cannot be spoken yet: write one of "
                f"{', '.join(CURRENCIES)}"
            )
        for word, texts in (("name", _by_language(self.name)), *self._words().items()):
            for language, text in texts.items():
                if language and language not in LANGUAGES:
                    raise ValueError(f"{word}: {language} is none of {', '.join(LANGUAGES)}")
                if not text.isprintable() or set(text) & set("{}<>"):
                    raise ValueError(f"{word}: take the signs out that cannot be said")

    @property
    def numbers(self) -> NumberPlan:
        """The number plan; ``ValueError`` for what is wrong with it."""
        further = (self.private_numbers, self.number_prefixes, self.number_lengths)
        return NumberPlan.of(self.country, self.area_code, *further)

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
