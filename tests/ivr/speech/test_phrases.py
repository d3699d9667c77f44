"""Values in words, against tables that a person wrote."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.cases import unit as noun_of
from ivr.speech.currencies import money, rounded
from ivr.speech.dates import day, moment
from ivr.speech.language import PhraseError
from ivr.speech.numerals import numeral
from ivr.speech.phrases import Reader, count, digits, spoken
from ivr.values import Count, Day, Digits, Moment, Money, Name, Rows
from tests.operators import BELARUS
from tests.spoken import CURRENCIES, LANGUAGES, UNITS

languages = st.sampled_from(LANGUAGES)


@pytest.mark.parametrize(
    ("amount", "russian", "belarusian", "english"),
    [
        ("0", "ноль рублей", "нуль рублёў", "zero rubles"),
        ("-0.00", "ноль рублей", "нуль рублёў", "zero rubles"),
        ("0.01", "одна копейка", "адна капейка", "one kopeck"),
        ("0.50", "пятьдесят копеек", "пяцьдзясят капеек", "fifty kopecks"),
        ("1", "один рубль", "адзін рубель", "one ruble"),
        (
            "2.02",
            "два рубля две копейки",
            "два рублі дзве капейкі",
            "two rubles and two kopecks",
        ),
        (
            "11.11",
            "одиннадцать рублей одиннадцать копеек",
            "адзінаццаць рублёў адзінаццаць капеек",
            "eleven rubles and eleven kopecks",
        ),
        (
            "12.50",
            "двенадцать рублей пятьдесят копеек",
            "дванаццаць рублёў пяцьдзясят капеек",
            "twelve rubles and fifty kopecks",
        ),
        (
            "-21.21",
            "минус двадцать один рубль двадцать одна копейка",
            "мінус дваццаць адзін рубель дваццаць адна капейка",
            "minus twenty-one rubles and twenty-one kopecks",
        ),
        (
            "234.04",
            "двести тридцать четыре рубля четыре копейки",
            "дзвесце трыццаць чатыры рублі чатыры капейкі",
            "two hundred and thirty-four rubles and four kopecks",
        ),
        (
            "2000002.22",
            "два миллиона два рубля двадцать две копейки",
            "два мільёны два рублі дваццаць дзве капейкі",
            "two million and two rubles and twenty-two kopecks",
        ),
        ("0.995", "один рубль", "адзін рубель", "one ruble"),
    ],
)
def test_money(amount: str, russian: str, belarusian: str, english: str) -> None:
    words = tuple(money(Money(Decimal(amount), "BYN"), language) for language in LANGUAGES)
    assert words == (russian, belarusian, english)


@pytest.mark.parametrize(
    ("number", "unit", "russian", "belarusian", "english"),
    [
        (0, "minute", "ноль минут", "нуль хвілін", "zero minutes"),
        (1, "minute", "одна минута", "адна хвіліна", "one minute"),
        (2, "minute", "две минуты", "дзве хвіліны", "two minutes"),
        (5, "minute", "пять минут", "пяць хвілін", "five minutes"),
        (14, "minute", "четырнадцать минут", "чатырнаццаць хвілін", "fourteen minutes"),
        (21, "minute", "двадцать одна минута", "дваццаць адна хвіліна", "twenty-one minutes"),
        (
            112,
            "minute",
            "сто двенадцать минут",
            "сто дванаццаць хвілін",
            "one hundred and twelve minutes",
        ),
        (1, "message", "одно сообщение", "адно паведамленне", "one message"),
        (3, "message", "три сообщения", "тры паведамленні", "three messages"),
        (7, "message", "семь сообщений", "сем паведамленняў", "seven messages"),
        (1, "gigabyte", "один гигабайт", "адзін гігабайт", "one gigabyte"),
        (
            22,
            "gigabyte",
            "двадцать два гигабайта",
            "дваццаць два гігабайты",
            "twenty-two gigabytes",
        ),
        (17, "megabyte", "семнадцать мегабайт", "сямнаццаць мегабайтаў", "seventeen megabytes"),
        (3, "day", "три дня", "тры дні", "three days"),
        (18, "day", "восемнадцать дней", "васямнаццаць дзён", "eighteen days"),
        (2, "hour", "два часа", "дзве гадзіны", "two hours"),
        (24, "call", "двадцать четыре звонка", "дваццаць чатыры званкі", "twenty-four calls"),
        (40, "point", "сорок баллов", "сорак балаў", "forty points"),
        (4, "year", "четыре года", "чатыры гады", "four years"),
        (6, "year", "шесть лет", "шэсць гадоў", "six years"),
        (2, "week", "две недели", "два тыдні", "two weeks"),
        (2, "person", "два человека", "два чалавекі", "two people"),
        (9, "person", "девять человек", "дзевяць чалавек", "nine people"),
        (-1, "ruble", "минус один рубль", "мінус адзін рубель", "minus one ruble"),
    ],
)
def test_counts(number: int, unit: str, russian: str, belarusian: str, english: str) -> None:
    words = tuple(count(number, unit, language) for language in LANGUAGES)
    assert words == (russian, belarusian, english)


def test_gender_stays_with_the_last_three_digits() -> None:
    assert numeral(1_000_001, "ru", "f") == "один миллион одна"
    assert numeral(2_000_000, "ru", "f") == "два миллиона"
    assert numeral(1_002_000, "be", "n") == "адзін мільён дзве тысячы"
    assert numeral(1990, "en") == "one thousand nine hundred and ninety"


@pytest.mark.parametrize(
    ("at", "russian", "belarusian", "english"),
    [
        (
            date(1900, 1, 1),
            "первого января тысяча девятисотого года",
            "першага студзеня тысяча дзевяцісотага года",
            "the first of January nineteen hundred",
        ),
        (
            date(1990, 2, 2),
            "второго февраля тысяча девятьсот девяностого года",
            "другога лютага тысяча дзевяцьсот дзевяностага года",
            "the second of February nineteen ninety",
        ),
        (
            date(2000, 8, 30),
            "тридцатого августа двухтысячного года",
            "трыццатага жніўня двухтысячнага года",
            "the thirtieth of August two thousand",
        ),
        (
            date(2026, 11, 3),
            "третьего ноября две тысячи двадцать шестого года",
            "трэцяга лістапада дзве тысячы дваццаць шостага года",
            "the third of November twenty twenty-six",
        ),
        (
            date(2040, 12, 31),
            "тридцать первого декабря две тысячи сорокового года",
            "трыццаць першага снежня дзве тысячы саракавога года",
            "the thirty-first of December twenty forty",
        ),
        (
            date(2100, 5, 12),
            "двенадцатого мая две тысячи сотого года",
            "дванаццатага мая дзве тысячы сотага года",
            "the twelfth of May twenty-one hundred",
        ),
    ],
)
def test_days(at: date, russian: str, belarusian: str, english: str) -> None:
    words = tuple(day(at, language, year=True) for language in LANGUAGES)
    assert words == (russian, belarusian, english)
    assert all(
        whole.startswith(day(at, name)) for name, whole in zip(LANGUAGES, words, strict=True)
    )


@pytest.mark.parametrize(
    ("hour", "minute", "russian", "belarusian", "english"),
    [
        (0, 0, "в ноль часов", "ў нуль гадзін", "at midnight"),
        (1, 1, "в один час одну минуту", "ў адну гадзіну адну хвіліну", "at one oh one a.m."),
        (12, 0, "в двенадцать часов", "ў дванаццаць гадзін", "at noon"),
        (
            14,
            30,
            "в четырнадцать часов тридцать минут",
            "ў чатырнаццаць гадзін трыццаць хвілін",
            "at two thirty p.m.",
        ),
        (
            21,
            21,
            "в двадцать один час двадцать одну минуту",
            "ў дваццаць адну гадзіну дваццаць адну хвіліну",
            "at nine twenty-one p.m.",
        ),
        (23, 2, "в двадцать три часа две минуты", "ў дваццаць тры гадзіны дзве хвіліны", None),
    ],
)
def test_moments(
    hour: int, minute: int, russian: str, belarusian: str, english: str | None
) -> None:
    at = datetime(2026, 11, 3, hour, minute)
    assert moment(at, None, "ru") == f"третьего ноября {russian}"
    assert moment(at, None, "be") == f"трэцяга лістапада {belarusian}"
    assert english is None or moment(at, None, "en") == f"the third of November {english}"
    before = at.date() - timedelta(days=9)
    assert english is None or moment(at, before, "en") == f"on the third of November {english}"


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        ("611", "ru", "шесть один один"),
        ("2690000", "be", "два шэсць дзевяць, нуль нуль, нуль нуль"),
        (
            "+375 29 123-45-67",
            "ru",
            "плюс три семь пять, два девять, один два три, четыре пять, шесть семь",
        ),
        (
            "80291234567",
            "en",
            "eight, zero two nine, one two three, four five, six seven",
        ),
        ("*100#", "ru", "звёздочка один ноль ноль решётка"),
        ("12345", "en", "one two three, four five"),
        ("1234", "en", "one two, three four"),
        ("", "ru", ""),
        ("+", "be", "плюс"),
    ],
)
def test_digits(value: str, language: str, words: str) -> None:
    assert digits(value, language, BELARUS) == words


def test_every_kind_has_words() -> None:
    at = datetime(2026, 11, 3, 9, 0)
    assert spoken(Money(Decimal(1), "BYN"), "money", "", Reader("ru")) == "один рубль"
    assert spoken(Count(1), "count", "hour", Reader("ru")) == "один час"
    assert spoken(Day(at.date()), "day", "", Reader("ru")) == "третьего ноября"
    assert spoken(Day(at.date()), "date", "", Reader("ru")).endswith(
        "две тысячи двадцать шестого года"
    )
    assert spoken(Moment(at), "moment", "", Reader("ru")) == "третьего ноября в девять часов"
    assert spoken(Digits("1"), "digits", "", Reader("ru")) == "один"
    assert spoken(Name({"ru": "Домашний", "": "Home"}), "name", "", Reader("ru")) == "Домашний"
    assert spoken(Name({"ru": "Домашний", "": "Home"}), "name", "", Reader("be")) == "Home"


def test_what_has_no_words_says_who_must_act() -> None:
    with pytest.raises(PhraseError, match="billing"):
        money(Money(Decimal("NaN"), "BYN"), "ru")
    with pytest.raises(PhraseError, match="billing"):
        money(Money(Decimal("1e40"), "BYN"), "ru")
    with pytest.raises(PhraseError, match="too large"):
        count(10**40, "minute", "en")
    with pytest.raises(PhraseError, match=r"parsec.*minute"):
        count(1, "parsec", "ru")
    with pytest.raises(PhraseError, match="language 'xx'"):
        count(1, "minute", "xx")
    with pytest.raises(PhraseError, match="'money' was given Count"):
        spoken(Count(1), "money", "", Reader("ru"))
    with pytest.raises(PhraseError, match="'each' was given Rows"):
        spoken(Rows(()), "each", "", Reader("ru"))


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.sampled_from(sorted(CURRENCIES)),
    languages,
)
def test_any_amount_has_words(amount: Decimal, currency: str, language: str) -> None:
    words = money(Money(amount, currency), language)
    assert words.replace(" ", "").replace("-", "").isalpha()
    assert words.startswith(("минус", "мінус", "minus")) == (rounded(amount, currency) < 0)


@given(st.integers(-(10**12), 10**12), st.sampled_from(sorted(UNITS)), languages)
def test_any_count_has_words(number: int, unit: str, language: str) -> None:
    words = count(number, unit, language)
    assert words.split()[-1] in noun_of(unit, language).cases["nominative"]


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 12, 31)), languages)
def test_any_moment_has_words(at: datetime, language: str) -> None:
    assert not any(
        map(str.isdigit, moment(at, None, language) + day(at.date(), language, year=True))
    )


@given(st.dates(), languages)
def test_even_an_absurd_day_has_words(at: date, language: str) -> None:
    assert day(at, language, year=True).startswith(day(at, language))


@given(st.text(), languages)
def test_any_text_is_digits_or_nothing(text: str, language: str) -> None:
    words = digits(text, language).replace(",", " ").split()
    assert len(words) <= len(text)
