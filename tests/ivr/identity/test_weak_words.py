"""Weak code words are refused, and the reason is given without repeating them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.identity.weak_words import About, faults

ABOUT = About("375990000017", "Берёзкина Ева", ("зорка", "zorka"))


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("кот", "too short"),
        ("", "too short"),
        ("я-б-в", "too short"),
        ("снег" * 5 + "а", "too long"),
        ("1234", "count up or down"),
        ("987654", "count up or down"),
        ("7890", "count up or down"),
        ("wxyz", "only repeat"),
        ("абвгд", "count up or down"),
        ("1111", "only repeat"),
        ("121212", "only repeat"),
        ("мама", "only repeat"),
        ("абвг", "only repeat"),
        ("1985", "year"),
        ("2007", "year"),
        ("31121985", "year"),
        ("19851231", "year"),
        ("0017", "own number"),
        ("99000", "own number"),
        ("Зорка", "operator's name"),
        ("zorka7", "operator's name"),
        ("35642", "operator's name"),
        ("берёзкина", "subscriber's name"),
        ("236334452", "subscriber's name"),
        ("ñandú", "on no key"),
    ],
)
def test_a_weak_word_is_refused_with_a_reason(word: str, why: str) -> None:
    found = faults(word, ABOUT)
    assert any(why in one for one in found), found
    assert not any(word in one for one in found if word and word not in ("1234", "1111"))


@pytest.mark.parametrize("word", ["март", "5266", "яблоко", "Липа-7", "жнівень", "river", "евань"])
def test_a_good_word_is_good(word: str) -> None:
    assert faults(word, ABOUT) == ()


@pytest.mark.parametrize("word", ["0309", "0903", "030957", "570903", "0957", "03-09-57"])
def test_a_birthday_is_weak_to_who_has_it(word: str) -> None:
    assert faults(word, ABOUT) == ()
    [why] = faults(word, About(birthday=date(1957, 9, 3)))
    assert "date of birth" in why


@given(st.text(), st.text(), st.text())
def test_any_text_is_judged(word: str, name: str, number: str) -> None:
    faults(word, About(number, name, ("зорка",)))
