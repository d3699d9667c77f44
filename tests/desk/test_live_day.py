"""A day at the desk: two agents whose phones are in their browsers, over the desk's own TLS."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Playwright, async_playwright, expect

from ari_app.admin.certificates import made
from ari_app.phone.handset import Disconnected, Phone
from tests.deadlines import allowed
from tests.desk.browser import PATIENCE, Chromium
from tests.desk.browser_agent import Agent, pin
from tests.desk.live_agent import calling, hang_up_all
from tests.live.installation import Installation, installed

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

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
            if await agent.card.count():
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
        yield installation


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(
    one: Installation, files: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Day]:
    expect.set_options(timeout=1000 * allowed(PATIENCE))
    trusts = f"--ignore-certificate-errors-spki-list={pin(files[0])}"
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        agents = []
        for number, name in enumerate(("anna", "boris")):
            profile = tmp_path_factory.mktemp(name)
            chromium = stack.enter_context(Chromium(profile, trusts))
            agents.append(Agent(one, number, chromium))
            await agents[-1].begins(playwright)
        yield Day(one, playwright, agents[0], agents[1])


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
        await boris.press("X")
        await caller.wait(Disconnected)


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
