"""Days and times near today, deadlines, and the prepositions before values."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.dates import ROUNDED, rounded
from ivr.speech.euphony import fitted
from ivr.speech.phrases import Reader, spoken
from ivr.speech.spelled import spelled
from ivr.speech.written import written
from ivr.values import Day, Moment

TODAY = date(2026, 11, 29)


def said(at: str, kind: str, language: str) -> str:
    return spoken(Moment(datetime.fromisoformat(at), TODAY), kind, "", Reader(language))


@pytest.mark.parametrize(
    ("at", "russian", "belarusian", "english"),
    [
        (
            "2026-11-29T14:05",
            "сегодня в четырнадцать часов пять минут",
            "сёння ў чатырнаццаць гадзін пяць хвілін",
            "today at two oh five p.m.",
        ),
        ("2026-11-30T01:00", "завтра в один час", "заўтра ў адну гадзіну", "tomorrow at one a.m."),
        ("2026-11-28T21:00", "вчера в двадцать один час", None, "yesterday at nine p.m."),
        ("2026-12-01T09:00", "первого декабря в девять часов", None, None),
    ],
)
def test_when(at: str, russian: str, belarusian: str | None, english: str | None) -> None:
    assert said(at, "when", "ru") == russian
    assert belarusian in (None, said(at, "when", "be"))
    assert english in (None, said(at, "when", "en"))


@pytest.mark.parametrize(
    ("at", "russian", "belarusian", "english"),
    [
        (
            "2026-11-29T09:07",
            "сегодня до девяти тридцати",
            "сёння да дзевяці трыццаці",
            "today by nine thirty a.m.",
        ),
        ("2026-11-30T09:31", "завтра до десяти часов", "заўтра да дзесяці гадзін", None),
        ("2026-11-30T00:40", "завтра до часа", "заўтра да гадзіны", None),
        (
            "2026-11-29T23:45",
            "сегодня до полуночи",
            "сёння да паўночы",
            "today by midnight",
        ),
        ("2026-12-02T21:00", "второго декабря до двадцати одного часа", None, None),
    ],
)
def test_deadlines(at: str, russian: str, belarusian: str | None, english: str | None) -> None:
    assert said(at, "deadline", "ru") == russian
    assert belarusian in (None, said(at, "deadline", "be"))
    assert english in (None, said(at, "deadline", "en"))


@pytest.mark.parametrize(
    ("at", "kind", "hungarian", "kazakh"),
    [
        (
            "2026-12-03T14:05",
            "when",
            "december harmadikán tizennégy óra öt perckor",
            "үшінші желтоқсан күні он төрт сағат бес минутта",
        ),
        (
            "2026-12-01T02:00",
            "moment",
            "december elsején két órakor",
            "бірінші желтоқсан күні сағат екіде",
        ),
        ("2026-11-30T20:00", "when", "holnap húsz órakor", "ертең сағат жиырмада"),
        (
            "2026-12-31T16:10",
            "deadline",
            "december harmincegyedikén tizenhat óra harmincig",
            "отыз бірінші желтоқсан күні сағат он алты отызға дейін",
        ),
        ("2026-11-29T23:45", "deadline", "ma éjfélig", "бүгін түн ортасына дейін"),
        ("2026-12-03T00:00", "day", "december harmadika", "үшінші желтоқсан"),
        (
            "2026-12-03T00:00",
            "date",
            "kétezer-huszonhat december harmadika",
            "екі мың жиырма алтыншы жылғы үшінші желтоқсан",
        ),
    ],
)
def test_days_and_times_in_languages_of_suffixes(
    at: str, kind: str, hungarian: str, kazakh: str
) -> None:
    when = datetime.fromisoformat(at)
    value = Day(when.date()) if kind in ("day", "date") else Moment(when, TODAY)
    for language, text in (("hu", hungarian), ("kk", kazakh)):
        assert spoken(value, kind, "", Reader(language)) == text


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_a_deadline_is_never_earlier_than_promised(at: datetime) -> None:
    end = rounded(at)
    assert timedelta(0) <= end - at < ROUNDED
    assert (end - datetime(2000, 1, 1)) % ROUNDED == timedelta(0)


def test_without_a_day_to_see_it_from_a_day_has_its_name() -> None:
    assert spoken(Day(TODAY), "near", "", Reader("ru")) == "двадцать девятого ноября"
    assert spoken(Day(TODAY, TODAY), "near", "", Reader("ru")) == "сегодня"
    assert spoken(Day(TODAY, TODAY), "day", "", Reader("ru")) == "двадцать девятого ноября"


@pytest.mark.parametrize(
    ("at", "kind", "text"),
    [
        ("2026-11-30T09:07", "deadline", "завтра до 9:30"),
        ("2026-11-29T23:40", "deadline", "сегодня до 24:00"),
        ("2026-11-28T09:07", "when", "вчера, 09:07"),
        ("2026-11-28T09:07", "moment", "28 ноября, 09:07"),
    ],
)
def test_in_texts(at: str, kind: str, text: str) -> None:
    assert written(Moment(datetime.fromisoformat(at), TODAY), kind, "", Reader("ru")) == text


@pytest.mark.parametrize(
    ("before", "words", "fits"),
    [
        ("работает с ", "второго ноября", "работает со "),
        ("с ", "двадцать второго ноября", "с "),
        ("С ", "вторника", "Со "),
        ("с ", "ста рублей", "со "),
        ("с ", "сегодня", "с "),
        ("с ", "2 ноября", "со "),
        ("с ", "2 рублей", "с "),
        ("в ", "вторник", "во "),
        ("вас ", "второго", "вас "),
        ("без с", "", "без с"),
    ],
)
def test_prepositions(before: str, words: str, fits: str) -> None:
    assert fitted(before, words, "ru") == fits
    assert fitted(before, words, "be") == before


def test_an_address_is_spelled_out() -> None:
    assert spelled("Ab.3-", "ru") == "а, бэ, точка, три, дефис"
    assert spelled("x_1", "be") == "ікс, падкрэсленне, адзін"
    assert spelled("internet", "en") == "i, n, t, e, r, n, e, t"
