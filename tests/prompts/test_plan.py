"""What is played for a phrase."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from ivr.speech.cases import PhraseError
from ivr.values import Count, Money, Name, Phrase, Rows, Spoken, Values
from prompts.catalogue import read
from prompts.plan import RecordedFile, SpokenText, phrase_text, pieces
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
ROW: Values = {"service": Name({"": "АОН"}), "fee": Money(Decimal(1), "BYN")}


def test_a_sentence_is_spoken_in_one_breath() -> None:
    assert pieces(CATALOGUE, BALANCE, "ru") == (SpokenText("На счёте пять рублей. Спасибо.", "ru"),)


def test_rows() -> None:
    phrase = Phrase("list", {"services": Rows((ROW, ROW))})
    assert phrase_text(CATALOGUE, phrase, "ru") == "Услуги: АОН, один рубль. АОН, один рубль."
    assert phrase_text(CATALOGUE, Phrase("list", {"services": Rows(())}), "en") == "Services:"


def test_a_missing_translation_is_read_in_its_own_language() -> None:
    assert pieces(CATALOGUE, Phrase("only"), "en") == (SpokenText("Только по-русски.", "ru"),)
    assert phrase_text(CATALOGUE, BALANCE, "en") == "На счёте пять рублей. Спасибо."


def test_recordings_win() -> None:
    recordings = {("ru", "hello"): "/r/ru/hello", ("ru", "balance.1"): "/r/ru/balance.1"}
    assert pieces(CATALOGUE, Phrase("hello"), "ru", recordings) == (RecordedFile("/r/ru/hello"),)
    assert pieces(CATALOGUE, Phrase("hello"), "en", recordings) == (SpokenText("Hello.", "en"),)
    assert pieces(CATALOGUE, BALANCE, "ru", recordings) == (
        RecordedFile("/r/ru/balance.1"),
        SpokenText("пять рублей. Спасибо.", "ru"),
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
    assert pieces(CATALOGUE, known, "ru", {}) == (SpokenText("Внимание. Авария. Спасибо.", "ru"),)
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
