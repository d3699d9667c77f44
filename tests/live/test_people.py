"""Who is forgotten is a stranger at once, and texts go to a webhook, on a whole installation."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Phone
from ari_app.phone.messages import Account
from ari_app.store import outbox
from ari_app.store.db import Store
from tests.deadlines import within
from tests.live.installation import Installation
from tests.messaging.gateway import Gateway
from tests.operators import BELARUS

pytestmark = pytest.mark.live

NUMBER = "375990000049"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with Gateway().serving() as gateway:
        yield gateway


async def called(one: Installation, account: Account) -> str:
    """The record of a call that is hung up at once."""
    async with Phone(account) as phone:
        await phone.dial("611")
        await phone.wait(Connected)
        await phone.hangup()
        await phone.wait(Disconnected)
    return await asyncio.to_thread(one.last_call)


async def test_a_webhook_and_a_person_who_is_forgotten(tmp_path: Path, gateway: Gateway) -> None:
    state = installation(tmp_path / "state")
    one = Installation(state.directory, f'[messages]\nby = "webhook"\nurl = "{gateway.url}"')
    state.keys()
    secrets = state.directory / "secrets.toml"
    secrets.write_text(f'{secrets.read_text()}webhook_secret = "secret-of-both"\n')
    try:
        await asyncio.to_thread(one.up)
        store = await Store.open(state.database, BELARUS)
        await store.write(outbox.post, "c1:1", NUMBER, "слова", "c1", datetime.now(UTC))
        async with within(20):
            while (await store.read(outbox.recent, 1))[0].state != "sent":  # noqa: ASYNC110 - no event comes from there
                await asyncio.sleep(0.05)
        assert gateway.sent == {"c1:1": (NUMBER, "слова")}
        await store.close()
        status = await asyncio.to_thread(one.status)
        [account] = [each for each in status.subscribers if each.number == NUMBER]
        assert "(subscriber 49) dialled 611" in await called(one, one.account(account))
        done = await asyncio.to_thread(one.run, "subscribers", "forget", NUMBER, "--yes")
        assert (done.returncode, done.stderr) == (0, "")
        assert "calls 1" in done.stdout
        kept = b"".join(file.read_bytes() for file in state.directory.glob("firstline.db*"))
        assert NUMBER.encode() not in kept
        assert "(unknown) dialled 611" in await called(one, one.account(account))
    finally:
        await asyncio.to_thread(one.away)
