"""The numerals and amounts of the shipped languages, against CLDR's rules by another library.

Ours are made by num2words and the languages' files; the oracle is Unicode's RBNF, read by
`unicode-rbnf`. Where the two differ, CLDR writes otherwise what is said alike, or is wrong: each
such place is in :data:`OTHERWISE`.
"""

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from babel import Locale
from babel.dates import get_month_names
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words
from unicode_rbnf import RbnfEngine

from ivr.speech import cldr, languages
from ivr.speech.cases import agreeing, counted, unit
from ivr.speech.currencies import money, words
from ivr.speech.dates import day
from ivr.speech.language import Case, Gender, LanguageError, read
from ivr.speech.numerals import numeral
from ivr.speech.phrases import count
from ivr.values import Money
from tests.architecture.arrows import ROOT
from tests.spoken import SHIPPED

RULES: dict[tuple[str, Gender, Case], str] = {
    ("uk", "m", "nominative"): "spellout-cardinal-masculine",
    ("uk", "f", "nominative"): "spellout-cardinal-feminine",
    ("uk", "n", "nominative"): "spellout-cardinal-neuter",
    ("kk", "", "nominative"): "spellout-cardinal",
    ("pl", "m", "nominative"): "spellout-cardinal-masculine",
    ("pl", "f", "nominative"): "spellout-cardinal-feminine",
    ("pl", "f", "accusative"): "spellout-cardinal-feminine-accusative",
    ("de", "", "nominative"): "spellout-numbering",
    ("de", "m", "nominative"): "spellout-cardinal-masculine",
    ("de", "f", "nominative"): "spellout-cardinal-feminine",
    ("hu", "", "nominative"): "spellout-cardinal",
}

OTHERWISE = {
    "uk": {"ʼ": "'"},
    "de": {},
    "kk": {},
    "pl": {},
    "hu": {"-": "", " ": ""},
}
"""Language -> sign of CLDR or of ours -> the one in its place, when the two are compared."""


@cache
def engine(language: str) -> RbnfEngine:
    return RbnfEngine.for_language(language)


def oracle(number: int, language: str, rules: str) -> str:
    return engine(language).format_number(number, ruleset_names=[rules]).text


def alike(text: str, language: str) -> str:
    for sign, other in OTHERWISE[language].items():
        text = text.replace(sign, other)
    # Kazakh says "мың" or "бір мың" for a thousand: both are right.
    return text.removeprefix("бір ") if language == "kk" and "мың" in text else text


@pytest.mark.slow
@pytest.mark.parametrize(("language", "gender", "case"), RULES)
def test_numerals_up_to_ten_thousand(language: str, gender: Gender, case: Case) -> None:
    differing = [
        (number, said, expected)
        for number in (*range(2_001), *range(2_001, 10_001, 7))
        if alike(said := numeral(number, language, gender, case), language)
        != alike(expected := oracle(number, language, RULES[language, gender, case]), language)
    ]
    assert differing[:5] == []


@pytest.mark.parametrize("language", SHIPPED)
def test_plural_forms_are_those_of_cldr(language: str) -> None:
    spoken = languages.language(language)
    plural = Locale.parse(language).plural_form
    noun = unit("week", language)
    for number in range(10_001):
        category = plural(number)
        index = spoken.forms.index(category) if category in spoken.forms else -1
        assert agreeing(number, noun, language) == noun.form(index % len(spoken.forms))


def genitive(language: str, *ends: tuple[str, str]) -> Callable[[int], str]:
    """The ordinals of num2words, with other ends."""

    def ordinal(number: int) -> str:
        words = num2words(number, lang=language, to="ordinal").split()
        return " ".join(
            next(
                (f"{word.removesuffix(end)}{other}" for end, other in ends if word.endswith(end)),
                word,
            )
            for word in words
        )

    return ordinal


ORDINALS: dict[str, Callable[[int], str]] = {
    "uk": genitive("uk", ("ий", "ого"), ("ій", "ього")),
    "kk": lambda number: oracle(number, "kk", "spellout-ordinal"),
    "pl": genitive("pl", ("y", "ego"), ("i", "iego")),
    "de": lambda number: oracle(number, "de", "spellout-ordinal-n"),
    "hu": lambda number: oracle(number, "hu", "spellout-ordinal").replace("első", "else"),
}
"""The number of a day as it is said; of Hungarian all but the end, which rhymes with the word."""


@pytest.mark.parametrize("language", ORDINALS)
def test_days_and_months_are_those_of_others(language: str) -> None:
    months = get_month_names("wide", "format", language)
    for number in range(1, 32):
        said = day(date(2026, 1, number), language)
        assert ORDINALS[language](number) in said
        assert months[1] in said
    for month in range(1, 13):
        assert months[month] in day(date(2026, month, 5), language)


@pytest.mark.parametrize("language", ["en", "pl", "de", "hu"])
def test_letters_are_on_the_keys_of_e161(language: str) -> None:
    """Recommendation E.161 of ITU-T; letters with a mark are on the key of the one without."""
    keys = {"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv"}
    keys["9"] = "wxyz"
    plain = str.maketrans({"ł": "l", "ß": "s"})
    for key, letters in languages.language(language).keypad.items():
        for letter in letters:
            base = unicodedata.normalize("NFD", letter.translate(plain))[0]
            assert base in keys[key], letter


POWERS = {"JPY": 0, "HUF": 0, "EUR": 2, "KZT": 2, "KWD": 3, "BHD": 3, "SEK": 2, "ISK": 0, "UAH": 2}


@given(st.sampled_from(SHIPPED), st.sampled_from([*POWERS]), st.integers(-(10**7), 10**7))
def test_amounts_have_the_decimal_places_of_their_currency(
    language: str, currency: str, minor: int
) -> None:
    places = POWERS[currency]
    said = money(Money(Decimal(minor).scaleb(-places), currency), language)
    whole, part = divmod(abs(minor), 10**places)
    nouns = words(currency, language)
    assert nouns.unit is not None
    if whole or not part:
        assert counted(whole, nouns.unit, language) in said
    if part and nouns.part:
        assert said.endswith(counted(part, nouns.part, language))
    elif part:
        assert said.endswith(numeral(part, language))
    assert said.startswith(languages.language(language).minus) == (minor < 0)


@pytest.mark.parametrize("language", SHIPPED)
def test_every_currency_has_words(language: str) -> None:
    """All of ISO 4217 that CLDR names, and the codes that are no currency."""
    for currency in map(str, Locale("en").currencies):
        for amount in ("1", "2", "5.01", "-21.5"):
            assert len(money(Money(Decimal(amount), currency), language).split()) > 1
    assert cldr.is_currency("KZT")
    assert not cldr.is_currency("PTS")
    letters = money(Money(Decimal("7.50"), "PTS"), language)
    assert letters.startswith(numeral(7, language))
    assert letters.count(",") == 2


@pytest.mark.parametrize(
    ("language", "amount", "currency", "said"),
    [
        ("uk", "1.02", "UAH", "одна гривня дві копійки"),
        ("uk", "21.05", "SEK", "двадцять одна шведська крона нуль п'ять"),
        ("kk", "1250.50", "KZT", "бір мың екі жүз елу теңге елу тиын"),
        ("pl", "22.22", "PLN", "dwadzieścia dwa złote dwadzieścia dwa grosze"),
        ("pl", "1", "CZK", "jedna korona"),
        ("de", "1.01", "EUR", "ein Euro und ein Cent"),
        ("de", "-21", "CZK", "minus einundzwanzig Kronen"),
        ("hu", "12502.40", "HUF", "tizenkétezer-ötszázkét forint"),
        ("hu", "2.345", "KWD", "két dínár háromszáznegyvenöt fils"),
        ("ru", "101", "JPY", "сто одна иена"),
        ("en", "-0.5", "GBP", "minus fifty pence"),
        ("ru", "1.01", "EUR", "один евро один цент"),
        ("be", "1.01", "EUR", "адно еўра адзін цэнт"),
        ("ru", "5.00", "EUR", "пять евро"),
        ("ru", "3.22", "USD", "три доллара двадцать два цента"),
        ("be", "3.22", "USD", "тры долары дваццаць два цэнты"),
        ("en", "7.05", "USD", "seven dollars and five cents"),
        ("ru", "8.03", "RUB", "восемь рублей три копейки"),
    ],
)
def test_amounts(language: str, amount: str, currency: str, said: str) -> None:
    assert money(Money(Decimal(amount), currency), language) == said


@pytest.mark.parametrize(
    ("language", "number", "name", "case", "said"),
    [
        ("uk", 21, "minute", "accusative", "двадцять одну хвилину"),
        ("uk", 5, "day", "genitive", "п'яти днів"),
        ("pl", 1, "minute", "accusative", "jedną minutę"),
        ("pl", 21, "minute", "genitive", "dwudziestu jeden minut"),
        ("pl", 1, "day", "genitive", "jednego dnia"),
        ("de", 1, "day", "accusative", "einen Tag"),
        ("de", 3, "month", "dative", "drei Monaten"),
        ("hu", 2, "minute", "accusative", "két percet"),
        ("kk", 10, "minute", "accusative", "он минутты"),
    ],
)
def test_cases(language: str, number: int, name: str, case: Case, said: str) -> None:
    assert count(number, name, language, case) == said


@pytest.mark.parametrize(
    ("language", "amount", "said"),
    [
        ("hu", "2.50", "két euró ötven centet"),
        ("kk", "2.50", "екі еуро елу центті"),
        ("hu", "2", "két eurót"),
        ("kk", "0.01", "бір центті"),
        ("pl", "2.50", "dwa euro pięćdziesiąt centów"),
        ("ru", "1.01", "один евро один цент"),
    ],
)
def test_an_amount_of_suffixes_has_one_at_its_end(language: str, amount: str, said: str) -> None:
    assert money(Money(Decimal(amount), "EUR"), language, "accusative") == said


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("- a", "a language is a table"),
        ("a: [", "this is not YAML"),
        ("nam: X", "unknown field `nam`"),
        ("units: { minute: { f: a, ablativ: b } }", "has ablativ"),
        ("time: { moment: '{on} {hour}' }", "names hour"),
        ("letters: a b", "write 26"),
        ("until: { hours: [a] }", "hours are 24"),
        ("plural: { one: 'n is what' }", "plural: "),
    ],
)
def test_a_wrong_file_says_what_to_correct(wrong: str, reason: str) -> None:
    base = (ROOT / "ivr" / "speech" / "languages" / "en.yaml").read_text("utf-8")
    with pytest.raises(LanguageError, match=reason):
        cldr.plural(read("en", wrong, base))


def test_all_languages_agree_about_the_keys_of_letters() -> None:
    keys = languages.keypad()
    for code in SHIPPED:
        for key, letters in languages.language(code).keypad.items():
            assert {letter: keys[letter] for letter in letters} == dict.fromkeys(letters, key)


def test_no_name_of_a_key_means_two_keys() -> None:
    first: dict[str, tuple[str, str]] = {}
    for code in SHIPPED:
        for key, names in languages.language(code).keys.items():
            for name in names.split():
                assert first.setdefault(name, (code, key))[1] == key, (name, code, first[name])
