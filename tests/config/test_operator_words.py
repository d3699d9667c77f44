"""What the shipped texts say of an operator, and how it says it otherwise."""

import pytest

from ari_app.config.operator_settings import OperatorSettings, default_words
from ivr.speech.phrases import LANGUAGES
from prompts import catalogue
from prompts.template import Template


def how_to_pay(language: str, words: dict[str, str | dict[str, str]]) -> str:
    settings = OperatorSettings(name="Jaryq", country="KZ", currency="USD", words=words)
    _, text = catalogue.shipped(settings.said).template("how-to-pay", language)
    assert isinstance(text, Template)
    [said] = text.parts
    return str(said).partition(". ")[0]


def test_each_word_is_there_in_each_language() -> None:
    """One that is missing would be said in another language."""
    for name, texts in default_words().items():
        assert "" in texts or set(texts) == set(LANGUAGES), f"add {name} to default_words.toml"


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", {}, "You can pay by card on our site, at any "),
        ("ru", {}, "Заплатить можно картой на нашем сайте, в любом "),
        (
            "en",
            {"site": "jaryq.example"},
            "You can pay by card on jaryq.example, at any ",
        ),
        (
            "ru",
            {"payment-ways": {"ru": "в отделениях почты", "en": "at post offices"}},
            "Заплатить можно в отделениях почты",
        ),
    ],
)
def test_web_address_and_ways_to_pay_are_the_operators(
    language: str, words: dict[str, str | dict[str, str]], said: str
) -> None:
    assert how_to_pay(language, words).startswith(said)
