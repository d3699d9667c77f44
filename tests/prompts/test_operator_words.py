"""What the shipped texts say of an operator, and how its settings say it otherwise."""

import pytest

from ari_app.config.operator_settings import OperatorSettings
from ivr.speech.spelled import spelled
from prompts import catalogue
from prompts.catalogue import CatalogueError


def shipped(words: dict[str, str | dict[str, str]]) -> catalogue.Catalogue:
    settings = OperatorSettings(name="Jaryq", country="KZ", currency="USD", words=words)
    return catalogue.shipped(settings.said)


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", {}, "You can pay by card on our site, at any "),
        ("ru", {}, "Заплатить можно картой на нашем сайте, в любом "),
        ("en", {"site": "jaryq.example"}, "You can pay by card on jaryq.example, at any "),
        ("ru", {"payment-ways": {"ru": "на почте"}}, "Заплатить можно на почте. Назовите"),
    ],
)
def test_web_address_and_ways_to_pay_are_the_operators(
    language: str, words: dict[str, str | dict[str, str]], said: str
) -> None:
    texts = shipped(words)
    _, text = texts.template("how-to-pay", language)
    assert "".join(map(str, text.parts)).startswith(said)
    assert not [name for name in texts.prompts if name.startswith("usual-")]


def test_a_word_that_is_nowhere_is_an_error_of_its_file() -> None:
    with pytest.raises(CatalogueError, match=r"en.yaml:1:10: '\{site\}' is not a placeholder"):
        catalogue.read({"en.yaml": "well: On {site}."})
    said = catalogue.read({"en.yaml": "usual-site: our site\nwell: On {site}."})
    assert said.template("well", "en")[1].parts == ("On our site.",)


@pytest.mark.parametrize("language", ["ru", "be", "en"])
def test_settings_of_the_internet_are_the_same_by_voice_and_as_a_text(language: str) -> None:
    """One word is the user name and the password, and both name it so."""
    texts = shipped({"apn": "net.example", "apn-login": "guest"})
    for prompt, said in (
        ("apn-settings", str),
        ("apn-spoken", lambda text: spelled(text, language)),
    ):
        _, template = texts.template(prompt, language)
        played = "".join(map(str, template.parts))
        login = said("guest")
        assert played.count(said("net.example")) == 1
        assert played.count(login) == 1
        before = played[: played.index(login)].casefold()
        assert all(word in before for word in SAME[language]), played


SAME = {
    "ru": ("имя пользователя", "пароль"),
    "be": ("імя карыстальніка", "пароль"),
    "en": ("user name", "password"),
}
"""How a language calls what they log in with."""
