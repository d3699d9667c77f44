"""The forms of a card in a real browser: by keyboard, once, and through what breaks."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from playwright.async_api import Page, expect

from ivr.events import Answered
from ivr.values import Digits, Money, Name, Rows, Values
from tests.desk.browser import unplugged
from tests.desk.door import PASSWORD, Door
from tests.desk.house import House, board, caller
from tests.desk.test_forms import QUOTED, talking

TV: Values = {"service": Name({"en": "TV"}), "fee": Money(Decimal(7)), "code": Digits("7")}


@pytest.fixture
def house(door: Door) -> House:
    door.house.deeds.answers |= {
        "service-offers": Answered("ok", {"offered": Rows((TV,))}),
        "service-on-quote": Answered("ok", QUOTED),
    }
    return door.house


async def sits(name: str, door: Door, page: Page) -> None:
    """Somebody is signed in at his desk."""
    await page.goto(f"{door.url}/language/en")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#standing .state")).to_be_visible()


@pytest.fixture
async def desk(house: House, door: Door, tab: Page) -> AsyncIterator[Page]:
    """Anna's desk, while she speaks with a caller."""
    talking(house)
    await sits("anna", door, tab)
    await expect(tab.locator("article.card")).to_be_visible()
    yield tab
    await tab.goto("about:blank")


async def test_by_keyboard_from_the_choice_to_the_yes(house: House, desk: Page) -> None:
    keys = desk.keyboard
    await keys.press("Alt+j")
    await keys.type("Switch a service on")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(desk.locator("[data-verify] input")).to_be_focused()
    await expect(desk.locator("[data-place]").first).to_contain_text("calls from his number")
    await expect(desk.locator("[data-answer=form]")).to_be_empty()
    await keys.type("ветер")
    await keys.press("Enter")
    await expect(desk.get_by_label("Which")).to_be_focused()
    await keys.press("Tab")
    await keys.type("asked for it")
    await keys.press("Enter")
    agree = desk.locator(".agree")
    await expect(agree).to_contain_text("2.50 BYN")
    await keys.press("Enter")  # once too often: nothing is agreed to by that
    await keys.press("Tab")
    await expect(desk.get_by_role("button", name="Yes, do it")).to_be_focused()
    assert not house.deeds.done
    await keys.press("Enter")
    await expect(desk.locator(".outcome")).to_have_text("Done.")
    await expect(desk.locator(".deeds")).to_contain_text("-12.50 BYN → -15.00 BYN")
    assert [(name, reason) for name, _, reason in house.deeds.done] == [
        ("service-on", "asked for it")
    ]


async def test_a_double_click_does_it_once(house: House, desk: Page) -> None:
    house.desks.proven(house.card("anna"), "code-word")
    await desk.locator("[data-deed]").select_option("resume")
    house.deeds.answers["resume-quote"] = Answered("ok", QUOTED)
    await desk.get_by_role("button", name="Open", exact=True).click()
    await desk.get_by_label("Reason", exact=True).last.fill("back")
    await desk.get_by_role("button", name="What will it cost?").click()
    await desk.get_by_role("button", name="Yes, do it").dblclick()
    await expect(desk.locator(".outcome")).to_have_text("Done.")
    assert len(house.deeds.done) == 1


async def test_what_was_typed_into_a_form_outlives_the_page(house: House, desk: Page) -> None:
    await desk.get_by_text("Note for colleagues").click()
    note = desk.locator("[data-form=note]")
    await note.locator("textarea").fill("Speak louder")
    await desk.reload()
    await desk.get_by_text("Note for colleagues").click()
    await expect(note.locator("textarea")).to_have_value("Speak louder")
    await note.get_by_role("button").click()
    await expect(desk.locator("[data-answer=form]")).to_have_text("Noted.")
    assert house.clerk.written == [("note", "Speak louder")]
    await desk.reload()
    await desk.get_by_text("Note for colleagues").click()
    await expect(note.locator("textarea")).to_have_value("")


async def test_what_is_pressed_again_after_a_break_is_done_once(house: House, desk: Page) -> None:
    await desk.get_by_text("Note for colleagues").click()
    note = desk.locator("[data-form=note]")
    await note.locator("textarea").fill("Speak louder")
    async with unplugged(desk):
        await note.get_by_role("button").click()
        [tab] = house.hub.of("anna")
        tab.cut()  # the server gives the connection up; what was sent still arrives
        await expect(desk.locator("[data-answer=form]")).to_contain_text("Press again")
    await expect(desk.locator("#lost")).to_be_hidden()
    await note.get_by_role("button").click()
    await expect(desk.locator("[data-answer=form]")).to_have_text("Noted.")
    assert house.clerk.written == [("note", "Speak louder")]


async def test_a_caller_is_passed_on_with_the_last_words_that_were_typed(
    house: House, desk: Page
) -> None:
    await desk.get_by_text("Pass the call on").click()
    to = desk.locator("[name=to]")
    await expect(to).to_be_focused()
    await to.select_option("702")
    await desk.get_by_label("Question").press_sequentially("no sound")
    await desk.get_by_role("button", name="Pass the call on").click()
    await expect(desk.locator("[data-answer=form]")).to_have_text("The call is passed on.")
    assert house.floor.moved == [("PJSIP/701-1", "702")]
    house.tells(board(rings={"PJSIP/702": caller()}))
    await house.settled()
    passed = house.card("boris").known.passed
    assert passed is not None
    assert passed.question == "no sound"


async def test_a_mentor_finds_his_button_again_when_the_queues_change(
    house: House, door: Door, tab: Page
) -> None:
    house.tells(board(speaks={"PJSIP/701": caller()}))
    await sits("boris", door, tab)
    button = tab.locator("#whisper-anna")
    await button.focus()
    [one] = house.hub.of("boris")
    one.tell(await house.desk.hello(one))
    await expect(button).to_be_focused()
    await tab.keyboard.press("Enter")
    await expect(tab.locator("#notices")).to_contain_text("Your phone will ring now")
    assert house.floor.moved == [("boris", "whisper anna")]
    await tab.goto("about:blank")
