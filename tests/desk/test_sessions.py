"""Browser sessions: cookies rotate while in use, and expire."""

from datetime import timedelta

import pytest

from ari_app.desk.web.sessions import (
    GRACE,
    IDLE,
    LONGEST,
    ROTATE,
    TOUCH,
    Sessions,
    SignedIn,
    hashed,
)
from tests.desk.fakes import NOW
from tests.desk.http_client import FakeAccounts, FakeSessions

SECOND = timedelta(seconds=1)


class SessionsAndClock:
    """Sessions with a clock that tests set."""

    def __init__(self) -> None:
        self.now = NOW
        self.accounts = FakeAccounts()
        self.store = FakeSessions()
        self.sessions = Sessions(self.store, self.accounts, lambda: self.now)

    async def begun(self) -> str:
        return await self.sessions.start(self.accounts.users["anna"])

    async def rotated(self, cookie: str) -> str | None:
        signed_in = await self.sessions.authenticate(cookie)
        assert signed_in is not None
        return await self.sessions.rotate(signed_in, cookie)

    async def agent(self, cookie: str) -> str:
        signed_in = await self.sessions.authenticate(cookie)
        return signed_in.user.name if signed_in else ""


@pytest.fixture
def clocked() -> SessionsAndClock:
    return SessionsAndClock()


async def test_the_store_has_only_hashes_of_cookies(clocked: SessionsAndClock) -> None:
    cookie = await clocked.begun()
    assert [*clocked.store.stored] == [hashed(cookie)]
    assert cookie not in repr(clocked.store.stored)
    assert await clocked.agent(cookie) == "anna"
    assert await clocked.agent(cookie[:-1]) == ""
    assert await clocked.agent(hashed(cookie)) == ""


async def test_sessions_are_independent(clocked: SessionsAndClock) -> None:
    first, second = await clocked.begun(), await clocked.begun()
    assert first != second
    tokens = {one.csrf for one in clocked.store.stored.values()}
    assert len(tokens) == 2
    one = await clocked.sessions.authenticate(first)
    assert one is not None
    await clocked.sessions.end(one)
    assert [await clocked.agent(first), await clocked.agent(second)] == ["", "anna"]


async def test_the_previous_cookie_has_a_grace_period(clocked: SessionsAndClock) -> None:
    old = await clocked.begun()
    clocked.now += ROTATE - SECOND
    assert await clocked.rotated(old) is None, "it is not time yet"
    clocked.now += SECOND
    new = await clocked.rotated(old)
    assert new not in (None, old)
    assert await clocked.rotated(old) is None, "it is not time yet again"
    assert [await clocked.agent(old), await clocked.agent(new or "")] == ["anna", "anna"]
    clocked.now += GRACE
    assert [await clocked.agent(old), await clocked.agent(new or "")] == ["", "anna"]


async def test_a_lost_response_keeps_the_previous_cookie_valid(
    clocked: SessionsAndClock,
) -> None:
    old = await clocked.begun()
    clocked.now += ROTATE
    lost = await clocked.rotated(old)
    clocked.now += GRACE * 2
    assert await clocked.agent(old) == "anna"
    clocked.now += ROTATE
    new = await clocked.rotated(old)
    assert new not in (None, old, lost)
    assert [await clocked.agent(lost or ""), await clocked.agent(new or "")] == ["", "anna"]
    clocked.now += GRACE
    assert await clocked.agent(old) == ""


async def test_only_one_of_two_concurrent_requests_rotates(
    clocked: SessionsAndClock,
) -> None:
    cookie = await clocked.begun()
    clocked.now += ROTATE
    both = [await clocked.sessions.authenticate(cookie) for _ in range(2)]
    found = [await clocked.sessions.rotate(one, cookie) for one in both if one]
    assert found[0] is not None
    assert found[1] is None
    assert await clocked.agent(found[0]) == "anna"


async def test_signing_out_ends_the_previous_cookie_too(
    clocked: SessionsAndClock,
) -> None:
    old = await clocked.begun()
    clocked.now += ROTATE
    new = await clocked.rotated(old)
    signed_in = await clocked.sessions.authenticate(new or "")
    assert signed_in is not None
    await clocked.sessions.end(signed_in)
    assert [await clocked.agent(old), await clocked.agent(new or "")] == ["", ""]


async def test_use_prolongs_a_session_up_to_a_day(
    clocked: SessionsAndClock,
) -> None:
    cookie = await clocked.begun()
    clocked.now += IDLE - SECOND
    assert await clocked.agent(cookie) == "anna"
    clocked.now += IDLE - SECOND
    assert await clocked.agent(cookie) == "anna", "it was used"
    clocked.now += SECOND * 2
    assert await clocked.agent(cookie) == "", "and no longer than everybody"


async def test_an_idle_session_expires(clocked: SessionsAndClock) -> None:
    cookie = await clocked.begun()
    clocked.now += IDLE
    assert await clocked.agent(cookie) == ""


async def test_every_session_expires_after_a_day(clocked: SessionsAndClock) -> None:
    cookie = await clocked.begun()
    while clocked.now < NOW + LONGEST - SECOND:
        clocked.now = min(clocked.now + timedelta(hours=1), NOW + LONGEST - SECOND)
        assert await clocked.agent(cookie) == "anna"
        cookie = await clocked.rotated(cookie) or cookie
    clocked.now += SECOND
    assert await clocked.agent(cookie) == ""


async def test_a_removed_user_is_signed_out(clocked: SessionsAndClock) -> None:
    cookie = await clocked.begun()
    del clocked.accounts.users["anna"]
    assert await clocked.agent(cookie) == ""
    assert not clocked.store.stored


async def entered(clocked: SessionsAndClock) -> SignedIn:
    found = await clocked.sessions.authenticate(await clocked.begun())
    assert found is not None
    return found


async def test_a_tab_survives_cookie_rotation(clocked: SessionsAndClock) -> None:
    cookie = await clocked.begun()
    tab = await clocked.sessions.authenticate(cookie)
    assert tab is not None
    clocked.now += ROTATE
    new = await clocked.rotated(cookie)
    clocked.now += GRACE
    assert await clocked.sessions.still_valid(tab, used=False)
    again = await clocked.sessions.authenticate(new or "")
    assert again is not None
    await clocked.sessions.end(again)
    assert not await clocked.sessions.still_valid(tab, used=False)


async def test_an_active_tab_prolongs_its_session(clocked: SessionsAndClock) -> None:
    tab = await entered(clocked)
    clocked.now += IDLE - SECOND
    assert await clocked.sessions.still_valid(tab, used=True)
    clocked.now += IDLE - SECOND
    assert await clocked.sessions.still_valid(tab, used=False), (
        "which says nothing of its being used"
    )
    clocked.now += SECOND * 2
    assert not await clocked.sessions.still_valid(tab, used=True), "a day is over"


async def test_an_idle_tab_does_not_prolong_its_session(clocked: SessionsAndClock) -> None:
    tab = await entered(clocked)
    for _ in range(11):
        clocked.now += timedelta(hours=1)
        assert await clocked.sessions.still_valid(tab, used=False)
    clocked.now += timedelta(hours=1)
    assert not await clocked.sessions.still_valid(tab, used=False)


async def test_a_changed_role_invalidates_open_tabs(clocked: SessionsAndClock) -> None:
    tab = await entered(clocked)
    clocked.accounts.set_role("anna", "supervisor")
    assert not await clocked.sessions.still_valid(tab, used=True)


async def test_use_is_recorded_at_most_every_minute(clocked: SessionsAndClock) -> None:
    cookie = await clocked.begun()
    clocked.now += TOUCH
    await clocked.agent(cookie)
    assert clocked.store.stored[hashed(cookie)].seen == NOW
    clocked.now += SECOND
    await clocked.agent(cookie)
    assert clocked.store.stored[hashed(cookie)].seen == clocked.now
