"""`firstline flows plan`, and pictures as text."""

import re
from pathlib import Path

from click.testing import CliRunner

from ari_app.cli import main

FLOW = """
flow: shop
numbers: ["611"]
languages: [en, ru]
start: hours
farewell: bye
nodes:
  hours: { hours: shop, open: main, closed: bye }
  main:
    menu: shop-menu
    keys: { "1": people, "2": desk }
    wrong: not-understood
    gave-up: people
  people: { queue: support, else: bye }
  desk: { dial: "701", else: people }
  bye: { end: thanks-bye }
"""
SCHEDULE = """
schedule: shop
timezone: Europe/Minsk
week: { mon-fri: "09:00-18:00" }
except: { "01-01": closed }
"""


def shop(tmp_path: Path) -> Path:
    """A directory of menus."""
    menus = tmp_path / "menus"
    (menus / "prompts").mkdir(parents=True)
    (menus / "shop.yaml").write_text(FLOW, "utf-8")
    (menus / "hours.yaml").write_text(SCHEDULE, "utf-8")
    for language, text in (("en", "One & two."), ("ru", "Один.")):
        file = menus / "prompts" / f"{language}.yaml"
        file.write_text(f"shop-menu: {text!r}\n", "utf-8")
    return menus


def test_a_call_plan_has_numbers_hours_people_texts_and_keys(tmp_path: Path) -> None:
    page = tmp_path / "plan.html"
    command = ["--state", str(tmp_path / "state"), "flows", "plan", "--output", str(page)]
    done = CliRunner().invoke(main, [*command, "--menus", str(shop(tmp_path))])
    assert (done.exit_code, done.output) == (0, f"{page}: shop\n")
    html = page.read_text("utf-8")
    for row in (
        '<td>611</td><td><a href="#shop/hours">hours</a></td>',
        "<td>mon-fri</td><td>09:00-18:00</td>",
        "<td>01-01</td><td>closed</td>",
        '<td>dial 701</td><td><a href="#shop/main">main</a></td>',
        '<td>en</td><td><span lang="en">One &amp; two.</span></td>',
        '<td>ru</td><td><span lang="ru">Один.</span></td>',
        '<td>1</td><td><a href="#shop/people">people</a> (queue support)</td>',
        '<td>after the last attempt</td><td><a href="#shop/people">people</a> (queue support)</td>',
    ):
        assert row in html
    assert "://" not in html
    assert "<script" not in html
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_a_number_that_leads_to_people_at_once(tmp_path: Path) -> None:
    menus, page = shop(tmp_path), tmp_path / "plan.html"
    (menus / "shop.yaml").write_text(FLOW.replace("start: hours", "start: people"), "utf-8")
    command = ["--state", str(tmp_path / "state"), "flows", "plan", "--output", str(page)]
    assert CliRunner().invoke(main, [*command, "--menus", str(menus)]).exit_code == 0
    assert "<td>queue support</td><td>611, " in page.read_text("utf-8")


def test_a_flow_that_is_not_there_is_named(tmp_path: Path) -> None:
    command = ["--state", str(tmp_path / "state"), "flows", "plan", "shopp"]
    done = CliRunner().invoke(main, [*command, "--menus", str(shop(tmp_path))])
    assert (done.exit_code, "there is no flow shopp" in done.output) == (1, True)


def test_a_picture_is_printed_as_mermaid(tmp_path: Path) -> None:
    command = ["--state", str(tmp_path / "state"), "flows", "graph", "shop", "--format", "mermaid"]
    done = CliRunner().invoke(main, [*command, "--menus", str(shop(tmp_path))])
    assert done.exit_code == 0
    assert done.output.startswith("flowchart LR\n")
    assert "<b>main</b> menu" in done.output
