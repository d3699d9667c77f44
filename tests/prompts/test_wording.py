"""The shipped texts are spelled in one way, greet at any hour, and name no currency."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from prompts import catalogue
from tests.operators import DEMO

WORDING = Path(__file__).parents[2] / "docs" / "wording.md"
ROW = re.compile(r"\| (ru|be|en) \| ([^|]+) \| ([^|]+) \|")
CURRENCIES = {
    "ru": "рубл копе евро доллар цент",
    "be": "рубел рубл капе еўра долар цэнт",
    "en": "rubl roubl kopeck euro dollar cents",
}
OTHER_WORDS = ({"все", "всё"}, {"чем", "чём"})
"""They are two words each."""

CLOCKS = {"ru": r"утра|вечера|ночи", "be": r"раніцы|вечара|ночы", "en": r"o'clock|\d:\d\d"}


def texts(language: str) -> dict[str, str]:
    shipped = catalogue.shipped(DEMO).texts[language]
    return {name: template.source for name, template in shipped.items()}


@pytest.mark.parametrize("language", ["ru", "be", "en"])
def test_no_text_has_a_form_that_the_list_rules_out(language: str) -> None:
    rows = [row for row in ROW.findall(WORDING.read_text()) if row[0] == language]
    assert rows
    for _, write, ruled_out in rows:
        for form in ruled_out.split(", "):
            found = [name for name, text in texts(language).items() if spelled(form, text)]
            assert not found, f"write {write.strip()}, not {form.strip()}"


def spelled(form: str, text: str) -> bool:
    """Whether a text has a word or phrase, also with another ending; case counts in capitals."""
    form = form.strip()
    flags = 0 if form.isupper() else re.IGNORECASE
    return re.search(rf"\b{re.escape(form)}", text, flags) is not None


@pytest.mark.parametrize("language", ["ru", "be", "en"])
def test_no_text_names_a_currency_or_another_clock(language: str) -> None:
    for name, text in texts(language).items():
        words = re.sub(r"\{[^}]*\}", "", text).lower()
        for stem in CURRENCIES[language].split():
            assert not re.search(rf"\b{stem}", words), (name, stem)
        assert not re.search(CLOCKS[language], words), name


def test_a_russian_word_has_its_yo_everywhere_or_nowhere() -> None:
    spellings = defaultdict(set)
    for text in texts("ru").values():
        for word in re.findall(r"[а-яё]+", text.lower()):
            spellings[word.replace("ё", "е")].add(word)
    both = [found for found in spellings.values() if len(found) > 1]
    assert [found for found in both if found not in OTHER_WORDS] == []
