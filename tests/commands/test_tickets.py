"""`firstline tickets`, on a store of its own."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import json
from msgspec.structs import replace

from ari_app.config.state import State
from ari_app.store import tickets
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.tickets import NewTicket
from tests.commands.conftest import Run
from tests.operators import BELARUS

NEW = NewTicket(
    key="1",
    by="anna",
    subscriber=1,
    number="375990000001",
    department="technical",
    topic="internet",
    text="Нет интернета",
    due=datetime.now(UTC) - timedelta(hours=1),
    call="c1",
)


@pytest.fixture
def worked(state: State) -> State:
    """One ticket is late by an hour, one is due tomorrow."""

    def opening(db: Database) -> None:
        now = datetime.now(UTC)
        tickets.open_ticket(db, NEW, now - timedelta(hours=25))
        new = NewTicket(
            key="2",
            by="anna",
            subscriber=None,
            department="claims",
            text="Обидели",
            due=now + timedelta(days=1),
        )
        tickets.open_ticket(db, new, now)

    async def working() -> None:
        store = await Store.open(state.database, BELARUS)
        await store.write(opening)
        await store.close()

    asyncio.run(working())
    return state


@pytest.mark.usefixtures("worked")
def test_the_list_says_what_is_late(run: Run) -> None:
    first, second = run("tickets", "list").stdout.splitlines()
    assert first.startswith("1  ")
    assert "  …0001  technical: internet  no owner  open, due " in first
    assert first.endswith(", late")
    assert "  claims  no owner  open, due " in second
    assert "late" not in second
    assert run("tickets", "list", "--late").stdout.splitlines() == [first]
    assert run("tickets", "list", "--department", "claims").stdout.splitlines() == [second]
    assert run("tickets", "list", "--owner", "anna").stdout == ""
    [printed, _] = json.decode(run("tickets", "list", "--json").stdout)
    assert (printed["number"], printed["department"]) == ("375990000001", "technical")


@pytest.mark.usefixtures("worked")
def test_a_ticket_is_changed_and_shown(run: Run) -> None:
    done = run("tickets", "change", "1", "--to", "working", "--by", "boris", "--due", "2h")
    assert "  technical: internet  boris  working, due " in done.stdout
    noted = run("tickets", "change", "1", "--owner", "", "--note", "Едут", "--by", "vera")
    assert noted.exit_code == 0
    lines = run("tickets", "show", "1").stdout.splitlines()
    assert lines[1:3] == [
        "caller: 375990000001 (subscriber 1), call c1",
        "question: Нет интернета",
    ]
    assert " anna: state open, department technical, due " in lines[3]
    assert " boris: state working, owner boris, due 2" in lines[4]
    assert lines[5].endswith(" vera: owner none; Едут")
    shown = json.decode(run("tickets", "show", "1", "--json").stdout)
    assert [entry["by"] for entry in shown["history"]] == ["anna", "boris", "vera"]
    assert run("tickets", "change", "1", "--to", "closed").exit_code == 0
    assert "  closed\n" in run("tickets", "list", "--all").stdout


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("show", "9"), "there is no ticket 9: `firstline tickets list`"),
        (("change", "9", "--note", "?"), "there is no ticket 9: `firstline tickets list --all`"),
        (("change", "1", "--to", "lost"), "'lost' is not one of"),
        (
            ("change", "1", "--department", "cellar"),
            "there is no department cellar: write one of information, finance, technical, field, "
            "claims, or add it to [departments] of firstline.toml",
        ),
        (("list", "--department", "cellar"), "there is no department cellar"),
        (("change", "1", "--due", "2020-01-01T10:00"), "is in the past: write a future time"),
    ],
)
def test_what_cannot_be_is_printed(run: Run, words: tuple[str, ...], printed: str) -> None:
    refused = run("tickets", *words)
    assert refused.exit_code != 0
    assert printed in refused.output


@pytest.mark.usefixtures("worked")
def test_what_is_closed_stays_closed(run: Run) -> None:
    run("tickets", "change", "1", "--to", "closed")
    refused = run("tickets", "change", "1", "--to", "open")
    assert refused.exit_code == 1
    assert "ticket 1 is closed: it cannot be open" in refused.output


def test_a_ticket_of_a_department_that_is_no_more_is_listed_and_moved(
    run: Run, state: State
) -> None:
    def opening(db: Database) -> None:
        tickets.open_ticket(db, replace(NEW, department="attic", topic="dust"), datetime.now(UTC))

    async def working() -> None:
        store = await Store.open(state.database, BELARUS)
        await store.write(opening)
        await store.close()

    asyncio.run(working())
    assert "  attic: dust  no owner  open" in run("tickets", "list", "--department", "attic").stdout
    assert run("tickets", "change", "1", "--department", "attic").exit_code == 2
    assert "  finance: dust  " in run("tickets", "change", "1", "--department", "finance").stdout
    assert " department finance" in run("tickets", "show", "1").stdout
