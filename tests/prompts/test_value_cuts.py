"""Where the words of a value are cut, and that the parts of usual amounts are spoken ahead."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech import dates
from ivr.speech.currencies import money
from ivr.speech.language import Case
from ivr.speech.phrases import count
from ivr.values import Money, Phrase
from prompts.catalogue import Catalogue, merge
from prompts.operator import Operator
from prompts.pieces import SpokenText
from prompts.plan import phrase_text, pieces
from prompts.value_cuts import likely, parts
from tests.spoken import CASES, LANGUAGES

TODAY = date(2026, 11, 29)


def cut(text: str, kind: str = "money", language: str = "ru") -> str:
    return "|".join(parts(text, kind, language, "BYN"))


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("пять рублей", "money", "пять рублей"),
        ("пять рублей двенадцать копеек", "money", "пять рублей|двенадцать копеек"),
        ("двенадцать копеек", "money", "двенадцать копеек"),
        ("две тысячи рублей", "money", "две тысячи рублей"),
        ("две тысячи триста рублей", "money", "две тысячи|триста рублей"),
        ("минус пять рублей одна копейка", "money", "минус пять рублей|одна копейка"),
        ("две тысячи двадцать один балл", "count", "две тысячи|двадцать один балл"),
        ("пять долларов десять центов", "money", "пять долларов десять центов"),
        ("третьего ноября в пять часов", "moment", "третьего ноября|в пять часов"),
        ("завтра до девяти тридцати", "deadline", "завтра|до девяти тридцати"),
        (
            "третьего ноября две тысячи двадцать шестого года",
            "date",
            "третьего ноября две тысячи двадцать шестого года",
        ),
        ("Пять рублей в день", "name", "Пять рублей в день"),
    ],
)
def test_where_a_value_is_cut(text: str, kind: str, expected: str) -> None:
    assert cut(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("третьего ноября две тысячи двадцать шестого года", "date"),
        ("Пять рублей в день", "name"),
        ("два девять ноль, ноль ноль", "digits"),
    ],
)
def test_what_is_not_cut(text: str, kind: str) -> None:
    assert cut(text, kind) == text


def test_english_and_belarusian_are_cut_as_well() -> None:
    text = "two thousand three hundred and five rubles and one kopeck"
    assert cut(text, "money", "en") == "two thousand|three hundred and five rubles|and one kopeck"
    assert cut("дзве тысячы пяць рублёў адна капейка", "money", "be").count("|") == 2
    assert cut("tomorrow by nine thirty a.m.", "deadline", "en") == "tomorrow|by nine thirty a.m."


@given(st.sampled_from(LANGUAGES), st.integers(0, 10**8), st.sampled_from(CASES))
def test_nothing_is_lost(language: str, hundredths: int, case: Case) -> None:
    text = money(Money(Decimal(hundredths) / 100, "BYN"), language, case)
    assert " ".join(parts(text, "money", language, "BYN")) == text
    text = count(hundredths, "point", language, case)
    assert " ".join(parts(text, "count", language, "BYN")) == text


@given(st.sampled_from(LANGUAGES), st.datetimes(datetime(2026, 11, 27), datetime(2026, 12, 3)))
def test_a_moment_is_a_day_and_a_time(language: str, at: datetime) -> None:
    for kind, text in (
        ("when", dates.moment(at, TODAY, language)),
        ("deadline", dates.deadline(at, TODAY, language)),
    ):
        found = parts(text, kind, language, "BYN")
        assert len(found) == 2
        assert " ".join(found) == text


CATALOGUE = merge(
    Catalogue({}, Operator(currency="BYN")),
    {f"{language}.yaml": 'owed: "Amount {x:money}."\n' for language in LANGUAGES},
).catalogue


@given(st.sampled_from(LANGUAGES), st.integers(1, 20_099))
def test_the_parts_of_usual_amounts_are_those_that_are_spoken_ahead(
    language: str, hundredths: int
) -> None:
    phrase = Phrase("owed", {"x": Money(Decimal(hundredths) / 100, "BYN")})
    played = pieces(CATALOGUE, phrase, language)
    ahead = set(likely(language, "BYN", 200))
    texts = [each.text for each in played if isinstance(each, SpokenText)]
    assert texts[0] == "Amount,"
    assert set(texts[1:]) <= ahead
    whole = phrase_text(CATALOGUE, phrase, language)
    assert " ".join(texts).replace(",", "") == whole


def test_without_a_currency_nothing_is_spoken_ahead() -> None:
    assert not list(likely("ru", "", 200))
    assert len(list(likely("ru", "EUR", 200))) == 2 * 201 + 99
