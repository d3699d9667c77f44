"""Passwords of agents that are refused, and those that are made."""

import pytest

from ari_app.desk.people import PASSWORD
from ari_app.workplace.passwords import faults, generated
from ivr.secret import Secret

NAMES = ("anna", "Анна Ветрова")


@pytest.mark.parametrize(
    "password",
    [
        "correct-horse-battery",
        "ясный день над рекой",
        "8372916405",
        "kx7-qq93-plmz",
        "My dog's password is long",
        "Пароль от облаков",
    ],
)
def test_what_nobody_tries_first_is_good(password: str) -> None:
    assert faults(Secret(password), NAMES) == ()


@pytest.mark.parametrize(
    "password",
    [
        "password2024!", "P@ssw0rd2024", "Firstline-2026", "ПАРОЛЬ2024", "administrator",
        "1234567890", "qwertyuiop", "йцукенгшщз", "1qaz2wsx3edc", "0987654321", "123456789a",
        "aaaaaaaaaa", "1212121212", "letmeinletmein", "test-test-test", "qwerty123456",
        "админ12345",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str) -> None:
    told = faults(Secret(password), NAMES)
    assert told == ("It is one of those that are tried first: take something of your own.",)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("kx7-qq93-", "too short"),
        ("кл" * PASSWORD, "too long"),
        ("mrs-anna-kx7", "a name of its owner"),
        ("ветрова-и-море", "a name of its owner"),
    ],
)
def test_why_it_is_refused_is_told(password: str, told: str) -> None:
    sentences = " ".join(faults(Secret(password), NAMES))
    assert told in sentences
    assert password not in sentences


def test_those_that_are_made_are_good_and_never_the_same() -> None:
    made = {generated() for _ in range(200)}
    assert len(made) == 200
    assert not any(faults(one, NAMES) for one in made)
