"""Signing in by number and one-time code, and what a stranger learns from it."""

import re
from datetime import timedelta

import pytest

from ari_app.cabinet import code_word_page, sign_in
from ari_app.rate_limit import Rate, RateLimit
from ivr.events import Answered
from tests.ari.facts import until
from tests.cabinet.fakes import CODE, WORD
from tests.cabinet.harness import NUMBER, STRANGER, Browser, Harness, running


async def test_a_subscriber_signs_in_and_out(visitor: Browser, here: Harness) -> None:
    answer = await visitor.get("/my")
    assert answer.url.path == "/my/sign-in"
    await visitor.post("/my/sign-in", number="+375 99 000-00-01")
    assert visitor.path == "/my/code"
    assert "a text message with a code is on its way" in visitor.text
    await visitor.post("/my/code", code="246 802")
    assert visitor.path == "/my"
    assert "+375 99 000-00-01" in visitor.page
    assert here.codes.sent == [(NUMBER, 1, "en")]
    await visitor.post("/my/sign-out")
    assert (await visitor.get("/my")).url.path == "/my/sign-in"
    assert here.journal.lines == [f"began {NUMBER}", "ended: ended"]


async def test_a_stranger_does_not_learn_whose_number_it_is(here: Harness) -> None:
    pages = []
    for number in (NUMBER, STRANGER):
        async with here.client() as browser:
            await browser.get("/my/sign-in")
            answer = await browser.post("/my/sign-in", follow=False, number=number)
            assert (answer.status, answer.headers["Location"]) == (303, "/my/code")
            await browser.get("/my/code")
            sent = browser.page
            refused = await browser.post("/my/code", code="000000")
            shown = [re.sub(r"[0-9 -]{8,}", "NUMBER", page) for page in (sent, browser.page)]
            pages.append((refused.status, *shown))
    assert pages[0] == pages[1]


async def test_the_answer_to_a_number_waits_for_nothing(here: Harness, visitor: Browser) -> None:
    here.codes.held.clear()
    await visitor.get("/my/sign-in")
    await visitor.post("/my/sign-in", number=NUMBER)
    assert visitor.path == "/my/code"
    assert here.codes.sent == []
    here.codes.held.set()
    await until(lambda: here.codes.sent == [(NUMBER, 1, "en")])


async def test_the_right_code_of_another_sign_in_is_wrong(here: Harness, visitor: Browser) -> None:
    here.codes.most = 1
    async with here.client() as other:
        for browser in (other, visitor):
            await browser.get("/my/sign-in")
            await browser.post("/my/sign-in", number=NUMBER)
        assert here.codes.sent == [(NUMBER, 1, "en")], "the other's alone"
        answer = await visitor.post("/my/code", code=CODE)
        assert answer.status == 403
        assert "The code is not right" in visitor.text
        assert here.journal.lines == []
        await other.post("/my/code", code=CODE)
        assert other.path == "/my"


async def test_a_code_is_sent_again_until_there_were_too_many(
    here: Harness, visitor: Browser
) -> None:
    here.codes.most = 3
    await visitor.get("/my/sign-in")
    await visitor.post("/my/sign-in", number=NUMBER)
    for _ in range(3):
        assert "Send it again" in visitor.text
        await visitor.post("/my/sign-in")
    assert len(here.codes.sent) == 3
    await visitor.post("/my/code", code=CODE)
    assert visitor.path == "/my", "the last code that was sent counts"


async def test_what_is_no_number_is_said(visitor: Browser) -> None:
    await visitor.get("/my/sign-in")
    for number in ("", "12", "hello", "1" * 200):
        assert (await visitor.post("/my/sign-in", number=number)).status == 400
    assert "does not look like a number" in visitor.text


async def test_without_a_number_there_is_no_code_page(visitor: Browser) -> None:
    assert (await visitor.get("/my/code")).url.path == "/my/sign-in"
    assert (await visitor.post("/my/code", code="246802")).url.path == "/my/sign-in"


async def test_codes_of_an_address_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "CODES", Rate(burst=2, each=3600.0))
    async with running() as here:
        async with here.client() as browser:
            for number, status in ((NUMBER, 200), (STRANGER, 200), (NUMBER, 429)):
                await browser.get("/my/sign-in")
                answer = await browser.post("/my/sign-in", number=number)
                assert answer.status == status
            assert int(answer.headers["Retry-After"]) > 0
        async with here.client("127.0.0.2") as other:
            await other.get("/my/sign-in")
            assert (await other.post("/my/sign-in", number=NUMBER)).status == 200


async def test_codes_in_all_are_limited_by_those_that_are_sent() -> None:
    """Numbers that no one has use up nothing."""
    async with running(codes_per_hour=1) as here, here.client() as browser:
        for number, status in ((STRANGER, 200), (STRANGER, 200), (NUMBER, 200), (STRANGER, 429)):
            await browser.get("/my/sign-in")
            answer = await browser.post("/my/sign-in", number=number)
            assert answer.status == status


async def test_wrong_codes_of_an_address_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "WRONG", Rate(burst=2, each=60.0))
    async with running() as here, here.client() as browser:
        await browser.get("/my/sign-in")
        await browser.post("/my/sign-in", number=NUMBER)
        statuses = [(await browser.post("/my/code", code=code)).status for code in ("1", "2", "3")]
        assert statuses == [403, 403, 429]
        assert (await browser.post("/my/code", code=CODE)).status == 429


async def test_typing_errors_behind_one_address_do_not_add_up() -> None:
    limit, refused = RateLimit(sign_in.WRONG), 0
    for minute in range(24 * 60):
        refused += limit.wait("nat", minute * 60.0) > 0
        if minute % 10:
            limit.forgive("nat")
    assert refused == 0


async def test_trouble_of_ours_is_no_wrong_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "WRONG", Rate(burst=1, each=3600.0))
    async with running() as here, here.client() as browser:
        await browser.get("/my/sign-in")
        await browser.post("/my/sign-in", number=NUMBER)
        here.operations.answers["one-time-code-of"] = Answered("failed")
        assert (await browser.post("/my/code", code=CODE)).status == 503
        assert "try again in a minute" in browser.text
        here.operations.answers["one-time-code-of"] = Answered("locked")
        assert (await browser.post("/my/code", code=CODE)).status == 403
        assert "Too many attempts at this code" in browser.text
        here.operations.answers.clear()
        await browser.post("/my/code", code=CODE)
        assert browser.path == "/my"


async def test_tries_at_the_code_word_are_limited_before_they_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(code_word_page, "TRIES", Rate(burst=2, each=3600.0))
    async with running() as here, here.client() as browser:
        await browser.sign_in()
        await browser.get("/my/code-word")
        statuses = [(await browser.post("/my/code-word", word=WORD)).status for _ in range(1)]
        for _ in range(2):
            await browser.get("/my/code-word")
            statuses.append((await browser.post("/my/code-word", word="нет")).status)
        assert statuses == [200, 403, 429]
        assert here.words.wrong == 1


async def test_a_visit_ends_when_its_browser_is_silent(here: Harness, alesya: Browser) -> None:
    here.now += timedelta(minutes=14)
    assert (await alesya.get("/my")).url.path == "/my"
    here.now += timedelta(minutes=16)
    assert (await alesya.get("/my")).url.path == "/my/sign-in"
    assert here.journal.lines[-1] == "ended: gone"


async def test_a_visit_ends_after_a_day_of_work(here: Harness, alesya: Browser) -> None:
    for _ in range(60):
        here.now += timedelta(minutes=10)
        await alesya.get("/my/lessons")
    assert alesya.path == "/my/sign-in"


async def test_the_code_word_is_asked_and_limited(here: Harness, alesya: Browser) -> None:
    await alesya.get("/my/operations/puk")
    assert alesya.path == "/my/code-word"
    wrong = [(await alesya.post("/my/code-word", word="нет")).status for _ in range(6)]
    assert wrong == [403] * 6
    assert "Too many wrong attempts" in alesya.text
    here.words.wrong = 0
    await alesya.post("/my/code-word", word="март")
    assert alesya.path == "/my/operations/puk"
    assert "PUK" in alesya.text
    tries = ["code-word: wrong"] * 5 + ["code-word: locked", "code-word: ok"]
    assert here.journal.lines[1:] == [*tries, "puk: ok"]


async def test_after_the_code_word_no_other_site_is_opened(alesya: Browser) -> None:
    await alesya.get("/my/code-word?next=//evil.example.net")
    answer = await alesya.post("/my/code-word", follow=False, word="март")
    assert answer.headers["Location"] == "/my"


async def test_the_language_is_chosen_and_kept(alesya: Browser) -> None:
    await alesya.get("/my/language/be")
    assert "Мой нумар" in alesya.text
    assert (await alesya.get("/my/language/xx")).status == 404
