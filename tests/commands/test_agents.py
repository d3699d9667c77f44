"""`firstline agents`: who answers, with which rights, and never a password."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from click.testing import CliRunner
from msgspec import json

from ari_app.cli import main
from ari_app.config.state import State
from ari_app.fulfilment.code_words import hashing
from ari_app.store import agents, cards, desk_sessions, history
from ari_app.store.agents import Agent
from ari_app.store.cards import Card, TypedText
from ari_app.store.db import Store
from ari_app.store.desk_sessions import Session
from ari_app.store.sqlite import Database
from ivr.secret import Secret
from tests.commands.conftest import Run
from tests.operators import BELARUS

T = TypeVar("T")

PASSWORD = "ясный день над рекой"
VERA = ("agents", "add", "vera", "--full-name", "Вера Рябинина", "--extension", "703")


def printed(state: State, action: Callable[[Database], T]) -> T:
    """Do something with the store of an installation."""

    async def printing() -> T:
        store = await Store.open(state.database, BELARUS)
        try:
            return await store.write(action)
        finally:
            await store.close()

    return asyncio.run(printing())


def agent(state: State, name: str) -> Agent:
    found = printed(state, lambda db: agents.by_name(db, name))
    assert found is not None
    return found


def signed_in(state: State, *names: str) -> None:
    """Each is signed in once more."""

    def adding(db: Database) -> None:
        now = datetime.now(UTC)
        for number, name in enumerate(names):
            times = (now, now, now, now + timedelta(hours=1))
            desk_sessions.add(db, Session(f"{name}{number}", name, "csrf", *times))

    printed(state, adding)


def sessions(state: State, name: str) -> int:
    return len(printed(state, lambda db: desk_sessions.of_agent(db, name, datetime.now(UTC))))


def right(state: State, name: str, password: str) -> bool:
    """Whether a password is that of an agent."""

    async def checking() -> bool:
        with hashing(state) as hasher:
            return await hasher.check_password(Secret(password), agent_.password)

    agent_ = agent(state, name)
    return asyncio.run(checking())


def typed(state: State, text: str, *words: str) -> tuple[int, str]:
    """The exit code and the output of a command into which somebody types."""
    done = CliRunner().invoke(main, ["--state", str(state.directory), *words], input=text)
    return done.exit_code, done.output


@pytest.mark.usefixtures("demo")
def test_an_agent_has_one_phone_and_the_other_one_is_refused(state: State, run: Run) -> None:
    assert run(*VERA, "--phone", "browser").stdout.startswith(
        "vera is added; their phone is the desk in the browser"
    )
    first = agent(state, "vera").sip_password
    assert "may not sign in  phone in the browser\n" in run("agents", "list").stdout
    again = run("agents", "phone", "vera", "sip", "--by", "olga").stdout
    second = agent(state, "vera")
    assert f"SIP user 703, password {second.sip_password.reveal()}" in again
    assert (second.phone, first == second.sip_password) == ("sip", False)
    assert "olga  agents phone  vera  sip" in run("changes").stdout
    assert first.reveal() not in run("agents", "phone", "vera", "browser").stdout


@pytest.mark.usefixtures("demo")
def test_all_are_listed_without_passwords(state: State, run: Run) -> None:
    anna, _ = run("agents", "list").stdout.splitlines()
    assert anna == "anna  Анна Ветрова  701  agent  ru be  may not sign in"
    printed(state, lambda db: agents.put_password(db, "boris", "a hash"))
    output = run("agents", "list").stdout
    assert "boris  Борис Соколов  702  agent  ru en  may sign in" in output
    found = json.decode(as_json := run("agents", "list", "--json").stdout)
    assert [(one["name"], one["may_sign_in"]) for one in found] == [
        ("anna", False),
        ("boris", True),
    ]
    for secret in ("a hash", agent(state, "anna").sip_password.reveal()):
        assert secret not in output + as_json


@pytest.mark.usefixtures("demo")
def test_an_agent_is_added_with_a_phone(state: State, run: Run) -> None:
    done = run(*VERA, "--role", "senior", "--language", "be", "--language", "en")
    vera = agent(state, "vera")
    assert done.stdout.splitlines() == [
        f"vera is added; their phone: SIP user 703, password {vera.sip_password.reveal()}",
        "Asterisk knows of it when it starts",
        "they can sign in once they have a password: `firstline agents password vera`",
    ]
    assert (vera.sip_user, vera.role, vera.languages) == ("703", "senior", ("be", "en"))
    assert len(vera.sip_password.reveal()) >= 24
    assert vera.password == ""
    assert "it is stored; Firstline does not run here" in done.stderr
    assert run(*VERA[:2], "gleb", *VERA[3:-1], "704").exit_code == 0
    assert agent(state, "gleb").sip_password != vera.sip_password


@pytest.mark.usefixtures("demo")
def test_of_an_asterisk_of_your_own_it_is_said_what_it_must_be_printed(
    state: State, run: Run
) -> None:
    file = state.directory / "firstline.toml"
    more = '[ari]\nurl = "http://127.0.0.1:8088"\n[site]\ndemo = true\n'
    file.write_text(f"{file.read_text()}{more}")
    assert "what has 703 in the files of `firstline pbx render DIRECTORY`" in run(*VERA).stdout


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("name", "full_name", "extension", "said"),
    [
        ("Vera", "Вера", "703", "a login is 2 to 32 of a-z"),
        ("vera anna", "Вера", "703", "a login is 2 to 32 of a-z"),
        ("anna", "Вера", "703", "there is an agent anna already: choose another"),
        ("vera", "Вера", "701", "701 is the phone of anna: dial another"),
        ("vera", "Вера", "611", "611 is a number of the IVR"),
        ("vera", "Вера", "7a", "'7a' does not fit; give 2 to 20 digits"),
        ("vera", "Вера", "375990000001", "'375990000001' is given 2 times; keep one"),
        ("vera", "Вера, Рябинина", "703", "has a comma"),
        ("vera", "Вера\n[evil]", "703", "has the character U+000A"),
    ],
)
def test_who_cannot_be_added_is_printed_why(
    state: State, run: Run, name: str, full_name: str, extension: str, said: str
) -> None:
    done = run("agents", "add", name, "--full-name", full_name, "--extension", extension)
    assert done.exit_code != 0
    assert said in done.stderr
    assert len(printed(state, agents.everyone)) == 2


@pytest.mark.usefixtures("demo")
def test_a_password_is_asked_twice_and_not_shown_and_signs_out(state: State) -> None:
    signed_in(state, "anna", "anna", "boris")
    code, output = typed(state, f"{PASSWORD}\n{PASSWORD}\n", "agents", "password", "anna")
    assert code == 0
    assert output.splitlines()[-2:] == [
        "the password of anna is set",
        "anna was signed out of 2 browsers",
    ]
    assert PASSWORD not in output
    assert right(state, "anna", PASSWORD)
    assert not right(state, "anna", agent(state, "anna").sip_password.reveal())
    assert (sessions(state, "anna"), sessions(state, "boris")) == (0, 1)


@pytest.mark.usefixtures("demo")
def test_a_password_that_is_typed_otherwise_the_second_time_is_none(state: State) -> None:
    code, output = typed(state, f"{PASSWORD}\nother\n", "agents", "password", "anna")
    assert code == 1
    assert "do not match" in output
    assert agent(state, "anna").password == ""


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "too short"),
        ("anna-anna-anna", "name of its owner"),
        ("qwerty1234", "too common"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(state: State, password: str, said: str) -> None:
    code, output = typed(state, f"{password}\n{password}\n", "agents", "password", "anna")
    assert code == 1
    assert "the password is too weak. " in output
    assert said in output
    assert agent(state, "anna").password == ""


@pytest.mark.usefixtures("demo")
def test_a_password_is_made_and_shown_once(state: State, run: Run) -> None:
    first, second = (run("agents", "password", "anna", "--generate").stdout for _ in range(2))
    made = second.splitlines()[0].rpartition(": ")[2]
    assert right(state, "anna", made)
    assert made not in first
    assert second.splitlines()[1] == "anna was not signed in"


def test_no_password_is_taken_from_the_command_line(demo: State, run: Run) -> None:
    assert run("agents", "password", "anna", PASSWORD).exit_code == 2
    assert agent(demo, "anna").password == ""


@pytest.mark.usefixtures("demo")
def test_a_role_is_given(state: State, run: Run) -> None:
    assert run("agents", "role", "anna", "supervisor").stdout == "anna is supervisor now\n"
    assert agent(state, "anna").role == "supervisor"
    refused = run("agents", "role", "anna", "boss")
    assert refused.exit_code == 2
    assert "'agent', 'senior', 'supervisor', 'admin'" in refused.stderr


@pytest.mark.usefixtures("demo")
def test_an_agent_is_signed_out_everywhere(state: State, run: Run) -> None:
    signed_in(state, "anna", "boris")
    assert run("agents", "sign-out", "anna").stdout == "anna was signed out of 1 browser\n"
    assert (sessions(state, "anna"), sessions(state, "boris")) == (0, 1)
    assert run("agents", "sign-out", "anna").stdout == "anna was not signed in\n"


@pytest.mark.usefixtures("demo")
def test_what_a_removed_agent_wrote_stays(state: State, run: Run) -> None:
    now = datetime.now(UTC)

    def working(db: Database) -> None:
        one = Card(id="c1", agent="anna", channel="1.1", subscriber=1, opened=now, answered=now)
        cards.open(db, one)
        cards.save(db, TypedText("c1", "question", "t:1", "Почему нет звука?", now))

    printed(state, working)
    signed_in(state, "anna")
    before = len(printed(state, lambda db: history.of_subscriber(db, 1)))
    code, output = typed(state, "n\n", "agents", "remove", "anna")
    assert code == 1
    assert "Remove anna (Анна Ветрова, extension 701)?" in output
    assert agent(state, "anna")
    code, output = typed(state, "y\n", "agents", "remove", "anna")
    assert code == 0
    assert "anna is removed; their notes and actions stay" in output
    assert "Asterisk knows of it when it starts" in output
    assert [one.name for one in printed(state, agents.everyone)] == ["boris"]
    assert sessions(state, "anna") == 0
    wrote = printed(state, lambda db: history.of_subscriber(db, 1))
    assert len(wrote) == before + 1
    assert (wrote[0].agent, wrote[0].question) == ("anna", "Почему нет звука?")
    assert printed(state, cards.all_unfinished) == []
    assert run("agents", "remove", "boris", "--yes").exit_code == 0


@pytest.mark.usefixtures("demo")
def test_an_agent_is_suspended_and_let_in_again(state: State, run: Run) -> None:
    signed_in(state, "anna")
    assert run("agents", "suspend", "anna", "--by", "vera").exit_code == 0
    assert (agent(state, "anna").suspended, sessions(state, "anna")) == (True, 0)
    assert "anna  Анна Ветрова  701  agent  ru be  suspended" in run("agents", "list").stdout
    assert run("agents", "resume", "anna").exit_code == 0
    assert not agent(state, "anna").suspended
    assert "vera  agents suspend  anna" in run("changes").stdout


@pytest.mark.usefixtures("demo")
def test_the_key_of_a_second_factor_is_printed_once(state: State, run: Run) -> None:
    said = run("agents", "second-factor", "anna").stdout
    key = agent(state, "anna").second_factor.reveal()
    assert f"secret={key}&issuer=" in said
    assert key not in run("agents", "list", "--json").stdout + run("changes").stdout
    assert run("agents", "second-factor", "anna", "--remove").exit_code == 0
    assert agent(state, "anna").second_factor.reveal() == ""


@pytest.mark.usefixtures("demo")
def test_who_is_named_in_the_settings_is_not_removed(state: State, run: Run) -> None:
    with (state.directory / "firstline.toml").open("a") as settings:
        settings.write("\n[queues.support]\nagents = { anna = 0 }\n")
    done = run("agents", "remove", "anna", "--yes")
    assert done.exit_code == 1
    assert "[queues.support] of firstline.toml names anna" in done.stderr
    assert agent(state, "anna")


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "words",
    [
        ("suspend",),
        ("resume",),
        ("second-factor",),
        ("password", "--generate"),
        ("role", "admin"),
        ("sign-out",),
        ("remove", "--yes"),
    ],
)
def test_who_is_not_there_is_printed_who_is(run: Run, words: tuple[str, ...]) -> None:
    done = run("agents", words[0], "borys", *words[1:])
    assert done.exit_code == 1
    assert done.stderr == "Error: there is no agent borys: did you mean boris?\n"


def test_before_the_first_start_there_is_no_agent(state: State, run: Run) -> None:
    for words in (("list",), VERA[1:], ("sign-out", "anna")):
        done = run("agents", *words)
        assert done.exit_code == 1
        assert "`firstline up`" in done.stderr
    assert not state.database.exists()
