"""Flows of a directory."""

import os
from pathlib import Path

import pytest

from ari_app.menus.loading import SHIPPED, FlowsError, UnreadError, menus, read
from ivr.check import Standard
from ivr.loader import load
from ivr.reader import version
from prompts import catalogue
from tests.session.scripted import FLOW, OPERATIONS, PROMPTS

SLOTS = {prompt: {} for prompt in PROMPTS}  # type: dict[str, dict[str, str]]
TEXTS = "".join(f"{prompt}: Текст {prompt}\n" for prompt in PROMPTS)
WORDS = catalogue.read({"ru.yaml": TEXTS, "be.yaml": TEXTS})


def test_a_directory_with_all_below_it(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "611.yaml").write_text(FLOW)
    (tmp_path / "112.yaml").write_text(FLOW.replace("611", "112"))
    (tmp_path / "README.md").write_text("not a flow")
    book = read(tmp_path, SLOTS, OPERATIONS)
    assert set(book.flows) == {"611", "112"}
    assert book.answering("112") is book.flows["112"]


def test_the_shipped_ones_are_there() -> None:
    assert {path.name for path in SHIPPED.rglob("*.yaml")} >= {"611.yaml", "111.yaml"}


def test_all_problems_at_once_with_their_places(tmp_path: Path) -> None:
    file = tmp_path / "611.yaml"
    file.write_text(FLOW.replace("then: main }", "then: mian }").replace("say: sorry", "say: sory"))
    with pytest.raises(FlowsError) as caught:
        read(tmp_path, SLOTS, OPERATIONS)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems) >= 2
    assert all(line.startswith(f"{file}:") for line in lines)
    assert any("mian" in line and "main" in line for line in lines)


def test_an_empty_directory_or_none(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "none"):
        with pytest.raises(UnreadError, match=r"there is no flow .* another \[menus\] directory"):
            read(directory, SLOTS, OPERATIONS)
    with pytest.raises(UnreadError, match="this cannot be read: Not a directory"):
        read(Path(__file__), SLOTS, OPERATIONS)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "611.yaml").write_text(FLOW)
    assert set(read(tmp_path, SLOTS, OPERATIONS).flows) == {"611"}


TRAP = """
flow: "611"
numbers: ["611"]
languages: [ru]
start: main
nodes:
  main: { menu: main, keys: { "1": said }, gave-up: said }
  said: { say: thanks, then: main }
"""


def test_errors_keep_flows_out_of_force_and_warnings_do_not(tmp_path: Path) -> None:
    (tmp_path / "611.yaml").write_text(FLOW)
    assert load({"a": FLOW}, SLOTS, OPERATIONS, Standard()).problems
    assert read(tmp_path, SLOTS, OPERATIONS, Standard()).flows
    (tmp_path / "611.yaml").write_text(TRAP)
    assert read(tmp_path, SLOTS, OPERATIONS).flows
    with pytest.raises(FlowsError, match="trap: nothing leads out of main"):
        read(tmp_path, SLOTS, OPERATIONS, Standard())


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "611.yaml").write_bytes("flow: Привет".encode("cp1251"))
    with pytest.raises(FlowsError, match="save it as UTF-8"):
        read(tmp_path, SLOTS, OPERATIONS)


# Menus: flows with their texts.


def test_own_texts_are_read_with_the_flows(tmp_path: Path) -> None:
    flow = FLOW.replace("say: sorry", "say: our-news")
    (tmp_path / "611.yaml").write_text(flow)
    (tmp_path / "611.test.yaml").write_text("- no: flow\n")
    (tmp_path / ".#611.yaml").symlink_to("an-editor@host")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "old.yaml").write_text("no: flow\n")
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "ru.yaml").write_text("our-news: Новости\nbye: Пока\n")
    (tmp_path / "prompts" / "be.yaml").write_text("our-news: Навіны\n")
    found = menus(tmp_path, WORDS, OPERATIONS)
    assert found.book.flows["611"].version == version(flow)
    assert found.sources == {"611": flow}
    texts = [found.catalogue.template("bye", language)[1].source for language in ("ru", "be")]
    assert texts == ["Пока", "Текст bye"]
    assert found.catalogue.template("our-news", "be")[1].source == "Навіны"


def test_without_own_texts_they_are_ours(tmp_path: Path) -> None:
    (tmp_path / "611.yaml").write_text(FLOW)
    assert menus(tmp_path, WORDS, OPERATIONS).catalogue is WORDS
    (tmp_path / "prompts").mkdir()
    assert menus(tmp_path, WORDS, OPERATIONS).catalogue == WORDS


def test_problems_of_texts_and_flows_are_reported_together(tmp_path: Path) -> None:
    (tmp_path / "611.yaml").write_text(FLOW.replace("say: sorry", "say: sory"))
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "ru.yaml").write_text("bye: Пока\nsorry: Жаль {x:monny}\n")
    (tmp_path / "prompts" / "rus.yaml").touch()
    with pytest.raises(FlowsError) as caught:
        menus(tmp_path, WORDS, OPERATIONS)
    texts, languages, flow = map(str, caught.value.problems)
    assert texts.startswith(f"{tmp_path}/prompts/ru.yaml:2:13: there is no kind of placeholder")
    assert languages.startswith(f"{tmp_path}/prompts/rus.yaml:1:1: rus is not a language")
    assert flow.startswith(f"{tmp_path}/611.yaml:13:17: ")


def test_texts_alone_may_be_wrong(tmp_path: Path) -> None:
    (tmp_path / "611.yaml").write_text(FLOW)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "ru.yaml").write_text("bye:\n")
    with pytest.raises(FlowsError, match="the text is empty"):
        menus(tmp_path, WORDS, OPERATIONS)
