"""`firstline announce`, on a store of its own with the demo operator in it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from msgspec import json

from ari_app.config.state import State
from ari_app.store import announcement_requests
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from prompts import wav
from prompts.telephone import playable
from tests.commands.conftest import Run
from tests.operators import BELARUS

T = TypeVar("T")
TEXTS = ("--text", "ru=Пожар.", "--text", "be=Пажар.", "--text-en", "A fire.")
UNTIL = ("--until", "3h", "--by", "anna")


@pytest.fixture(autouse=True)
def _operator(demo: State) -> None:
    """All of these have the demo operator."""


def stored(state: State, fn: Callable[[Database], T]) -> T:
    """Do something in the store that commands do not."""

    async def writing() -> T:
        store = await Store.open(state.database, BELARUS)
        try:
            return await store.write(fn)
        finally:
            await store.close()

    return asyncio.run(writing())


def test_an_announcement_from_its_beginning_to_its_end(run: Run, state: State) -> None:
    area = ("--area", "Минск", "--area", "брест")
    done = run("announce", "add", *area, *TEXTS, *UNTIL)
    assert done.stdout.startswith("announcement 1: Минск, Брест, until ")
    assert "warning" not in done.stderr
    at = datetime.now(UTC)
    stored(state, lambda db: announcement_requests.record_heard(db, [1], "375990000001", "c1", at))
    stored(
        state,
        lambda db: announcement_requests.request_notification(db, 1, "375990000001", 1, "c1", at),
    )

    [line] = run("announce", "list").stdout.splitlines()
    assert line.startswith("1  on until ")
    assert line.endswith("  Минск, Брест  Пожар.  heard: 1, requests: 1")
    shown = run("announce", "show", "1").stdout
    for said in (
        "announcement 1, on: Минск, Брест",
        "by anna",
        "ru: Пожар.",
        "callers who heard it: 1",
    ):
        assert said in shown

    longer = run("announce", "extend", "1", "--until", "5h").stdout
    assert longer.startswith("announcement 1 lasts until ")
    assert (
        "`firstline announce cancel 1 --mended` sends it" in run("announce", "cancel", "1").stdout
    )
    assert run("announce", "list").stdout == "nothing is announced\n"
    output = run("announce", "cancel", "1", "--mended").stdout
    assert "texts that it is fixed: 1" in output
    [row] = json.decode(run("announce", "list", "--all", "--json").stdout)
    assert row["state"] == "mended"
    assert (row["heard"], row["wishes"], row["areas"]) == (1, 1, ["Минск", "Брест"])


def test_a_tariff_is_known_by_all_its_names(run: Run) -> None:
    tariffs = ("--tariff", "Домашний", "--tariff", "home", "--tariff", "On the road")
    done = run("announce", "add", *tariffs, *TEXTS, *UNTIL)
    assert done.stdout.startswith("announcement 1: home, road, until ")


def test_a_missing_text_is_warned_of(run: Run) -> None:
    done = run("announce", "add", "--everyone", "--text-be", "Пажар.", *UNTIL)
    assert done.exit_code == 0
    assert (
        "no --text ru=…, --text en=…: callers in that language hear the text in be" in done.stderr
    )


def test_a_recording_is_kept_where_it_stays(run: Run, state: State, tmp_path: Path) -> None:
    recording = tmp_path / "fire.wav"
    wav.write(recording, np.full(8000, 0.1, dtype=np.float32))
    done = run("announce", "add", "--everyone", "--recording", str(recording), *UNTIL)
    assert "warning" not in done.stderr
    recording.unlink()
    [row] = json.decode(run("announce", "list", "--json").stdout)
    kept = Path(row["recording"] + ".wav")
    assert kept.parent == state.announcements
    assert playable(kept)
    assert f"recording: {kept}" in run("announce", "show", "1").stdout
    assert [file.suffix for file in state.announcements.iterdir()] == [".wav"]


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("--area", "Мнск", *TEXTS, *UNTIL), "there is no area Мнск: did you mean Минск?"),
        (("--tariff", "hom", *TEXTS, *UNTIL), "there is no tariff hom: did you mean home?"),
        ((*TEXTS, *UNTIL), "name the callers with one of"),
        (("--everyone", "--area", "Минск", *TEXTS, *UNTIL), "with one of"),
        (("--everyone", *UNTIL), "give a text or a recording"),
        (("--everyone", "--text-ru", " ", *UNTIL), "give a text or a recording"),
        (("--everyone", "--text-ru", "А" * 601, *UNTIL), "longer than 600 characters: shorten it"),
        *(
            (("--everyone", "--text-ru", signs, *UNTIL), f"nothing to be heard in '{signs}'")
            for signs in ("!!!", "—", "…", "«»")
        ),
        (("--everyone", "--text-ru", "<b>Пожар</b>", *UNTIL), "<b> is markup: SSML is not spoken"),
        (("--everyone", *TEXTS), "Missing option '--until'"),
        (("--everyone", *TEXTS, "--until", "2020-01-01T10:00"), "is in the past"),
        (
            ("--everyone", "--recording", __file__, *UNTIL),
            "this format cannot be read: `ffmpeg -i ",
        ),
    ],
)
def test_what_is_refused_says_what_to_do(run: Run, words: tuple[str, ...], printed: str) -> None:
    done = run("announce", "add", *words)
    assert done.exit_code != 0
    assert printed in done.stderr
    assert run("announce", "list", "--all").stdout == "nothing is announced\n"


def test_what_has_ended_or_never_was(run: Run) -> None:
    for words in (("show", "7"), ("cancel", "7"), ("extend", "7", "--until", "2h")):
        assert "there is no announcement 7: `firstline" in run("announce", *words).stderr
    run("announce", "add", "--everyone", *TEXTS, *UNTIL)
    run("announce", "cancel", "1", "--mended")
    assert "has ended: add a new one" in run("announce", "extend", "1", "--until", "2h").stderr
    assert "has ended already" in run("announce", "cancel", "1").stderr


def test_before_the_first_start_there_is_no_one_to_notify(run: Run, state: State) -> None:
    state.database.unlink()
    done = run("announce", "add", "--area", "Минск", *TEXTS, *UNTIL)
    assert "start Firstline with `firstline up`" in done.stderr
