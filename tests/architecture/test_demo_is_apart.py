"""Nothing of the demo operator is built into production code or shipped prompts."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from ari_app.config.site_departments import defaults
from ari_app.demo.settings import SETTINGS
from ari_app.selfcare.operations import CATALOGUE
from ivr.speech import languages
from ivr.terms import BRANCH_SUBJECTS, KINDS_OF_VALUES
from tests.architecture.arrows import ROOT

SPEAKABLE = tuple(f"ivr/speech/languages/{code}.yaml" for code in languages.shipped())
"""Tables of all currencies that can be spoken, the demo's among them."""

SHIPPED = [
    file
    for room in ("ivr", "prompts", "asterisk_conf", "ari_app")
    for file in sorted((ROOT / room).rglob("*"))
    if file.suffix in (".py", ".yaml", ".conf", ".html", ".js")
    and not file.is_relative_to(ROOT / "ari_app" / "demo")
    and not file.is_relative_to(ROOT / "ivr" / "check" / "samples")
    and not file.name.endswith(".test.yaml")  # tests of flows are of the fictional subscribers
]

OF_THE_DEMO = {
    "its brand": (re.compile("зорк[аиуе]?\\b|zorka", re.IGNORECASE), ()),
    "its country code": (re.compile(r"(?<![0-9])\+?375(?![0-9])|37529|37599"), ()),
    "its currency": (re.compile(r"\bBYN\b|рубл[еёяь]\S* наб"), SPEAKABLE),
    "its own number": (
        re.compile("2690000|269.?00.?00|(?i:two six nine)"),
        ("ivr/menus/611.yaml",),
    ),
    "its cities": (re.compile("Минск|Гомел|Брест\\b"), ()),
    "its language as a default": (
        re.compile(r'(?:default=\(?|language(?:: str)? = )"(?:ru|be)"'),
        (),
    ),
    "its time zone as a default": (re.compile('(?:=|: *)"?Europe/Minsk'), ()),
}


@pytest.mark.parametrize("what", OF_THE_DEMO)
def test_production_has_nothing_of_the_demo(what: str) -> None:
    sought, allowed = OF_THE_DEMO[what]
    assert len(SHIPPED) > 300
    assert [
        f"{path}:{number}: {line.strip()}"
        for path in (str(file.relative_to(ROOT)) for file in SHIPPED)
        if path not in allowed
        for number, line in enumerate(Path(ROOT, path).read_text("utf-8").splitlines(), 1)
        if sought.search(line)
    ] == []


MEANT_OTHERWISE = {
    "ari_app/config/operator_settings.py": {"internet"},  # the access point of most operators
    "ari_app/config/settings.py": {"technical", "claims", "management"},  # queues
    "ari_app/desk/cards/contact_reasons.py": {"outage"},
    "ari_app/selfcare/answers.py": {"visit"},  # a value of the operation `ticket`
    "ari_app/selfcare/reads.py": {"visit"},
    "ari_app/doctor/conf.py": {"general"},  # a section of Asterisk's files
    "asterisk_conf/check.py": {"general"},  # a section of Asterisk's files
    "asterisk_conf/custom.py": {"general"},
    "ivr/acd/contact_reason.py": {"outage"},
    "ivr/nodes.py": {"general"},  # the topic of who chose none, which every site has
    "ivr/tickets.py": {"general"},
}
"""File -> words in it that are names of departments or topics of the demo, too."""

OTHER_WORDS = {*CATALOGUE, *KINDS_OF_VALUES, *BRANCH_SUBJECTS, "other", "service"}
"""Operations, kinds of values, facts and kinds of products, which are spoken of everywhere."""


class Said(NamedTuple):
    """The texts in a module, and the names of the arguments that it passes."""

    constants: frozenset[str]
    keywords: frozenset[str]


@cache
def said(path: str) -> Said:
    nodes = [*ast.walk(ast.parse(Path(ROOT, path).read_text("utf-8")))]
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    keywords = (node.arg for node in nodes if isinstance(node, ast.keyword))
    return Said(
        frozenset(value for value in constants if isinstance(value, str)),
        frozenset(filter(None, keywords)),
    )


def test_no_code_knows_a_department_or_a_topic_of_the_demo() -> None:
    names = (SETTINGS["departments"].keys() | SETTINGS["topics"].keys()) - OTHER_WORDS
    assert len(names) > 15
    found = {
        path: known
        for path in (str(file.relative_to(ROOT)) for file in SHIPPED if file.suffix == ".py")
        if (known := names & said(path).constants)
    }
    assert found == MEANT_OTHERWISE


def test_no_text_of_the_desk_is_of_a_department_or_a_topic() -> None:
    """They are in the settings of each site."""
    listed = (ROOT / "ari_app" / "desk" / "words.yaml").read_text("utf-8")
    assert re.findall(r"(?m)^(?:department|topic)-.*$", listed) == []
    for file in (ROOT / "ari_app" / "desk").rglob("*.html"):
        text = file.read_text("utf-8")
        for name in SETTINGS["departments"]:
            assert not re.search(rf"""["']{name}["']""", text), file


def test_a_site_that_names_no_departments_has_others_than_the_demo() -> None:
    assert not defaults().departments.keys() & SETTINGS["departments"].keys()


OF_A_LANGUAGE = {"asterisk_conf/parts.py": ["en"]}  # what Asterisk itself speaks by default
"""File -> codes of languages in it, for another reason."""


def test_no_code_names_a_language() -> None:
    """A language is data: what is of one stands in its file alone."""
    codes = set(languages.shipped())
    found = {}
    for file in SHIPPED:
        path = str(file.relative_to(ROOT))
        if file.suffix == ".py":
            words = codes & (said(path).constants | said(path).keywords)
            if words:
                found[path] = sorted(words)
        elif file.suffix in (".html", ".js", ".conf"):
            quoted = re.findall(r"""["'](\w\w)["']""", file.read_text("utf-8"))
            if known := codes & set(quoted):
                found[path] = sorted(known)
    assert found == OF_A_LANGUAGE
