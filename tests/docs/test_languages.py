"""docs/languages.md: its Lithuanian is a language, spoken as it says, and it names every field."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from msgspec.structs import fields, replace

from ari_app.config import own_languages
from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from ivr.check import SiteNames
from ivr.identity.keypad import key_form
from ivr.speech import languages
from ivr.speech.currencies import money
from ivr.speech.dates import day, deadline, moment
from ivr.speech.language import Language
from ivr.speech.phrases import count
from ivr.speech.written import money as written_money
from ivr.values import Money
from prompts import catalogue
from tests.architecture.arrows import ROOT
from tests.operators import DEMO
from tests.spoken import SHIPPED

PAGE = (ROOT / "docs" / "languages.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```yaml (\w+)\n(.*?)```", PAGE, re.DOTALL))
FLOW = """
flow: "1"
numbers: ["1"]
languages: [lt]
start: hello
nodes: { hello: { end: hello } }
"""


@pytest.fixture
def menus(tmp_path: Path) -> Iterator[Path]:
    """The menus of a site that adds Lithuanian."""
    for name, text in (
        ("main.yaml", FLOW),
        ("languages/lt.yaml", BLOCKS["lt"]),
        ("prompts/lt.yaml", 'hello: "{minutes:count minute accusative}"\n'),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    own_languages.install(tmp_path)
    yield tmp_path
    languages.install({})


def test_the_language_is_spoken_as_the_page_says(menus: Path) -> None:
    assert menus.is_dir()
    said = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE.split("is spoken then")[1], re.M))
    today = date(2026, 11, 29)
    assert {
        "1.02 EUR": money(Money(Decimal("1.02"), "EUR"), "lt"),
        "21.10 EUR": money(Money(Decimal("21.10"), "EUR"), "lt"),
        "2 minutes": count(2, "minute", "lt"),
        "10 days": count(10, "day", "lt"),
        "21 November": day(date(2026, 11, 21), "lt"),
        "today at 14:05": moment(datetime(2026, 11, 29, 14, 5), today, "lt"),
        "today by 14:30": deadline(datetime(2026, 11, 29, 14, 30), today, "lt"),
    }.items() <= said.items()
    assert written_money(Decimal("-1.5"), "EUR", "lt") == "−1,50 EUR"
    assert key_form("žąsis") == "92747"
    assert money(Money(Decimal("1.05"), "SEK"), "lt") == "viena Švedijos krona nulis penki"


def test_a_flow_speaks_it_and_the_check_knows_it(menus: Path) -> None:
    site, words = SiteNames(("lt",)), catalogue.shipped(replace(DEMO, languages=("lt",)))
    with pytest.raises(loading.FlowsError, match="minutes, which nothing"):
        loading.menus(menus, words, CATALOGUE, site)
    (menus / "prompts" / "lt.yaml").write_text("hello: Labas.\n")
    found = loading.menus(menus, words, CATALOGUE, site)
    assert found.book.flows["1"].languages == ("lt",)
    assert not [one for one in found.warnings if "has no text" in one.text]


def test_it_is_gone_with_its_file(menus: Path) -> None:
    assert "lt" in languages.known()
    (menus / "languages" / "lt.yaml").unlink()
    own_languages.install(menus)
    assert languages.known() == SHIPPED


def test_a_file_of_a_shipped_language_is_laid_over_it(tmp_path: Path) -> None:
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "ru.yaml").write_text(BLOCKS["currencies"])
    try:
        own_languages.install(tmp_path)
        said = money(Money(Decimal("21.05"), "SEK"), "ru")
        assert said == "двадцать одна крона пять эре"
        assert money(Money(Decimal("1.05"), "EUR"), "ru") == "один евро пять центов"
    finally:
        languages.install({})


def test_the_example_of_rules_is_right() -> None:
    shipped = languages.language("hu").numerals.rules
    example = yaml.safe_load(BLOCKS["rules"])["rules"]
    assert {number: shipped[number] for number in example} == example


def test_every_field_is_on_the_page() -> None:
    listed = PAGE.split("## The fields")[1]
    named = set(re.findall(r"`(\w+)`", listed))
    assert [one.name for one in fields(Language) if one.name not in named] == []


def test_every_shipped_language_is_in_its_table() -> None:
    assert tuple(re.findall(r"^\| `(\w\w)` \|", PAGE, re.M)) == SHIPPED
