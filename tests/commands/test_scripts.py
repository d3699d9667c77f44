"""What scripts rely on: JSON, exit codes, closed pipes, times with their zone, little to load."""

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any, cast

import click
import pytest
from msgspec import json

from ari_app.admin.status import AgentPhone, Ari, Sip, Status, Traffic
from ari_app.cli import main
from ari_app.commands.call_phone import CallError, Plan, Telephone, _Caller, chosen, telephones
from ari_app.commands.groups import CLOSED_PIPE
from ari_app.commands.status import DOWN
from ari_app.commands.store_access import offset
from ari_app.config.state import State
from ari_app.control.live_feed import CallEvent
from ari_app.phone.handset import Disconnected, Phone
from tests.commands.conftest import Run
from tests.commands.test_groups import every_command
from tests.docs.markdown import COMMANDS, section, tables

pytestmark = pytest.mark.slow

LISTS = ("list", "show", "status", "history", "versions", "missing", "rules", "diff")
"""The names of commands that list or show; others begin their help with one of these verbs."""

EXCEPTIONS = {
    "firstline prompts record-check": "its exit code says whether recordings are in order",
}
"""What lists, but not for scripts: the reason."""

WITH_ARGUMENTS = (
    ("hours", "show", "office"),
    ("operations", "list", "balance"),
    ("subscribers", "show", "375990000001"),
    ("flows", "rules", "alias"),
)


def listing() -> list[tuple[str, click.Command]]:
    """The commands that list or show something."""
    return [
        (path, command)
        for path, command in every_command(main)
        if not isinstance(command, click.Group)
        and (path.split()[-1] in LISTS or (command.help or "").split()[0] in ("List", "Show"))
    ]


def has_json(command: click.Command) -> bool:
    options = {name: one for one in command.params for name in one.opts}
    form = options.get("--format")
    return "--json" in options or (form is not None and "json" in cast(Any, form.type).choices)


def test_whatever_lists_or_shows_does_so_as_json() -> None:
    without = {path for path, command in listing() if not has_json(command)}
    assert without == set(EXCEPTIONS)
    assert len(listing()) > 30


NOT_HERE = ("flows diff", "flows versions", "queues")
"""They need the application, or what happened in it."""


ENDS = {("cluster", "status"): 1, ("pbx", "status"): 1, ("status",): DOWN}
"""What ends with another code than 0 where nothing runs."""


def test_json_is_json_and_an_empty_list_says_so(demo: State, run: Run) -> None:
    (demo.directory / "firstline.toml").unlink()  # with the menus that are shipped
    words = [tuple(path.split()[1:]) for path, one in listing() if "--json" in opts(one)]
    plain = [one for one in words if one[-1] != "show" and " ".join(one) not in NOT_HERE]
    for each in (*plain, *WITH_ARGUMENTS):
        done = run(*each, "--json")
        assert done.exit_code == ENDS.get(each, 0), (each, done.output)
        assert isinstance(json.decode(done.stdout), list | dict), each
    for each in plain:  # most of them are empty here, which is said
        assert run(*each).output.strip(), each


HEAVY = ("aiohttp", "argon2", "jinja2", "numpy", "sqlite_utils")
"""What takes long to load, and is not needed to list something."""

LIGHT = (["agents", "list"], ["callbacks", "list"], ["tickets", "list"])
LATER = ("phonenumbers", "uvloop", "yaml")
"""What a command that lists what is stored need not load."""

COMPARES = ("flows diff", "flows versions", "status")
"""They compare recordings, or passwords of the demo's agents."""


def opts(command: click.Command) -> set[str]:
    return {name for one in command.params for name in one.opts}


def test_json_has_no_password(demo: State, run: Run) -> None:
    shown = run("subscribers", "list", "--limit", "1", "--json").stdout
    [one] = json.decode(shown)
    assert (one["number"], "password" in shown) == ("375990000001", False)
    assert demo.database.exists()


@pytest.mark.parametrize(
    ("minutes", "said"), [(180, "+03"), (0, "+00"), (-210, "-03:30"), (345, "+05:45")]
)
def test_a_zone_is_its_distance_from_utc(minutes: int, said: str) -> None:
    at = datetime(2026, 3, 1, 15, tzinfo=timezone(timedelta(minutes=minutes)))
    assert offset(at) == said


DOCUMENTED = {
    "0": ("flows", "rules"),
    "1": ("pbx", "status"),
    "2": ("calls", "list", "--no-such-option"),
    "3": ("status",),
    str(CLOSED_PIPE): ("flows", "rules"),
}


def test_exit_codes_are_those_of_the_documentation(state: State) -> None:
    [table] = tables(section(COMMANDS.read_text(), "Output and exit codes"))
    assert {code for code, _ in table} == set(DOCUMENTED)
    for code, words in DOCUMENTED.items():
        command = [sys.executable, "-m", "ari_app.cli", "--state", str(state.directory), *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ran:
            assert ran.stdout is not None
            if code == str(CLOSED_PIPE):
                ran.stdout.close()
                ran.stdout = None
            _, said = ran.communicate()
        assert str(ran.returncode) == code, said
        assert b"Traceback" not in said


def test_what_lists_loads_neither_the_http_client_nor_what_is_for_sound(demo: State) -> None:
    """Measured by what is imported, which is the same on every machine."""
    every = [path.split()[1:] for path, one in listing() if "--json" in opts(one)]
    others = (["down", "--help"], ["stop", "--help"])
    some = [*others, *(one for one in every if one[-1] != "show" and " ".join(one) not in COMPARES)]
    program = (
        "import sys; from click.testing import CliRunner; from ari_app.cli import main\n"
        f"for words in {LIGHT!r}:\n"
        f"    done = CliRunner().invoke(main, ['--state', {str(demo.directory)!r}, *words])\n"
        "    assert done.exit_code == 0, done.output\n"
        f"print([one for one in {LATER!r} if one in sys.modules])\n"
        f"for words in {some!r}:\n"
        f"    CliRunner().invoke(main, ['--state', {str(demo.directory)!r}, *words])\n"
        f"    print([*words, *(one for one in {HEAVY!r} if one in sys.modules)])\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout.splitlines() == ["[]", *(str(words) for words in some)], ran.stderr


class Refused:
    """A phone whose call is refused."""

    def __init__(self, code: int, reason: str) -> None:
        self._ended = Disconnected(code, reason, "", 0.0)

    async def dial(self, _: str) -> None: ...

    async def wait(self, *_: object, **__: object) -> Disconnected:
        return self._ended

    async def hangup(self) -> None: ...


@pytest.mark.parametrize(
    ("code", "reason", "why"),
    [(404, "Not Found", "404 Not Found"), (486, "Busy Here", "486 Busy Here"), (200, "OK", "")],
)
async def test_a_call_that_is_not_answered_fails(code: int, reason: str, why: str) -> None:
    async def nothing() -> AsyncIterator[CallEvent]:
        return
        yield

    me = Telephone("1", "A", "1", "x")
    said: list[str] = []
    caller = _Caller(cast(Phone, Refused(code, reason)), me, said.append)
    found = ""
    try:
        await caller.run(Plan("999"), nothing(), 5.0)
    except CallError as error:
        found = str(error)
    assert (f"the call to 999 was not answered: {why}; " in found) is bool(why)
    assert said[-1].endswith(f"disconnected: {code} {reason}")


def test_without_subscribers_phones_a_call_is_made_with_an_agents() -> None:
    """One whose phone is the desk in the browser has no account that a phone may take."""
    agents = tuple(
        AgentPhone(
            number=digits,
            name=name,
            extension=digits,
            sip_user=digits,
            sip_password="x",
            phone=phone,
        )
        for digits, name, phone in (
            ("700", "olga", "browser"),
            ("701", "anna", "sip"),
            ("702", "pawel", "sip"),
        )
    )
    status = Status(
        running=True,
        asterisk="",
        ari=Ari(),
        sip=Sip("127.0.0.1", 5060),
        numbers=("1234",),
        subscribers=(),
        agents=agents,
        calls=Traffic(),
        state_dir="",
        pids={},
    )
    there = telephones(status)
    assert [chosen(there, wanted).number for wanted in (None, "702", "Pawel")] == [
        "701",
        "702",
        "702",
    ]
    with pytest.raises(CallError, match="no phone here has the number 700"):
        chosen(there, "700")
    with pytest.raises(CallError, match="firstline agents add"):
        chosen((), None)
