"""Who is signed in to the cabinet stays so when the application is started again."""

from datetime import timedelta

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
