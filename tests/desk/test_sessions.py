"""Who is signed in: cookies that change while they are used, and end by themselves."""

from datetime import timedelta

import pytest

from ari_app.desk.sessions import GRACE, IDLE, LONGEST, ROTATE, TOUCH, Entered, Sessions, hashed
from tests.desk.door import People, SignedIn
from tests.desk.house import NOW

SECOND = timedelta(seconds=1)


class Clocked:
    """Sessions, and a clock that is put forward."""

    def __init__(self) -> None:
        self.now = NOW
        self.people = People()
        self.store = SignedIn()
        self.sessions = Sessions(self.store, self.people, lambda: self.now)

    async def begun(self) -> str:
        return await self.sessions.begin(self.people.people["anna"])

    async def rotated(self, cookie: str) -> str | None:
        entered = await self.sessions.entered(cookie)
        assert entered is not None
        return await self.sessions.rotated(entered, cookie)

    async def agent(self, cookie: str) -> str:
        entered = await self.sessions.entered(cookie)
        return entered.person.name if entered else ""


@pytest.fixture
def clocked() -> Clocked:
    return Clocked()


async def test_the_store_knows_no_cookie(clocked: Clocked) -> None:
    cookie = await clocked.begun()
    assert [*clocked.store.kept] == [hashed(cookie)]
    assert cookie not in repr(clocked.store.kept)
    assert await clocked.agent(cookie) == "anna"
    assert await clocked.agent(cookie[:-1]) == ""
    assert await clocked.agent(hashed(cookie)) == ""


async def test_two_browsers_have_nothing_in_common(clocked: Clocked) -> None:
    first, second = await clocked.begun(), await clocked.begun()
    assert first != second
    tokens = {one.csrf for one in clocked.store.kept.values()}
    assert len(tokens) == 2
    one = await clocked.sessions.entered(first)
    assert one is not None
    await clocked.sessions.end(one)
    assert [await clocked.agent(first), await clocked.agent(second)] == ["", "anna"]


async def test_the_cookie_before_counts_for_a_moment(clocked: Clocked) -> None:
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


async def test_a_browser_that_never_got_its_cookie_goes_on_with_the_one_before(
    clocked: Clocked,
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


async def test_of_two_requests_at_once_one_brings_the_next_cookie(clocked: Clocked) -> None:
    cookie = await clocked.begun()
    clocked.now += ROTATE
    both = [await clocked.sessions.entered(cookie) for _ in range(2)]
    found = [await clocked.sessions.rotated(one, cookie) for one in both if one]
    assert found[0] is not None
    assert found[1] is None
    assert await clocked.agent(found[0]) == "anna"


async def test_who_signed_out_does_not_come_in_with_the_cookie_before(clocked: Clocked) -> None:
    old = await clocked.begun()
    clocked.now += ROTATE
    new = await clocked.rotated(old)
    entered = await clocked.sessions.entered(new or "")
    assert entered is not None
    await clocked.sessions.end(entered)
    assert [await clocked.agent(old), await clocked.agent(new or "")] == ["", ""]


async def test_a_browser_that_is_used_stays_and_not_longer_than_a_day(clocked: Clocked) -> None:
    cookie = await clocked.begun()
    clocked.now += IDLE - SECOND
    assert await clocked.agent(cookie) == "anna"
    clocked.now += IDLE - SECOND
    assert await clocked.agent(cookie) == "anna", "it was used"
    clocked.now += SECOND * 2
    assert await clocked.agent(cookie) == "", "and no longer than everybody"


async def test_a_browser_that_is_not_used_must_sign_in_again(clocked: Clocked) -> None:
    cookie = await clocked.begun()
    clocked.now += IDLE
    assert await clocked.agent(cookie) == ""


async def test_after_so_long_everybody_must_sign_in_again(clocked: Clocked) -> None:
    cookie = await clocked.begun()
    while clocked.now < NOW + LONGEST - SECOND:
        clocked.now = min(clocked.now + timedelta(hours=1), NOW + LONGEST - SECOND)
        assert await clocked.agent(cookie) == "anna"
        cookie = await clocked.rotated(cookie) or cookie
    clocked.now += SECOND
    assert await clocked.agent(cookie) == ""


async def test_who_may_no_longer_come_in_is_signed_out(clocked: Clocked) -> None:
    cookie = await clocked.begun()
    del clocked.people.people["anna"]
    assert await clocked.agent(cookie) == ""
    assert not clocked.store.kept


async def entered(clocked: Clocked) -> Entered:
    found = await clocked.sessions.entered(await clocked.begun())
    assert found is not None
    return found


async def test_a_tab_stays_whatever_the_cookie_is_by_now(clocked: Clocked) -> None:
    cookie = await clocked.begun()
    tab = await clocked.sessions.entered(cookie)
    assert tab is not None
    clocked.now += ROTATE
    new = await clocked.rotated(cookie)
    clocked.now += GRACE
    assert await clocked.sessions.lasts(tab, used=False)
    again = await clocked.sessions.entered(new or "")
    assert again is not None
    await clocked.sessions.end(again)
    assert not await clocked.sessions.lasts(tab, used=False)


async def test_a_tab_in_which_somebody_works_is_in_use(clocked: Clocked) -> None:
    tab = await entered(clocked)
    clocked.now += IDLE - SECOND
    assert await clocked.sessions.lasts(tab, used=True)
    clocked.now += IDLE - SECOND
    assert await clocked.sessions.lasts(tab, used=False), "which says nothing of its being used"
    clocked.now += SECOND * 2
    assert not await clocked.sessions.lasts(tab, used=True), "a day is over"


async def test_a_tab_that_is_only_open_is_not_in_use(clocked: Clocked) -> None:
    tab = await entered(clocked)
    for _ in range(11):
        clocked.now += timedelta(hours=1)
        assert await clocked.sessions.lasts(tab, used=False)
    clocked.now += timedelta(hours=1)
    assert not await clocked.sessions.lasts(tab, used=False)


async def test_who_becomes_another_comes_in_anew(clocked: Clocked) -> None:
    tab = await entered(clocked)
    clocked.people.become("anna", "supervisor")
    assert not await clocked.sessions.lasts(tab, used=True)


async def test_use_is_not_written_down_at_every_touch(clocked: Clocked) -> None:
    cookie = await clocked.begun()
    clocked.now += TOUCH
    await clocked.agent(cookie)
    assert clocked.store.kept[hashed(cookie)].seen == NOW
    clocked.now += SECOND
    await clocked.agent(cookie)
    assert clocked.store.kept[hashed(cookie)].seen == clocked.now
