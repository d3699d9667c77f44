"""`firstline agents`: who may sign in, with a password that is shown once or never."""

import asyncio
import re
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ari_app import control
from ari_app.cli import main
from ari_app.codewords import hashing
from ari_app.config import State
from ari_app.feed import Feed
from ari_app.store import agents, desk_sessions
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.store.desk_sessions import Session
from ivr.secret import Secret
from tests.commands.conftest import Run

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PASSWORD = "ясный день над рекой"
VERA = ("agents", "add", "vera", "--full-name", "Вера Лесная", "--extension", "703")


async def kept(state: State, name: str) -> Agent | None:
    store = await Store.open(state.database)
    found = await store.read(agents.by_name, name)
    await store.close()
    return found


async def opens(state: State, name: str, password: str) -> bool:
    """Whether an agent can sign in with a password."""
    found = await kept(state, name)
    with hashing(state) as hasher:
        return await hasher.check_password(Secret(password), found.password if found else "")


async def sign_in(state: State, *names: str) -> None:
    """Each in a browser of his own."""
    store = await Store.open(state.database)
    for number, name in enumerate(names):
        times = (NOW, NOW, NOW, NOW + timedelta(hours=12))
        await store.write(desk_sessions.add, Session(f"t{number}", name, "c", *times))
    await store.close()


async def signed_in(state: State, *tokens: str) -> list[str]:
    """Which of some sessions there are."""
    store = await Store.open(state.database)
    found = [each for each in tokens if await store.read(desk_sessions.find, each, NOW)]
    await store.close()
    return found


def now(asked: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asked)


def typed(state: State, text: str, *options: str) -> tuple[int, str]:
    """What comes of a password of anna that is typed."""
    words = ["--state", str(state.directory), "agents", "password", "anna", *options]
    done = CliRunner().invoke(main, words, input=text)
    return done.exit_code, done.output


def test_all_are_listed(demo: State, run: Run) -> None:
    run("agents", "password", "anna", "--generate")
    lines = ["anna  agent  701  may sign in  Анна Ветрова"]
    lines += ["boris  agent  702  may not sign in  Борис Соколов"]
    assert run("agents").stdout.splitlines() == lines
    assert run("agents", "list", "--state", str(demo.directory)).stdout.splitlines() == lines


def test_who_is_added_may_sign_in_when_he_has_a_password(demo: State, run: Run) -> None:
    done = run(*VERA, "--language", "be", "--language", "en", "--role", "senior")
    assert (done.exit_code, "agents password vera" in done.stdout) == (0, True), done.output
    found = now(kept(demo, "vera"))
    assert (found.full_name, found.sip_user, found.role) == ("Вера Лесная", "703", "senior")
    assert (found.languages, found.password) == (("be", "en"), "")
    assert len(found.sip_password.reveal()) == 24
    assert not now(opens(demo, "vera", ""))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({2: "anna"}, "there is an agent anna already"),
        ({6: "701"}, "'701' stands 2 times"),
        ({6: "611"}, "611 is a number of the IVR"),
        ({6: "7 3"}, "extension: '7 3' does not fit"),
        ({4: "Вера\n[evil]"}, "has the character U+000A, which is refused"),
        ({4: "Вера;"}, "has the character U+003B, which is refused"),
        ({2: "Vera"}, "a login is a small Latin letter"),
        ({2: "vera\r\nx: y"}, "a login is a small Latin letter"),
        ({2: "вера"}, "a login is a small Latin letter"),
    ],
)
def test_who_cannot_be_added(demo: State, run: Run, changed: dict[int, str], told: str) -> None:
    words = [changed.get(place, word) for place, word in enumerate(VERA)]
    done = run(*words)
    assert done.exit_code != 0
    assert told in done.stderr.replace("\n", " ")
    assert len(run("agents").stdout.splitlines()) == 2
    assert demo.database.exists()


def test_a_password_is_asked_twice_and_not_shown(demo: State) -> None:
    code, output = typed(demo, f"{PASSWORD}\n{PASSWORD}\n")
    assert (code, output.splitlines()[-1]) == (
        0,
        "the password of anna is set; signed out of 0 browsers",
    )
    assert PASSWORD not in output
    assert now(opens(demo, "anna", PASSWORD))
    assert not now(opens(demo, "anna", PASSWORD.upper()))
    assert not now(opens(demo, "boris", PASSWORD))
    assert typed(demo, f"{PASSWORD}!\n", "--stdin")[0] == 0
    assert now(opens(demo, "anna", f"{PASSWORD}!"))


def test_a_password_that_is_made_is_shown_once_and_kept_as_a_hash(demo: State, run: Run) -> None:
    shown = run("agents", "password", "anna", "--generate").stdout
    made = re.fullmatch(r"the password of anna is (\S{20}) and is not shown again; .*\n", shown)
    assert made, shown
    assert now(opens(demo, "anna", made[1]))
    again = run("agents", "password", "anna", "--generate").stdout
    assert made[1] not in again
    assert not now(opens(demo, "anna", made[1]))
    assert all(made[1].encode() not in each.read_bytes() for each in files(demo.directory))


def files(directory: Path) -> list[Path]:
    return [each for each in directory.rglob("*") if each.is_file()]


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("", "take 10 to 256 signs"),
        ("девятьзна", "take 10 to 256 signs"),
        ("день" * 65, "take 10 to 256 signs"),
        ("рекарекарека", "take 5 signs that differ"),
        ("Anna-2026-лето", "the login is a part of it"),
        ("день\tнад рекой", "a sign that nobody can type"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(demo: State, word: str, told: str) -> None:
    code, output = typed(demo, f"{word}\n", "--stdin")
    assert (code, told in output) == (1, True), output
    assert now(kept(demo, "anna")).password == ""


@pytest.mark.parametrize("how", ["--generate", "--none"])
def test_a_new_password_or_none_signs_out_everywhere(demo: State, run: Run, how: str) -> None:
    run("agents", "password", "anna", "--generate")
    now(sign_in(demo, "anna", "boris", "anna"))
    done = run("agents", "password", "anna", how)
    assert done.stdout.endswith("; signed out of 2 browsers\n")
    assert now(signed_in(demo, "t0", "t1", "t2")) == ["t1"]
    assert now(kept(demo, "anna")).may_sign_in is (how == "--generate")


def test_one_way_to_a_password_is_enough(demo: State, run: Run) -> None:
    assert run("agents", "password", "anna", "--generate", "--none").exit_code == 2
    assert now(kept(demo, "anna")).password == ""


def test_sessions_are_ended_and_the_password_stays(demo: State, run: Run) -> None:
    run("agents", "password", "anna", "--generate")
    before = now(kept(demo, "anna"))
    now(sign_in(demo, "anna", "boris"))
    assert run("agents", "end-sessions", "anna").stdout == "signed out of 1 browser\n"
    assert now(signed_in(demo, "t0", "t1")) == ["t1"]
    assert now(kept(demo, "anna")) == before
    assert run("agents", "end-sessions", "anna").stdout == "signed out of 0 browsers\n"


def test_a_role_is_set(demo: State, run: Run) -> None:
    assert run("agents", "role", "anna", "supervisor").exit_code == 0
    assert now(kept(demo, "anna")).role == "supervisor"
    assert run("agents", "role", "anna", "king").exit_code == 2
    assert now(kept(demo, "anna")).role == "supervisor"


@pytest.mark.usefixtures("demo")
def test_who_is_unknown_is_told_who_is_known(run: Run) -> None:
    for words in (["password", "--generate"], ["end-sessions"]):
        done = run("agents", *words, "borys")
        assert done.exit_code == 1
        assert done.stderr == "Error: there is no agent borys: did you mean boris?\n"
    assert "did you mean boris?" in run("agents", "role", "borys", "admin").stderr


def test_before_the_first_start_there_is_nobody(run: Run) -> None:
    for words in ([], ["password", "anna", "--generate"], VERA[1:]):
        done = run("agents", *words)
        assert (done.exit_code, "`firstline up`" in done.stderr) == (1, True)


async def test_a_running_application_is_told(demo: State, run: Run) -> None:
    seen: list[tuple[bool, str]] = []

    async def look() -> None:
        one = await kept(demo, "anna")
        assert one is not None
        seen.append((bool(one.password), one.role))

    async def nothing() -> bytes:
        return b""

    async def unasked(_: bytes) -> str:
        return ""

    async with control.serve(demo.control, nothing, nothing, nothing, look, Feed(), unasked):
        for words in (
            ("password", "anna", "--generate"),
            ("role", "anna", "admin"),
            ("end-sessions", "anna"),
            VERA[1:],
        ):
            done = await asyncio.to_thread(run, "agents", *words)
            assert (done.exit_code, done.stderr) == (0, "")
    assert seen == [(True, "agent"), (True, "admin"), (True, "admin"), (True, "admin")]
