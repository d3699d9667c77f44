"""What the texts say of the operator itself, which no shipped text knows: its name, and so on."""

from collections.abc import Mapping

from msgspec import Struct

from ivr.numbers import NumberPlan
from ivr.speech.spelled import spelled
from ivr.values import OWN, Money, Value


class Operator(Struct, frozen=True):
    """The operator of an installation, as its texts speak of it.

    ``words``: name of a placeholder such as ``{operator}`` to its text per language; the text
    under ``""`` is for all others. ``numbers`` is the plan in whose groups numbers are said,
    ``currency`` the ISO 4217 code of money that names none, ``languages`` those that callers are
    served in, the first is the default; all that have texts if empty.
    """

    words: Mapping[str, Mapping[str, str]] = {}
    numbers: NumberPlan | None = None
    currency: str = OWN
    languages: tuple[str, ...] = ()

    def in_(self, language: str) -> Mapping[str, str]:
        """The text of each placeholder in a language, and as ``{apn-spelled}`` spelled out."""
        found = {
            name: texts.get(language) or texts.get("") or next(iter(texts.values()), "")
            for name, texts in self.words.items()
        }
        return {f"{name}-spelled": spelled(text, language) for name, text in found.items()} | found

    def own(self, value: Value) -> Value:
        """A value; money without a currency is in the operator's own."""
        if isinstance(value, Money) and value.currency == OWN:
            return Money(value.amount, self.currency)
        return value
