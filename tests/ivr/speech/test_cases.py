"""Numbers and nouns in their cases, against an oracle that forms them from other tables."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.cases import counted
from ivr.speech.currencies import money
from ivr.speech.language import Case
from ivr.speech.numerals import numeral
from ivr.speech.phrases import count
from ivr.values import Money
from tests.spoken import UNITS, currency

# The oracle: positions of a number written out by hand, in the accusative and genitive.
ONES = {
    "ru": {
        "accusative": "один|одну два|две три четыре пять шесть семь восемь девять",
        "genitive": "одного|одной двух трёх четырёх пяти шести семи восьми девяти",
    },
    "be": {
        "accusative": "адзін|адну два|дзве тры чатыры пяць шэсць сем восем дзевяць",
        "genitive": "аднаго|адной двух|дзвюх трох чатырох пяці шасці сямі васьмі дзевяці",
    },
}
TEENS = {
    "ru": "десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат шестнадцат семнадцат "
    "восемнадцат девятнадцат",
    "be": "дзесяц адзінаццац дванаццац трынаццац чатырнаццац пятнаццац шаснаццац сямнаццац "
    "васямнаццац дзевятнаццац",
}
TEEN_ENDS = {
    "ru": {"accusative": "ь", "genitive": "и"},
    "be": {"accusative": "ь", "genitive": "і"},
}
TENS = {
    "ru": {
        "accusative": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят "
        "девяносто",
        "genitive": "двадцати тридцати сорока пятидесяти шестидесяти семидесяти восьмидесяти "
        "девяноста",
    },
    "be": {
        "accusative": "дваццаць трыццаць сорак пяцьдзясят шэсцьдзясят семдзесят восемдзесят "
        "дзевяноста",
        "genitive": "дваццаці трыццаці сарака пяцідзесяці шасцідзесяці сямідзесяці васьмідзесяці "
        "дзевяноста",
    },
}
HUNDREDS = {
    "ru": {
        "accusative": "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
        "genitive": "ста двухсот трёхсот четырёхсот пятисот шестисот семисот восьмисот девятисот",
    },
    "be": {
        "accusative": "сто дзвесце трыста чатырыста пяцьсот шэсцьсот семсот восемсот дзевяцьсот",
        "genitive": "ста двухсот трохсот чатырохсот пяцісот шасцісот сямісот васьмісот дзевяцісот",
    },
}
THOUSAND = {
    "ru": {"accusative": "тысячу тысячи тысяч", "genitive": "тысячи тысяч тысяч"},
    "be": {"accusative": "тысячу тысячы тысяч", "genitive": "тысячы тысяч тысяч"},
}
ZERO = {
    "ru": {"accusative": "ноль", "genitive": "ноля"},
    "be": {"accusative": "нуль", "genitive": "нуля"},
}
NOUNS = {
    "ru": {
        "accusative": ("рубль рубля рублей", "копейку копейки копеек"),
        "genitive": ("рубля рублей рублей", "копейки копеек копеек"),
    },
    "be": {
        "accusative": ("рубель рублі рублёў", "капейку капейкі капеек"),
        "genitive": ("рубля рублёў рублёў", "капейкі капеек капеек"),
    },
}
LANGUAGES = ("ru", "be")
CASES: tuple[Case, ...] = ("accusative", "genitive")


def below_thousand(number: int, language: str, case: str, feminine: bool) -> list[str]:
    words = []
    if number >= 100:
        words.append(HUNDREDS[language][case].split()[number // 100 - 1])
    number %= 100
    if 10 <= number < 20:
        return [*words, TEENS[language].split()[number - 10] + TEEN_ENDS[language][case]]
    if number >= 20:
        words.append(TENS[language][case].split()[number // 10 - 2])
    if number % 10:
        both = ONES[language][case].split()[number % 10 - 1].split("|")
        words.append(both[-1] if feminine else both[0])
    return words


def group(number: int) -> int:
    if number % 100 in range(11, 15) or number % 10 == 0 or number % 10 > 4:
        return 2
    return 0 if number % 10 == 1 else 1


def oracle(number: int, language: str, case: str, feminine: bool, noun: str) -> str:
    thousands, rest = divmod(number, 1000)
    words = []
    if thousands:
        words += below_thousand(thousands, language, case, feminine=True)
        words.append(THOUSAND[language][case].split()[group(thousands)])
    words += below_thousand(rest, language, case, feminine)
    return " ".join([*(words or [ZERO[language][case]]), noun.split()[group(number)]])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_money_up_to_ten_thousand(language: str, case: Case) -> None:
    whole, _ = NOUNS[language][case]
    ruble, _ = currency("BYN", language)
    for number in range(10_001):
        expected = oracle(number, language, case, feminine=False, noun=whole)
        assert alike(counted(number, ruble, language, case)) == alike(expected)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_hundredth_parts(language: str, case: Case) -> None:
    _, part = NOUNS[language][case]
    for number in range(1, 100):
        expected = oracle(number, language, case, feminine=True, noun=part)
        said = money(Money(Decimal(number) / 100, "BYN"), language, case)
        assert alike(said) == alike(expected)
        both = money(Money(5 + Decimal(number) / 100, "BYN"), language, case)
        assert alike(both).endswith(alike(expected))


def alike(words: str) -> str:
    """Belarusian has two feminine forms of "two" in the genitive; both are right."""
    return words.replace("дзвюх", "двух")


@given(st.integers(-(10**14), 10**14), st.sampled_from(LANGUAGES), st.sampled_from(CASES))
def test_a_case_changes_no_figure(number: int, language: str, case: Case) -> None:
    """Each word of the nominative has one word in every case, and the noun follows it."""
    kopeck = currency("BYN", language)[1]
    nominative = counted(number, kopeck, language).split()
    assert len(counted(number, kopeck, language, case).split()) == len(nominative)


@given(st.integers(0, 10**9))
def test_a_masculine_number_keeps_its_accusative(number: int) -> None:
    """Only feminine words change: one thousand, and one of something feminine."""
    changed = numeral(number, "ru", "m", "accusative").split()
    for before, after in zip(numeral(number, "ru", "m").split(), changed, strict=True):
        assert before == after or (before, after) in {("одна", "одну"), ("тысяча", "тысячу")}


@pytest.mark.parametrize(
    ("number", "unit", "case", "russian", "belarusian"),
    [
        (1, "minute", "accusative", "одну минуту", "адну хвіліну"),
        (21, "week", "accusative", "двадцать одну неделю", "дваццаць адзін тыдзень"),
        (1000, "point", "accusative", "одну тысячу баллов", "адну тысячу балаў"),
        (1, "day", "genitive", "одного дня", "аднаго дня"),
        (2, "year", "genitive", "двух лет", "двух гадоў"),
        (40, "hour", "genitive", "сорока часов", "сарака гадзін"),
        (1, "person", "accusative", "одного человека", "аднаго чалавека"),
        (5, "person", "accusative", "пять человек", "пяць чалавек"),
    ],
)
def test_units(number: int, unit: str, case: Case, russian: str, belarusian: str) -> None:
    assert count(number, unit, "ru", case) == russian
    assert count(number, unit, "be", case) == belarusian
    assert unit in UNITS
    assert count(number, unit, "en", case) == count(number, unit, "en")
