"""Pictures: nothing of a flow is left out, and Graphviz reads what is drawn."""

import re
import subprocess
from collections import Counter
from xml.etree import ElementTree

import pytest

from ari_app.selfcare.operations import CATALOGUE
from ivr.analysis.graph import HANDLERS, edges_from
from ivr.analysis.reachability import shortest_to_human
from ivr.diagram.dot import dot
from ivr.diagram.mermaid import mermaid
from ivr.diagram.picture import Box, Picture, Traffic, linked_flows, picture
from ivr.loader import load
from ivr.model import Book
from tests import shipped

MENUS = shipped.menus()
BOOK = MENUS.book
WORDS = {each.prompt: each.texts.get("ru", "") for each in MENUS.catalogue.listing()}

SMALL = """
flow: "*1"
languages: [ru]
start: main
farewell: bye
on-error: desk
always: { "9": repeat, "#": help }
nodes:
  main: { menu: main-menu, keys: { "1": перевод, "2": bye, "*": back }, gave-up: bye }
  перевод: { menu: main-menu, keys: { "1": desk, "3": bye }, gave-up: bye }
  help: { say: hours-are, then: again }
  again: { branch: caller, when: { known: main }, else: bye }
  desk: { queue: support, on: { ended: bye }, else: main }
  bye: { end: thanks-bye }
"""


def book(*texts: str) -> Book:
    loaded = load({f"{n}.yaml": text for n, text in enumerate(texts)}, BOOK.slots, CATALOGUE)
    assert loaded.book is not None, loaded.problems
    return loaded.book


def small(words: str = "Слово", traffic: Traffic | None = None) -> Picture:
    passed = {"*1": traffic} if traffic else {}
    return picture(book(SMALL), ["*1"], {"main-menu": words}, passed)


def boxes(found: Picture) -> dict[str, Box]:
    return {box.node: box for sheet in found.sheets for box in sheet.boxes}


def arrows(found: Picture) -> dict[tuple[str, str], list[str]]:
    return {
        (arrow.source[1], arrow.target[1]): [each.label for each in arrow.exits]
        for arrow in found.arrows
    }


@pytest.mark.parametrize(
    "names", [*((name,) for name in BOOK.flows), linked_flows(BOOK.flows, "111")]
)
def test_every_node_and_way_is_there_once(names: tuple[str, ...]) -> None:
    found = picture(BOOK, names, WORDS, {})
    drawn = [(box.flow, box.node) for sheet in found.sheets for box in sheet.boxes if box.kind]
    assert drawn == [(name, node) for name in names for node in BOOK.flows[name].nodes]
    arrows: Counter[tuple[str, str, str, str, str]] = Counter()
    for sheet in found.sheets:
        for box in sheet.boxes:
            for each in (*box.exits, *box.usual):
                arrows[box.flow, box.node, each.label, each.flow, each.node] += 1
    for arrow in found.arrows:
        for each in arrow.exits:
            assert (each.flow, each.node) == arrow.target
            arrows[*arrow.source, each.label, each.flow, each.node] += 1
    meant = Counter(
        (*spot, way.label, way.flow, way.node)
        for spot in drawn
        for way in edges_from(BOOK.flows, CATALOGUE, spot)
    )
    handlers = Counter(
        (name, f"{field.replace('_', '-')}:", "", name, target)
        for name in names
        for field in HANDLERS.values()
        if (target := getattr(BOOK.flows[name], field))
    )
    assert arrows == meant + handlers


def test_what_all_menus_have_is_drawn_once() -> None:
    found = small()
    drawn = [(each.label, each.node) for each in found.sheets[0].everywhere]
    assert drawn == [("9", "repeat"), ("#", "help"), ("gave-up", "bye"), ("farewell", "bye")]
    assert [each.label for each in boxes(found)["main"].exits] == ["*"]
    assert "gave-up" in [each.label for each in boxes(found)["main"].usual]


def test_of_many_lines_to_a_box_one_is_drawn_and_none_goes_back() -> None:
    found = small()
    lines = arrows(found)
    assert len([target for _, target in lines if target == "bye"]) == 1
    assert all((source, "main") not in lines for source in boxes(found))
    assert ("on-error:", "desk") in lines
    drawn = {name: [each.label for each in box.exits] for name, box in boxes(found).items()}
    assert drawn == {
        "main": ["*"], "перевод": ["3"], "help": [], "again": ["known", "else"],
        "desk": ["ended", "else"], "bye": [], "on-error:": [],
    }  # fmt: skip


def test_the_way_to_a_human_is_marked_from_the_start_and_written_at_each_question() -> None:
    found = small()
    marked = [(arrow.source[1], arrow.target[1]) for arrow in found.arrows if arrow.human]
    assert marked == [("main", "перевод"), ("перевод", "desk")]
    drawn = {name: box.human for name, box in boxes(found).items() if box.human is not None}
    assert drawn == {"main": "11", "перевод": "1"}


def test_the_way_to_a_human_leads_through_other_flows() -> None:
    found = shortest_to_human(BOOK.flows, CATALOGUE)
    assert found["611", "main"].keys == ("0",)
    assert found["money", "choose"].keys == ("0",)
    assert found["agent", "support-queue"].keys == ()


def test_no_way_to_a_human_is_said() -> None:
    alone = SMALL.replace("desk: { queue: support, on: { ended: bye }, else: main }", "").replace(
        "desk", "bye"
    )
    found = picture(book(alone), ["*1"], {}, {})
    assert boxes(found)["main"].human == ""
    assert "☎ never" in dot(found)


def test_calls_are_counted_where_they_went() -> None:
    went = {
        ("main", "1"): 7, ("main", "9"): 2, ("main", "2"): 3, ("main", "hung-up"): 4,
        ("перевод", "1"): 5, ("перевод", "3"): 2,
    }  # fmt: skip
    found = small(traffic=Traffic(14, {"main": 14, "перевод": 7}, went))
    lines = {arrow.source[1]: arrow.calls for arrow in found.arrows if arrow.human}
    assert lines == {"main": 7, "перевод": 5}
    main = boxes(found)["main"]
    assert (main.calls, main.hung_up) == (14, 4)
    text = dot(found)
    for drawn in (
        "calls 14, hung up 4",
        "9 (2)",
        "3 (2) → bye",
        '" 2 (3) "',
        '" 1 (7) "',
        "no calls yet",
    ):
        assert drawn in text
    assert "calls 14, hung up 4" in mermaid(found)
    thick = [float(width) for width in re.findall(r"penwidth=([0-9.]+)", text)]
    assert max(thick) == 5.8


@pytest.mark.parametrize(
    "names", [*((name,) for name in BOOK.flows), linked_flows(BOOK.flows, "111")]
)
def test_graphviz_draws_every_box(names: tuple[str, ...]) -> None:
    found = picture(BOOK, names, WORDS, {})
    svg = ElementTree.fromstring(_svg(dot(found)))
    drawn = [one.get("id") for one in svg.iter() if one.get("class") == "node"]
    for box in boxes(found).values():
        assert f"{box.flow}/{box.node}" in drawn
    links = {
        value.removeprefix("#")
        for one in svg.iter()
        for name, value in one.attrib.items()
        if name.endswith("href")
    }
    assert links <= set(drawn)


@pytest.mark.parametrize("words", ['<b> & "x" \\ {y} ]]>', "#`|*_~", "Ў" * 300, ""])
def test_texts_do_no_harm(words: str) -> None:
    found = small(words)
    assert "<svg" in _svg(dot(found))
    for line in mermaid(found).splitlines():
        assert line.count('"') in (0, 2)


def test_mermaid_has_all_boxes_and_arrows() -> None:
    found = picture(BOOK, linked_flows(BOOK.flows, "611"), WORDS, {})
    text = mermaid(found)
    every = [box for sheet in found.sheets for box in sheet.boxes]
    assert len(re.findall(r"^    n\d+\[", text, re.MULTILINE)) == len(every)
    assert len(re.findall(r"^  n\d+ [-=.]+>.* n\d+$", text, re.MULTILINE)) == len(found.arrows)
    assert text.count("  end\n") == len(found.sheets)


def _svg(text: str) -> str:
    done = subprocess.run(
        ["dot", "-Tsvg"], input=text, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    return done.stdout
