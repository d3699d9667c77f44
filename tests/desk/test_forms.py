"""What an agent does from a card: the form, the price, the yes, and the deed, once."""

import re
from datetime import date
from decimal import Decimal

import pytest

from ari_app.desk import acts
from ari_app.desk import messages as m
from ari_app.desk.known import Promised
from ari_app.desk.render import Render
from ari_app.desk.words import LANGUAGES, words
from ari_app.selfcare.operations import CATALOGUE
from ivr.events import Answered
from ivr.tickets import DEPARTMENTS
from ivr.values import Count, Day, Digits, Money, Name, Rows, Values
from tests.desk.house import NOW, House, Seat, board, caller, only
from tests.operators import BELARUS

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
    await seat.house.settled()
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
    for step in ("act", "act-try", "act-do"):
        asks = await filled(anna, card, step, key="t:2", operation="tariff-change")
        assert ("data-waits" in asks.html, "calls from his number" in asks.html) == (True, True)
    await anna.says(m.Verify(card, "t:0", "ветер"))
    home: Values = {"tariff": Name({"en": "Home"}), "fee": Money(Decimal(20)), "code": Digits("2")}
    tariffs = Rows((home,))
    house.deeds.answers["tariffs"] = Answered("ok", {"tariffs": tariffs})
    form = await filled(anna, card, "act", key="t:3", operation="tariff-change")
    assert '<option value="2">Home · 20.00 BYN</option>' in form.html
    assert "told his code word" in form.html
    house.deeds.answers["tariff-change-quote"] = Answered("ok", QUOTED)
    wish = {"operation": "tariff-change", "in_code": "2", "reason": "he asked"}
    agree = await filled(anna, card, "act-try", key="t:4", **wish)
    assert "2.50 BYN" in agree.html
    assert not house.deeds.done
    fields = hidden(agree.html)
    assert fields["in-charge"] == "2.50"
    told = [await filled(anna, card, "act-do", key=key, **fields) for key in ("t:8", "t:8", "t:9")]
    assert ["−12.50" in one.html or "-12.50 BYN → <b>-15.00" in one.html for one in told] == [
        True
    ] * 3
    [(operation, key, reason)] = house.deeds.done
    assert (operation, reason) == ("tariff-change", "he asked")
    assert key == f"{card}:{fields['deed']}"


async def test_a_number_that_nobody_vouches_for_is_asked_nothing_without_the_word(
    house: House,
) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    house.desks.proven(house.card("anna"), "none")
    asks = await filled(anna, card, "act", operation="balance")
    assert ("data-waits" in asks.html, "not proven" in asks.html) == (True, True)
    house.deeds.answers["tariffs"] = Answered("ok", {"tariffs": Rows(())})
    told = await filled(anna, card, "act", key="t:2", operation="tariffs")
    assert "data-waits" not in told.html


async def test_fields_are_as_their_inputs_are(house: House) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    await anna.says(m.Verify(card, "t:0", "ветер"))
    pause = await filled(anna, card, "act", key="t:1", operation="pause")
    assert re.findall(r'name="in-(.*?)" type="(.*?)"', pause.html) == [
        ("since", "date"), ("months", "number"),
    ]  # fmt: skip
    gift = await filled(anna, card, "act", key="t:2", operation="gift")
    assert '<option value="minutes">Minutes</option>' in gift.html
    off = await filled(anna, card, "act", key="t:3", operation="service-off")
    assert "there is nothing to choose" in off.html
    house.deeds.answers["pause-quote"] = Answered("ok", QUOTED)
    days = {"in_since": "2026-12-01", "in_months": "3", "reason": "x"}
    agree = await filled(anna, card, "act-try", key="t:4", operation="pause", **days)
    await filled(anna, card, "act-do", key="t:5", **hidden(agree.html))
    charge = Money(Decimal("2.50"))
    assert house.deeds.inputs == {"since": Digits("0112"), "months": Count(3), "charge": charge}


async def test_while_billing_is_slow_typing_is_kept(house: House) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    house.deeds.billing.clear()
    await anna.says(m.Form(card, "t:1", "act-try", {"operation": "apn-settings", "reason": "x"}))
    await anna.says(m.Save(card, "question", "k:1", "settings"))
    assert only(anna.told(), m.Saved) == [m.Saved("k:1")]
    again = m.Form(card, "t:1", "act-try", {"operation": "apn-settings", "reason": "x"})
    other = Seat(house, "anna")
    await other.says(again)  # from a page that was loaded anew
    house.deeds.billing.set()
    await house.settled()
    assert len(house.deeds.done) == 1
    for seat in (anna, other):
        assert [one.ok for one in only(seat.told(), m.Answer)] == [True]


async def test_what_broke_or_was_refused_can_be_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, card = Seat(house, "anna"), talking(house)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(house.deeds, "do", broken)
        said = m.Form(card, "t:1", "act-try", {"operation": "apn-settings", "reason": "x"})
        await anna.says(said)
        with pytest.raises(ZeroDivisionError):
            await house.settled()
        [answer] = only(anna.told(), m.Answer)
        assert (answer.ok, "fault of the server" in answer.told) == (False, True)
    for outcome, ok in (("nowhere", False), ("ok", True)):
        house.deeds.answers["apn-settings"] = Answered(outcome)
        house.deeds.done.clear()
        answer = await filled(anna, card, "act-try", operation="apn-settings", reason="x")
        assert (answer.ok, len(house.deeds.done)) == (ok, 1)


async def test_a_refusal_of_the_quote_is_told(house: House) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    await anna.says(m.Verify(card, "t:0", "ветер"))
    house.deeds.answers["resume-quote"] = Answered("not-on")
    answer = await filled(anna, card, "act-try", operation="resume", reason="x")
    assert (answer.ok, answer.told) == (False, "It is not on.")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"operation": "pause", "in_since": "2026-12-01"}, "For how many months"),
        ({"operation": "pause", "in_since": "0112", "in_months": "3"}, "From which day"),
        ({"operation": "pause", "in_since": "2026-11-23", "in_months": "3"}, "From which day"),
        ({"operation": "pause", "in_since": "2027-11-24", "in_months": "3"}, "From which day"),
        (
            {"operation": "pause", "in_since": "2026-12-01", "in_months": "-1"},
            "For how many months",
        ),
        ({"operation": "pause", "in_since": "2026-12-01", "in_months": "3"}, "Reason"),
        ({"operation": "gift", "in_recipient": "Goto(x)"}, "To whom (number)"),
        ({"operation": "gift", "in_recipient": "+375 29", "in_unit": "rubles"}, "What"),
        ({"operation": "code-word"}, "action"),
        ({"operation": "pause-quote"}, "action"),
        ({}, "action"),
    ],
)
async def test_what_is_not_filled_in_is_named(
    house: House, values: dict[str, str], told: str
) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    house.desks.proven(house.card("anna"), "code-word")
    answer = await filled(anna, card, "act-try", **values)
    assert (answer.ok, answer.told) == (False, f"Fill in: {told}")
    assert not house.deeds.done


async def test_a_ticket_a_note_and_a_promised_call(house: House) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    for _ in range(2):  # a double click
        ticket = await filled(anna, card, "ticket", department="field", text="no sound")
    assert ticket.told == "Ticket 7 is open, due 25.11 12:30."
    await filled(anna, card, "note", text="after six")
    with house.hub.opened(anna.tab):
        house.facts.owed = [Promised(NOW, NOW, "anna", "the <bill>")]
        call = await filled(anna, card, "call-back", due="2026-11-24T18:00", text="the bill")
    assert call.told == "A call is promised for 24.11 18:00."
    assert house.card("anna").known.calls == house.facts.owed
    assert house.clerk.written == [
        ("field", "no sound"), ("note", "after six"), ("24.11 18:00", "the bill"),
    ]  # fmt: skip


@pytest.mark.parametrize("due", ["", "yesterday", "2026-11-24T12:29", "2099-01-01T00:00"])
async def test_nothing_is_promised_for_a_moment_that_cannot_be(house: House, due: str) -> None:
    anna, card = Seat(house, "anna"), talking(house)
    answer = await filled(anna, card, "call-back", due=due)
    assert (answer.ok, answer.told) == (False, "Fill in: Due")


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
    assert Render("Europe/Minsk", {}, BELARUS).built
    assert acts.shown(Count(3), "en") == "3"
