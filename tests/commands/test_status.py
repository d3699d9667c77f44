"""`firstline status` without an application: what it says of the desk."""

import asyncio
import os
import re

import pytest
from click.testing import CliRunner
from msgspec import json

from ari_app.admin.phone_passwords import PhonePasswords
from ari_app.admin.status import Ari, MenusNow, Runtime, stored
from ari_app.admin.status import status as built
from ari_app.cli import main
from ari_app.config.state import State
from ari_app.demo.operator import seed_passwords
from ari_app.fulfilment.code_words import hashing
from ari_app.monitoring.checks import check
from ari_app.selfcare.hashing import CHEAP, Hasher
from ari_app.store.db import Store
from ari_app.store.errors import Fault
from ari_app.store.health import Health
from asterisk_conf import process
from ivr.secret import Secret
from tests.commands.conftest import Run
from tests.operators import BELARUS

URL = "http://127.0.0.1:8086/"


@pytest.fixture
def staffed(demo: State) -> State:
    """The demo operator's agents may sign in."""

    async def seeding() -> None:
        store = await Store.open(demo.database, BELARUS)
        with hashing(demo) as hasher:
            await seed_passwords(store, hasher)
        await store.close()

    asyncio.run(seeding())
    return demo


def desk(run: Run) -> str:
    """The line of the desk."""
    [line] = [each for each in run("status").stdout.splitlines() if "desk" in each]
    return line


@pytest.mark.usefixtures("staffed")
def test_it_says_who_signs_in_with_the_password_of_the_phone(run: Run) -> None:
    printed = "sign in there with the passwords of their phones"
    assert desk(run) == f"the desk is at {URL}; anna and boris {printed}"
    found = json.decode(run("status", "--json").stdout)["desk"]
    assert found == {"url": URL, "by_phone": ["anna", "boris"]}


@pytest.mark.usefixtures("staffed")
def test_of_who_set_another_password_it_claims_nothing(run: Run) -> None:
    for names, printed in ((["boris"], "; boris sign"), ([], "")):
        who = "boris" if not names else "anna"
        run("agents", "password", who, "--generate")
        assert desk(run).startswith(f"the desk is at {URL}{printed}")
        assert json.decode(run("status", "--json").stdout)["desk"]["by_phone"] == names
    assert desk(run) == f"the desk is at {URL}"


def test_before_anybody_may_sign_in_it_claims_nothing(demo: State, run: Run) -> None:
    assert demo.database.exists()
    assert desk(run) == f"the desk is at {URL}"


@pytest.mark.parametrize(
    ("settings", "printed"),
    [
        ("enabled = false", ""),
        ('host = "0.0.0.0"', URL),
        ('host = "192.168.1.10"', "http://192.168.1.10:8086/"),
        ('host = "::1"', "http://[::1]:8086/"),
        ('names = ["desk.example", "desk"]\nhttps = true', "https://desk.example/"),
    ],
)
def test_it_says_where_browsers_find_it(demo: State, run: Run, settings: str, printed: str) -> None:
    file = demo.directory / "firstline.toml"
    file.write_text(f"{file.read_text()}[desk]\n{settings}\n")
    assert json.decode(run("status", "--json").stdout)["desk"]["url"] == printed
    assert ("desk is at" in run("status").stdout) == bool(printed)


def test_a_database_that_cannot_be_read_is_not_one_without_agents(demo: State, run: Run) -> None:
    demo.database_made.touch()
    demo.database.unlink()
    said = run("status").stdout
    assert "who has a phone is not known" in said
    assert "agents add" not in said
    assert "calls: 0 now, it is not known how many today" in said
    assert json.decode(run("status", "--json").stdout)["database"]["answers"] is False
    assert "who has a phone is not known" in run("call", "1234").stderr


@pytest.mark.parametrize("fault", ["locked", "full"])
async def test_a_database_that_cannot_be_written_is_read(staffed: State, fault: Fault) -> None:
    config = staffed.config()
    store = await Store.open(staffed.database, BELARUS)
    with hashing(staffed) as hasher:
        known = await stored(config, store, PhonePasswords(store, hasher))
    live = Runtime(Ari(), "", (), {}, MenusNow(), (check("store", fault),))
    found = built(config, staffed, Health(fault, fault), known, live)
    assert (found.well, found.database.answers, len(found.agents)) == (False, True, 2)
    await store.close()


async def test_a_password_is_compared_once(staffed: State, monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[str] = []

    async def counting(_: Hasher, password: Secret, kept: str) -> bool:
        checks.append(kept)
        return bool(password)

    monkeypatch.setattr(Hasher, "check_password", counting)
    store, hasher = (
        await Store.open(staffed.database, BELARUS),
        Hasher(Secret("pepper"), CHEAP),
    )
    phones = PhonePasswords(store, hasher)
    assert [await phones.names() for _ in range(3)] == [("anna", "boris")] * 3
    assert len(checks) == 2
    hasher.close()
    await store.close()


@pytest.mark.parametrize("no_color", ["", "1"])
def test_no_color_is_honoured_in_tables(
    demo: State, monkeypatch: pytest.MonkeyPatch, no_color: str
) -> None:
    """Colours of text and background; bold print is none."""
    monkeypatch.setenv("TERM", "xterm-256color")
    environment = {"FORCE_COLOR": "1", "NO_COLOR": no_color}
    words = ["--state", str(demo.directory), "status"]
    printed = CliRunner().invoke(main, words, color=True, env=environment).stdout
    assert "\x1b[1m" in printed, "it takes this for a terminal"
    codes = {code for found in re.findall(r"\x1b\[([\d;]+)m", printed) for code in found.split(";")}
    assert any(re.fullmatch("[349][0-7]|10[0-7]|[34]8", one) for one in codes) is not bool(no_color)


@pytest.mark.usefixtures("staffed")
def test_of_another_asterisk_it_lists_no_accounts(demo: State, run: Run) -> None:
    """The accounts of our store are not in it."""
    file = demo.directory / "firstline.toml"
    more = '[ari]\nurl = "http://127.0.0.1:8088"\n[site]\ndemo = true\n'
    file.write_text(f"{file.read_text()}{more}")
    found = json.decode(run("status", "--json").stdout)
    assert (found["subscribers"], found["agents"], found["sip"]["host"]) == ([], [], "")
    printed = run("status").stdout
    assert "phones register at the Asterisk that the settings name" in printed
    assert "accounts for your phone" not in printed


def test_an_application_that_starts_or_hangs_is_not_advised_to_start(demo: State, run: Run) -> None:
    """`firstline up` would refuse."""
    process.record(demo.process, process.myself())
    for said in ("starts, or stops", "does not answer"):
        done = run("status")
        assert done.exit_code == 1
        assert f"Firstline {said} (pid {os.getpid()})" in done.stdout
        assert "firstline up" not in done.stdout
        assert "now, " not in done.stdout
        demo.control.touch()
    demo.process.unlink()
    demo.control.unlink()
    done = run("status")
    assert (done.exit_code, "start it with `firstline up`" in done.stdout) == (3, True)


def test_commands_of_an_application_that_starts_say_so(demo: State, run: Run) -> None:
    process.record(demo.process, process.myself())
    done = run("queues")
    assert done.exit_code == 1
    assert f"Firstline starts, or stops (pid {os.getpid()})" in done.stderr


def test_it_says_where_subscribers_find_their_cabinet(run: Run, demo: State) -> None:
    assert json.decode(run("status", "--json").stdout)["cabinet"] == ""
    with (demo.directory / "firstline.toml").open("a") as settings:
        settings.write('[cabinet]\nenabled = true\nhttps = true\nnames = ["my.example.com"]\n')
    found = "the cabinet of subscribers is at https://my.example.com/my"
    assert found in run("status").stdout.splitlines()
