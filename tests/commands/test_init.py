"""`firstline init`: the settings of an operator of another country, without the demo."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from ari_app.commands import init as command
from ari_app.config.settings import Config
from ari_app.main.installation import installation
from ari_app.menus import loading
from ivr.values import Phrase
from prompts import plan

GIVEN = {
    "name": "Jaryq",
    "country": "Kazakhstan",
    "currency": "usd",
    "timezone": "Asia/Almaty",
    "number": "150",
}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def run(state: Path, *words: str, input: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--state", str(state), *words], input=input)


def init(state: Path, **given: str) -> Result:
    return run(state, "init", *_options(**given))


def _options(**given: str) -> list[str]:
    return [word for name, value in given.items() for word in (f"--{name}", value)]


def test_an_operator_of_another_country_is_written_and_read(state: Path) -> None:
    done = init(state, **GIVEN)
    assert done.exit_code == 0, done.output
    assert "country code 7" in done.output
    config = installation(state).config({})
    assert (config.site.demo, config.site.timezone) == (False, "Asia/Almaty")
    assert (config.operator.country, config.operator.currency) == ("KZ", "USD")
    assert config.site.numbers == ("150",)
    assert config.operator.said.in_("ru")["operator"] == "Jaryq"
    text = (state / "firstline.toml").read_text()
    assert tomllib.loads(text)
    assert "Зорка" not in text


def test_an_address_on_the_web_and_ways_to_pay_are_what_prompts_say(state: Path) -> None:
    options = ["--web", "https://jaryq.example/", "--payment-ways", "ru=картой"]
    done = run(state, "init", *options, "--payment-ways", "en=by card", *_options(**GIVEN))
    assert done.exit_code == 0, done.output
    said = installation(state).config({}).operator.said
    assert said.in_("en")["site"] == "jaryq.example"
    assert [said.in_(each)["payment-ways"] for each in ("ru", "en")] == ["картой", "by card"]


def test_an_address_with_a_space_is_none(state: Path) -> None:
    assert "write one such as example.net" in init(state, **GIVEN, web="our site").output


@pytest.mark.parametrize(
    ("country", "code"),
    [("kz", "KZ"), ("Казахстан", "KZ"), ("Poland", "PL"), ("Польша", "PL"), ("Polska", "PL")],
)
def test_a_country_may_be_named(state: Path, country: str, code: str) -> None:
    assert init(state, **{**GIVEN, "country": country}).exit_code == 0
    assert installation(state).config({}).operator.country == code


@pytest.mark.parametrize(
    ("option", "value", "printed"),
    [
        ("country", "Polnd", "did you mean poland?"),
        ("timezone", "Asia/Almata", "did you mean Asia/Almaty?"),
        ("currency", "XYZ", "no code of ISO 4217"),
        ("number", "6-1-1", "2 to 15 digits"),
        ("name", "xx=Name", "xx is not a supported language"),
        ("name", "  ", "the name is empty"),
        ("host", "example", "--host"),
        ("language", "xx", "'xx' is not a supported language: write some of ru, be, en"),
        ("department", "our care", "'our care' is not a name"),
        ("topic", "a{b}=c", "'a{b}' is not a name"),
    ],
)
def test_what_is_wrong_is_printed_and_nothing_is_written(
    state: Path, option: str, value: str, printed: str
) -> None:
    done = init(state, **{**GIVEN, option: value})
    assert done.exit_code == 2
    assert printed in done.output
    assert not state.exists()


def test_without_a_language_of_the_country_init_says_so(state: Path) -> None:
    asked = init(state, **{**GIVEN, "country": "JP"}).output
    assert "Firstline speaks no language of JP. Languages of callers, of ru, be, en" in asked


def test_departments_topics_and_languages_are_written(state: Path) -> None:
    own = ("--department", "care=Customer care", "--department", "visits", "--topic", "roaming")
    given = [word for name, value in GIVEN.items() for word in (f"--{name}", value)]
    assert run(state, "init", *given, *own, "--language", "en").exit_code == 0
    config = installation(state).config({})
    assert config.site.languages == ("en",)
    assert config.billing.kind == "none"
    departments, topics = config.tickets.departments, config.tickets.topics
    assert tuple(departments) == ("care", "visits")
    assert (departments["care"].label, departments["visits"].visits) == (
        {"": "Customer care"},
        True,
    )
    assert topics["repair"].department == "visits"
    assert topics["money"].department == "", "the site has no billing department"
    assert "roaming" in topics
    assert run(state, "flows", "check").output.startswith("no errors, no warnings")


def test_a_country_without_a_language_of_ours_needs_one(state: Path) -> None:
    done = init(state, **{**GIVEN, "country": "JP", "timezone": "Asia/Tokyo"})
    assert done.exit_code == 2
    assert "--language is missing" in done.output
    assert "pl, de, hu" in done.output


def test_without_options_there_are_usual_departments(state: Path) -> None:
    assert init(state, **GIVEN, language="en").exit_code == 0
    config = installation(state).config({})
    assert config.tickets == Config().tickets
    assert (config.departments, config.topics) != ({}, {})


def test_languages_and_topics_are_those_of_the_operator(state: Path) -> None:
    """Without options: of the shipped menus, which speak no Kazakh, nothing is left."""
    assert init(state, **GIVEN).exit_code == 0
    config = installation(state).config({})
    assert config.site.languages == ("ru", "kk")
    assert config.topics.keys() == {"general", "other"}
    assert run(state, "flows", "check").output.startswith("no errors, no warnings in 1 flow")


def test_a_restore_elsewhere_leaves_the_menus_here(state: Path, tmp_path: Path) -> None:
    assert init(state, **GIVEN).exit_code == 0
    backup, other = str(tmp_path / "backup"), tmp_path / "other"
    assert run(state, "backup", backup).exit_code == 0
    (state / "menus" / "main.yaml").write_text("changed since")
    assert run(other, "restore", backup, "--yes").exit_code == 0
    assert (state / "menus" / "main.yaml").read_text() == "changed since"
    assert run(other, "flows", "check").output.startswith("no errors, no warnings in 1 flow")


def test_the_menus_of_a_service_are_beside_its_settings(state: Path, tmp_path: Path) -> None:
    """`firstline install` leaves a link to /etc."""
    backup = str(tmp_path / "backup")
    for each in (state, tmp_path / "other"):
        etc = tmp_path / f"etc-{each.name}"
        for directory in (each, etc):
            directory.mkdir()
        (each / "firstline.toml").symlink_to(etc / "firstline.toml")
        words = ("restore", backup, "--yes") if each != state else ("init", *_options(**GIVEN))
        done = run(each, *words)
        assert done.exit_code == 0, done.output
        assert (etc / "menus" / "main.yaml").exists()
        assert run(each, "flows", "check").output.startswith("no errors, no warnings in 1 flow")
        run(each, "backup", backup)


@pytest.mark.parametrize("name", ["name", "country", "currency", "timezone"])
def test_without_a_terminal_all_must_be_given(state: Path, name: str) -> None:
    done = init(state, **{key: value for key, value in GIVEN.items() if key != name})
    assert done.exit_code == 2
    assert f"--{name} is missing" in done.output


def test_an_installation_is_not_overwritten(state: Path) -> None:
    assert init(state, **GIVEN).exit_code == 0
    text = (state / "firstline.toml").read_text()
    done = init(state, **{**GIVEN, "name": "Another"})
    assert done.exit_code == 1
    assert "there is an installation" in done.output
    assert (state / "firstline.toml").read_text() == text


def test_a_terminal_is_asked_again_until_it_is_right(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_terminal", lambda: True)
    typed = "ru=Жарық;en=Jaryq, Inc.\nKazachstan\nKazakhstan\n\ntenge\nKZT\n611, 150\nxx\nen, ru\n"
    typed += "care, visits\n"
    done = run(state, "init", input=typed)
    assert done.exit_code == 0, done.output
    config = installation(state).config({})
    assert config.operator.name == {"ru": "Жарық", "en": "Jaryq, Inc."}
    assert config.site.timezone.startswith("Asia/")
    assert config.operator.currency == "KZT"
    assert config.site.numbers == ("611", "150")
    assert "no code of ISO 4217" in done.output
    assert "'xx' is not a supported language" in done.output
    assert config.site.languages == ("en", "ru")
    assert tuple(config.departments) == ("care", "visits")


def test_after_it_there_is_nothing_of_the_demo(state: Path) -> None:
    """Numbers are those of the country, its name is no code word, and prompts say it."""
    assert init(state, **GIVEN, language="en").exit_code == 0
    assert run(state, "subscribers", "list").stdout == ""
    assert run(state, "agents", "list").stderr.endswith("no agents yet: `firstline agents add`\n")
    file = state / "s.csv"
    lines = ("87012345678;A;en;X;", "+77021112233;B;en;Y;jaryq77", "12345;C;en;Z;")
    head = "number;name;language;area;code-word\n"
    file.write_text(head + "\n".join(lines))
    wrong = run(state, "subscribers", "import", str(file))
    assert "s.csv:3: code-word: It contains the operator's name" in wrong.output
    assert (
        "s.csv:4: number: 12345 has 5 digits — write all 10 of them, as 712345XXXXX" in wrong.output
    )
    file.write_text(head + lines[0])
    assert run(state, "subscribers", "import", str(file)).exit_code == 0
    for form in ("77012345678", "7012345678", "+7 701 234-56-78"):
        assert "77012345678, A" in run(state, "subscribers", "show", form).output
    words = loading.shipped(installation(state).config({}))
    assert plan.phrase_text(words, Phrase("welcome"), "en") == "Hello! You have reached Jaryq."


def test_an_installation_that_is_not_the_demo_says_its_country(state: Path) -> None:
    state.mkdir()
    (state / "firstline.toml").write_text("[site]\ndemo = false\n")
    printed = run(state, "flows", "check").output
    assert "[operator] has no name and no country" in printed
    assert 'country = "PL"' in printed
    assert "firstline init" in printed
