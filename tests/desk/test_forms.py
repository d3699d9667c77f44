"""What an agent does from a card: the form, the price, the yes, and the deed, once."""

import re
from datetime import date
from decimal import Decimal

import pytest

from ari_app.desk import acts
from ari_app.desk import messages as m
from ari_app.desk.render import Render
from ari_app.desk.words import LANGUAGES, words
from ari_app.selfcare.operations import CATALOGUE
from ivr.events import Answered
from ivr.tickets import DEPARTMENTS
from ivr.values import Count, Day, Digits, Money, Name, Rows, Values
from tests.desk.house import House, Seat, board, caller, only

QUOTED: Values = {
    "charge": Money(Decimal("2.50")),
    "monthly": Money(Decimal(20)),
    "since": Day(date(2026, 12, 1)),
    "tariff": Name({"ru": "Домашний", "en": "Home"}),
}


@pytest.fixture
def house() -> House:
    return House()


def talking(house: House) -> str:
    house.tells(board(speaks={"PJSIP/701": caller()}))
    return house.card("anna").id


async def filled(seat: Seat, card: str, form: str, key: str = "t:1", **values: str) -> m.Answer:
    """The answer to a form."""
    named = {name.replace("in_", "in-"): value for name, value in values.items()}
    await seat.says(m.Form(card, key, form, named))
    answer: m.Answer = only(seat.told(), m.Answer)[-1]
    return answer


def hidden(html: str) -> dict[str, str]:
    """The fields that a form brings along."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return dict(found)


async def test_what_only_tells_is_told_at_once(house: House) -> None:
    anna = Seat(house, "anna")
    rows = Rows(({"service": Name({"en": "<b>Roaming</b>"}), "fee": Money(Decimal(3))},))
    house.deeds.answers["services"] = Answered("ok", {"services": rows})
    answer = await filled(anna, talking(house), "act", operation="services")
    assert "&lt;b&gt;Roaming" in answer.html
    assert "3.00 BYN" in answer.html
    assert not house.deeds.done


async def test_what_costs_needs_the_code_word_the_price_and_a_yes(house: House) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    refused = await filled(anna, card, "act", operation="tariff-change")
    assert (refused.ok, "code word" in refused.told) == (False, True)
    await anna.says(m.Verify(card, "t:0", "ветер"))
    tariffs = Rows(({"tariff": Name({"en": "Home"}), "code": Digits("2")},))
    house.deeds.answers["tariffs"] = Answered("ok", {"tariffs": tariffs})
    form = await filled(anna, card, "act", operation="tariff-change")
    assert '<option value="2">Home</option>' in form.html
    house.deeds.answers["tariff-change-quote"] = Answered("ok", QUOTED)
    wish = {"operation": "tariff-change", "in_code": "2", "reason": "he asked"}
    agree = await filled(anna, card, "act-try", **wish)
    assert "2.50 BYN" in agree.html
    assert not house.deeds.done
    fields = hidden(agree.html)
    assert fields["in-charge"] == "2.50"
    for key in ("t:8", "t:9"):  # a double click, or sent again after a break
        await anna.says(m.Form(card, key, "act-do", fields))
    [(operation, key, reason)] = house.deeds.done
    assert (operation, reason) == ("tariff-change", "he asked")
    assert key == f"{card}:{fields['deed']}"


async def test_a_refusal_of_the_quote_is_told(house: House) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    await anna.says(m.Verify(card, "t:0", "ветер"))
    house.deeds.answers["resume-quote"] = Answered("not-on")
    answer = await filled(anna, card, "act-try", operation="resume", reason="x")
    assert (answer.ok, answer.told) == (False, "It is not on.")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"operation": "pause", "in_since": "0112"}, "For how many months"),
        ({"operation": "pause", "in_since": "x", "in_months": "3"}, "From which day"),
        ({"operation": "pause", "in_since": "0112", "in_months": "3"}, "Reason"),
        ({"operation": "code-word"}, "action"),
        ({"operation": "pause-quote"}, "action"),
        ({}, "action"),
    ],
)
async def test_what_is_not_filled_in_is_named(
    house: House, values: dict[str, str], told: str
) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    answer = await filled(anna, card, "act-try", **values)
    assert (answer.ok, answer.told) == (False, f"Fill in: {told}")
    assert not house.deeds.done


async def test_a_ticket_a_note_and_a_promised_call(house: House) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    ticket = await filled(anna, card, "ticket", department="field", text="no sound")
    assert ticket.told == "Ticket 7 is open, due 25.11 12:30."
    await filled(anna, card, "note", text="after six")
    call = await filled(anna, card, "call-back", due="2026-11-24T18:00", text="the bill")
    assert call.told == "A call is promised for 24.11 18:00."
    assert house.clerk.written == [
        ("field", "no sound"), ("note", "after six"), ("24.11 18:00", "the bill"),
    ]  # fmt: skip


@pytest.mark.parametrize("due", ["", "yesterday", "2026-11-24T12:29", "2099-01-01T00:00"])
async def test_nothing_is_promised_for_a_moment_that_cannot_be(house: House, due: str) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    answer = await filled(anna, card, "call-back", due=due)
    assert (answer.ok, answer.told) == (False, "Fill in: Due")


@pytest.mark.parametrize(
    ("values", "moved"),
    [
        ({"to": "702"}, "702"),
        ({"to": "queue-support"}, "queue-support"),
        ({"to": "number", "number": "+375 29 123-45-67"}, "375291234567"),
        ({"to": "701"}, None),
        ({"to": "queue-nowhere"}, None),
        ({"to": "number", "number": "x"}, None),
        ({"to": "Goto(x)"}, None),
    ],
)
async def test_a_caller_is_passed_on_to_whom_there_is(
    house: House, values: dict[str, str], moved: str | None
) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    answer = await filled(anna, card, "pass", **values)
    assert answer.ok == (moved is not None)
    expected = [(caller().channel, moved)] if moved else []
    assert house.floor.moved == expected


async def test_who_rings_only_cannot_be_passed_on(house: House) -> None:
    anna = Seat(house, "anna")
    house.tells(board(rings={"PJSIP/701": caller()}))
    answer = await filled(anna, house.card("anna").id, "pass", to="702")
    assert (answer.ok, house.floor.moved) == (False, [])


async def test_nobody_fills_in_forms_of_a_colleagues_card(house: House) -> None:
    boris, card = Seat(house, "boris"), talking(house)
    assert not (await filled(boris, card, "note", text="x")).ok
    assert not house.clerk.written


async def test_a_mentor_hears_and_the_novice_is_told(house: House) -> None:
    talking(house)
    senior, anna = Seat(house, "boris", mentor=True), Seat(house, "anna")
    with house.hub.opened(anna.tab):
        await senior.says(m.Mentor("t:1", "anna", "whisper"))
        assert [one.ok for one in only(senior.told(), m.Answer)] == [True]
        told = [one.told for one in only(anna.told(), m.Notice)]
    assert told == ["boris whispers to you; the caller does not hear it."]
    assert house.floor.moved == [("boris", "whisper anna")]
    assert ("boris", 1, "whisper anna") in house.facts.seen


async def test_who_is_no_mentor_hears_nobody_and_nobody_who_is_silent(house: House) -> None:
    boris = Seat(house, "boris")
    talking(house)
    await boris.says(m.Mentor("t:1", "anna", "listen"))
    senior = Seat(house, "boris", mentor=True)
    house.tells(board())
    await senior.says(m.Mentor("t:2", "anna", "listen"))
    answers = [*only(boris.told(), m.Answer), *only(senior.told(), m.Answer)]
    assert [one.ok for one in answers] == [False, False]
    assert not house.floor.moved


def test_every_operation_is_offered_but_for_those_that_need_what_an_agent_has_not() -> None:
    left = {name for name in CATALOGUE if name not in acts.offered(CATALOGUE)}
    assert {name for name in left if not name.endswith("-quote")} == {
        "complaint", "code-word", "change-code-word",
    }  # fmt: skip
    assert all(name.removesuffix("-quote") in CATALOGUE for name in left)


def test_there_are_words_for_all_that_can_be_asked_for_and_brought() -> None:
    needed = {f"department-{one}" for one in DEPARTMENTS}
    for name, operation in acts.offered(CATALOGUE).items():
        quote = CATALOGUE.get(f"{name}-quote", operation)
        needed |= {f"act-{name}"}
        needed |= {f"value-{value}" for value in (*operation.inputs, *quote.inputs)}
        for one in (operation, quote):
            needed |= {f"outcome-{outcome}" for outcome in one.outcomes}
            needed |= {f"value-{value}" for brought in one.outcomes.values() for value in brought}
    assert sorted(needed - words().keys()) == []


def test_every_word_is_there_in_every_language() -> None:
    assert [name for name, said in words().items() if set(said) != set(LANGUAGES)] == []


def test_all_that_is_done_and_costs_nothing_is_named() -> None:
    assert CATALOGUE.keys() >= acts.DEEDS
    assert Render("Europe/Minsk", 10).built
    assert acts.shown(Count(3), "en") == "3"
