"""Text sessions over messages: what a phone texts, and what it is answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ari_app.ussd import message_sessions as module
from ari_app.ussd.message_sessions import PACE, WAITING, MessagePort, MessageSessions
from tests.ari.facts import until
from tests.deadlines import within
from tests.records import without_times
from tests.ussd.harness import Harness, harness
from tests.ussd.refusals import Refusals
from tests.ussd.replies import Replies

PHONE, NUMBER = "zorka-1", "375291234567"


class Phones:
    """Phones that text; one of them belongs to a subscriber. ``away`` is one that went off."""

    def __init__(self, here: Harness, menu: str = "*111#") -> None:
        self.here = here
        self.came: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.away = False
        post = MessagePort(self._number, self._send)
        self.refusals = Refusals("Stop")
        self.surveys = Replies(**{"5": "thanks-bye", "five": "wrong"})
        self.texting = MessageSessions(
            lambda: here.written, here.callers, post, here.begin, menu, self.refusals, self.surveys
        )

    async def _number(self, phone: str) -> str | None:
        return NUMBER if phone == PHONE else None

    async def _send(self, phone: str, number: str, text: str) -> None:
        assert phone == PHONE
        if self.away:
            raise ConnectionError("no phone of this subscriber is registered any more")
        self.came.put_nowait((number, text))

    async def said(self, text: str, to: str = "611") -> str:
        self.texting.take(PHONE, to, text)
        async with within(5):
            number, answer = await self.came.get()
        assert number == to
        return answer


@asynccontextmanager
async def phones(menu: str = "*111#") -> AsyncIterator[Phones]:
    async with harness() as here:
        yield Phones(here, menu)


async def test_a_code_begins_and_a_number_goes_on() -> None:
    async with phones() as one:
        assert await one.said("*100#") == "You have 5."
        assert [await one.said("*111#"), await one.said(" 1 ")] == ["menu", "You have 5."]
        assert len(one.here.actions) == 2


@pytest.mark.parametrize(("menu", "first"), [("*111#", "menu"), ("*100#", "You have 5.")])
async def test_what_is_no_code_begins_with_the_menu_and_is_no_reply(menu: str, first: str) -> None:
    async with phones(menu) as one:
        assert await one.said("2") == first


async def test_a_stop_word_refuses_campaigns_but_is_a_reply_in_a_session() -> None:
    async with phones() as one:
        assert await one.said("Stop") == "campaigns-stopped"
        assert one.refusals.refused == [NUMBER]
        assert [await one.said("*111#"), await one.said("Stop")] == ["menu", "wrong\nmenu"]
        assert one.refusals.refused == [NUMBER]


async def test_a_reply_to_a_survey_is_answered_and_begins_nothing() -> None:
    async with phones() as one:
        assert [await one.said("5"), await one.said("five")] == ["Bye!", "wrong"]
        assert one.here.entered == []
        assert [await one.said("*111#"), await one.said("5")] == ["menu", "wrong\nmenu"]
        assert await one.said("balance") == "You have 5."
        assert one.surveys.came == [(NUMBER, "5"), (NUMBER, "five")]


async def test_where_no_flow_has_the_menu_the_number_begins() -> None:
    async with phones("*999#") as one:
        assert await one.said("hello") == "menu"
        one.texting.take("zorka-2", "611", "hello")
        assert await one.said("hello", "612") == "wrong\nmenu"


@pytest.mark.parametrize("text", ["", " ", "баланс", "😀", "x" * 10_000, "12", "1 1", "**"])
async def test_an_invalid_reply_is_rejected_and_changes_nothing(text: str) -> None:
    async with phones() as one:
        assert await one.said("*111#") == "menu"
        assert await one.said(text) == "wrong\nmenu"
        assert not one.here.actions


async def test_an_unknown_code_is_rejected_and_the_session_goes_on() -> None:
    async with phones() as one:
        assert await one.said("*7#") == "ussd-unknown"
        assert await one.said("*111#") == "menu"
        assert await one.said("*7#") == "ussd-unknown"
        assert await one.said("1") == "You have 5."


async def test_another_code_ends_the_session_and_starts_a_new_one() -> None:
    async with phones() as one:
        await one.said("*111#")
        assert await one.said("2") == "pin"
        assert await one.said("*100#") == "You have 5."
        await until(lambda: one.here.endings == ["gone", "ended"])


@pytest.mark.parametrize("word", ["balance", " BALANCE ", "Balance!"])
async def test_a_word_begins_what_it_stands_for(word: str) -> None:
    async with phones() as one:
        assert await one.said(word) == "You have 5."
        assert [await one.said("hello"), await one.said(word)] == ["menu", "You have 5."]


async def test_long_words_come_page_by_page() -> None:
    async with phones() as one:
        await one.said("*111#")
        await one.said("2")
        page = await one.said("9753")
        assert page.endswith("\n9 more")
        assert (await one.said("9")).startswith("word")
        assert "9753" not in without_times(one.here.records)


async def test_a_phone_without_a_subscriber_is_not_answered() -> None:
    async with phones() as one:
        one.texting.take("trunk", "611", "*100#")
        await until(lambda: not len(one.texting))
        assert (one.came.empty(), one.here.actions, one.here.records) == (True, [], [])


async def test_a_phone_that_stops_texting_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LASTING", 0.01)
    async with phones() as one:
        await one.said("*111#")
        await until(lambda: not len(one.texting))
        assert one.here.endings == ["gone"]


async def test_a_phone_that_went_off_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    async with phones() as one:
        await one.said("*111#")
        one.away = True
        one.texting.take(PHONE, "611", "9")
        await until(lambda: one.here.endings == ["gone"])
        assert "could not be sent: no phone" in caplog.text


async def test_an_error_ends_the_session_with_a_message() -> None:
    async with phones() as one:
        one.here.answer = RuntimeError("billing broke")
        assert await one.said("*100#") == "ussd-trouble"
        one.here.answer = RuntimeError("billing broke again")
        assert await one.said("*111#") == "menu"


async def test_too_many_texts_are_left_unread(caplog: pytest.LogCaptureFixture) -> None:
    async with phones() as one:
        one.here.slow.clear()
        one.texting.take(PHONE, "611", "*100#")
        await until(lambda: bool(one.here.actions))
        for _ in range(WAITING + 1):
            one.texting.take(PHONE, "611", "*7#")
        assert "sends too many" in caplog.text
        caplog.clear()
        one.here.slow.set()
        for _ in range(WAITING + 1):
            await one.came.get()
        for _ in range(PACE - WAITING - 1):
            await one.said("*7#")
        assert not caplog.records
        one.texting.take(PHONE, "611", "*7#")
        assert "sends too many" in caplog.text


async def test_there_is_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    async with phones() as one:
        await one.said("*111#")
        one.texting.take("zorka-2", "611", "*111#")
        assert len(one.texting) == 1


async def test_all_are_let_go_in_the_end() -> None:
    async with phones() as one:
        await one.said("*111#")
        await one.texting.release()
        assert one.here.endings == ["gone"]
        one.texting.take(PHONE, "611", "*111#")
        assert not len(one.texting)
