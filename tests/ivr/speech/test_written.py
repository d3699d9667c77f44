"""Values in figures, as a text message writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ivr.speech.language import PhraseError
from ivr.speech.phrases import Reader
from ivr.speech.written import written
from ivr.values import Count, Day, Digits, Moment, Money, Name, Phrase, Spoken, Value
from prompts import plan
from prompts.catalogue import shipped
from tests.operators import DEMO


@pytest.mark.parametrize(
    ("value", "kind", "unit", "texts"),
    [
        (Money(Decimal("12.5"), "BYN"), "money", "", ("12,50 руб.", "12,50 руб.", "12.50 BYN")),
        (Money(Decimal("-3.405"), "EUR"), "money", "", ("−3,41 EUR", "−3,41 EUR", "-3.41 EUR")),
        (Count(1), "count", "minute", ("1 минута", "1 хвіліна", "1 minute")),
        (Count(22), "count", "minute", ("22 минуты", "22 хвіліны", "22 minutes")),
        (Count(11), "count", "gigabyte", ("11 гигабайт", "11 гігабайтаў", "11 gigabytes")),
        (Day(date(2026, 11, 3)), "day", "", ("3 ноября", "3 лістапада", "3 November")),
        (
            Day(date(2026, 11, 3)),
            "date",
            "",
            ("3 ноября 2026", "3 лістапада 2026", "3 November 2026"),
        ),
        (
            Moment(datetime(2026, 11, 3, 9, 5, tzinfo=UTC)),
            "moment",
            "",
            ("3 ноября, 09:05", "3 лістапада, 09:05", "3 November, 09:05"),
        ),
        (Digits("375291234567"), "digits", "", ("375291234567",) * 3),
        (Name({"ru": "Дом", "": "Home"}), "name", "", ("Дом", "Home", "Home")),
        (Spoken({"ru": "Авария"}), "spoken", "", ("Авария",) * 3),
    ],
)
def test_a_value_in_figures(value: Value, kind: str, unit: str, texts: tuple[str, ...]) -> None:
    assert tuple(written(value, kind, unit, Reader(each)) for each in ("ru", "be", "en")) == texts


@pytest.mark.parametrize(
    ("value", "kind", "unit"),
    [
        (Count(1), "money", ""),
        (Count(1), "count", "herring"),
        (Money(Decimal("NaN"), "BYN"), "money", ""),
    ],
)
def test_what_cannot_be_written(value: Value, kind: str, unit: str) -> None:
    with pytest.raises(PhraseError):
        written(value, kind, unit, Reader("ru"))


def test_a_prompt_is_written_with_figures_and_spoken_in_words() -> None:
    phrase = Phrase("balance-is", {"balance": Money(Decimal("12.50"), "BYN")})
    assert plan.phrase_text(shipped(DEMO), phrase, "ru", "written") == "На вашем счёте 12,50 руб."
    assert plan.phrase_text(shipped(DEMO), phrase, "ru").endswith(
        "двенадцать рублей пятьдесят копеек."
    )
