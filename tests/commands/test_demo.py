"""`firstline demo remove`: an installation goes on with its own subscribers."""

import asyncio
import os
from pathlib import Path

import pytest
from msgspec import json

from ari_app.config.state import ConfigError, State
from ari_app.demo.settings import SETTINGS
from ari_app.store import subscribers
from ari_app.store.db import Store
from asterisk_conf.process import Process, started
from tests.commands.conftest import Run
from tests.operators import BELARUS
from tests.store.samples import subscriber

OWN = """
[operator]
name = "Example"
country = "BY"
currency = "EUR"

[site] # ours
timezone = "Europe/Warsaw"
languages = ["en"]
demo = true
"""


@pytest.fixture
def mixed(demo: State) -> State:
    """The demo operator and one subscriber besides."""

    async def adding() -> None:
        store = await Store.open(demo.database, BELARUS)
        await store.write(subscribers.add, [subscriber(60, "375291234567")])
        await store.close()

    asyncio.run(adding())
    return demo


def write(state: State, text: str) -> Path:
    file = state.directory / "firstline.toml"
    file.write_text(f"{file.read_text()}{text}")
    return file


def test_own_subscribers_stay_and_the_settings_say_so(mixed: State, run: Run) -> None:
    file = write(mixed, OWN)
    assert (
        "50 subscribers, 0 calls; agents: anna, boris" in run("demo", "remove", "--dry-run").stdout
    )
    assert mixed.config({}).site.demo
    printed = run("demo", "remove", "--yes").stdout
    assert f"{file}: demo = false" in printed
    assert "removed: agents 2, " in printed
    assert "subscribers 50" in printed
    assert not mixed.config({}).site.demo
    assert "[site] # ours\ndemo = false\ntimezone" in file.read_text()
    assert len(run("subscribers", "list").stdout.splitlines()) == 1
    assert "375291234567" in run("subscribers", "show", "291234567").stdout
    assert "there is nothing of the demo" in run("demo", "remove", "--yes").stdout


def test_it_asks_whose_installation_it_is_before_anything_is_removed(
    mixed: State, run: Run
) -> None:
    done = run("demo", "remove", "--yes")
    assert done.exit_code == 1
    assert "[operator] has no name and no country and no currency" in done.stderr
    assert len(run("subscribers", "list").stdout.splitlines()) == 51
    assert mixed.config({}).site.demo


def test_not_while_it_runs(mixed: State, run: Run) -> None:
    me = os.getpid()
    mixed.process.write_bytes(json.encode(Process(me, started(me) or 0)))
    done = run("demo", "remove", "--yes")
    assert (done.exit_code, "`firstline down` first" in done.stderr) == (1, True)


def test_an_asterisk_of_ones_own_has_no_demo_unless_it_is_written(tmp_path: Path) -> None:
    state, file = State(tmp_path, SETTINGS), tmp_path / "firstline.toml"
    url = '[ari]\nurl = "http://127.0.0.1:8088"\n'
    file.write_text(url)
    with pytest.raises(ConfigError, match="has no name and no country"):
        state.config({})
    file.write_text(f"{url}{OWN.replace('demo = true', '')}")
    assert not state.config({}).site.demo
    file.write_text(f"{url}[site]\ndemo = true\n")
    assert state.config({}).site.demo
