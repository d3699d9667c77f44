"""Cards come, go on and go with the caller's channel."""

import asyncio

import pytest

from ari_app.desk import messages as m
from ivr.acd.queues import Board
from tests.desk.house import House, Memory, Seat, board, caller, only


@pytest.fixture
def house() -> House:
    return House()


async def test_between_two_words_of_the_exchange_the_card_stays_with_what_is_written(
    house: House,
) -> None:
    anna = Seat(house, "anna")
    with house.hub.opened(anna.tab):
        house.tells(board(rings={"PJSIP/701": caller()}))
        card = house.card("anna").id
        await anna.says(m.Save(card, "question", "t:1", "до ответа"))
        house.tells(board())  # he waits no more …
        house.tells(board(speaks={"PJSIP/701": caller()}))  # … because he speaks
        await house.settled()
        assert not only(anna.told(), m.Gone)
    assert (house.card("anna").id, house.card("anna").phase) == (card, "talking")


async def test_a_card_opens_while_the_phone_rings_and_says_who_calls_and_why(house: House) -> None:
    anna = Seat(house, "anna")
    with house.hub.opened(anna.tab):
        house.tells(board(rings={"PJSIP/701": caller()}))
        [card] = only(anna.told(), m.Card)
        assert "+375 99 000-00-01" in card.html
        assert "internet and TV" in card.html
        assert card.told == "Calling: +375 99 000-00-01, internet and TV"
        await house.settled()
        parts = {one.part: one.html for one in only(anna.told(), m.Part)}
    assert "Вера &lt;b&gt;Громова" in parts["who"]
    assert "-12.50 BYN" in parts["account"]
    assert "Failed in the menu, for our fault: Balance" in parts["why"]
    assert "Перезвонить" in parts["notes"]
    assert house.facts.seen == [("anna", 1, f"card {card.card}")]


async def test_a_dead_billing_delays_nothing_but_its_own_part(house: House) -> None:
    anna = Seat(house, "anna")
    house.facts.billing.clear()
    with house.hub.opened(anna.tab):
        house.tells(board(rings={"PJSIP/701": caller()}))
        assert only(anna.told(), m.Card)
        for _ in range(20):
            await asyncio.sleep(0)
        assert house.card("anna").known.notes
        assert "account" not in {one.part for one in only(anna.told(), m.Part)}
        house.facts.billing.set()
        await house.settled()
        assert "account" in {one.part for one in only(anna.told(), m.Part)}


async def test_billing_that_never_answers_is_said_to(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.desk.PATIENCE", 0.01)
    house.facts.billing.clear()
    anna = Seat(house, "anna")
    with house.hub.opened(anna.tab):
        house.tells(board(rings={"PJSIP/701": caller()}))
        await house.settled()
        [account] = [one for one in only(anna.told(), m.Part) if one.part == "account"]
    assert "does not answer" in account.html


async def test_an_unknown_caller_has_a_card_too(house: House) -> None:
    anna = Seat(house, "anna")
    with house.hub.opened(anna.tab):
        stranger = caller(number="442071234567", name="<script>alert(1)</script>\r\nX: y")
        house.tells(board(rings={"PJSIP/701": stranger}))
        [card] = only(anna.told(), m.Card)
    assert "Unknown caller" in card.html
    assert "<script>" not in card.html
    assert "&lt;script&gt;alert(1)" in card.html


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (board(rings={"PJSIP/702": caller()}), "at a colleague's"),
        (board(speaks={"PJSIP/702": caller()}), "A colleague answered"),
        (board(waiting=[caller()]), "waits in the queue again"),
        (board(), "hung up"),
    ],
)
async def test_a_card_of_an_offer_that_is_no_more_closes_and_says_why(
    house: House, after: Board, why: str
) -> None:
    anna, boris = Seat(house, "anna"), Seat(house, "boris")
    with house.hub.opened(anna.tab), house.hub.opened(boris.tab):
        house.tells(board(rings={"PJSIP/701": caller()}))
        [card] = only(anna.told(), m.Card)
        house.tells(after)
        await house.settled()
        [gone] = only(anna.told(), m.Gone)
        assert (gone.card, why in gone.told) == (card.card, True)
        await house.settled()
        there = [one.card for one in only(boris.told(), m.Card)]
    assert [one.id for one in house.desks.of("boris")] == there
    assert not house.desks.of("anna")
    assert card.card in house.keep.closed


async def test_both_ring_and_who_answers_keeps_the_card(house: House) -> None:
    house.tells(board(rings={"PJSIP/701": caller(), "PJSIP/702": caller()}))
    house.tells(board(speaks={"PJSIP/702": caller()}))
    assert not house.desks.of("anna")
    assert house.card("boris").phase == "talking"


async def test_after_the_call_the_card_stays_until_it_is_finished(house: House) -> None:
    anna = Seat(house, "anna")
    with house.hub.opened(anna.tab):
        house.tells(board(rings={"PJSIP/701": caller()}))
        house.tells(board(speaks={"PJSIP/701": caller()}))
        house.tells(board())
        assert [one.phase for one in only(anna.told(), m.Phased)] == ["talking", "after"]
        card = house.card("anna").id
        await anna.says(m.Finish(card, "t:1"))
        [no] = only(anna.told(), m.Answer)
        assert (no.ok, no.told) == (False, "Write down the question and the topic first.")
        await anna.says(m.Save(card, "question", "k:1", "нет звука"))
        await anna.says(m.Finish(card, "t:2"))
        told = anna.told()
    assert [one.ok for one in only(told, m.Answer)] == [True]
    assert [one.card for one in only(told, m.Gone)] == [card]
    assert house.keep.finished == [card]
    assert not house.desks.of("anna")


async def test_a_topic_that_was_taken_away_must_be_chosen(house: House) -> None:
    anna = Seat(house, "anna")
    house.tells(board(speaks={"PJSIP/701": caller()}))
    house.tells(board())
    card = house.card("anna").id
    await anna.says(m.Save(card, "question", "k:1", "нет звука"))
    await anna.says(m.Save(card, "topic", "k:2", ""))
    await anna.says(m.Finish(card, "t:1"))
    assert [one.ok for one in only(anna.told(), m.Answer)] == [False]


async def test_after_a_transfer_the_card_goes_with_the_call_and_keeps_the_identity(
    house: House,
) -> None:
    anna = Seat(house, "anna")
    house.tells(board(speaks={"PJSIP/701": caller()}))
    first = house.card("anna")
    await anna.says(m.Verify(first.id, "t:1", "ветер"))
    house.tells(board(rings={"PJSIP/702": caller()}))
    second = house.card("boris")
    assert first.phase == "after"
    assert second.kept.came_from == first.id
    assert second.kept.identity == "code-word"
    await house.settled()


async def test_an_exchange_that_is_silent_takes_no_card_away(house: House) -> None:
    anna = Seat(house, "anna")
    with house.hub.opened(anna.tab):
        house.tells(board(speaks={"PJSIP/701": caller()}))
        house.desk.update(board(), False)
        assert house.card("anna").phase == "talking"
        assert "silent" in only(anna.told(), m.Notice)[0].told
        house.tells(board(speaks={"PJSIP/701": caller()}))
        assert house.card("anna").phase == "talking"
        assert "back" in only(anna.told(), m.Notice)[0].told


async def test_a_locked_database_delays_no_card_and_loses_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.cards.AGAIN", 0.001)
    house.keep.locked = True
    house.tells(board(rings={"PJSIP/701": caller()}))
    card = house.card("anna")
    house.tells(board(speaks={"PJSIP/701": caller()}))
    await asyncio.sleep(0.01)
    assert not house.keep.cards
    house.keep.locked = False
    await house.settled()
    assert house.keep.cards[card.id].answered is not None


async def test_what_was_not_finished_lies_there_again_after_a_restart(house: House) -> None:
    house.tells(board(rings={"PJSIP/701": caller(), "PJSIP/702": caller("2.2")}))
    house.tells(board(speaks={"PJSIP/701": caller(), "PJSIP/702": caller("2.2")}))
    house.tells(board(speaks={"PJSIP/702": caller("2.2")}))
    await house.settled()
    again = House(house.keep)
    await again.desks.restore()
    assert again.card("anna").phase == "after"
    assert again.card("boris").phase == "talking"
    again.tells(board())
    assert again.card("boris").phase == "after"
    await again.settled()


async def test_a_card_that_rang_when_the_application_ended_is_closed_afterwards() -> None:
    keep = Memory()
    house = House(keep)
    house.tells(board(rings={"PJSIP/701": caller()}))
    await house.settled()
    again = House(keep)
    await again.desks.restore()
    again.tells(board())
    await again.settled()
    assert not again.desks.of("anna")
    assert len(keep.closed) == 1
