"""`firstline tokens` and `firstline webhooks`, on a store of its own."""

import asyncio
from datetime import UTC, datetime

from msgspec import json

from ari_app.config.state import State
from ari_app.store import api_tokens, calls, changes, webhooks
from ari_app.store.calls import CallBegan
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from tests.commands.conftest import Run
from tests.operators import BELARUS


def kept(state: State, *events: str) -> None:
    """An endpoint `crm`, and a call since that is not sent."""

    def keep(db: Database) -> None:
        webhooks.subscribe(db, {"crm": events})
        began = CallBegan("c1", "ari", "611", "375990000001", None, "en", "m", "v", NOW)
        calls.add(db, [began])

    async def keeping() -> None:
        store = await Store.open(state.database, BELARUS)
        await store.write(keep)
        await store.close()

    asyncio.run(keeping())


NOW = datetime.now(UTC)
WEBHOOK = '\n[webhooks.crm]\nurl = "http://127.0.0.1:1/in"\n'


def test_a_token_is_shown_once_listed_and_revoked(run: Run, state: State) -> None:
    made = run("tokens", "add", "crm", "--scope", "tickets:write", "--scope", "calls:read")
    assert made.stdout.startswith(api_tokens.PREFIX)
    assert "the API is off: write enabled = true under [api]" in made.stderr
    listed = run("tokens", "list").stdout
    assert listed.startswith("crm  calls:read tickets:write  never expires, never used")
    assert made.stdout.strip() not in listed
    again = run("tokens", "add", "crm", "--scope", "calls:read")
    assert (again.exit_code, "revoke it first" in again.stderr) == (1, True)
    assert run("tokens", "revoke", "crm", "--by", "me").stdout == "token crm is revoked\n"
    assert run("tokens", "revoke", "crm").exit_code == 1

    async def made_changes() -> list[str]:
        store = await Store.open(state.database, BELARUS)
        found = await store.read(changes.recent, 9)
        await store.close()
        return [each.what for each in found]

    assert asyncio.run(made_changes()) == ["tokens revoke", "tokens add"]
    assert run("tokens", "add", "x", "--scope", "all").exit_code == 2


def test_events_are_listed_and_sent_again(run: Run, state: State) -> None:
    with (state.directory / "firstline.toml").open("a") as settings:
        settings.write(WEBHOOK)
    kept(state, "call.began")
    first, events = run("webhooks", "list").stdout.splitlines()
    assert (first.startswith("crm  1 waiting since "), first.endswith(", 0 failed")) == (True, True)
    assert events.strip() == "call.began"
    assert "crm  call.began (c1)  waiting\n" in run("webhooks", "events", "crm").stdout
    [one] = json.decode(run("webhooks", "events", "--json").stdout)
    assert one["event"]["data"]["number"] == "375990000001"
    assert run("webhooks", "events", "--failed").stdout == ""
    assert run("webhooks", "replay", "crm", "--since", "1h").stdout.startswith("1 events are sent")
    assert run("webhooks", "replay", "crm", "--failed").stdout.startswith("0 events are sent")
    assert run("webhooks", "replay", "crm").exit_code == 2
    assert "there is no" not in run("webhooks", "replay", "crm", "--failed").stderr
    unknown = run("webhooks", "replay", "crn", "--failed")
    assert (unknown.exit_code, "crm" in unknown.stderr) == (1, True)


def test_a_webhook_is_tried(run: Run, state: State) -> None:
    with (state.directory / "firstline.toml").open("a") as settings:
        settings.write(WEBHOOK)
    kept(state, "call.began")
    without = run("webhooks", "test", "crm")
    assert (without.exit_code, 'write crm = "…" under [webhooks]' in without.stderr) == (1, True)
    with (state.directory / "secrets.toml").open("a") as secrets:
        secrets.write('[webhooks]\ncrm = "ours"\n')
    tried = run("webhooks", "test", "crm")
    assert (tried.exit_code, "crm: the webhook is out of reach" in tried.stderr) == (1, True)
