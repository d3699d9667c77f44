"""Expired records are removed in batches; younger, open or waiting ones stay."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from ari_app.admin import retention
from ari_app.calls.recordings import Recordings
from ari_app.cli import main
from ari_app.config.retention_settings import RetentionSettings
from ari_app.config.state import ConfigError
from ari_app.main.installation import installation
from ari_app.store import (
    agent_actions,
    agent_states,
    announcement_requests,
    announcements,
    calls,
    cards,
    code_words,
    complaints,
    conversations,
    outbox,
    quality,
    quarters,
    queue_calls,
    views,
)
from ari_app.store.agent_actions import AgentAction
from ari_app.store.announcements import Announcement
from ari_app.store.calls import CallEnded
from ari_app.store.cards import Card, TypedText
from ari_app.store.code_words import Attempt
from ari_app.store.conversations import Conversation
from ari_app.store.db import Store, StoreError
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ivr.acd.figures import Span, Stay, quarter
from tests.ari.facts import until
from tests.operators import BELARUS
from tests.store.quality_statements import SCORE
from tests.store.samples import NOON, began, step

KEEP = RetentionSettings(**dict.fromkeys(RetentionSettings.__struct_fields__, 40))
DAY = timedelta(days=1)
TALKED = Conversation(file="", at=NOON, channel="", agent="anna", queue="support", number="")
TABLES = (
    "calls", "steps", "outbox", "code_word_tries", "announcement_hearings", "complaints",
    "cards", "card_texts", "acts", "views", "queue_calls", "agent_states", "agent_quarters",
    "scores", "score_answers",
)  # fmt: skip


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield store
    await store.close()


@pytest.fixture
def recorded(tmp_path: Path) -> Recordings:
    (tmp_path / "recorded").mkdir()
    return Recordings(tmp_path / "recorded")


def live(db: Database, directory: Path, call: str, at: datetime) -> None:
    """What a day leaves behind: a call, its text, tries, a played announcement, a closed and an
    open complaint, a recording without a complaint, a closed and an open card, an act, a look, a
    stay in a queue and one that goes on, as states of agents, a score."""
    calls.add(db, [replace(began(call), at=at), step(call, 1), step(call, 2)])
    calls.add(db, [CallEnded(call, at, "gone", 16)])
    outbox.post(db, f"{call}:sent", "375990000001", "text", call, at)
    outbox.mark_sent(db, f"{call}:sent", at)
    outbox.post(db, f"{call}:waiting", "375990000001", "text", call, at)
    trial = Attempt(subscriber=1, number="375990000001", call=call)
    code_words.finish(db, code_words.start(db, trial, at), "ok")
    one = announcements.add(db, Announcement(since=at, until=at, by="anna"))
    announcement_requests.record_heard(db, [one.id], "375990000001", call, at)
    for card in (f"{call}:closed", f"{call}:open"):
        cards.open(db, Card(id=card, agent="anna", channel=call, opened=at))
        cards.save(db, TypedText(card, "question", card, "?", at))
    cards.finish(db, f"{call}:closed", at)
    agent_actions.begin(
        db, AgentAction(key=call, at=at, agent="anna", subscriber=1, operation="pause")
    )
    views.add(db, "anna", 1, "card", at)
    beginning, quarter_hour = micros(at), quarter(micros(at))
    for left in (beginning, None):
        stay = Stay(channel=f"{call}:{left}", queue="support", joined=beginning, left=left)
        queue_calls.put(db, [stay])
        agent = f"{call}:{left}"
        agent_states.put(db, [Span(agent=agent, state="ready", since=beginning, until=left)])
    quality.put(db, replace(SCORE, stay=beginning, called=at))
    quarters.count(db, quarter_hour, lambda _: 0)
    for seq in range(3):
        file = directory / f"{call}-{seq}.wav"
        file.touch()
        os.utime(file, (at.timestamp(), at.timestamp()))
        if seq:
            who = (call, "375990000001", 1)
            id = complaints.add(db, f"{call}:{seq}", *who, str(file), 2.5, at)
            if seq == 1:
                complaints.close(db, id, "solved")


def counts(db: Database) -> dict[str, int]:
    asked = {name: f"select count(*) from {name}" for name in TABLES}
    return {name: db.conn.execute(sql).fetchone()[0] for name, sql in asked.items()}


def left(tmp_path: Path) -> list[str]:
    return sorted(file.name for file in (tmp_path / "recorded").iterdir())


async def test_what_is_over_goes_and_all_else_stays(
    store: Store, recorded: Recordings, tmp_path: Path
) -> None:
    for call, at in (("old", NOON - 41 * DAY), ("new", NOON - 39 * DAY)):
        await store.write(live, tmp_path / "recorded", call, at)
    await store.write(calls.add, [replace(began("lasts"), at=NOON - 50 * DAY)])
    over = {"calls": 1, "texts": 1, "tries": 1, "hearings": 1}
    over |= dict.fromkeys(("cards", "acts", "views", "stays", "states", "work", "scores"), 1)
    over["recordings"] = 2
    found = await retention.count_expired(store, KEEP, recorded, NOON)
    assert found == over | {"conversations": 0, "events": 0, "campaigns": 0}
    assert await retention.remove_expired(store, KEEP, recorded, NOON) == over
    assert await retention.remove_expired(store, KEEP, recorded, NOON) == {}
    assert await store.read(counts) == {
        "calls": 2,
        "steps": 2,
        "outbox": 3,
        "code_word_tries": 1,
        "announcement_hearings": 1,
        "complaints": 4,
        "cards": 3,
        "card_texts": 3,
        "acts": 1,
        "views": 1,
        "queue_calls": 3,
        "agent_states": 3,
        "agent_quarters": 2,
        "scores": 1,
        "score_answers": 3,
    }
    assert left(tmp_path) == ["new-0.wav", "new-1.wav", "new-2.wav", "old-2.wav"]
    files = [one.file for one in await store.read(complaints.listed, True)]
    assert [Path(file).name for file in files] == ["", "old-2.wav", "new-1.wav", "new-2.wav"]


async def test_a_worker_that_does_not_lead_removes_its_files_alone(
    store: Store, recorded: Recordings, tmp_path: Path
) -> None:
    await store.write(live, tmp_path / "recorded", "old", NOON - 41 * DAY)
    before = await store.read(counts)
    await retention.remove_files(store, KEEP, recorded, NOON)
    assert await store.read(counts) == before
    assert left(tmp_path) == ["old-2.wav"], "of a complaint that is open"


async def test_nothing_goes_that_is_kept_for_ever(
    store: Store, recorded: Recordings, tmp_path: Path
) -> None:
    await store.write(live, tmp_path / "recorded", "old", NOON)
    for_ever = RetentionSettings(**dict.fromkeys(RetentionSettings.__struct_fields__, 0))
    later = NOON + 30_000 * DAY
    assert await retention.remove_expired(store, for_ever, recorded, later) == {}
    assert await retention.count_expired(store, for_ever, recorded, later) == {}


def talked(db: Database, files: Mapping[str, datetime], directory: Path) -> None:
    """Conversations of a thousand bytes each, that ended at these times."""
    directory.mkdir(parents=True, exist_ok=True)
    for file, at in files.items():
        (directory / file).write_bytes(bytes(1000))
        os.utime(directory / file, (at.timestamp(), at.timestamp()))
        if not file.startswith("lost"):
            conversations.add(db, replace(TALKED, file=file, channel=file, at=at))


async def test_conversations_go_when_they_are_old_or_too_many(
    store: Store, recorded: Recordings, tmp_path: Path
) -> None:
    directory = tmp_path / "recorded" / "conversations"
    old, new = NOON - 41 * DAY, NOON - 39 * DAY
    files = {"a_1.wav": old, "b_1.wav": new, "c_1.wav": NOON, "lost_1.wav": old, "lost_2.wav": new}
    await store.write(talked, files, directory)
    assert await retention.count_expired(store, KEEP, recorded, NOON) == {
        kind: int(kind == "conversations") for kind in retention.WHAT
    }
    assert await retention.remove_expired(store, KEEP, recorded, NOON) == {"conversations": 1}
    there = {file.name for file in directory.iterdir()}
    assert there == {"b_1.wav", "c_1.wav", "lost_2.wav"}
    assert await retention.remove_surplus(store, recorded.conversations, 3000) == 0
    assert await retention.remove_surplus(store, recorded.conversations, 2999) == 1
    assert [one.file for one in await store.read(conversations.oldest, 9)] == ["c_1.wav"]
    assert not (directory / "b_1.wav").exists()
    assert await retention.remove_surplus(store, recorded.conversations, 1) == 1
    assert await retention.remove_surplus(store, recorded.conversations, 1) == 0


async def test_a_sweep_has_an_end(
    store: Store, recorded: Recordings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "BATCHES", 3)
    for number in range(8):
        await store.write(live, tmp_path / "recorded", f"c{number}", NOON)
    later = NOON + 41 * DAY
    found = [await retention.remove_expired(store, KEEP, recorded, later) for _ in range(4)]
    assert [one.get("calls", 0) for one in found] == [6, 2, 0, 0]
    assert [one.get("recordings", 0) for one in found] == [6, 6, 4, 0]


async def test_the_application_sweeps_at_once_and_again_after_trouble(
    store: Store,
    recorded: Recordings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(retention, "EVERY", 0.001)
    await store.write(live, tmp_path / "recorded", "old", NOON)
    well, real = asyncio.Event(), retention.remove_expired

    async def sweep(*given: object) -> object:
        if not well.is_set():
            raise StoreError("the disk is full")
        return await real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(retention, "remove_expired", sweep)
    task = asyncio.create_task(
        retention.run(store, KEEP, recorded, 0, lambda: NOON + 41 * DAY)  # a virtual clock
    )
    await until(lambda: "not removed, retry in 0.001 s: the disk is full" in caplog.text)
    well.set()
    reported = "removed: calls 1, texts 1, tries 1, hearings 1, cards 1, acts 1, views 1"
    await until(lambda: reported in caplog.text)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_command_reports_what_is_over(tmp_path: Path) -> None:
    state = installation(tmp_path / "state")
    state.make()
    state.recorded.mkdir()
    (state.directory / "firstline.toml").write_text("[retention]\ntexts = 0\ncalls = 7\n")
    store = await Store.open(state.database, BELARUS)
    await store.write(live, state.recorded, "old", NOON - 3650 * DAY)
    await store.close()
    words = ["--state", str(state.directory), "retention"]
    done = await asyncio.to_thread(CliRunner().invoke, main, words)
    assert done.stdout.splitlines() == [
        "calls          7 days; expired: 1",
        "texts          for ever",
        "tries          365 days; expired: 1",
        "hearings       180 days; expired: 1",
        "cards          730 days; expired: 1",
        "acts           730 days; expired: 1",
        "views          365 days; expired: 1",
        "events         30 days; expired: 0",
        "campaigns      365 days; expired: 0",
        "stays          730 days; expired: 1",
        "states         365 days; expired: 1",
        "work           730 days; expired: 1",
        "scores         730 days; expired: 1",
        "recordings     180 days; expired: 2",
        "conversations  90 days; expired: 0",
    ]


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        ("tries = 29", "tries count for 30 days: keep them as long, or 0 for ever"),
        ("calls = -1", "$.retention.calls"),
        ("call = 1", "[retention] has no call: did you mean calls?"),
    ],
)
def test_wrong_times_are_reported(tmp_path: Path, line: str, reported: str) -> None:
    (tmp_path / "firstline.toml").write_text(f"[retention]\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        installation(tmp_path).config({})
    assert reported in str(caught.value)
