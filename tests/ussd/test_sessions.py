"""Text sessions: replies that become keys, requests that come twice, sessions that end."""

import asyncio
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ari_app.ussd import sessions as module
from ari_app.ussd.joined import Request, replies
from ari_app.ussd.left import LeftSession
from ari_app.ussd.line import Page, Reply, TextLine, for_readers
from ari_app.ussd.sessions import MismatchError
from ivr.events import Answered, Keyed
from ivr.screens import USSD, fits
from ivr.session import Caller, Session
from ivr.session_start import start_session
from ivr.wants import Action, Ask, Grammar, Screen, Send
from tests.ari.facts import until
from tests.fuzz import examples
from tests.records import without_times
from tests.ussd.harness import Harness, book, harness, texts

REPLY = st.one_of(st.just("*"), st.text("0123456789# a", min_size=1, max_size=5))
MENU = Page("menu")
END = Page("You have 5.", last=True)


async def ask(where: Harness, text: str, code: str = "*111#", session: str = "s1") -> Page:
    return await where.sessions.answer(Request(session, code, "375291234567", text))


async def through(where: Harness, *texts: str) -> list[str]:
    return [(await ask(where, text)).text for text in texts]


async def test_from_the_menu_to_the_end() -> None:
    async with harness() as here:
        assert await ask(here, "") == MENU
        assert await ask(here, "1") == END
        assert here.endings == ["ended"]


async def test_a_code_begins_in_its_node() -> None:
    async with harness() as here:
        assert await ask(here, "", "*100#") == END
        assert [await ask(here, "", "611", "s2"), await ask(here, "1", "611", "s2")] == [MENU, END]


async def test_what_is_dialled_with_the_code_is_replied_at_once() -> None:
    async with harness() as here:
        assert await ask(here, "0*1") == END
        assert await ask(here, "0") == Page("ussd-no-agent\nmenu")
        assert len(here.actions) == 1


async def test_a_secret_is_asked_for_on_a_page_that_was_sent() -> None:
    async with harness() as here:
        read_on = Page("ussd-read-on\npin", secret=True)
        assert await ask(here, "2*1234*1") == read_on
        assert await ask(here, "2*1234*1*1234*1") == END
        assert len(here.actions) == 1


@pytest.mark.parametrize("text", ["", " ", "weather", "😀", "1" * 33, "7", "12", "１", "A"])
async def test_an_invalid_reply_is_rejected(text: str) -> None:
    async with harness() as here:
        await ask(here, "9")
        assert (await ask(here, f"9*{text}")).text == "wrong\nmenu"


async def test_letters_stand_in_no_record() -> None:
    async with harness() as here:
        await through(here, "", "hush", "hush*2", "hush*2*9753")
        assert "hush" not in without_times(here.records)
        assert "9753" not in without_times(here.records)
        assert await ask(here, "hush*2*9753*1") == END


async def test_a_secret_stands_in_no_record_where_it_answers_a_menu() -> None:
    async with harness() as here:
        assert (await ask(here, "9753")).text == "wrong\nmenu"
        assert "9753" not in without_times(here.records)


async def test_what_is_replied_to_a_secret_ask_is_sealed() -> None:
    async def show(_: Page) -> Reply:
        return Reply("9753", seen=True)

    line, grammar = TextLine(texts, show, "en", USSD, {}), Grammar(least=4, most=4)
    for secret in (False, True):
        asked = Ask(Screen((), "en"), grammar, secret=secret)
        assert await line.present(asked) == Keyed("9753", secret, whole=True)


async def test_pages_are_turned() -> None:
    async with harness() as here:
        await through(here, "", "2")
        first = (await ask(here, "2*1234")).text
        assert first.endswith("\n9 more")
        second = (await ask(here, "2*1234*9")).text
        assert second.endswith("\nmenu")
        assert (first + second).count("word") == 60
        assert (await ask(here, "2*1234*9*9")).text == "wrong\nmenu"


async def test_an_answer_need_not_wait_for_the_last_page() -> None:
    async with harness() as here:
        await through(here, "", "2")
        assert (await ask(here, "2*1234*1")) == END


async def test_what_text_cannot_do() -> None:
    async with harness() as here:
        assert await through(here, "0", "0*3", "0*3*#") == [
            "ussd-no-agent\nmenu",
            "ussd-no-voice\nmenu",
            "Bye!",
        ]


@pytest.mark.parametrize(("repeats", "sent"), [(True, 0), (False, 1)])
async def test_what_a_message_would_only_repeat_is_not_sent(repeats: bool, sent: int) -> None:
    """In a text session the caller has it on the screen already."""
    posted: list[Action] = []

    async def perform(action: Action, _: Session) -> Answered:
        posted.append(action)
        return Answered("sent")

    send = Send(Screen((), "ru"), "s:1", unless_read=repeats)
    session = start_session(book(), "s", "*100#", Caller("375291234567"))
    assert session is not None
    assert await for_readers(perform)(send, session) == Answered("sent")
    assert len(posted) == sent


async def test_a_star_is_a_reply_too() -> None:
    async with harness() as here:
        assert await through(here, "", "*", "**1") == ["menu", "menu", "You have 5."]


async def test_a_flow_that_goes_round_by_itself_is_left() -> None:
    async with harness() as here:
        assert await ask(here, "4") == Page("ussd-trouble", last=True)
        assert here.endings == ["gone"]


async def test_the_same_again_is_done_once() -> None:
    async with harness() as here:
        here.slow.clear()
        twice = [asyncio.create_task(ask(here, "1")) for _ in range(3)]
        await until(lambda: bool(here.actions))
        here.slow.set()
        assert await asyncio.gather(*twice) == [END] * 3
        assert await through(here, "1", "", "1") == ["You have 5.", "menu", "You have 5."]
        assert len(here.actions) == 1


async def test_what_does_not_continue_is_refused() -> None:
    async with harness() as here:
        await ask(here, "7*8")
        for text in ("7*9", "1", "77", "7*89"):
            with pytest.raises(MismatchError, match="does not continue"):
                await ask(here, text)
        with pytest.raises(MismatchError, match="another phoneNumber or serviceCode"):
            await ask(here, "7*8", "*100#")
        assert (await ask(here, "7*8*1")) == END


async def test_after_the_end() -> None:
    async with harness() as here:
        await ask(here, "1")
        await until(lambda: here.endings == ["ended"])
        assert await ask(here, "1*1") == Page("ussd-over", last=True)


async def test_an_unknown_code() -> None:
    async with harness() as here:
        assert await ask(here, "", "*999#") == Page("ussd-unknown", last=True)
        assert len(here.sessions) == 0


async def test_a_caller_who_stops_replying_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LASTING", 0.05)
    async with harness() as here:
        await ask(here, "")
        await until(lambda: here.endings == ["gone"])
        await until(lambda: len(here.sessions) == 0)


async def test_a_back_end_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    async with harness() as here:
        here.slow.clear()
        assert [await ask(here, "1"), await ask(here, "1")] == [Page("ussd-trouble", last=True)] * 2
        assert len(here.actions) == 1
        here.slow.set()
        await until(lambda: here.endings == ["ended"])


async def test_an_error_ends_the_session_with_a_message(caplog: pytest.LogCaptureFixture) -> None:
    async with harness() as here:
        here.answer = OSError("broken")
        assert await ask(here, "1") == Page("ussd-trouble", last=True)
        await until(lambda: here.endings == ["fault"])
        assert "text session c0 failed" in caplog.text


async def test_there_is_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    async with harness() as here:
        assert await ask(here, "", session="a") == MENU
        assert await ask(here, "1", session="b") == END
        await until(lambda: here.endings == ["ended"])
        assert await ask(here, "", session="c") == MENU
        assert await ask(here, "", session="d") == Page("ussd-trouble", last=True)
        assert await ask(here, "1", session="a") == END


async def test_all_are_let_go_in_the_end() -> None:
    async with harness() as here:
        await ask(here, "", session="a")
        await ask(here, "1", session="b")
        await here.sessions.release()
        assert sorted(here.endings) == ["ended", "gone"]
        assert await ask(here, "", session="c") == Page("ussd-trouble", last=True)


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(REPLY, max_size=12))
async def test_whatever_is_replied_is_answered_the_same_each_time(given: list[str]) -> None:
    texts = list(accumulate(given, lambda before, reply: f"{before}*{reply}"))
    async with harness() as here, harness() as dialled:
        replies = []
        for text in ["", *texts]:
            replies.append(await ask(here, text))
            assert await ask(here, text) == replies[-1]
            assert fits(replies[-1].text)
            if replies[-1].last:
                break
        else:
            if all("pin" not in page.text for page in replies):  # it is asked on a page of its own
                assert await ask(dialled, texts[-1] if texts else "") == replies[-1]


@given(st.lists(REPLY, min_size=1))
def test_joined_replies_are_parted(given: list[str]) -> None:
    joined = "*".join(given)
    assert "*".join(replies(joined)) == joined
    assert list(replies(joined)) == given


async def test_a_session_goes_on_in_another_application() -> None:
    """The replies are answered where it stands: nothing is done twice, nothing is asked again."""
    kept: dict[str, LeftSession] = {}
    async with harness() as before:
        before.keep_in(kept)
        assert await through(before, "", "9", "9*2") == ["menu", "wrong\nmenu", "pin"]
        await before.sessions.leave()
        assert before.endings == []
    async with harness() as after:
        after.keep_in(kept)
        after.sessions.take_up(kept)
        with pytest.raises(MismatchError):
            await after.sessions.answer(Request("s1", "*111#", "375291234568", "9*2"))
        assert (await ask(after, "9*2")).text == "pin", "the gateway repeats its last request"
        assert after.entered == []
        first, second = await through(after, "9*2*1234", "9*2*1234*1")
        assert first.startswith("word word")
        assert second == END.text
        with pytest.raises(MismatchError):
            await ask(after, "9*2", "*100#")


@pytest.mark.parametrize("before", ["", "*111*7#*"])
async def test_a_session_goes_on_where_the_code_came_as_the_first_text(before: str) -> None:
    kept: dict[str, LeftSession] = {}
    async with harness() as one:
        one.keep_in(kept)
        assert await through(one, "*111*7#", f"{before}2") == ["wrong\nmenu", "pin"]
        await one.sessions.leave()
    async with harness() as after:
        after.keep_in(kept)
        after.sessions.take_up(kept)
        again, long = await through(after, f"{before}2", f"{before}2*1234")
        assert (again, long.startswith("word word")) == ("pin", True)


async def test_an_action_that_a_session_waited_for_is_carried_out_once_more_by_its_key() -> None:
    kept: dict[str, LeftSession] = {}
    async with harness() as before:
        before.keep_in(kept)
        await ask(before, "")
        before.slow.clear()
        asking = asyncio.ensure_future(ask(before, "1"))
        await until(lambda: before.actions)
        await before.sessions.leave()
        asking.cancel()
    async with harness() as after:
        after.keep_in(kept)
        after.sessions.take_up(kept)
        assert await ask(after, "1") == END
        assert after.actions == before.actions, "with the same key"
        assert after.endings == ["ended"]


async def test_a_session_that_is_not_gone_on_with_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LASTING", 0.01)
    kept: dict[str, LeftSession] = {}
    async with harness() as before:
        before.keep_in(kept)
        await ask(before, "")
        await before.sessions.leave()
    async with harness() as after:
        after.keep_in(kept)
        after.sessions.take_up(kept)
        await until(lambda: after.endings == ["gone"])
