"""Who is signed in to the cabinet stays so when the application is started again."""

import asyncio
from datetime import timedelta

import msgspec

from ari_app.cabinet.visits import IDLE, LONGEST, Visit, Visits
from tests.cabinet.fakes import NOW, FakeVisits
from tests.cabinet.harness import running


class Here:
    """The visits of an application, and what their journal has."""

    def __init__(self) -> None:
        self.now = NOW
        self.began: list[Visit] = []
        self.kept = FakeVisits()
        self.start()

    def start(self) -> None:
        """Start the application (again)."""
        self.visits = Visits(lambda: self.now, self.began.append, self._over, self.kept)

    def _over(self, visit: Visit, _: str) -> None:
        assert visit.over


async def test_a_visit_goes_on_as_another_one_after_a_crash() -> None:
    here = Here()
    cookie = await here.visits.begin(7, "375990000001", "be")
    first = await here.visits.of(cookie)
    assert first is not None
    first.proven = True
    here.now += timedelta(minutes=10)
    await here.visits.of(cookie)
    await here.visits.save()
    here.start()  # killed
    here.now += timedelta(minutes=10)
    second = await here.visits.of(cookie)
    assert second is not None
    assert (second.csrf, second.proven, second.language) == (first.csrf, True, "be")
    assert (second.began, second.seen) == (first.began, here.now)
    assert here.began == [first, second]
    assert first.id != second.id
    assert cookie not in str(here.kept.visits), "only its hash is kept"


async def test_what_is_over_does_not_come_back() -> None:
    here = Here()
    signed_out, silent, long = [await here.visits.begin(7, "1", "en") for _ in range(3)]
    await here.visits.end(signed_out)
    await here.visits.close()
    here.start()
    assert await here.visits.of(signed_out) is None
    while here.now < NOW + LONGEST:
        assert await here.visits.of(long) is not None
        here.now += IDLE - timedelta(minutes=1)
        await here.visits.save()
    here.start()
    assert await here.visits.of(silent) is None
    assert await here.visits.of(long) is None


async def test_a_sign_out_ends_the_visit_for_good() -> None:
    here = Here()
    cookie = await here.visits.begin(7, "1", "en")
    other = Visits(lambda: here.now, here.began.append, lambda *_: None, here.kept)
    assert await other.of(cookie) is not None
    here.start()
    asked = asyncio.create_task(here.visits.of(cookie))
    await asyncio.sleep(0)  # it is being looked for
    here.kept.locked = True
    await here.visits.end(cookie)
    here.kept.locked = False
    assert await asked is None
    assert await here.visits.of(cookie) is None, "still kept, but refused"
    await here.visits.save()
    assert not here.kept.visits
    assert await other.of(cookie, surely=True) is None, "another worker does not order for it"


async def test_a_visit_that_ended_elsewhere_is_not_kept_again() -> None:
    here = Here()
    cookie = await here.visits.begin(7, "1", "en")
    here.kept.locked = True
    await here.visits.save()
    assert await here.visits.of(cookie) is not None, "it may be kept"
    here.kept.locked = False
    here.kept.visits.clear()  # signed out at another worker, or the subscriber is forgotten
    await here.visits.save()
    assert (len(here.visits), here.kept.visits) == (0, {})


async def test_after_its_longest_time_a_visit_begins_no_other() -> None:
    here = Here()
    cookie = await here.visits.begin(7, "1", "en")
    [token] = here.kept.visits
    here.now += LONGEST
    here.kept.visits[token] = msgspec.structs.replace(here.kept.visits[token], seen=here.now)
    here.start()
    assert await here.visits.of(cookie) is None
    assert len(here.began) == 1


async def test_a_browser_does_not_notice_a_restart() -> None:
    kept = FakeVisits()
    async with running(kept=kept) as here, here.client() as browser:
        await browser.sign_in()
        cookies = {one.key: one.value for one in browser.session.cookie_jar}
    async with running(kept=kept) as again, again.client() as browser:
        browser.session.cookie_jar.update_cookies(cookies)
        await browser.get("/my")
        assert (browser.path, again.journal.lines) == ("/my", ["began 375990000001"])
        await browser.post("/my/sign-out")
    assert not kept.visits
    assert again.journal.lines[-1] == "ended: ended"
