"""The menu that `firstline init` writes speaks every shipped language, and passes the check."""

from pathlib import Path

import pytest

from ari_app.config.starter_menu import starter_menu
from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from ivr.check import SiteNames
from prompts import catalogue
from prompts.operator import Operator
from tests.operators import DEMO
from tests.spoken import SHIPPED

WORDS = Operator(DEMO.words, DEMO.numbers, "KZT", SHIPPED)


def written(directory: Path, languages: tuple[str, ...]) -> None:
    for name, text in starter_menu(languages, ("611",), "support").items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(text)


@pytest.mark.parametrize("languages", [("kk", "ru"), ("hu",), SHIPPED])
def test_it_passes_the_check(tmp_path: Path, languages: tuple[str, ...]) -> None:
    written(tmp_path, languages)
    site = SiteNames(languages, topics=("general",), departments=())
    found = loading.menus(tmp_path, catalogue.shipped(WORDS), CATALOGUE, site)
    assert [str(one) for one in found.warnings] == []
    assert found.book.flows["611"].languages == languages


def test_a_language_that_a_flow_speaks_and_a_prompt_lacks_is_found(tmp_path: Path) -> None:
    """Only that: of a language that no flow speaks, nothing is found."""
    written(tmp_path, ("kk",))
    own = tmp_path / "prompts" / "ru.yaml"
    own.parent.mkdir(exist_ok=True)
    own.write_text("only-here: Только здесь.\n")
    flow = tmp_path / "main.yaml"
    flow.write_text(flow.read_text().replace("end: thanks-bye", "end: [only-here, thanks-bye]"))
    found = loading.menus(tmp_path, catalogue.shipped(WORDS), CATALOGUE, SiteNames(("kk", "ru")))
    found_texts = [one.text for one in found.warnings]
    assert found_texts == ["the prompt only-here has no text in kk: add it to prompts/kk.yaml"]
