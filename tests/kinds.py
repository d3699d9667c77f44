"""The kinds of tests, which are markers: ``pytest -m "unit or server"``, ``./test quick``.

Each test is of one kind. That it is ``live`` or ``browser`` it shows itself, by a marker or by the
browser that it uses; any other one is of the kind of its folder. ``slow`` comes on top.
"""

import re
from functools import cache
from pathlib import Path

import pytest

KINDS = {
    "unit": "values, files and databases in one process",
    "server": "our code against small real servers and processes of ours",
    "browser": "pages in a real Chromium, without an Asterisk",
    "live": "a real Asterisk, and mostly real SIP phones",
    "docs": "what the documentation says, without an Asterisk",
}
SLOW = "takes more than some seconds: not in `./test quick`"

FOLDERS = {
    "unit": "admin architecture asterisk_conf bench calls cluster config demo doctor freepbx ivr "
    "knowledge menus callbacks phone quality session sim store words",
    "server": "agi ami api ari cabinet commands control desk fulfilment lines main messaging "
    "monitoring outbound prompts selfcare speech_recognition "
    "statistics ussd waiting watcher workplace",
    "live": "live",
    "docs": "docs",
}
"""What the tests of a folder of ``tests/`` are, unless they say otherwise; "" is none of them."""

_OF_FOLDER = {"": "unit"} | {
    folder: kind for kind, folders in FOLDERS.items() for folder in folders.split()
}
PARTS = ("waits", "computes")
"""What can run side by side: files with tests that mostly wait for others, and the other files."""
_WAITS = re.compile(r"mark\.(?:live|browser)|[cC]hromium|playwright")
FIRST = ("live", "browser", "slow", "docs", "server", "unit")
"""Side by side, those that mostly wait begin, and the quick ones fill what is left."""


def kind(item: pytest.Item) -> str:
    """The kind of a test. Raises pytest's UsageError for one in a folder that has none."""
    marks = {mark.name for mark in item.iter_markers()}
    marked = [name for name in KINDS if name in marks]
    if len(marked) > 1:
        raise pytest.UsageError(f"{item.nodeid} is of two kinds: {' and '.join(marked)}")
    if marked:
        return marked[0]
    module = vars(getattr(item, "module", None) or item)
    if "Chromium" in module or "chromium" in getattr(item, "fixturenames", ()):
        return "browser"
    folder = _folder(item.path, item.config.rootpath)
    if folder not in _OF_FOLDER:
        raise pytest.UsageError(f"tests/{folder} is of no kind: add it in tests/kinds.py")
    return _OF_FOLDER[folder]


def waits(file: Path, root: Path) -> bool:
    """Whether a file has tests that mostly wait: for an Asterisk, for phones, for a browser."""
    of_folder = _OF_FOLDER.get(_folder(file, root))
    return of_folder in ("live", "docs") or bool(_WAITS.search(file.read_text("utf-8")))


@cache
def _folder(file: Path, root: Path) -> str:
    """The folder of ``tests/`` that a file is in; "" for those that are in none."""
    inner = file.relative_to(root / "tests").parts
    return inner[0] if len(inner) > 1 else ""


def order(item: pytest.Item) -> int:
    """Where a test stands when tests run side by side; those of a file stay together."""
    of = kind(item)
    slow = of in ("server", "unit") and item.get_closest_marker("slow")
    return FIRST.index("slow" if slow else of)
