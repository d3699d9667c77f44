"""The commands around menus, where nothing runs."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec import json

from ari_app.cli import main
from ari_app.control.client import ControlClient
from ari_app.main.installation import installation
from ari_app.main.reloading import ReloadedAll
from ari_app.store import calls, versions
from ari_app.store.db import Store
from ari_app.store.versions import Version
from tests.operators import BELARUS
from tests.store.samples import NOON, began

FLOW = """\
flow: news
languages: [ru]
start: news
nodes:
  news: { say: [welcome, our-news], then: bye }
  bye: { end: thanks-bye }
"""
KEPT = (("f00dfeed", "flow: old\n"), ("beefbeef", "flow: new\n"), ("beefcafe", "flow: newest\n"))


@pytest.fixture
def menus(tmp_path: Path) -> Path:
    directory = tmp_path / "menus"
    (directory / "prompts").mkdir(parents=True)
    (directory / "news.yaml").write_text(FLOW)
    (directory / "prompts" / "ru.yaml").write_text("our-news: Новости.\nwelcome: Привет.\n")
    return directory


def firstline(tmp_path: Path, *words: str) -> Result:
    """What a command says in a state directory."""
    return CliRunner().invoke(main, ["--state", str(tmp_path / "state"), *words])


def test_own_texts_are_checked_with_the_flows(tmp_path: Path, menus: Path) -> None:
    done = firstline(tmp_path, "flows", "check", str(menus))
    assert done.exit_code == 0, done.output
    (menus / "prompts" / "ru.yaml").write_text("welcome:\n")
    done = firstline(tmp_path, "flows", "check", str(menus))
    assert done.exit_code == 1
    assert f"{menus}/prompts/ru.yaml:1:9: prompt-text: the text is empty" in done.output
    assert "named our-news" in done.output


@pytest.mark.parametrize("settings", [False, True])
def test_own_texts_are_listed(tmp_path: Path, menus: Path, settings: bool) -> None:
    """Of the directory that is named, or else of the one in the settings."""
    words = ["--menus", str(menus)]
    if settings:
        installation(tmp_path / "state").make()
        (tmp_path / "state" / "firstline.toml").write_text(f'[menus]\ndirectory = "{menus}"\n')
        words = []
    listed = firstline(tmp_path, "prompts", "list", *words).output.splitlines()
    assert {"our-news: Новости.", "welcome: Привет."} <= set(listed)
    assert len(listed) > 20
    done = firstline(tmp_path, "prompts", "missing", *words)
    assert done.exit_code == 0, "no flow plays it in a language that it lacks"
    (menus / "b.yaml").write_text(
        'flow: "2"\nlanguages: [ru, be]\nstart: news\nnodes: { news: { end: our-news } }\n'
    )
    done = firstline(tmp_path, "prompts", "missing", *words)
    assert done.exit_code == 1
    assert "our-news is missing in be: add it to prompts/be.yaml" in done.output


def test_an_own_text_is_said(tmp_path: Path, menus: Path) -> None:
    said = tmp_path / "said.wav"
    words = ("prompts", "say", "our-news", "--menus", str(menus), "-o", str(said))
    assert firstline(tmp_path, *words).output == f"{said}: Новости.\n"
    assert said.stat().st_size > 4000


def test_texts_that_do_not_read_are_printed(tmp_path: Path, menus: Path) -> None:
    (menus / "prompts" / "ru.yaml").write_text("welcome: {\n")
    done = firstline(tmp_path, "prompts", "list", "--menus", str(menus))
    assert done.exit_code == 1
    assert f"{menus}/prompts/ru.yaml:2:1" in done.output


def keep(tmp_path: Path) -> None:
    """Three versions of a flow in the store, and a call in the first."""

    async def keeping() -> None:
        store = await Store.open(installation(tmp_path / "state").database, BELARUS)
        kept = [(Version("611", name, NOON, "reload"), text) for name, text in KEPT]
        await store.write(versions.record, kept)
        await store.write(calls.add, [began()])
        await store.close()

    asyncio.run(keeping())


def test_versions_are_listed_and_shown(tmp_path: Path) -> None:
    keep(tmp_path)
    lines = firstline(tmp_path, "flows", "versions").output.splitlines()
    assert lines == [
        "611  beefcafe   since 2026-03-01 15:00:00 +03 (reload)  0 calls",
        "611  beefbeef   since 2026-03-01 15:00:00 +03 (reload)  0 calls",
        "611  f00dfeed   since 2026-03-01 15:00:00 +03 (reload)  1 call, "
        "2026-03-01 15:00:00 +03 to 2026-03-01 15:00:00 +03",
    ]
    listed = json.decode(firstline(tmp_path, "flows", "versions", "611", "--json").output)
    assert [one["calls"] for one in listed] == [0, 0, 1]
    assert not any(one["on_air"] for one in listed)
    assert firstline(tmp_path, "flows", "versions", "611", "beefc").output == "flow: newest\n"
    shown = firstline(tmp_path, "flows", "versions", "611", "f00d", "--json").output
    assert json.decode(shown)["text"] == "flow: old\n"


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("versions", "911"), "no flow 911 was in force yet"),
        (("versions", "611", "beef"), "more than one version beef: write one of beefcafe, beefbee"),
        (("versions", "611", "0"), "no version 0: write one of beefcafe, beefbeef, f00dfeed"),
        (("reload",), "Firstline does not run here: start it with `firstline up`"),
    ],
)
def test_what_is_not_there(tmp_path: Path, words: tuple[str, ...], printed: str) -> None:
    keep(tmp_path)
    done = firstline(tmp_path, "flows", *words)
    assert done.exit_code == 1
    assert printed in done.output


def test_nothing_was_ever_in_force(tmp_path: Path) -> None:
    done = firstline(tmp_path, "flows", "versions")
    assert done.exit_code == 1
    assert "start" in done.output


@pytest.mark.parametrize("settings", [(), ("[trunk]",)])
def test_what_came_in_force_is_not_called_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: tuple[str, ...]
) -> None:
    async def reloaded(*_: object) -> bytes:
        return json.encode(ReloadedAll(settings))

    monkeypatch.setattr(ControlClient, "reload", reloaded)
    said = firstline(tmp_path, "reload").stdout
    assert said == ("in force: [trunk]\n" if settings else "nothing changed\n")
