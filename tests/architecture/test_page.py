"""docs/architecture.md shows the rooms as they are, and what it names exists."""

import ast
import re

import pytest

from tests.architecture.arrows import ROOT
from tests.architecture.picture import PAGE, drawn, layers, mermaid, now, page, structure
from tests.architecture.rooms import ROOMS
from tests.docs.markdown import code, links

NAMED = re.compile(r"`([\w./]+/[\w.]+\.(?:py|yaml|js|html|conf))`(?:\s+`([\w.]+)`)?")
"""A file, and perhaps the function or class in it that is meant."""


def test_the_picture_is_that_of_the_imports() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text, now()) == text, "run `python -m tests.architecture --write`"


def test_the_rule_finds_the_rooms_of_the_table() -> None:
    found = now()
    assert found.rooms - set(ROOMS) <= {"ivr.menus"}
    assert set(ROOMS) <= found.rooms
    assert {(a, b) for a, entry in ROOMS.items() for b in entry.imports} == found.arrows


def test_what_a_longer_way_shows_is_not_drawn() -> None:
    arrows = {("cli", "main"), ("main", "store"), ("cli", "store")}
    assert drawn(arrows) == {("cli", "main"), ("main", "store")}
    assert layers(("cli", "main", "store"), arrows) == {"store": 0, "main": 1, "cli": 2}
    text = mermaid(("cli", "main", "store"), arrows)
    assert "    main --> store\n" in text
    assert "cli --> store" not in text


def test_rooms_that_import_each_other_stand_in_one_box() -> None:
    arrows = {("main", "ivr"), ("ivr", "ivr.check"), ("ivr.check", "ivr")}
    box = mermaid(("main", "ivr", "ivr.check"), arrows).partition("subgraph")[2].partition("end")[0]
    assert ("main[" in box, "ivr[" in box, "ivr_check[" in box) == (False, True, True)


def test_rooms_of_any_tree_are_counted() -> None:
    found = structure(
        {
            "ari_app": "",
            "ari_app.app": "from ari_app.store import calls",
            "ari_app.store": "",
            "ari_app.store.calls": "from ivr import engine",
            "ivr": "",
            "ivr.engine": "",
        }
    )
    assert found.rooms == {"ari_app.app", "ari_app.store", "ivr"}
    assert found.loose == {"ari_app.app"}
    assert found.arrows == {("ari_app.app", "ari_app.store"), ("ari_app.store", "ivr")}


def functions(file: str) -> set[str]:
    """The functions and classes of a source, with their class before them, and without it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            inside = (one for one in node.body if hasattr(one, "name"))
            names |= {f"{node.name}.{one.name}" for one in inside} | {node.name}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
    return names


@pytest.mark.parametrize(("file", "name"), NAMED.findall(PAGE.read_text("utf-8")))
def test_a_named_file_has_the_function(file: str, name: str) -> None:
    assert (ROOT / file).is_file()
    assert not name or name in functions(file)


def test_every_step_of_a_walk_names_a_file() -> None:
    steps = re.findall(r"^\d+\. .*(?:\n   +\S.*)*", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(steps) > 20
    assert [step for step in steps if not NAMED.search(step)] == []


def test_pages_name_files_that_exist() -> None:
    """Paths in backquotes, of the pages for those who change the code."""
    docs = ROOT / "docs"
    others = [docs / "glossary.md", docs / "licences.md", ROOT / "CONTRIBUTING.md"]
    pages = [PAGE, *others, *sorted((docs / "decisions").glob("*.md"))]
    for one in pages:
        text = one.read_text("utf-8")
        paths = [each for each in code(text) if re.fullmatch(r"(\w+/)+[\w.-]*", each)]
        missing = [each for each in paths if not (ROOT / each).exists()]
        assert missing == [], one
        assert list(links(text)) != []
