"""Values put together from recorded words: all that the voice would say, word by word."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech import dates
from ivr.speech.currencies import money
from ivr.speech.language import Case
from ivr.speech.phrases import count, digits
from ivr.values import Day, Money, Phrase
from prompts.catalogue import Catalogue, merge
from prompts.operator import Operator
from prompts.pieces import Piece, RecordedFile, SpokenText
from prompts.plan import Recordings, pieces
from prompts.recorded_values import recorded_as, vocabulary
from tests.spoken import CASES, CURRENCIES, LANGUAGES, SHIPPED, UNITS

TODAY = date(2026, 11, 29)
languages = st.sampled_from(LANGUAGES)


def words(text: str, language: str, currency: str = "BYN") -> str:
    """What the recordings of a value's text say, one after the other."""
    names = recorded_as(text, language, currency)
    assert names is not None, text
    return " ".join(vocabulary(language, currency)[name] for name in names)


def bare(text: str, language: str) -> str:
    return (text.replace("-", " ") if language == "en" else text).replace(",", "")


AMOUNTS = st.integers(0, 10**8 - 51)
"""Hundredths below a million, also where a currency without hundredths is rounded."""


@given(languages, AMOUNTS, st.sampled_from(CASES), st.sampled_from([*CURRENCIES]))
def test_money(language: str, hundredths: int, case: Case, currency: str) -> None:
    text = money(Money(Decimal(hundredths) / 100, currency), language, case)
    assert words(text, language, currency) == bare(text, language)


@given(languages, st.integers(-999_999, 999_999), st.sampled_from([*UNITS]), st.sampled_from(CASES))
def test_counts(language: str, number: int, unit: str, case: Case) -> None:
    text = count(number, unit, language, case)
    assert words(text, language) == bare(text, language)


@given(languages, st.dates(date(2021, 1, 1), date(2039, 12, 31)))
def test_days(language: str, day: date) -> None:
    for text in (dates.day(day, language), dates.day(day, language, year=True)):
        assert words(text, language) == bare(text, language)


@given(languages, st.datetimes(datetime(2026, 11, 27), datetime(2026, 12, 3)))
def test_moments(language: str, at: datetime) -> None:
    for text in (
        dates.moment(at, TODAY, language),
        dates.moment(at, None, language),
        dates.deadline(at, TODAY, language),
    ):
        assert words(text, language) == bare(text, language)


@pytest.mark.parametrize("language", SHIPPED)
def test_each_time_of_each_day_is_recorded_in_every_language(language: str) -> None:
    """Kazakh, Hungarian and others have words for times alone: "at nine" is one word."""
    first = datetime(2026, 11, 28)
    times = [first + timedelta(hours=hour, minutes=half) for hour in range(24) for half in (0, 30)]
    times += [first + timedelta(hours=7, minutes=minute) for minute in range(60)]
    times += [first + timedelta(days=day, hours=9) for day in range(62)]
    for at in times:
        for today in (TODAY, None):
            for text in (dates.moment(at, today, language), dates.deadline(at, today, language)):
                assert recorded_as(text, language, "EUR"), text


@given(languages, st.text("0123456789+*#", min_size=1, max_size=15))
def test_digits(language: str, number: str) -> None:
    text = digits(number, language)
    assert words(text, language) == bare(text, language)


def test_what_has_no_recording_is_spoken_as_a_whole() -> None:
    for text in ("миллион рублей", "двадцать третьего раза", "x"):
        assert recorded_as(text, "ru", "BYN") is None


def test_the_list_is_for_a_studio() -> None:
    """About 150 files a language; names that any file system keeps, and no word two times."""
    for language in LANGUAGES:
        listed = vocabulary(language, "BYN")
        assert 100 <= len(listed) <= 200
        assert len(set(listed.values())) == len(listed)
        assert all(name.isascii() and name == name.lower() for name in listed)
    assert vocabulary("ru", "BYN")["currency-few"] == "рубля"
    assert vocabulary("ru", "USD")["currency-few"] == "доллара"
    assert vocabulary("ru", "BYN")["2-f"] == "две"


CATALOGUE = merge(
    Catalogue({}, Operator(currency="BYN")),
    {
        "ru.yaml": "owed: На счёте {x:money}. Спасибо.\nsince: Тариф начнётся с {x:day}.\n",
    },
).catalogue
OWED = Phrase("owed", {"x": Money(Decimal("2.01"), "BYN")})


def recorded(*without: str) -> Recordings:
    names = vocabulary("ru", "BYN")
    return {("ru", f"numbers/{name}"): f"/r/{name}" for name in names if name not in without}


def shown(played: tuple[Piece, ...]) -> list[str]:
    return [each.path if isinstance(each, RecordedFile) else _text(each) for each in played]


def _text(piece: Piece) -> str:
    assert isinstance(piece, SpokenText)
    return piece.text


def test_a_balance_is_put_together_from_recordings() -> None:
    played = pieces(CATALOGUE, OWED, "ru", recorded())
    expected = ["На счёте", "/r/2", "/r/currency-few", "/r/1-f", "/r/currency-part-one", "Спасибо."]
    assert shown(played) == expected
    words_too = {**recorded(), ("ru", "owed.1"): "/r/owed.1", ("ru", "owed.2"): "/r/owed.2"}
    played = pieces(CATALOGUE, OWED, "ru", words_too)
    assert shown(played) == ["/r/owed.1", *expected[1:-1], "/r/owed.2"]


def test_a_word_that_is_missing_makes_the_voice_say_the_value() -> None:
    played = shown(pieces(CATALOGUE, OWED, "ru", recorded("1-f")))
    assert played == ["На счёте,", "два рубля,", "одна копейка.", "Спасибо."]


def test_a_preposition_fits_the_recording_after_it() -> None:
    since = Phrase("since", {"x": Day(date(2026, 12, 2))})
    played = shown(pieces(CATALOGUE, since, "ru", recorded()))
    assert played == ["Тариф начнётся со", "/r/day-2", "/r/month-12"]
