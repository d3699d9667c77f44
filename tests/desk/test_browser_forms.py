"""The forms of a card in a real browser: by keyboard, once, through disconnects."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.async_api import Page, expect

from ari_app.rate_limit import Rate, RateLimit
from ivr.acd.board import Board
from ivr.acd.dials import Dialled, Rung
from ivr.events import Answered
from ivr.values import Digits, Money, Name, Rows, Values
from tests.deadlines import pause, within
from tests.desk.browser import unplugged
from tests.desk.fakes import NOW
from tests.desk.harness import DeskHarness, board, caller
from tests.desk.http_client import PASSWORD, RunningDesk
from tests.desk.test_operation_forms import QUOTED, in_call

TV: Values = {"service": Name({"en": "TV"}), "fee": Money(Decimal(7), "BYN"), "code": Digits("7")}


PLACE = ".actions > [data-form-place]"
"""Where operations are opened."""


@pytest.fixture
def harness(server: RunningDesk) -> DeskHarness:
    server.harness.operations.answers |= {
        "service-offers": Answered("ok", {"offered": Rows((TV,))}),
        "service-on-quote": Answered("ok", QUOTED),
    }
    return server.harness


async def sign_in(name: str, server: RunningDesk, page: Page) -> None:
    """Sign an agent in."""
    await page.goto(f"{server.url}/language/en")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#agent-state .state")).to_be_visible()


@pytest.fixture
async def desk(harness: DeskHarness, server: RunningDesk, tab: Page) -> AsyncIterator[Page]:
    """Anna's desk, during a call."""
    in_call(harness)
    await sign_in("anna", server, tab)
    await expect(tab.locator("article.card")).to_be_visible()
    yield tab
    await tab.goto("about:blank")


async def test_an_operation_by_keyboard_alone(harness: DeskHarness, desk: Page) -> None:
    keys = desk.keyboard
    await keys.press("Alt+j")
    await keys.type("Switch a service on")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(desk.locator("[data-verify] input")).to_be_focused()
    await expect(desk.locator("[data-form-place]").first).to_contain_text(
        "calling from their own number"
    )
    await expect(desk.locator("[data-answer=form]")).to_be_empty()
    await keys.type("ветер")
    await keys.press("Enter")
    await expect(desk.get_by_label("Which")).to_be_focused()
    await keys.press("Tab")
    await keys.type("asked for it")
    await keys.press("Enter")
    confirm = desk.locator(".confirm")
    await expect(confirm).to_contain_text("2.50 BYN")
    await keys.press("Enter")  # once too often: nothing is agreed to by that
    await keys.press("Tab")
    await expect(desk.get_by_role("button", name="Yes, do it")).to_be_focused()
    assert not harness.operations.done
    await keys.press("Enter")
    await expect(desk.locator(".outcome")).to_have_text("Done.")
    await expect(desk.locator(".actions")).to_contain_text("-12.50 BYN → -15.00 BYN")
    assert [(name, reason) for name, _, reason in harness.operations.done] == [
        ("service-on", "asked for it")
    ]


async def test_a_double_click_is_one_action(harness: DeskHarness, desk: Page) -> None:
    harness.cards.identify(harness.card("anna"), "code-word")
    await desk.locator("[data-operation]").select_option("resume")
    harness.operations.answers["resume-quote"] = Answered("ok", QUOTED)
    opens, place = desk.get_by_role("button", name="Open", exact=True), desk.locator(PLACE)
    reason = place.get_by_label("Reason", exact=True)
    await opens.click()
    await place.get_by_role("button", name="Close").click()
    await opens.click()
    await reason.fill("back")
    await opens.click()
    await expect(desk.locator("#notices")).to_contain_text("Open again to replace it.")
    await expect(reason).to_have_value("back")
    await expect(reason).to_be_focused()
    await desk.get_by_role("button", name="Get the price").click()
    await desk.get_by_role("button", name="Yes, do it").dblclick()
    await expect(desk.locator(".outcome")).to_have_text("Done.")
    assert len(harness.operations.done) == 1


async def test_form_input_survives_a_reload(harness: DeskHarness, desk: Page) -> None:
    await desk.get_by_text("Note for colleagues").click()
    note = desk.locator("[data-form=note]")
    await note.locator("textarea").fill("Speak louder")
    await desk.reload()
    await desk.get_by_text("Note for colleagues").click()
    await expect(note.locator("textarea")).to_have_value("Speak louder")
    await note.get_by_role("button").click()
    await expect(desk.locator("[data-answer=form]")).to_have_text("Note saved.")
    assert harness.tickets.written == [("note", "Speak louder")]
    await desk.reload()
    await desk.get_by_text("Note for colleagues").click()
    await expect(note.locator("textarea")).to_have_value("")


async def test_a_submission_repeated_after_a_disconnect_is_one_action(
    harness: DeskHarness, desk: Page
) -> None:
    await desk.get_by_text("Note for colleagues").click()
    note = desk.locator("[data-form=note]")
    await note.locator("textarea").fill("Speak louder")
    async with unplugged(desk):
        await note.get_by_role("button").click()
        [tab] = harness.tabs.of("anna")
        tab.close()  # the server gives the connection up; what was sent still arrives
        await expect(desk.locator("[data-answer=form]")).to_contain_text("Press again")
    await expect(desk.locator("#lost")).to_be_hidden()
    await note.get_by_role("button").click()
    await expect(desk.locator("[data-answer=form]")).to_have_text("Note saved.")
    assert harness.tickets.written == [("note", "Speak louder")]


async def test_a_transfer_includes_the_last_typed_words(harness: DeskHarness, desk: Page) -> None:
    box = desk.locator("[data-load-form=transfer-targets] > summary")
    await box.click()
    to, number = desk.locator("[name=to]"), desk.locator("[name=number]")
    await expect(to).to_be_focused()
    await number.fill("375990000002")
    await box.click()
    await expect(number).to_be_hidden()
    await box.click()
    await expect(number).to_have_value("375990000002")
    await number.fill("")
    await expect(to).to_have_value("")
    await to.select_option("702")
    for state, offered in (("unavailable", 0), ("not in use", 1)):
        harness.update(board(talking={"PJSIP/701": caller()}, state=state))
        harness.desk.targets.publish()
        await expect(to.locator("option[value='702']")).to_have_count(offered)
        await expect(to).to_have_value("")
    await to.select_option("702")
    await desk.get_by_label("transfer at once").check()
    await desk.get_by_label("Question").press_sequentially("no sound")
    await desk.get_by_role("button", name="Transfer the call").click()
    async with within(10):
        while not harness.queue_control.asked:
            await pause(0.01)
    way = "Local/702@firstline-people-1;1"
    for event in (Dialled(caller(), "Local/702@firstline-people", way, NOW), Rung(way)):
        harness.desk.passing.observe(Board(), event)
    await expect(desk.locator("[data-answer=form]")).to_contain_text("ringing")
    assert harness.queue_control.asked == [("PJSIP/701-1", "702")]
    harness.update(board(ringing={"PJSIP/702": caller()}))
    await harness.settled()
    passed = harness.card("boris").profile.transfer
    assert passed is not None
    assert passed.question == "no sound"


async def test_focus_stays_on_a_supervise_button_when_the_queues_change(
    harness: DeskHarness, server: RunningDesk, tab: Page
) -> None:
    harness.update(board(talking={"PJSIP/701": caller()}))
    await sign_in("boris", server, tab)
    button = tab.locator("#whisper-anna")
    await button.focus()
    [one] = harness.tabs.of("boris")
    one.send(await harness.desk.snapshot.of(one))
    await expect(button).to_be_focused()
    await tab.keyboard.press("Enter")
    await expect(tab.locator("#notices")).to_contain_text("Your phone is ringing now")
    assert harness.queue_control.asked == [("boris", "whisper anna")]
    await tab.goto("about:blank")


async def test_a_senior_agent_unlocks_a_code_word(
    harness: DeskHarness, server: RunningDesk, tab: Page
) -> None:
    """The part with the form is replaced before the answer comes."""
    harness.profiles.locked_until = NOW + timedelta(hours=1)
    server.accounts.set_role("anna", "senior")
    in_call(harness)
    await sign_in("anna", server, tab)
    await tab.locator('[data-part="subscriber"] summary').click()
    await tab.locator('[data-form="unlock"]').get_by_label("Reason").fill("passport")
    harness.profiles.locked_until = None
    await tab.keyboard.press("Enter")
    await expect(tab.locator("[data-answer=form]")).to_have_text("The code word is unlocked.")
    await expect(tab.locator('[data-form="unlock"]')).to_have_count(0)
    assert harness.queue_control.unlocked == [(1, "anna", "passport")]
    await tab.goto("about:blank")


async def test_a_reason_is_asked_for_when_many_records_were_read(
    harness: DeskHarness, desk: Page
) -> None:
    """Of those who do not call: here of one who is searched for after the call."""
    harness.desk.browsing.limits["records"] = RateLimit(Rate(burst=1, each=60.0))
    harness.update(board())
    harness.cards.forget(harness.card("anna"))
    await desk.fill("#sought", "0001")
    await desk.keyboard.press("Enter")
    found = desk.locator("#found")
    await found.locator("[data-view]").click()
    await expect(found).to_contain_text("Перезвонить после шести")
    await desk.fill("#sought", "0001")
    await desk.locator("#sought").press("Enter")
    await found.locator("[data-view]").click()
    await found.get_by_label("Reason").fill("she asked by post")
    await desk.keyboard.press("Enter")
    await expect(found).to_contain_text("Перезвонить после шести")
    whats = [what for _, _, what in harness.profiles.views]
    assert whats[-2:] == ["limited: many records", "chronology: she asked by post"]


async def test_an_article_is_read_and_an_answer_inserted(desk: Page) -> None:
    keys = desk.keyboard
    await desk.locator("details.knowledge summary").focus()
    await keys.press("Enter")
    await desk.get_by_role("button", name="Slow <Wi-Fi>").press("Enter")
    await expect(desk.get_by_role("region", name="Slow <Wi-Fi>")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(desk.get_by_role("button", name="Slow <Wi-Fi>")).to_be_visible()
    await desk.locator("[data-field=question]").fill("Asked.")
    await desk.locator("details.answers summary").focus()
    await keys.press("Enter")
    await desk.get_by_role("button", name="Thanks").press("Enter")
    await expect(desk.locator("[data-field=question]")).to_have_value(
        re.compile(r"Asked\. Вера <b>Громова</b>: .+")
    )
    await expect(desk.locator("[data-field=question]")).to_be_focused()
    await expect(desk.locator("[data-saving]")).to_have_text("saved")
