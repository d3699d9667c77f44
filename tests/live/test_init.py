"""What `firstline init` wrote starts without anybody, and knows its subscribers by every trunk."""

import base64
import re
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.asterisk_conf.phone import Phone
from tests.deadlines import allowed, until
from tests.live.installation import Installation, root

pytestmark = pytest.mark.live


def begun(state: Path, *options: str) -> Installation:
    """An installation of `firstline init`, moved to free ports."""
    one = Installation(state, fresh=True, environment={"FIRSTLINE_ASTERISK_PATH": str(root())})
    file = state / "firstline.toml"
    file.unlink()
    one.as_shipped = False  # its own operator is named in its prompts
    one.out("init", *options)
    text = file.read_text()
    for name in one.ports.__struct_fields__:
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {getattr(one.ports, name)}", text)
    file.write_text(text)
    return one


def calls(one: Installation) -> list[tuple[str, int | None]]:
    """The number and the subscriber of each call, the latest last."""
    with closing(sqlite3.connect(f"file:{one.state}/firstline.db?mode=ro", uri=True)) as db:
        return db.execute("select caller, subscriber from calls order by began").fetchall()


def called(one: Installation, number: str) -> tuple[str, int | None]:
    """Have Asterisk call 611 as a trunk does that shows the number so; what is kept of the call."""
    known = len(calls(one))
    secrets = tomllib.loads((one.state / "secrets.toml").read_text())
    login = base64.b64encode(f"firstline:{secrets['ari']}".encode()).decode()
    # The other end hears the apology of the dialplan meanwhile.
    asked = {"endpoint": "Local/611@firstline-subscribers", "callerId": f"<{number}>"}
    asked |= {"extension": "s", "context": "firstline-fallback", "channelId": f"try-{known}"}
    where = f"http://127.0.0.1:{one.ports.http}/ari/channels"
    for method, url in (
        ("POST", f"{where}?{urlencode(asked)}"),
        ("DELETE", f"{where}/try-{known}"),
    ):
        request = Request(url, method=method, headers={"Authorization": f"Basic {login}"})
        urlopen(request, timeout=allowed(10)).close()
        until(lambda: len(calls(one)) > known, 10.0)
    return calls(one)[-1]


TRUNKS = """
[menus]
directory = "{menus}"

[trunk.switch]
address = "127.0.0.2"
vouches = true

[trunk.carrier]
address = "127.0.0.3"
"""
ASKS_WHO = """
flow: "611"
numbers: ["611"]
languages: [en]
start: who
farewell: bye
always: { "0": agent }
nodes:
  who: { branch: identity, when: { caller: subscriber }, else: stranger }
  subscriber: { menu: plain-menu, keys: { "*": back }, wrong: not-understood, gave-up: agent }
  stranger: { menu: plain-menu, keys: { "*": back }, wrong: not-understood, gave-up: agent }
  agent: { queue: support, else: bye }
  bye: { end: thanks-bye }
"""


def over_trunk(one: Installation, address: str, user: str, asserted: str) -> tuple[str, str]:
    """Call 611 over the trunk of an address: the number of the call, and where it came to."""
    known = len(calls(one))
    with Phone(one.ports.sip, user, address=address, asserted=asserted) as phone:
        assert phone.dial("611") == 200
        assert phone.hears_sound()
        phone.hang_up()
    until(lambda: len(calls(one)) > known, 10.0)
    until(lambda: "(menu)" in one.out("calls", "show", last(one)), 10.0)
    return calls(one)[-1][0], one.out("calls", "show", last(one))


def last(one: Installation) -> str:
    """The id of the last call."""
    with closing(sqlite3.connect(f"file:{one.state}/firstline.db?mode=ro", uri=True)) as db:
        return str(db.execute("select id from calls order by began desc limit 1").fetchone()[0])


def test_an_installation_without_demo_starts(tmp_path: Path) -> None:
    """Without anybody, with an agent alone, with a subscriber alone, who has no phone of ours.

    Where there is no phone, Asterisk has no endpoint that could be subscribed to.
    """
    one = begun(
        tmp_path / "state", *["--name", "Example", "--country", "PL", "--currency", "EUR"],
        "--timezone", "Europe/Warsaw", "--language", "en",
    )  # fmt: skip

    def starts(*extensions: str) -> None:
        one.up()
        status = one.status()
        assert (status.running, status.ari.connected) == (True, True)
        assert status.subscribers == ()
        assert tuple(agent.extension for agent in status.agents) == extensions
        assert "demo" not in one.log.read_text()

    try:
        starts()
        one.end()
        one.out("agents", "add", "anna", "--full-name", "Anna", "--extension", "701")
        starts("701")
        one.end()
        one.out("agents", "remove", "anna", "--yes")
        people = tmp_path / "people.csv"
        people.write_text("number;name;language;area\n512345678;Jan;en;Gdynia\n")
        one.out("subscribers", "import", str(people))
        menus = tmp_path / "menus"
        menus.mkdir()
        (menus / "611.yaml").write_text(ASKS_WHO)
        with (one.state / "firstline.toml").open("a") as settings:
            settings.write(TRUNKS.format(menus=menus))
        starts()
        for number in ("512345678", "+48-512-345-678", "512345678;phone-context=+48"):
            assert called(one, number) == ("48512345678", 1)
        assert called(one, "0") == ("", None)
        for address, user, number, node in (
            ("127.0.0.2", "anonymous", "48512345678", "subscriber (menu)"),
            ("127.0.0.3", "512345678", "48512345678", "stranger (menu)"),
            ("127.0.0.3", "anonymous", "", "stranger (menu)"),
        ):
            kept, path = over_trunk(one, address, user, "+48512345678")
            assert (kept, node in path) == (number, True), path
    finally:
        one.end()
