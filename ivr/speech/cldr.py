"""Unicode's CLDR, by the library Babel: plural rules, and the names of all currencies.

Babel reads its data when they are first needed; nothing is imported before.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from ivr.speech.language import Language, LanguageError

if TYPE_CHECKING:
    from babel import Locale

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""The plural categories (Unicode TR 35, part 3, "Language Plural Rules")."""


@lru_cache(maxsize=128)
def plural(language: Language) -> Callable[[int], str]:
    """Number -> plural category: by the rules of the language's file, else by CLDR's."""
    from babel.plural import PluralRule, RuleError

    if language.plural:
        try:
            return PluralRule(language.plural)
        except (RuleError, ValueError) as error:
            raise LanguageError(f"{language.code}: plural: {error}: write CLDR's rules") from error
    locale = _locale(language.code)
    if locale is None:
        raise LanguageError(f"{language.code}: CLDR has no plural rules for it: write `plural`")
    return locale.plural_form


@lru_cache(maxsize=512)
def currency_forms(currency: str, language: Language) -> tuple[str, ...]:
    """The name of a currency in each of the language's ``forms``; () if CLDR has none."""
    locale = _locale(language.code)
    named = locale.currencies.get(currency, "") if locale else ""
    if not locale or not named or named == currency:
        return ()
    counted: dict[str, str] = locale._data["currency_names_plural"].get(currency, {})
    other = counted.get("other", named)
    # A language has names in fewer categories than its nouns if they are the same in them.
    return tuple(
        counted.get(each) or (named if each == "one" else other) for each in language.forms
    )


@lru_cache(maxsize=512)
def fraction_digits(currency: str) -> int:
    """Decimal places of amounts: 2 for most, 0 for JPY and HUF, 3 for KWD; 2 if unknown.

    They are those of ISO 4217, but 0 where the part of a currency is out of use (CLDR, "digits").
    """
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency)


def is_currency(code: str) -> bool:
    """Whether it is a code of ISO 4217."""
    from babel.numbers import is_currency as listed

    return listed(code)


def spoken_in(country: str) -> tuple[str, ...]:
    """The codes of a country's official languages, the most spoken first; () if unknown."""
    from babel.languages import get_official_languages

    return tuple(get_official_languages(country, de_facto=True))


@lru_cache(maxsize=64)
def _locale(code: str) -> "Locale | None":
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return None
