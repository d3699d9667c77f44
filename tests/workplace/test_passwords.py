"""Weak passwords of agents are refused; strong ones are generated."""

import pytest

from ari_app.desk.web.accounts import LONGEST_PASSWORD
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
def test_strong_passwords_are_accepted(password: str) -> None:
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
def test_common_passwords_are_refused(password: str) -> None:
    reason = faults(Secret(password), NAMES)
    assert reason == ("It is too common: use something of your own.",)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("kx7-qq93-", "too short"),
        ("кл" * LONGEST_PASSWORD, "too long"),
        ("mrs-anna-kx7", "a name of its owner"),
        ("ветрова-и-море", "a name of its owner"),
    ],
)
def test_the_reason_is_given_without_the_password(password: str, reason: str) -> None:
    sentences = " ".join(faults(Secret(password), NAMES))
    assert reason in sentences
    assert password not in sentences


def test_generated_passwords_are_strong_and_unique() -> None:
    made = {generated(NAMES) for _ in range(200)}
    assert len(made) == 200
    assert not any(faults(one, NAMES) for one in made)
