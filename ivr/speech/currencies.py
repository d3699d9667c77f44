"""Money in words, in any currency.

The nouns of a currency and of its part stand in the language's file. Of other currencies of ISO
4217 CLDR has the name, and the part is said as a bare number ("двенадцать швейцарских франков
пятьдесят"). A code that is no currency is spelled out after the amount.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from msgspec import Struct

from ivr.speech import cldr
from ivr.speech.cases import counted
from ivr.speech.language import NOMINATIVE, Case, Language, Noun, PhraseError
from ivr.speech.languages import language as spoken
from ivr.speech.numerals import LIMIT, numeral
from ivr.speech.spelled import spelled
from ivr.values import Money


class CurrencyWords(Struct, frozen=True):
    """How a language speaks of a currency: ``part`` is None where it has no word for it."""

    unit: Noun | None
    part: Noun | None
    digits: int


def words(currency: str, language: str) -> CurrencyWords:
    """The nouns of a currency (ISO 4217); ``unit`` is None for a code that is none."""
    return _words(currency, spoken(language))


@lru_cache(maxsize=512)
def _words(currency: str, language: Language) -> CurrencyWords:
    own = language.currencies.get(currency)
    digits = cldr.fraction_digits(currency)
    if own and own.unit:
        part = language.noun(own.part) if own.part and digits else None
        return CurrencyWords(language.noun(own.unit), part, digits)
    forms = cldr.currency_forms(currency, language)
    if not forms:
        return CurrencyWords(None, None, digits)
    parts = (forms[0].split()[0], forms[0])  # "шведская крона", "Švedijos krona"
    ends = (gender for part in parts for end, gender in language.ends.items() if part.endswith(end))
    return CurrencyWords(Noun(next(ends, ""), {NOMINATIVE: forms}), None, digits)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount with the decimal places of its currency; raises :class:`PhraseError`."""
    if not amount.is_finite() or abs(amount) >= LIMIT:
        raise PhraseError("the amount of money cannot be said: check the billing system")
    places = Decimal(1).scaleb(-cldr.fraction_digits(currency))
    return amount.quantize(places, ROUND_HALF_UP)


def money(value: Money, language: str, case: Case = NOMINATIVE) -> str:
    """ "двенадцать рублей пятьдесят копеек"; a part that is zero is left out."""
    found = words(value.currency, language)
    amount = rounded(value.amount, value.currency)
    whole, part = divmod(abs(int(amount.scaleb(found.digits))), 10**found.digits)
    if found.unit is None:
        text = [numeral(whole, language), *_bare(part, found.digits, language)]
        text.append(spelled(value.currency, language))
        joined = " ".join(text)
    elif found.part is None:
        text = [counted(whole, found.unit, language, case), *_bare(part, found.digits, language)]
        joined = " ".join(text)
    else:
        first = NOMINATIVE if part and spoken(language).last_inflected else case
        text = [counted(whole, found.unit, language, first)] if whole or not part else []
        if part:
            text.append(counted(part, found.part, language, case))
        joined = spoken(language).joined.join(text)
    return f"{spoken(language).minus} {joined}" if amount < 0 else joined


def _bare(part: int, digits: int, language: str) -> list[str]:
    """A part without a noun: "пятьдесят", "ноль пять"; nothing if it is zero."""
    if not part:
        return []
    zeros = [numeral(0, language)] * (digits - len(str(part)))
    return [*zeros, numeral(part, language)]
