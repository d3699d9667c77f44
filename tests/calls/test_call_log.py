"""What a call leaves in the store, the log and the feed."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ari_app.calls.call_log import CallLog
from ari_app.control.live_feed import BEHIND, CallEvent, LiveFeed
from ari_app.log import masked
from ari_app.session.conductor import conduct
from ari_app.sim.replay import as_recorded
from ari_app.store.calls import CallAbout, CallBegan, CallEnded
from ivr.events import Bridged, Event, Gone, Keyed, Played
from ivr.session import Subject
from ivr.values import Digits, Phrase
from ivr.wants import Ask, LineWant, Say, Screen
from tests.session.scripted import BEGAN, Scripted, Sight, book, session


async def test_the_records_of_a_call() -> None:
    sight = Sight()
    await conduct(Scripted([Keyed("1"), Gone(16)]), book(), session(), sight.world)
    version = book().flows["611"].version
    assert sight.began == [
        CallBegan("c1", "scripted", "611", "375291234567", 7, "ru", "611", version, BEGAN)
    ]
    assert [
        (step.node, step.kind, step.prompt, step.key, step.outcome) for step in sight.steps
    ] == [
        ("main", "menu", "main", "1", "balance"),
        ("balance", "do", "", "", "ok"),
        ("said", "say", "balance-said", "", ""),
        ("main", "menu", "", "", "gone"),
    ]
    [ended] = sight.ended
    assert ended == CallEnded("c1", ended.at, "gone", 16)
    assert ended.at > BEGAN + timedelta(seconds=1)


async def test_a_tape_of_the_call_runs_it_again() -> None:
    """Without the number of the caller and the digits that are one."""
    sight = Sight()
    line = Scripted([Keyed("4"), Keyed("375447654321"), Gone(16)])
    await conduct(line, book(), session(), sight.world)
    [taped] = sight.taped
    assert "375447654321" not in str(taped.tape)
    assert taped.tape.start.caller.number == ""
    again = as_recorded(book(), taped.tape.start, taped.tape)
    assert [(one.node, one.way) for one in again.steps] == [
        (one.node, one.way) for one in sight.steps
    ]
    assert again.end.startswith("gone in ")


async def test_a_call_is_logged_in_two_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    sight = Sight()
    await conduct(Scripted([Keyed("1"), Keyed("2"), Gone()]), book(), session(), sight.world)
    began, ended = caplog.messages
    assert began.startswith("…4567 -> 611 began (ru, flow 611 ")
    assert ended.startswith("…4567 -> 611 ended after ")
    assert ended.endswith("s: gone; main 1, main 2")


async def test_numbers_are_masked_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    sight = Sight()
    line = Scripted([Keyed("4"), Keyed("375447654321"), Gone()])
    await conduct(line, book(), session(), sight.world)
    assert "37529123" not in caplog.text
    assert "37544765" not in caplog.text
    assert "recipient …4321" in caplog.text
    assert [step.key for step in sight.steps if step.node == "recipient"] == ["375447654321"]


async def test_a_caller_without_a_number(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await conduct(Scripted([Gone()]), book(), session("", None), Sight().world)
    assert caplog.messages[0].startswith("unknown -> 611")
    assert caplog.messages[1].endswith("gone; no key")


def test_masking() -> None:
    assert masked("375291234567") == "…4567"
    assert masked("") == "unknown"


async def test_what_a_watcher_sees() -> None:
    sight = Sight()
    async with sight.feed.watch() as events:
        line = Scripted([Keyed("0"), Bridged("ended"), Played()])
        await conduct(line, book(), session(), sight.world)
        sight.journal.heard("c1")
        seen = [events.get_nowait() for _ in range(events.qsize())]
    assert [one.what for one in seen] == [
        *("began", "telling", "step", "queued", "step", "step", "telling", "ended", "told")
    ]
    assert seen[0] == CallEvent("began", "c1", caller="375291234567", dialled="611")
    assert seen[1] == CallEvent("telling", "c1", prompts=("main",), texts=("<main>",), asks=True)
    assert seen[3] == CallEvent("queued", "c1", node="support")
    assert seen[6] == CallEvent("telling", "c1", prompts=("bye",), texts=("<bye>",))
    assert seen[7].outcome == "ended"


async def test_what_could_not_be_played_is_in_the_record(caplog: pytest.LogCaptureFixture) -> None:
    sight, unheard = Sight(), BEGAN + timedelta(seconds=1)

    class Unplayable(Scripted):
        async def present(self, want: LineWant) -> Event:
            if isinstance(want, Ask):
                sight.journal.unheard("c1", unheard)
            return await super().present(want)

    async with sight.feed.watch() as events:
        await conduct(Unplayable([Keyed("2"), Gone()]), book(), session(), sight.world)
        seen = [events.get_nowait().what for _ in range(events.qsize())]
    assert "told" not in seen
    assert "unheard" in seen
    first = sight.steps[0]
    what = (first.seq, first.node, first.kind, first.prompt, first.outcome, first.at)
    assert what == (1, "main", "playback", "main", "unheard", unheard)
    assert [step.seq for step in sight.steps] == list(range(1, len(sight.steps) + 1))
    assert "did not hear all of main in main" in caplog.text
    sight.journal.unheard("c1", unheard)  # the call is over: nothing to record any more


async def test_no_events_are_made_without_a_watcher() -> None:
    sight = Sight()
    assert not sight.feed.watched
    async with sight.feed.watch(), sight.feed.watch():
        assert sight.feed.watched
    assert not sight.feed.watched


async def test_a_slow_watcher_misses_the_oldest_events() -> None:
    feed = LiveFeed()
    async with feed.watch() as slow, feed.watch() as quick:
        for number in range(BEHIND + 10):
            feed.publish(CallEvent("told", str(number)))
            assert quick.get_nowait().call == str(number)
        assert slow.qsize() == BEHIND
        assert slow.get_nowait().call == "10"


async def test_a_call_about_another_number_is_listed_with_that_subscriber() -> None:
    sight = Sight()
    other = Subject(9, "375290000009")
    about = replace(session(), about=other)
    sight.journal.began(session(), "v", BEGAN)
    sight.journal.stepped(about, (), BEGAN)
    sight.journal.stepped(about, (), BEGAN)
    began, changed = sight.records
    assert isinstance(began, CallBegan)
    assert (began.caller, began.subscriber) == ("375291234567", 7), "the line's own truth"
    assert changed == CallAbout("c1", BEGAN, 9), "one time"


async def test_what_is_hidden_is_only_named_to_a_watcher() -> None:
    feed = LiveFeed()
    log = CallLog(lambda _: None, feed, lambda screen: (repr(screen.phrases),), "ari")
    puk = Phrase("puk-is", {"puk": Digits("12345678", hidden=True)})
    async with feed.watch() as events:
        log.presented("c1", Say(Screen((puk, Phrase("menu")), "en")))
        event = events.get_nowait()
    assert event.prompts == ("puk-is", "menu")
    assert event.texts[0] == "(puk-is)"
    assert "12345678" not in repr(event)
    assert "12345678" not in repr(puk)
