"""Surveys by text: who is asked, once, in the hours; what a reply is taken for."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ari_app.messaging.survey_texts import SurveyTexts, Texts
from ari_app.store import calls, campaigns, outbox, queue_calls, subscribers, surveys
from ari_app.store.calls import CallBegan, CallEnded
from ari_app.store.db import Store
from ari_app.store.subscribers import Subscriber
from ari_app.store.times import micros
from ivr.acd.figures import Stay
from ivr.hours.day import day_hours
from ivr.values import Phrase
from tests.operators import BELARUS

ZONE = ZoneInfo("Europe/Minsk")
NOON = datetime(2026, 3, 2, 12, tzinfo=ZONE)
DAY = timedelta(days=1)
MOBILE, OTHER, FIXED = "375291000001", "375291000002", "375172000003"
PEOPLE = [
    Subscriber(1, MOBILE, "Anna", "be", "", "phone-1", None, NOON),
    Subscriber(2, OTHER, "Boris", "ru", "", None, None, NOON),
    Subscriber(3, FIXED, "Vera", "ru", "", None, None, NOON),
]
RULES = Texts(share=1.0, every=30 * DAY, hours=day_hours("09:00-20:00"), replies=DAY, phones=False)


class Site:
    """A store with calls, a clock, and the surveys by text."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOON
        self.rules = RULES

    @property
    def texts(self) -> SurveyTexts:
        return SurveyTexts(self.store, said, lambda: None, lambda: self.now, self.rules)

    async def called(self, call: str, number: str = MOBILE, *, over: bool = True) -> None:
        """A caller spoke to anna three minutes ago, and hung up."""
        began = self.now - timedelta(minutes=3)
        begun = CallBegan(call, "voice", "611", number, None, "ru", "main", "v1", began)
        ended = CallEnded(call, self.now, "hung-up", 16)
        stay = Stay(channel=call, call=call, queue="support", topic="money", joined=micros(began))
        talked = replace(stay, answered=micros(began), left=micros(began), agent="anna")
        await self.store.write(calls.add, [begun, *([ended] if over else [])])
        await self.store.write(queue_calls.put, [talked])

    async def sent(self) -> dict[str, str]:
        """Deliver what waits; number -> text of all that was posted."""
        posted = await self.store.read(outbox.recent, 100)
        for text in posted:
            await self.store.write(outbox.mark_sent, text.key, self.now)
        return {text.number: text.text for text in posted}

    async def asked(self) -> list[surveys.Survey]:
        return await self.store.read(surveys.between, NOON - DAY, NOON + 90 * DAY)


def said(phrase: Phrase, language: str) -> str:
    return f"{phrase.prompt} {language}"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    await store.write(subscribers.add, PEOPLE)
    yield Site(store)
    await store.close()


async def test_who_hung_up_first_gets_one_text_and_the_digit_is_joined_to_the_stay(
    site: Site,
) -> None:
    await site.called("c1")
    assert [await site.texts.ask(), await site.texts.ask()] == [1, 0]
    assert await site.sent() == {MOBILE: "survey-text be"}
    assert await site.texts.reply(MOBILE, " 4. ") == "survey-text-thanks"
    [one] = await site.asked()
    assert (one.way, one.answers) == ("text", {"agent": (4, 5)})
    assert (one.agent, one.queue, one.topic) == ("anna", "support", "money")
    assert (one.flow, one.version) == ("main", "v1")
    assert await site.texts.reply(MOBILE, "3") is None, "an answer counts once"


async def test_a_number_is_asked_once_in_the_time_by_whichever_way(site: Site) -> None:
    await site.called("c1")
    await site.store.write(surveys.begin, "c0", MOBILE, None, NOON, NOON - DAY, 1.0)
    assert await site.texts.ask() == 0
    site.now += 31 * DAY
    await site.called("c2")
    await site.called("c3")
    assert await site.texts.ask() == 1


@pytest.mark.parametrize(("hour", "asked"), [(8, 0), (9, 1), (19, 1), (20, 0)])
async def test_texts_are_sent_in_the_hours_alone(site: Site, hour: int, asked: int) -> None:
    site.now = NOON.replace(hour=hour)
    await site.called("c1")
    assert await site.texts.ask() == asked


async def test_a_conversation_of_long_ago_is_not_asked_about(site: Site) -> None:
    await site.called("c1")
    site.now += DAY
    assert await site.texts.ask() == 0


async def test_calls_in_progress_refusals_and_fixed_lines_are_not_asked(site: Site) -> None:
    await site.called("open", OTHER, over=False)
    await site.called("fixed", FIXED)
    await site.called("withheld", "")
    await site.called("stopped", MOBILE)
    await site.store.write(campaigns.stop, MOBILE, "text", NOON)
    assert await site.texts.ask() == 0


async def test_the_share_of_surveys_by_keys_is_that_of_texts(site: Site) -> None:
    await site.called("c1")
    site.rules = replace(RULES, share=0.0)
    assert await site.texts.ask() == 0


async def test_where_texts_go_to_phones_only_who_has_one_is_asked(site: Site) -> None:
    site.rules = replace(RULES, phones=True)
    await site.called("c1", MOBILE)
    await site.called("c2", OTHER)
    await site.texts.ask()
    assert list(await site.sent()) == [MOBILE]


async def test_another_text_is_explained_once_then_it_is_one_as_any_other(site: Site) -> None:
    await site.called("c1")
    await site.texts.ask()
    assert await site.texts.reply(MOBILE, "5") is None, "it was not delivered yet"
    await site.sent()
    replies = ["very good", "6", "5"]
    wanted = ["survey-text-wrong", None, "survey-text-thanks"]
    assert [await site.texts.reply(MOBILE, one) for one in replies] == wanted
    assert await site.texts.reply(OTHER, "5") is None


async def test_a_late_mark_is_answered_once_and_not_counted(site: Site) -> None:
    await site.called("c1")
    await site.texts.ask()
    await site.sent()
    site.now += 2 * DAY
    replies = ["hello", "5", "5"]
    assert [await site.texts.reply(MOBILE, one) for one in replies] == [
        None,
        "survey-text-late",
        None,
    ]
    assert [one.answers for one in await site.asked()] == [{}]


async def test_a_stop_word_takes_back_a_text_that_waits(site: Site) -> None:
    await site.called("c1")
    await site.texts.ask()
    await site.store.write(campaigns.stop, MOBILE, "text", NOON)
    [text] = await site.store.read(outbox.recent, 10)
    assert (text.state, text.error) == ("failed", outbox.REFUSED)
