"""The database of an installation is damaged, restored and deleted, and callers are served."""

import shutil
from pathlib import Path

import pytest

from ari_app.phone.handset import Connected, Phone
from tests.deadlines import pause, until
from tests.live.installation import Installation

pytestmark = pytest.mark.live


async def test_callers_are_served_without_a_database(tmp_path: Path) -> None:
    one = Installation(tmp_path / "state")
    one.out("pbx", "render")  # it ran before, so Asterisk has phones
    database, whole = one.state / "firstline.db", tmp_path / "whole.db"
    account = one.subscriber()
    shutil.move(database, whole)
    database.write_bytes(b"this is no database" * 1000)
    try:
        one.up()
        assert one.status().database.fault == "damaged"
        async with Phone(account) as me:
            await me.dial("611")
            await me.wait(Connected)
            await me.press("1")
            await pause(2)
            await me.hangup()
        whole.replace(database)
        until(lambda: not one.status().database.fault, 10)
        call = one.last_call()
        assert "guest-menu  key 1  -> lost" in call, call

        for file in one.state.glob("firstline.db*"):
            file.unlink()
        until(lambda: "has been written again whole" in one.log.read_text(), 10)
        assert one.out("calls", "show", one.last_ended()) == call
    finally:
        one.away()
