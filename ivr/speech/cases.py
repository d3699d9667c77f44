"""Counted nouns with their numeral in a grammatical case, in words.

Numerals come from num2words in the nominative; the other cases are made here, word by word, because
num2words has no cases for Belarusian.
"""

from functools import lru_cache
from typing import Final, Literal, TypeAlias, get_args

from num2words import num2words

from ivr.speech.nouns import Gender, Noun, Nouns

Case: TypeAlias = Literal["nominative", "genitive", "accusative"]
CASES: Final[tuple[Case, ...]] = get_args(Case)
NOMINATIVE: Final[Case] = "nominative"

INFLECTED: Final = frozenset({"money", "count"})
"""The kinds of placeholders that take a case: ``{difference:money accusative}``."""

LIMIT: Final = 10**15
"""Larger numbers are a fault of their source."""

MINUS: Final = {"ru": "минус", "be": "мінус", "en": "minus"}

_ACCUSATIVE: Final = {
    "ru": {"одна": "одну", "тысяча": "тысячу"},
    "be": {"адна": "адну", "тысяча": "тысячу"},
}


def _by_rank(words: str, forms: str) -> dict[str, str]:
    return dict(zip(words.split(), forms.split(), strict=True))


_GENITIVE: Final = {
    "ru": _by_rank(
        "ноль один одна одно два две три четыре пять шесть семь восемь девять десять "
        "одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать "
        "восемнадцать девятнадцать двадцать тридцать сорок пятьдесят шестьдесят семьдесят "
        "восемьдесят девяносто сто двести триста четыреста пятьсот шестьсот семьсот восемьсот "
        "девятьсот тысяча тысячи тысяч миллион миллиона миллионов миллиард миллиарда миллиардов "
        "триллион триллиона триллионов",
        "ноля одного одной одного двух двух трёх четырёх пяти шести семи восьми девяти десяти "
        "одиннадцати двенадцати тринадцати четырнадцати пятнадцати шестнадцати семнадцати "
        "восемнадцати девятнадцати двадцати тридцати сорока пятидесяти шестидесяти семидесяти "
        "восьмидесяти девяноста ста двухсот трёхсот четырёхсот пятисот шестисот семисот восьмисот "
        "девятисот тысячи тысяч тысяч миллиона миллионов миллионов миллиарда миллиардов "
        "миллиардов триллиона триллионов триллионов",
    ),
    "be": _by_rank(
        "нуль адзін адна адно два дзве тры чатыры пяць шэсць сем восем дзевяць дзесяць "
        "адзінаццаць дванаццаць трынаццаць чатырнаццаць пятнаццаць шаснаццаць сямнаццаць "
        "васямнаццаць дзевятнаццаць дваццаць трыццаць сорак пяцьдзясят шэсцьдзясят семдзесят "
        "восемдзесят дзевяноста сто дзвесце трыста чатырыста пяцьсот шэсцьсот семсот восемсот "
        "дзевяцьсот тысяча тысячы тысяч мільён мільёны мільёнаў мільярд мільярды мільярдаў "
        "трыльён трыльёны трыльёнаў",
        "нуля аднаго адной аднаго двух дзвюх трох чатырох пяці шасці сямі васьмі дзевяці дзесяці "
        "адзінаццаці дванаццаці трынаццаці чатырнаццаці пятнаццаці шаснаццаці сямнаццаці "
        "васямнаццаці дзевятнаццаці дваццаці трыццаці сарака пяцідзесяці шасцідзесяці "
        "сямідзесяці васьмідзесяці дзевяноста ста двухсот трохсот чатырохсот пяцісот шасцісот "
        "сямісот васьмісот дзевяцісот тысячы тысяч тысяч мільёна мільёнаў мільёнаў мільярда "
        "мільярдаў мільярдаў трыльёна трыльёнаў трыльёнаў",
    ),
}


class PhraseError(ValueError):
    """A value cannot be put into words: which one, and where to fix it."""


@lru_cache(maxsize=4096)
def numeral(number: int, language: str, gender: Gender = "m", case: Case = NOMINATIVE) -> str:
    """A whole number in words. Raises :class:`PhraseError` for one that is too large."""
    if abs(number) >= LIMIT:
        raise PhraseError("the number is too large to be said: check the system that returned it")
    if number < 0:
        return f"{MINUS[language]} {numeral(-number, language, gender, case)}"
    if language == "en":
        return str(num2words(number, lang="en")).replace(",", "")
    # Gender agrees with the last three digits only; num2words gives it to the millions as well.
    rest = number % 1000
    text = [str(num2words(number - rest, lang=language))] if number >= 1000 else []
    if rest or not text:
        text.append(str(num2words(rest, lang=language, gender=gender)))
    return _inflected(" ".join(text), language, case)


def counted(number: int, nouns: Nouns, language: str, case: Case = NOMINATIVE) -> str:
    """A number and its noun in words: "одна минута", "две минуты", accusative "одну минуту"."""
    noun = nouns[language]
    by_genitive = case == "accusative" and noun.animate and _ends_in_few(abs(number))
    words = numeral(number, language, noun.gender, "genitive" if by_genitive else case)
    return f"{words} {agreeing(number, nouns, language, case)}"


def agreeing(number: int, nouns: Nouns, language: str, case: Case = NOMINATIVE) -> str:
    """The form of a noun that belongs to a number: "минута, минуты, минут"."""
    noun, number = nouns[language], abs(number)
    if language == "en":
        return noun.one if number == 1 else noun.many
    form = _form(number, noun)
    match case:
        case "genitive":
            return noun.genitive if form == noun.one else noun.many
        case "accusative" if noun.animate and _ends_in_few(number):
            return noun.genitive if form == noun.one else noun.many
        case "accusative" if form == noun.one:
            return noun.accusative
    return form


def _inflected(words: str, language: str, case: Case) -> str:
    forms = {"genitive": _GENITIVE, "accusative": _ACCUSATIVE}.get(case, {}).get(language, {})
    return " ".join(forms.get(word, word) for word in words.split())


def _ends_in_few(number: int) -> bool:
    """Whether an animate noun turns the numeral: after 1, 2, 3, 4 and any that ends in one."""
    return number in range(1, 5) or (number % 10 == 1 and number % 100 != 11)


def _form(number: int, noun: Noun) -> str:
    """The plural categories of CLDR for Russian and Belarusian: one, few, many."""
    if number % 100 in range(11, 15):
        return noun.many
    match number % 10:
        case 1:
            return noun.one
        case 2 | 3 | 4:
            return noun.few
        case _:
            return noun.many
