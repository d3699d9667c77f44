"""Letters on keys: what is said and what is keyed is the same word."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.identity.keypad import key_form, normalise
from ivr.speech.languages import keypad

LETTERS = st.sampled_from("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіўabcdefghijklmnopqrstuvwxyz0123456789")
WORDS = st.text(LETTERS, max_size=24)


@pytest.mark.parametrize(
    ("word", "keys"),
    [
        ("МАРТ", "5266"),
        ("берёза", "236332"),
        ("Березa", "236332"),
        ("жнівень", "3542359"),
        ("ўзгорак", "6325624"),
        ("съезд", "68333"),
        ("яблык", "92484"),
        ("zebra", "93272"),
        ("Qwerty", "793789"),
        ("5266", "5266"),
        ("март 26", "526626"),
        ("аб'ява", "22922"),
        ("", ""),
    ],
)
def test_words_have_their_keys(word: str, keys: str) -> None:
    assert key_form(word) == keys


def test_every_letter_has_one_key() -> None:
    for alphabet in (
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
        "абвгдежзійклмнопрстуўфхцчшыьэюя",
        "abcdefghijklmnopqrstuvwxyz",
    ):
        assert all(letter in keypad() for letter in alphabet)


@pytest.mark.parametrize("word", ["ñandú", "λόγος", "март²٣", "naïve", "日本"])
def test_a_letter_that_no_key_bears_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="on no key") as refused:
        key_form(word)
    assert word not in str(refused.value)


@given(st.text())
def test_the_form_of_a_form_is_itself(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(WORDS)
def test_a_word_has_a_key_for_each_letter(word: str) -> None:
    keys = key_form(word)
    assert len(keys) == len(word)
    assert keys == "" or keys.isdigit()
    assert key_form(keys) == keys


@given(st.lists(LETTERS, max_size=12), st.sampled_from(["", " ", "-", "'", "’", "ʼ"]))
def test_how_it_is_written_makes_no_difference(letters: list[str], between: str) -> None:
    word = "".join(letters)
    for written in (
        between.join(letters).upper(),
        unicodedata.normalize("NFD", word),
        word.replace("ё", "е"),
        f" {word.title()}\n",
    ):
        assert normalise(written) == normalise(word)
        assert key_form(written) == key_form(word)
