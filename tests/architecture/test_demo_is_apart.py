"""Nothing of the demo operator is built into production code or shipped prompts."""

import re
from pathlib import Path

import pytest

from tests.architecture.arrows import ROOT

SPEAKABLE = ("ivr/speech/nouns.py", "ivr/speech/written.py")
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
    "its cities": (re.compile("Минск|Гомел|Брест\\b"), ()),
    "its time zone as a default": (re.compile('= "Europe/Minsk"'), ()),
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
