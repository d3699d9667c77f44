"""`firstline flows canary`, and the options of `flows reload` for one."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

from ari_app.config.state import State
from ari_app.store import canaries
from ari_app.store.canaries import Canary
from ari_app.store.db import Store
from tests.commands.conftest import Run
from tests.operators import BELARUS

BEGAN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_both_sides_are_listed_with_what_became_of_it(demo: State, run: Run) -> None:
    assert run("flows", "canary").stdout.startswith("none yet: ")

    async def over() -> None:
        store = await Store.open(demo.database, BELARUS)
        until = BEGAN + timedelta(hours=2)
        begun = Canary(began=BEGAN, by="vera", share=10, until=until, before=1, tried=2)
        await store.write(canaries.add, begun)
        await store.write(canaries.finish, 1, until, "rolled back", "too many hung up", "")
        await store.close()

    asyncio.run(over())
    first, new, old = run("flows", "canary").stdout.splitlines()
    assert first.startswith("canary 1: 10 % of the callers since 2026-03-01 ")
    assert " by vera, rolled back 2026-03-01 " in first
    assert first.endswith(": too many hung up")
    assert new.startswith("  new menus: 0 calls, 0 over: ")
    assert old.startswith("  old menus: 0 calls, 0 over: ")
    [one] = json.loads(run("flows", "canary", "--json").stdout)
    assert (one["canary"]["end"], one["figures"]["new"]["calls"]) == ("rolled back", 0)


def test_a_wrong_time_names_its_option(run: Run) -> None:
    for wrong, words in (("foo", "'foo' is not a time"), ("31d", "30 days at most")):
        done = run("flows", "reload", "--share", "10", "--for", wrong)
        assert (done.exit_code, f"Invalid value for --for: {words}" in done.stderr) == (2, True)


def test_a_time_without_a_share_is_refused(run: Run) -> None:
    done = run("flows", "reload", "--for", "2h")
    assert (done.exit_code, "--for is for --share" in done.stderr) == (2, True)
