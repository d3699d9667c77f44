"""What the texts say of the operator itself, which no shipped text knows: its name, and so on."""

from collections.abc import Mapping

from msgspec import Struct

from ivr.numbers import NumberPlan


class Operator(Struct, frozen=True):
    """The operator of an installation, as its texts speak of it.

    ``words``: name of a placeholder such as ``{operator}`` to its text per language; the text
    under ``""`` is for all others. ``numbers`` is the plan in whose groups numbers are said.
    """

    words: Mapping[str, Mapping[str, str]] = {}
    numbers: NumberPlan | None = None

    def in_(self, language: str) -> Mapping[str, str]:
        """The text of each placeholder in a language."""
        return {
            name: texts.get(language) or texts.get("") or next(iter(texts.values()), "")
            for name, texts in self.words.items()
        }
