"""The menus as pages: buttons, replies that count for the page they answer, and their end."""

import asyncio
from datetime import timedelta

import pytest

from ari_app.cabinet import server
from ari_app.cabinet.menu_page import parts
from ari_app.rate_limit import Rate
from ari_app.ussd.line import Page
from tests.ari.facts import until
from tests.cabinet.harness import Browser, Harness, running


async def test_through_the_menus_to_an_order(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/menu")
    assert "menu" in alesya.text
    await alesya.post("/my/menu", reply="1")
    assert "And there is more to be said about it" in alesya.text
    await alesya.post("/my/menu", reply="3")
    assert "thanks-bye" in alesya.text
    assert 'name="reply"' not in alesya.page
    assert here.walked.ran == ["quote", "buy"]
    await alesya.post("/my/menu", again="1")
    assert "thanks-bye" not in alesya.text


async def test_a_reply_counts_for_its_page(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/menu")
    first = alesya.hidden("/my/menu")
    await alesya.post("/my/menu", {**first, "reply": "1"})
    await alesya.post("/my/menu", {**first, "reply": "1"})
    assert "more to be said" in alesya.text, "the same reply again shows the same page"
    answer = await alesya.post("/my/menu", {**first, "reply": "3"})
    assert answer.status == 409
    for step in ("2", "-1", "x", "", "1" * 5000, "٣"):
        answer = await alesya.post("/my/menu", {**first, "step": step, "reply": "3"})
        assert answer.status == 409
    assert here.walked.ran == ["quote"]


async def test_the_code_word_of_the_visit_counts_in_the_menus(
    alesya: Browser, here: Harness
) -> None:
    await alesya.get("/my/menu")
    await alesya.prove()
    await alesya.get("/my/menu")
    await alesya.post("/my/menu", again="1")
    assert here.proven == [False, True]


async def test_signing_out_hangs_up(alesya: Browser) -> None:
    await alesya.get("/my/menu")
    await alesya.post("/my/menu", reply="1")
    await alesya.post("/my/sign-out")
    await alesya.sign_in()
    await alesya.get("/my/menu")
    assert alesya.hidden("/my/menu")["step"] == "0"


async def test_a_visit_that_ended_meanwhile_begins_no_session(
    alesya: Browser, here: Harness
) -> None:
    """Nor does one that waits hold up the menus of another."""
    here.entering.clear()
    opening = asyncio.create_task(alesya.get("/my/menu", follow=False))
    await until(lambda: len(here.proven) == 1)
    async with here.client("127.0.0.2") as other:
        await other.sign_in()
        second = asyncio.create_task(other.get("/my/menu"))
        await until(lambda: len(here.proven) == 2)
        here.now += timedelta(hours=9)
        assert here.server is not None
        here.server.visits.expire()
        here.entering.set()
        assert (await opening).headers["Location"] == "/my/sign-in"
        assert (await second).url.path == "/my/sign-in"
    assert here.tasks == 0


async def test_beginning_again_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "EFFECTS", Rate(burst=2, each=3600.0))
    async with running() as here, here.client() as browser:
        await browser.sign_in()
        statuses = []
        for _ in range(3):
            await browser.get("/my/menu")
            statuses.append((await browser.post("/my/menu", again="1")).status)
        assert statuses == [200, 200, 429]


def test_choices_are_buttons() -> None:
    page = Page("Hello.\n1 Balance\n* Back\n2 is no choice", choices=("1 Balance", "* Back"))
    assert list(parts(page)) == [
        ("", "Hello."), ("1", "Balance"), ("*", "Back"), ("", "2 is no choice"),
    ]  # fmt: skip
