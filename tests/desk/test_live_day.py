"""A day at the desk: two agents whose phones are in their browsers, over the desk's own TLS."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Playwright, expect

from ari_app.admin.certificates import made
from ari_app.demo.operator import code_word
from ari_app.phone.handset import Disconnected, Incoming, Phone
from tests.deadlines import allowed, until
from tests.desk.browser import DRIVER, PATIENCE, Chromium
from tests.desk.browser_agent import Agent, pin
from tests.desk.live_agent import calling, hang_up_all
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

SETTINGS = """
[queues.support]
wrapup = 1
agents = { anna = 0, boris = 5 }

[queues.technical]
label = "Техники"
wrapup = 1
agents = { boris = 0 }

[queues.claims]
wrapup = 1

[queues.management]
wrapup = 1

[desk]
missed_calls = 1
"""


class Day(NamedTuple):
    """Where the calls of the day are."""

    one: Installation
    playwright: Playwright
    anna: Agent
    boris: Agent

    @asynccontextmanager
    async def call(self, subscriber: int = 6) -> AsyncIterator[Phone]:
        """A subscriber calls for an agent; at the end the line is free, and all cards are
        finished."""
        try:
            async with calling(self.one, subscriber) as caller:
                yield caller
        finally:
            await hang_up_all(self.one)
        for agent in (self.anna, self.boris):
            await expect(agent.desk.page.locator("[data-call=hang-up]:visible")).to_have_count(0)
            while await agent.card.count():  # also one that rang while a browser began
                await agent.desk.finish_card()
            await expect(agent.desk.state).to_contain_text("На линии")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate of the desk and its key."""
    found = made(tmp_path_factory.mktemp("tls"), ["127.0.0.1"])
    return str(found.certificate), str(found.key)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory, files: tuple[str, str]) -> Iterator[Installation]:
    tls = f'certificate = "{files[0]}"\nkey = "{files[1]}"\n'
    with installed(tmp_path_factory.mktemp("day") / "state", SETTINGS + tls) as installation:
        for agent in ("anna", "boris"):
            installation.out("agents", "phone", agent, "browser")
        installation.out("agents", "role", "boris", "senior")
        yield installation


@pytest.fixture(scope="module")
async def day(
    one: Installation, files: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Day]:
    expect.set_options(timeout=1000 * allowed(PATIENCE))
    trusts = f"--ignore-certificate-errors-spki-list={pin(files[0])}"
    async with AsyncExitStack() as stack:
        playwright = await DRIVER.playwright()
        agents = []
        for number, name in enumerate(("anna", "boris")):
            profile = tmp_path_factory.mktemp(name)
            chromium = stack.enter_context(Chromium(profile, trusts))
            agents.append(Agent(one, number, chromium))
            await agents[-1].begins(playwright)
        yield Day(one, playwright, agents[0], agents[1])
        assert not [fault for agent in agents for fault in agent.faults]


async def test_a_call_by_keys(day: Day) -> None:
    async with day.call() as caller:
        anna, word = day.anna, day.anna.card.locator("[data-call-word]")
        await anna.takes()
        await anna.press("M")
        await expect(word).to_contain_text("вас не слышно")
        await anna.press("M", "L")
        await expect(word).to_contain_text("На удержании")
        await anna.press("L")
        await expect(word).to_have_text("")
        await anna.hears()
        await anna.press("X")
        await caller.wait(Disconnected)


async def test_a_missed_call_comes_to_the_colleague(day: Day) -> None:
    async with day.call() as caller:
        await day.anna.rings()
        await day.anna.press("X")
        await expect(day.anna.desk.state).to_contain_text("Не отвечает")
        await day.boris.takes()
        await expect(day.anna.card).to_have_count(0)
        await day.anna.press("G")
        await expect(day.anna.desk.state).to_contain_text("На линии")
        await caller.hangup()


async def test_a_caller_is_transferred_at_once(day: Day) -> None:
    """And comes back when the colleague's browser is killed."""
    anna, boris = day.anna, day.boris
    async with day.call() as caller:
        await anna.takes()
        await anna.desk.type("question", "Нет звука")
        await anna.transfers("702", "at-once")
        await boris.rings()
        await expect(boris.card.locator(".part-transfer")).to_contain_text("Нет звука")
        await expect(boris.card.locator(".why")).to_contain_text("Передали коллеги")
        await boris.takes()
        await anna.desk.phase("after")
        await anna.shows("звонок передан")
        await anna.desk.finish_card()
        boris.killed()
        await anna.takes()  # from the front of the queue
        await anna.shows("Нет звука")
        await caller.hangup()
        await boris.begins(day.playwright)


async def test_a_caller_who_was_not_taken_comes_back(day: Day) -> None:
    anna, boris = day.anna, day.boris
    async with day.call() as caller:
        await anna.takes()
        await anna.desk.type("question", "К Борису")
        await anna.transfers("702", "at-once")
        await boris.rings()
        await boris.press("X")
        await anna.takes()
        await expect(anna.desk.field("question")).to_have_value("К Борису")
        await anna.shows("разговор снова у вас")
        await caller.hangup()


async def test_a_colleague_is_asked_first(day: Day) -> None:
    anna, boris = day.anna, day.boris
    async with day.call():
        await anna.takes()
        await anna.transfers("702", "ask")
        await boris.rings()
        await boris.shows("сначала спрашивает вас")
        await boris.takes()
        await anna.shows("клиент слышит музыку")
        await anna.acts("three")
        await anna.shows("вы говорите втроём")
        await boris.hears()
        await anna.acts("take-back")
        await anna.shows("разговор снова у вас")
        await boris.desk.phase("after")
        await anna.hears()
        await anna.transfers("702", "ask")
        await boris.takes()
        await anna.acts("complete")
        await anna.desk.phase("after")
        await boris.hears()
        await expect(boris.card).not_to_contain_text("сначала спрашивает вас")


async def test_a_queue_is_asked_first(day: Day) -> None:
    anna, boris = day.anna, day.boris
    async with day.call() as caller:
        await anna.takes()
        await anna.desk.type("question", "Для техников")
        await anna.transfers("queue-technical", "ask")
        await boris.rings()
        await boris.shows("сначала спрашивает вас")
        await boris.takes()
        await anna.shows("Техники: на связи с вами")
        await anna.acts("complete")
        await anna.desk.phase("after")
        await anna.shows("звонок передан")
        await boris.hears()
        await expect(boris.card).not_to_contain_text("сначала спрашивает вас")
        await boris.press("X")
        await caller.wait(Disconnected)


async def test_a_browser_that_is_killed_loses_no_caller(day: Day) -> None:
    anna, boris = day.anna, day.boris
    async with day.call() as caller:
        await anna.takes()
        await anna.desk.type("question", "Записала")
        await anna.desk.saved()
        anna.killed()
        await boris.takes()
        await caller.hangup()
        await anna.begins(day.playwright)


async def test_a_caller_on_another_phone_is_linked(day: Day) -> None:
    """From then on the code word and the operations are those of the subscriber."""
    anna, subscriber = day.anna, day.one.subscriber(7).user
    async with day.call(12):
        await anna.takes()
        await anna.finds(subscriber)
        form = anna.desk.page.locator("[data-link]")
        await form.locator("[name=how]").select_option("details")
        await form.locator("button").click()
        account = anna.card.locator(".part-account")
        await anna.shows(f"{subscriber[-4:-2]}-{subscriber[-2:]}")
        await expect(account).to_contain_text("Услуги")
        await expect(account).not_to_contain_text("Роуминг")
        await anna.card.locator("[data-operation]").select_option("service-on")
        await anna.card.get_by_role("button", name="Открыть", exact=True).click()
        await expect(anna.card.locator("[data-verify] input")).to_be_focused()
        await anna.desk.page.keyboard.type(code_word(subscriber).reveal())
        await anna.desk.page.keyboard.press("Enter")
        await anna.card.locator("[name=in-code]").select_option("2")
        await anna.card.locator("[name=reason]").fill("едет к сестре")
        await anna.desk.page.keyboard.press("Enter")
        await anna.card.get_by_role("button", name="Да, выполнить").click()
        await expect(anna.card.locator(".outcome")).to_have_text("Готово.")
        await expect(anna.card.locator("[data-form-place]").first).to_contain_text("→ Роуминг")
        await expect(account).to_contain_text("Роуминг")


async def test_a_promised_call_is_dialled_by_a_click(day: Day) -> None:
    anna, page = day.anna, day.anna.desk.page
    async with day.call(8):
        await anna.takes()
        promise = anna.card.locator("[data-form=call-back]")
        await promise.locator("xpath=..").locator("summary").click()
        await promise.locator("[name=text]").fill("про счёт")
        due = datetime.now(ZoneInfo("Europe/Minsk")) + timedelta(minutes=2)
        await promise.locator("[name=due]").fill(f"{due:%Y-%m-%dT%H:%M}")
        await promise.locator("button").click()
        await anna.press("X")
    async with Phone(day.one.subscriber(8)) as called:
        await called.register()
        await page.locator(".side [data-calls]").click()
        listed = page.locator("[data-calls-list] li").filter(has_text="про счёт")
        await listed.get_by_role("button", name="Позвонить").click()
        await called.wait(Incoming, timeout=40)
        await called.answer()
        await anna.hears()
        await listed.get_by_role("button", name="Перезвонили").click()
        await expect(listed).to_have_count(0)
        await anna.press("X")
        await called.wait(Disconnected)
        await anna.card.locator("[data-finish]").click()
        await expect(page.locator("article.card[data-phase=record]")).to_have_count(0)


async def test_a_supervisor_joins_and_reads_the_card(day: Day) -> None:
    anna, boris = day.anna, day.boris
    async with day.call(5) as caller:
        await anna.takes()
        await boris.desk.page.locator("#listen-anna").click()
        await expect(anna.desk.page.locator("#notices")).to_contain_text("слушает")
        read = boris.desk.page.locator("article.watched")
        await expect(read.locator(".full")).not_to_be_empty()
        await anna.desk.field("question").fill("Не видно каналов")
        await expect(read.locator("[data-field=question]")).to_have_value("Не видно каналов")
        await boris.desk.page.keyboard.press("Control+Enter")
        others = "button:visible:not([data-call]), [name]:visible"  # besides those of the own phone
        await expect(read.locator(others)).to_have_count(0)
        listed = partial(day.one.ordered, "core show channels concise")
        await asyncio.to_thread(until, lambda: "ChanSpy" in listed(), 20)
        await boris.hears()
        await caller.hangup()
        await expect(read).to_have_count(0)


async def test_the_buttons_are_there_after_a_restart(day: Day) -> None:
    """The application dies while a colleague is asked."""
    anna, boris = day.anna, day.boris
    async with day.call() as caller:
        await anna.takes()
        await anna.transfers("702", "ask")
        await boris.takes()
        await anna.shows("клиент слышит музыку")
        await asyncio.to_thread(day.one.kill)
        for agent in (anna, boris):
            await expect(agent.desk.page.locator("#lost")).to_be_visible()
        await asyncio.to_thread(day.one.up)
        for agent in (anna, boris):
            await expect(agent.desk.page.locator("#lost")).to_be_hidden()
        await anna.shows("клиент слышит музыку")
        await boris.shows("сначала спрашивает вас")
        await anna.acts("take-back")
        await anna.shows("разговор снова у вас")
        await anna.hears()
        await caller.hangup()
