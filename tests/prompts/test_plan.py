"""What is played for a phrase."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ari_app.demo.settings import OPERATOR
from ivr.speech.language import PhraseError
from ivr.speech.phrases import VALUE_KINDS
from ivr.values import (
    Count,
    Day,
    Digits,
    Moment,
    Money,
    Name,
    Phrase,
    Rows,
    Spoken,
    Text,
    Value,
    Values,
)
from prompts import catalogue
from prompts.catalogue import read
from prompts.pieces import Piece, RecordedFile, SpokenText
from prompts.plan import fixed_pieces, phrase_text, pieces
from prompts.speaker import Speaker, key

CATALOGUE = read(
    {
        "ru.yaml": (
            "hello: Добрый день.\n"
            "balance: На счёте {balance:money}. Спасибо.\n"
            'list: "Услуги: {services:each row}"\n'
            'row: "{service:name}, {fee:money}."\n'
            "only: Только по-русски.\n"
            'news: "Внимание. {news:spoken} Спасибо."\n'
        ),
        "en.yaml": 'hello: Hello.\nlist: "Services: {services:each row}"\n'
        'row: "{service:name}, {fee:money}."\n',
    }
)
BALANCE = Phrase("balance", {"balance": Money(Decimal(5), "BYN")})
VALUES: Mapping[str, Value] = {
    "money": Money(Decimal("12.50"), "BYN"),
    "count": Count(21),
    "day": Day(date(2026, 11, 3)),
    "date": Day(date(2026, 11, 3)),
    "moment": Moment(datetime(2026, 11, 3, 14, 5, tzinfo=UTC)),
    "digits": Digits("375291234567"),
    "name": Name({"": "Лёгкий"}),
    "spoken": Spoken({"ru": "Авария.", "be": "Аварыя.", "en": "An outage."}),
    "text": Text("Перезагрузите роутер."),
}
CUT = [
    (
        "Ваш тариф «{x:name}». Плата {y:money} в месяц.",
        "Ваш тариф,|АОН.|Плата,|пять рублей,|в месяц.",
    ),
    ("{x:name}: {y:money}, {y:money}.", "АОН:|пять рублей,|пять рублей."),
    ("От {y:money} и до {y:money}.", "От пять рублей,|и до пять рублей."),
    ("Не позднее чем {x:name} и не раньше.", "Не позднее,|чем АОН,|и не раньше."),
    ("Это будет с {x:name}", "Это будет,|с АОН"),
    ("Спишем {y:money} ли?", "Спишем,|пять рублей ли?"),
    ("{x:name} – это {y:money}!", "АОН,|это пять рублей!"),
    ("Итого ({y:money}).", "Итого,|пять рублей."),
    ("Раз. {x:name}... Два.", "Раз.|АОН...|Два."),
]
ROW: Values = {"service": Name({"": "АОН"}), "fee": Money(Decimal(1), "BYN")}


def test_a_sentence_is_cut_where_a_value_is() -> None:
    assert texts(pieces(CATALOGUE, BALANCE, "ru")) == ["На счёте,", "пять рублей.", "Спасибо."]


def texts(played: tuple[Piece, ...]) -> list[str]:
    return [each.text for each in played if isinstance(each, SpokenText)]


@pytest.mark.parametrize(("text", "expected"), CUT)
def test_where_a_text_is_cut(text: str, expected: str) -> None:
    """What is fixed is the same for all values; little words go with the value beside them."""
    read_out = read({"ru.yaml": f"{{ p: '{text}' }}"})
    values: Values = {"x": Name({"": "АОН"}), "y": Money(Decimal(5), "BYN")}
    found = texts(pieces(read_out, Phrase("p", values), "ru"))
    assert "|".join(found) == expected
    fixed = texts(fixed_pieces(read_out, "p", "ru", {}))
    assert fixed == [each for each in found if "АОН" not in each and "пять" not in each]
    words = re.sub(r"\W+", " ", phrase_text(read_out, Phrase("p", values), "ru")).strip()
    assert re.sub(r"\W+", " ", " ".join(found)).strip() == words


def test_every_shipped_text_is_played_whole() -> None:
    """Nothing is lost and nothing changes its place, whatever the values are."""
    shipped = catalogue.shipped(OPERATOR.said)
    for language in shipped.languages:
        for prompt, template in shipped.texts[language].items():
            if any(kind.startswith("each") for kind in template.slots.values()):
                continue
            kinds = {name: kind.split()[0] for name, kind in template.slots.items()}
            values = {name: VALUES[VALUE_KINDS.get(kind, kind)] for name, kind in kinds.items()}
            phrase = Phrase(prompt, values)
            played = " ".join(texts(pieces(shipped, phrase, language)))
            whole = phrase_text(shipped, phrase, language)
            assert re.findall(r"\w+", played) == re.findall(r"\w+", whole)


def test_rows() -> None:
    phrase = Phrase("list", {"services": Rows((ROW, ROW))})
    assert phrase_text(CATALOGUE, phrase, "ru") == "Услуги: АОН, один рубль. АОН, один рубль."
    assert phrase_text(CATALOGUE, Phrase("list", {"services": Rows(())}), "en") == "Services:"


def test_a_missing_translation_is_read_in_its_own_language() -> None:
    assert pieces(CATALOGUE, Phrase("only"), "en") == (SpokenText("Только по-русски.", "ru"),)
    assert phrase_text(CATALOGUE, BALANCE, "en") == "На счёте пять рублей. Спасибо."
    assert texts(pieces(CATALOGUE, BALANCE, "en")) == texts(pieces(CATALOGUE, BALANCE, "ru"))


def test_recordings_win() -> None:
    recordings = {("ru", "hello"): "/r/ru/hello", ("ru", "balance.1"): "/r/ru/balance.1"}
    assert pieces(CATALOGUE, Phrase("hello"), "ru", recordings) == (RecordedFile("/r/ru/hello"),)
    assert pieces(CATALOGUE, Phrase("hello"), "en", recordings) == (SpokenText("Hello.", "en"),)
    assert pieces(CATALOGUE, BALANCE, "ru", recordings) == (
        RecordedFile("/r/ru/balance.1"),
        SpokenText("пять рублей.", "ru"),
        SpokenText("Спасибо.", "ru"),
    )
    recordings["ru", "balance.2"] = "/r/ru/balance.2"
    assert pieces(CATALOGUE, BALANCE, "ru", recordings) == (
        RecordedFile("/r/ru/balance.1"),
        SpokenText("пять рублей", "ru"),
        RecordedFile("/r/ru/balance.2"),
    )


def news(texts: Mapping[str, str], recording: str = "") -> Phrase:
    return Phrase("news", {"news": Spoken(texts, recording)})


def test_what_was_declared_is_spoken_in_its_own_language() -> None:
    known = news({"be": "Аварыя.", "ru": "Авария."})
    assert texts(pieces(CATALOGUE, known, "ru", {})) == ["Внимание.", "Авария.", "Спасибо."]
    assert pieces(CATALOGUE, news({"en": "An outage."}), "ru", {}) == (
        SpokenText("Внимание.", "ru"),
        SpokenText("An outage.", "en"),
        SpokenText("Спасибо.", "ru"),
    )
    assert phrase_text(CATALOGUE, news({}), "ru") == "Внимание. Спасибо."


def test_a_recording_of_what_was_declared_wins_where_there_is_sound() -> None:
    recorded = news({"en": "An outage."}, "/r/fire")
    assert pieces(CATALOGUE, recorded, "ru", {}) == (
        SpokenText("Внимание.", "ru"),
        RecordedFile("/r/fire"),
        SpokenText("Спасибо.", "ru"),
    )
    assert phrase_text(CATALOGUE, recorded, "ru") == "Внимание. An outage. Спасибо."


def test_a_recording_cannot_stand_for_a_value() -> None:
    recordings = {("ru", "balance"): "/r/ru/balance"}
    assert pieces(CATALOGUE, BALANCE, "ru", recordings) == pieces(CATALOGUE, BALANCE, "ru")


def test_names_bring_no_control_characters() -> None:
    row: Values = {"service": Name({"": "А\x00О\nН"}), "fee": Money(Decimal(1), "BYN")}
    assert phrase_text(CATALOGUE, Phrase("row", row), "ru") == "А О Н, один рубль."


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        (Phrase("nothing"), "no prompt nothing"),
        (Phrase("balance"), "uses balance, which is not set"),
        (Phrase("balance", {"balance": Count(1)}), "'money' was given Count"),
        (Phrase("list", {"services": Count(1)}), "which is not set"),
        (Phrase("news", {"news": Count(1)}), "'spoken' was given Count"),
        (Phrase("news"), "uses news, which is not set"),
    ],
)
def test_a_phrase_that_cannot_be_read(phrase: Phrase, reason: str) -> None:
    with pytest.raises(PhraseError, match=reason):
        pieces(CATALOGUE, phrase, "ru")


def test_the_key_is_made_of_all_that_makes_the_sound() -> None:
    keys = {
        key(Speaker("espeak", "zle/ru", 100), "раз"),
        key(Speaker("rhvoice", "zle/ru", 100), "раз"),
        key(Speaker("espeak", "zle/be", 100), "раз"),
        key(Speaker("espeak", "zle/ru", 110), "раз"),
        key(Speaker("espeak", "zle/ru", 100), "два"),
    }
    assert len(keys) == 5
    assert key(Speaker("espeak", "zle/ru", 100), "раз") in keys
