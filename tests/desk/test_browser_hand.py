"""The hand that types is not disturbed, nothing typed is dropped, and the focus is never lost."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.deadlines import pause, within
from tests.desk.browser import unplugged
from tests.desk.harness import DeskHarness, board, caller
from tests.desk.http_client import RunningDesk
from tests.desk.test_browser_forms import sign_in

AT = "() => document.activeElement.id || document.activeElement.localName"
OTHER = caller("2.2", "442071234567")
TALKS = board(talking={"PJSIP/701": OTHER})


@pytest.fixture
def harness(server: RunningDesk) -> DeskHarness:
    return server.harness


@pytest.fixture
async def desk(harness: DeskHarness, server: RunningDesk, tab: Page) -> AsyncIterator[Page]:
    """Anna's desk, after a call."""
    harness.update(board(talking={"PJSIP/701": caller()}))
    harness.update(board())
    await sign_in("anna", server, tab)
    await expect(tab.locator("article.card")).to_be_visible()
    yield tab
    await tab.goto("about:blank")


async def test_a_call_that_is_picked_up_does_not_take_the_card_from_the_hand(
    harness: DeskHarness, desk: Page
) -> None:
    first = harness.card("anna").id
    question, keys = desk.locator(f"#question-{first}"), desk.keyboard
    await question.press_sequentially("no sound")
    harness.update(board(ringing={"PJSIP/701": OTHER}))
    await expect(desk.locator("#strip")).to_contain_text("442071234567")
    await keys.type(" on channel")
    harness.update(TALKS)
    await expect(desk.locator("#strip")).to_contain_text("Talking")
    await keys.type(" two")
    await expect(question).to_have_value("no sound on channel two")
    assert await desk.evaluate(AT) == f"question-{first}"
    await keys.press("Alt+n")
    await expect(desk.locator("#strip")).to_be_hidden()
    await expect(desk.locator("article.card:visible")).to_contain_text("442071234567")
    await expect(desk.locator("article.card:visible")).to_be_focused()


async def test_a_new_card_comes_into_sight(harness: DeskHarness, desk: Page) -> None:
    await desk.set_viewport_size({"width": 720, "height": 378})  # as 1440 at a zoom of 200 %
    await desk.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    await desk.locator("[data-tickets]").click()
    await expect(desk.locator("#found")).to_be_visible()
    await desk.locator("#found [data-close]").focus()
    await desk.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    harness.update(board(ringing={"PJSIP/701": OTHER}))
    shown = desk.locator("article.card:visible")
    await expect(shown).to_contain_text("442071234567")
    await expect(shown.locator(".name")).to_be_in_viewport(ratio=1)
    await expect(shown.locator(".why li").first).to_be_in_viewport(ratio=1)
    await desk.keyboard.press("Escape")
    await expect(desk.locator("#found")).to_be_hidden()
    assert await desk.evaluate(AT) != "body"


async def reported(harness: DeskHarness, *, unsent: bool) -> None:
    """Wait until the page has said whether a form is filled in."""
    async with within(20):
        while harness.card("anna").typed.unsent is not unsent:
            await pause(0.01)


async def test_a_note_to_a_ticket_is_not_dropped_unasked(desk: Page) -> None:
    found, notices = desk.locator("#found"), desk.locator("#notices")
    await desk.locator("[data-tickets]").click()
    await found.locator("[data-ticket]").click()
    note = found.locator("[name=note]")
    for times in (1, 2):
        await note.fill(f"asked {times}")
        await found.get_by_role("button", name="Tickets").click()
        await expect(notices.locator("p")).to_have_count(times)
        await expect(note).to_have_value(f"asked {times}")
        await expect(note).to_be_focused()
    await found.get_by_role("button", name="Tickets").click()
    await expect(note).to_have_count(0)


MAC = """(key) => {
  Object.defineProperty(navigator, "platform", { value: "MacIntel", configurable: true });
  const what = { key, code: "KeyA", altKey: true, bubbles: true, cancelable: true };
  return document.activeElement.dispatchEvent(new KeyboardEvent("keydown", what));
}"""
"""Whether the page lets Option and a key of a Mac write a letter."""


async def test_letters_that_are_written_with_option_are_no_shortcuts(desk: Page) -> None:
    await desk.locator("[data-field=question]").focus()
    assert await desk.evaluate(MAC, "ą")
    assert not await desk.evaluate(MAC, "ф")
    await expect(desk.locator("#sought")).to_be_focused()


async def test_an_unsent_form_is_asked_about(harness: DeskHarness, desk: Page) -> None:
    card, keys = harness.card("anna").id, desk.keyboard
    await desk.locator(f"#question-{card}").fill("no sound")
    note = desk.locator("[data-form=note] textarea")
    await desk.get_by_text("Note for colleagues").click()
    await note.fill("Speak louder")
    await reported(harness, unsent=True)
    await keys.press("Control+Enter")
    await expect(desk.locator("[data-answer=form]")).to_have_text("Note saved.")
    await reported(harness, unsent=False)
    assert harness.tickets.written == [("note", "Speak louder")]
    assert not harness.store.finished
    await desk.get_by_text("Note for colleagues").click()
    await note.fill("And slower")
    await desk.locator(f"#question-{card}").focus()
    await keys.press("Control+Enter")
    await expect(desk.locator("[data-unsent]")).to_contain_text("Note for colleagues")
    await keys.press("Escape")
    await expect(note).to_be_focused()
    await desk.locator(f"#question-{card}").focus()
    await keys.press("Control+Enter")
    await expect(desk.get_by_role("button", name="Send and finish")).to_be_focused()
    await keys.press("Enter")
    await expect(desk.locator("article.card")).to_have_count(0)
    assert harness.tickets.written[1:] == [("note", "And slower")]
    assert harness.store.finished == [card]
    assert await desk.evaluate(AT) != "body"


async def test_without_the_server_everything_says_that_it_was_not_done(
    harness: DeskHarness, desk: Page
) -> None:
    card, keys = harness.card("anna").id, desk.keyboard
    notices = desk.locator("#notices")
    async with unplugged(desk):
        for tab in harness.tabs.of("anna"):
            tab.close()
        await desk.evaluate("() => scrollTo(0, document.body.scrollHeight)")
        await expect(desk.locator("#lost")).to_be_in_viewport(ratio=1)
        await expect(desk.locator("#agent-state .state")).to_be_hidden()
        await desk.fill("#sought", "0001")
        await keys.press("Enter")
        await expect(notices.locator("p")).to_have_count(1)
        await desk.locator("#go-pause").click()
        await expect(notices.locator("p")).to_have_count(2)
        await desk.locator("[data-tickets]").click()
        await expect(notices.locator("p")).to_have_count(3)
        await desk.locator("#menu summary").click()
        await desk.get_by_role("button", name="Sign out").click()
        await expect(notices.locator("p")).to_have_count(4)
        await desk.locator(f"#word-{card}").fill("ветер")
        await keys.press("Enter")
        await expect(desk.locator("[data-answer=verify]")).to_contain_text("Not done")
        await desk.locator(f"#word-{card}").fill("")
        await desk.locator(f"#question-{card}").fill("no sound")
        await keys.press("Control+Enter")
        await expect(desk.locator("[data-answer=finish]")).to_contain_text("Not done")
        await desk.locator("[data-operation]").press("Control+Enter")
        await expect(desk.locator("[data-answer=form]")).to_contain_text("Not done")
    await expect(desk.locator("#lost")).to_be_hidden()
    await expect(desk.locator("#agent-state .state")).to_be_visible()
