"""Screen pop: cards open, change and close with the caller's channel."""

import asyncio
from datetime import datetime, timedelta

import pytest

from ari_app.desk import messages as m
from ivr.acd.queues import Board
from tests.deadlines import allowed, turns
from tests.desk.fakes import NOW, FakeCardStore
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


async def test_a_card_survives_the_gap_between_offer_and_connect(
    harness: DeskHarness,
) -> None:
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        harness.update(board(ringing={"PJSIP/701": caller()}))
        card = harness.card("anna").id
        await anna.sends(m.Save(card, "question", "t:1", "до ответа"))
        harness.update(board())  # the caller no longer waits …
        harness.update(board(talking={"PJSIP/701": caller()}))  # … because they talk
        await harness.settled()
        assert not of_type(anna.received(), m.Gone)
    assert (harness.card("anna").id, harness.card("anna").phase) == (card, "talking")


async def test_a_card_opens_on_ringing_with_caller_and_reason(
    harness: DeskHarness,
) -> None:
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        harness.update(board(ringing={"PJSIP/701": caller()}))
        [card] = of_type(anna.received(), m.Card)
        assert "+375 99 000-00-01" in card.html
        assert "internet and TV" in card.html
        assert card.announcement == "Calling: +375 99 000-00-01, internet and TV"
        await harness.settled()
        parts = {one.part: one.html for one in of_type(anna.received(), m.Part)}
    assert "Вера &lt;b&gt;Громова" in parts["who"]
    assert "-12.50 BYN" in parts["account"]
    assert "Failed in the menu, through our fault: Balance" in parts["why"]
    assert "Перезвонить" in parts["notes"]
    assert harness.profiles.views == [("anna", 1, f"card {card.card}")]


async def test_slow_billing_delays_only_the_account(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    harness.profiles.billing.clear()
    with harness.tabs.opened(anna.tab):
        harness.update(board(ringing={"PJSIP/701": caller()}))
        assert of_type(anna.received(), m.Card)
        for _ in range(20):
            await asyncio.sleep(0)
        assert harness.card("anna").profile.notes
        assert "account" not in {one.part for one in of_type(anna.received(), m.Part)}
        harness.profiles.billing.set()
        await harness.settled()
        assert "account" in {one.part for one in of_type(anna.received(), m.Part)}


async def test_a_billing_timeout_is_shown(
    harness: DeskHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.cards.card_details.TIMEOUT", 0.01)
    harness.profiles.billing.clear()
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        harness.update(board(ringing={"PJSIP/701": caller()}))
        await harness.settled()
        [account] = [one for one in of_type(anna.received(), m.Part) if one.part == "account"]
    assert "not answering" in account.html


async def test_an_unknown_caller_has_a_card_too(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        stranger = caller(number="442071234567", name="<script>alert(1)</script>\r\nX: y")
        harness.update(board(ringing={"PJSIP/701": stranger}))
        [card] = of_type(anna.received(), m.Card)
    assert "Unknown caller" in card.html
    assert "<script>" not in card.html
    assert "&lt;script&gt;alert(1)" in card.html


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (board(ringing={"PJSIP/702": caller()}), "at a colleague's"),
        (board(talking={"PJSIP/702": caller()}), "A colleague answered"),
        (board(waiting=[caller()]), "waiting in the queue again"),
        (board(), "hung up"),
    ],
)
async def test_a_card_of_an_ended_offer_closes_with_the_reason(
    harness: DeskHarness, after: Board, why: str
) -> None:
    anna, boris = AgentTab(harness, "anna"), AgentTab(harness, "boris")
    with harness.tabs.opened(anna.tab), harness.tabs.opened(boris.tab):
        harness.update(board(ringing={"PJSIP/701": caller()}))
        [card] = of_type(anna.received(), m.Card)
        harness.update(after)
        await harness.settled()
        [gone] = of_type(anna.received(), m.Gone)
        assert (gone.card, why in gone.text) == (card.card, True)
        await harness.settled()
        there = [one.card for one in of_type(boris.received(), m.Card)]
    assert [one.id for one in harness.cards.of("boris")] == there
    assert not harness.cards.of("anna")
    assert card.card in harness.store.closed


async def test_of_two_ringing_agents_the_answering_one_keeps_the_card(harness: DeskHarness) -> None:
    harness.update(board(ringing={"PJSIP/701": caller(), "PJSIP/702": caller()}))
    harness.update(board(talking={"PJSIP/702": caller()}))
    assert not harness.cards.of("anna")
    assert harness.card("boris").phase == "talking"


async def test_after_the_call_the_card_stays_until_it_is_finished(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        harness.update(board(ringing={"PJSIP/701": caller()}))
        harness.update(board(talking={"PJSIP/701": caller()}))
        harness.update(board())
        assert [one.phase for one in of_type(anna.received(), m.Phased)] == ["talking", "after"]
        card = harness.card("anna").id
        await anna.sends(m.Finish(card, "t:1"))
        [no] = of_type(anna.received(), m.Answer)
        assert (no.ok, no.text) == (False, "Enter the question and the topic first.")
        await anna.sends(m.Save(card, "question", "k:1", "нет звука"))
        await anna.sends(m.Finish(card, "t:2"))
        messages = anna.received()
    assert [one.ok for one in of_type(messages, m.Answer)] == [True]
    assert [one.card for one in of_type(messages, m.Gone)] == [card]
    assert harness.store.finished == [card]
    assert not harness.cards.of("anna")


async def test_a_removed_topic_must_be_chosen_again(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    harness.update(board(talking={"PJSIP/701": caller()}))
    harness.update(board())
    card = harness.card("anna").id
    await anna.sends(m.Save(card, "question", "k:1", "нет звука"))
    await anna.sends(m.Save(card, "topic", "k:2", ""))
    await anna.sends(m.Finish(card, "t:1"))
    assert [one.ok for one in of_type(anna.received(), m.Answer)] == [False]


async def test_after_a_transfer_the_card_goes_with_the_call_and_keeps_the_identity(
    harness: DeskHarness,
) -> None:
    anna = AgentTab(harness, "anna")
    harness.update(board(talking={"PJSIP/701": caller()}))
    first = harness.card("anna")
    await anna.sends(m.Verify(first.id, "t:1", "ветер"))
    harness.update(board(ringing={"PJSIP/702": caller()}))
    second = harness.card("boris")
    assert first.phase == "after"
    assert second.record.came_from == first.id
    assert second.record.identity == "code-word"
    await harness.settled()


async def test_a_lost_ami_connection_closes_no_card(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        harness.update(board(talking={"PJSIP/701": caller()}))
        harness.desk.update(board(), False)
        assert harness.card("anna").phase == "talking"
        assert "No connection to Asterisk" in of_type(anna.received(), m.Notice)[0].text
        harness.update(board(talking={"PJSIP/701": caller()}))
        assert harness.card("anna").phase == "talking"
        assert "is back" in of_type(anna.received(), m.Notice)[0].text


async def test_a_locked_database_neither_delays_nor_loses_cards(
    harness: DeskHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.cards.card_writer.RETRY", 0.001)
    harness.store.locked = True
    harness.update(board(ringing={"PJSIP/701": caller()}))
    card = harness.card("anna")
    harness.update(board(talking={"PJSIP/701": caller()}))
    await asyncio.sleep(0.01)
    assert not harness.store.cards
    harness.store.locked = False
    await harness.settled()
    assert harness.store.cards[card.id].answered is not None


async def test_unfinished_cards_are_restored_after_a_restart(harness: DeskHarness) -> None:
    harness.update(board(ringing={"PJSIP/701": caller(), "PJSIP/702": caller("2.2")}))
    harness.update(board(talking={"PJSIP/701": caller(), "PJSIP/702": caller("2.2")}))
    harness.update(board(talking={"PJSIP/702": caller("2.2")}))
    await harness.settled()
    again = DeskHarness(harness.store)
    await again.cards.restore()
    assert again.card("anna").phase == "after"
    assert again.card("boris").phase == "talking"
    again.update(board())
    assert again.card("boris").phase == "after"
    await again.settled()


async def test_a_card_ringing_at_shutdown_is_closed_after_the_restart() -> None:
    keep = FakeCardStore()
    harness = DeskHarness(keep)
    harness.update(board(ringing={"PJSIP/701": caller()}))
    await harness.settled()
    again = DeskHarness(keep)
    await again.cards.restore()
    again.update(board())
    await again.settled()
    assert not again.cards.of("anna")
    assert len(keep.closed) == 1


async def missed_card(harness: DeskHarness) -> str:
    """Anna typed while it rang, and did not answer."""
    harness.update(board(ringing={"PJSIP/701": caller()}))
    card = harness.card("anna").id
    await AgentTab(harness, "anna").sends(m.Save(card, "question", "t:1", "typed"))
    harness.update(board(ringing={"PJSIP/702": caller()}))
    assert harness.card("anna").missed
    return card


async def test_a_card_that_was_not_answered_is_when_the_call_comes_without_ringing(
    harness: DeskHarness,
) -> None:
    card = await missed_card(harness)
    harness.update(board(talking={"PJSIP/701": caller()}))
    record = harness.card("anna").record
    assert (record.id, record.answered, record.ended) == (card, NOW, None)
    await harness.settled()


async def test_a_second_call_in_vain_does_not_lengthen_the_first(harness: DeskHarness) -> None:
    harness.update(board(talking={"PJSIP/701": caller()}))
    harness.update(board())
    ended = harness.card("anna").record.ended
    harness.now += timedelta(hours=1)
    harness.update(board(ringing={"PJSIP/701": caller()}))
    harness.update(board(waiting=[caller()]))
    await harness.settled()
    card = harness.card("anna")
    assert (card.phase, card.record.ended) == ("after", ended)
    assert harness.store.cards[card.id].ended == ended


async def test_a_card_that_is_finished_while_its_caller_rings_again_leaves_another(
    harness: DeskHarness,
) -> None:
    card = await missed_card(harness)
    anna, finish, stored = AgentTab(harness, "anna"), asyncio.Event(), harness.store.finish

    async def slow(card: str, at: datetime) -> None:
        await finish.wait()
        await stored(card, at)

    harness.store.finish = slow  # type: ignore[method-assign]
    await anna.sends(m.Save(card, "topic", "t:2", "internet"))
    sent = asyncio.create_task(anna.sends(m.Finish(card, "t:3")))
    await turns()
    harness.update(board(ringing={"PJSIP/701": caller()}))
    finish.set()
    await sent
    other = harness.card("anna")
    assert (other.id != card, other.phase) == (True, "ringing")
    harness.update(board())
    harness.update(board(ringing={"PJSIP/701": caller()}))
    harness.update(board())
    await harness.settled()
    assert not harness.cards.of("anna")


async def test_the_end_of_one_offer_does_not_take_the_next_one(
    harness: DeskHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    delay = allowed(0.05)
    monkeypatch.setattr("ari_app.desk.cards.cards.GONE_DELAY", delay)
    rings = board(ringing={"PJSIP/701": caller()})
    harness.update(rings)
    harness.update(board())
    await asyncio.sleep(0.6 * delay)
    harness.update(rings)
    harness.update(board())
    await asyncio.sleep(0.6 * delay)
    assert harness.card("anna").phase == "ringing", "its own half second is not over"
    await harness.settled()
    assert not harness.cards.of("anna")
