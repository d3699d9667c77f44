"""`firstline flows replay` as it is typed, in an installation without demo data."""

import asyncio
import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from ari_app.cli import main
from ari_app.menus.loading import SHIPPED
from ari_app.store import calls
from ari_app.store.calls import CallBegan, CallEnded, Record
from ari_app.store.db import Store
from ari_app.store.tapes import CallTaped
from tests.operators import BELARUS
from tests.shipped import menus
from tests.sim.taped_walks import NUMBER, Walk, walk

CALLS = 40


def records(taken: Walk, began: datetime) -> Sequence[Record]:
    """What the application stores of a call."""
    at, session = began + timedelta(minutes=5), taken.session
    version = menus().book.flows[session.flow].version
    who = (session.id, "ari", session.dialled, NUMBER, None, session.language)
    return [
        CallBegan(*who, session.flow, version, began),
        CallTaped(session.id, at, taken.tape),
        CallEnded(session.id, at, taken.run.how, 0),
    ]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of an installation with calls through the shipped menus: one that an older version
    recorded, one in the cabinet, one through menus that are gone, and one of two weeks ago."""
    directory = tmp_path_factory.mktemp("replay")
    (directory / "state").mkdir()
    now = datetime.now(UTC)

    async def filling() -> None:
        store = await Store.open(directory / "state" / "firstline.db", BELARUS)
        book = menus().book
        for seed in range(CALLS):
            taken = walk(book, "611", seed, "1" if seed % 2 else "")
            await store.write(calls.add, records(taken, now - timedelta(hours=2, minutes=seed)))
        began, taped, ended = records(walk(book, "611", 900), now - timedelta(hours=1))
        await store.write(calls.add, [began, ended])
        began, taped, ended = records(walk(book, "611", 901), now - timedelta(minutes=30))
        assert isinstance(began, CallBegan)
        other = CallBegan(*(*_fields(began)[:7], "0123456789ab", began.at))
        await store.write(calls.add, [other, taped, ended])
        began, taped, ended = records(walk(book, "611", 903), now - timedelta(minutes=20))
        await store.write(calls.add, [replace(began, line="cabinet"), taped, ended])
        await store.write(calls.add, records(walk(book, "611", 902), now - timedelta(days=14)))
        await store.close()

    asyncio.run(filling())
    return directory


def _fields(began: CallBegan) -> tuple[Any, ...]:
    return tuple(getattr(began, name) for name in began.__struct_fields__)


@pytest.fixture(scope="module")
def changed(directory: Path) -> Path:
    """Menus with two keys exchanged."""
    there = directory / "changed"
    shutil.copytree(SHIPPED, there)
    text = (there / "611.yaml").read_text()
    was = '"1": money, "2": tariff'
    assert text.count(was) > 1
    (there / "611.yaml").write_text(text.replace(was, '"1": tariff, "2": money'))
    return there


def firstline(directory: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--state", str(directory / "state"), *words])


def test_over_the_menus_in_use_every_call_ends_the_same(directory: Path) -> None:
    done = firstline(directory, "flows", "replay", "--menus", str(SHIPPED), "--json")
    overall = json.loads(done.stdout)
    assert done.exit_code == 0
    assert overall["summary"]["verdicts"] == {
        "same": CALLS, "another": 0, "lost": 0, "unknown": 0, "not-replayed": 3,
    }  # fmt: skip
    whys = {why for _, why, _ in overall["summary"]["whys"]}
    assert whys == {
        "it has no tape: it was recorded by an older version, or went on after a restart",
        "the menus that it went through are not kept any more",
        "it was a session in text",
    }


def test_a_changed_key_is_listed_and_drawn(
    directory: Path, changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = directory / "611.json"
    words = ("--menus", str(changed), "--flow", "611", "-o", str(picture))
    done = firstline(directory, "flows", "replay", *words)
    assert "1: 611/main -> money/balance, now 611/main -> tariff/" in done.output
    assert "not replayed       3" in done.output
    [sheet] = json.loads(picture.read_text())["sheets"]
    assert sheet["calls"] == CALLS
    listed = done.output.split("calls (`firstline calls show ID`):\n")[1]
    one = listed.split()[0]
    monkeypatch.setenv("FIRSTLINE_MENUS_DIRECTORY", str(changed))  # the shipped ones before
    alone = firstline(directory, "flows", "replay", "--menus", str(changed), "--call", one)
    assert alone.output.startswith("1 call\n")
    assert "not replayed       0" in alone.output


def test_a_call_that_is_none(directory: Path) -> None:
    done = firstline(directory, "flows", "replay", "--menus", str(SHIPPED), "--call", "nonesuch")
    assert (done.exit_code, done.stderr) == (
        1, "Error: there is no call nonesuch that has ended: `firstline calls list`\n",
    )  # fmt: skip
