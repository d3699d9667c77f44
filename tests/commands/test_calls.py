"""Commands that look into the store, and note in it what was done."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import json

from ari_app.cli import main
from ari_app.config.state import State
from ari_app.main.installation import installation
from ari_app.store import callbacks, campaigns, complaints, outbox, subscribers, surveys
from ari_app.store.campaigns import Campaign
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber
from tests.operators import BELARUS
from tests.store.samples import NOON

NUMBER = "375990000001"


@pytest.fixture
def state(tmp_path: Path) -> State:
    return installation(tmp_path / "state")


def written(state: State, *facts: Callable[[Database], object]) -> None:
    """Write facts into the state's store."""

    async def writing() -> None:
        store = await Store.open(state.database, BELARUS)
        for fact in facts:
            await store.write(fact)
        await store.close()

    asyncio.run(writing())


def printed(state: State, *words: str, code: int = 0) -> str:
    """What a command says."""
    done = CliRunner().invoke(main, ["--state", str(state.directory), *words])
    assert done.exit_code == code, done.output
    return done.output


def test_messages(state: State) -> None:
    written(
        state,
        lambda db: outbox.post(db, "1", NUMBER, "Первое", "c1", NOON),
        lambda db: outbox.mark_sent(db, "1", NOON),
        lambda db: outbox.post(db, "2", "375990000002", "Второе", "c2", NOON),
        lambda db: outbox.start_attempt(db, "2", NOON),
        lambda db: outbox.attempt_failed(db, "2", "no phone"),
        lambda db: outbox.post(db, "3", NUMBER, "Третье", "c3", NOON),
        lambda db: outbox.start_attempt(db, "3", None),
        lambda db: outbox.attempt_failed(db, "3", "no phone at all"),
    )
    assert printed(state, "messages", "list").splitlines() == [
        "2026-03-01 15:00:00 +03  …0001  failed (no phone at all)",
        "    Третье",
        "2026-03-01 15:00:00 +03  …0002  waiting for 2026-03-01 15:00:00 +03 (attempt 1: no phone)",
        "    Второе",
        "2026-03-01 15:00:00 +03  …0001  sent",
        "    Первое",
    ]
    assert "Второе" not in printed(state, "messages", "list", "--number", "+375 99 000-00-01")
    found = json.decode(printed(state, "messages", "list", "--json", "--limit", "1"))
    assert [(one["key"], one["number"], one["state"]) for one in found] == [("3", NUMBER, "failed")]


def test_complaints(state: State) -> None:
    written(
        state,
        lambda db: complaints.add(db, "k1", "c1", NUMBER, 1, "/spool/1.wav", 4.5, NOON),
        lambda db: complaints.add(db, "k2", "c2", "", None, "/spool/2.wav", 61.0, NOON),
    )
    first, second = printed(state, "complaints", "list").splitlines()
    assert first == "1  2026-03-01 15:00:00 +03  …0001  4 s  answer by 2026-03-16"
    assert "unknown" in second
    assert "complaint 1 is closed" in printed(
        state, "complaints", "close", "1", "--answer", "Готово"
    )
    assert printed(state, "complaints", "list") == f"{second}\n"
    assert "  closed\n" in printed(state, "complaints", "list", "--all")
    shown = printed(state, "complaints", "show", "1")
    assert f"caller: {NUMBER} (subscriber 1), call c1\n" in shown
    assert "recording: /spool/1.wav\nanswer: Готово\n" in shown
    assert "no complaint 1 is open" in printed(
        state, "complaints", "close", "1", "--answer", "Ещё", code=1
    )
    assert "there is no complaint 9" in printed(state, "complaints", "show", "9", code=1)


def test_surveys(state: State) -> None:
    before = NOON - timedelta(days=9000)
    written(
        state,
        lambda db: surveys.begin(db, "c1", NUMBER, 1, NOON, before, 1.0),
        lambda db: surveys.begin(db, "c2", "375291234567", None, NOON, before, 1.0),
        lambda db: surveys.answer(db, "c1", "agent", 4, 5, NOON),
    )
    since = ("surveys", "--since", "2026-02-28")
    assert printed(state, *since) == "all: 2 asked, 1 answered, agent 80% of 1\n"
    first, second, _ = printed(state, *since, "--all").splitlines()
    assert first == "2026-03-01 15:00 +03  c1  agent 4/5"
    assert second == "2026-03-01 15:00 +03  c2  no answer"
    assert json.decode(printed(state, *since, "--json"))[0]["answers"] == {"agent": [4, 5]}
    assert "not a time in the past" in printed(state, "surveys", "--since", "2h later", code=2)


def test_campaigns(state: State) -> None:
    people = [
        Subscriber(id, f"37599000000{id}", "Anna", "ru", area, None, None, NOON)
        for id, area in ((1, "Минск"), (2, "Минск"), (3, "Брест"))
    ]
    written(state, lambda db: subscribers.add(db, people))
    add = ("campaigns", "add", "restored", "--area", "минск", "--text", "ru=Связь есть.")
    assert "would send 2 texts, in 1 min of sending" in printed(state, *add, "--dry-run")
    assert "there was no campaign" in printed(state, "campaigns", "list")
    assert "375990000001 gets no campaigns" in printed(state, "campaigns", "refuse", "375990000001")
    assert "campaign restored: 1 texts, in 1 min of sending; 1 want none" in printed(state, *add)
    assert "there was a campaign restored already" in printed(state, *add, code=1)
    assert "restored  running  1 waiting, 1 stopped\n" in printed(state, "campaigns", "list")
    assert "campaign restored is paused" in printed(state, "campaigns", "pause", "restored")
    assert "campaign restored is paused" in printed(state, "campaigns", "pause", "restored", code=1)
    assert "campaign restored, paused: Минск" in printed(state, "campaigns", "show", "restored")
    assert "is cancelled" in printed(state, "campaigns", "cancel", "restored")
    shown = json.decode(printed(state, "campaigns", "show", "restored", "--json"))
    assert shown["reach"]["cancelled"] == 1
    assert "gets campaigns again" in printed(state, "campaigns", "allow", "375990000001")
    other = (*add[:2], "other", *add[5:])
    assert "name the subscribers with" in printed(state, *other, code=2)
    assert "there is no area Oz" in printed(state, *other, "--area", "Oz", code=1)
    assert "is not a time of day" in printed(state, *other, "--everyone", "--from", "x", code=2)


def test_a_campaign_whose_flow_the_menus_have_no_more_says_so(state: State) -> None:
    for name in ("outage-over", "gone"):
        one = Campaign(name=name, texts={}, flow=name, created=NOON, by="me")
        written(state, partial(campaigns.add, new=one, numbers=[NUMBER]))
    assert "calls no one" not in printed(state, "campaigns", "show", "outage-over")
    shown = printed(state, "campaigns", "show", "gone")
    assert "it calls no one: the menus have no flow gone with `outbound: yes`" in shown
    assert json.decode(printed(state, "campaigns", "show", "gone", "--json"))["held"]


def test_callbacks(state: State) -> None:
    written(
        state,
        lambda db: callbacks.request(db, "k1", "c1", NUMBER, 1, NOON, "money"),
        lambda db: callbacks.request(db, "k2", "c2", "375291234567", None, NOON),
    )
    first, second = printed(state, "callbacks", "list").splitlines()
    assert first == f"1  2026-03-01 15:00:00 +03  {NUMBER} (subscriber 1)  money  open"
    assert second == "2  2026-03-01 15:00:00 +03  375291234567 (unknown)  open"
    written(state, lambda db: callbacks.promise(db, 1, "anna", NOON, "о роутере"))
    promised = printed(state, "callbacks", "list").splitlines()[0]
    assert "  money  promised by anna, due 2026-03-01 15:00 +03  о роутере  open" in promised
    assert "callback 1 is done" in printed(state, "callbacks", "done", "1")
    assert printed(state, "callbacks", "list") == f"{second}\n"
    assert "  о роутере  made  done\n" in printed(state, "callbacks", "list", "--all")
    assert "no callback 1 is open" in printed(state, "callbacks", "done", "1", code=1)


@pytest.mark.parametrize("group", ["messages", "complaints", "callbacks", "calls"])
def test_before_the_first_start_there_is_nothing(state: State, group: str) -> None:
    assert "`firstline up`" in printed(state, group, "list", code=1)
    assert not state.database.exists()
