"""Callers are passed on with all that was written of them, and mentors hear how others speak."""

import pytest

from ari_app.desk import messages as m
from tests.desk.house import House, Seat, board, caller, only
from tests.desk.test_forms import filled, talking


@pytest.fixture
def house() -> House:
    return House()


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
    shown = await filled(anna, card, "pass-to")
    assert "Boris · " in shown.html
    assert '"701"' not in shown.html
    answer = await filled(anna, card, "pass", **values)
    assert answer.ok == (moved is not None)
    await filled(anna, card, "pass", **values)  # a double click
    expected = [("PJSIP/701-1", moved)] if moved else []
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
        await senior.says(m.Supervise("t:1", "anna", "whisper"))
        assert [one.ok for one in only(senior.told(), m.Answer)] == [True]
        told = [one.told for one in only(anna.told(), m.Notice)]
    assert told == ["Boris whispers to you; the caller does not hear it."]
    assert house.floor.moved == [("boris", "whisper anna")]
    assert ("boris", 1, "whisper anna") in house.facts.seen


async def test_who_is_no_mentor_hears_nobody_and_nobody_who_is_silent(house: House) -> None:
    boris = Seat(house, "boris")
    talking(house)
    await boris.says(m.Supervise("t:1", "anna", "listen"))
    senior = Seat(house, "boris", mentor=True)
    house.tells(board())
    await senior.says(m.Supervise("t:2", "anna", "listen"))
    answers = [*only(boris.told(), m.Answer), *only(senior.told(), m.Answer)]
    assert [one.ok for one in answers] == [False, False]
    assert not house.floor.moved


async def typed(seat: Seat, card: str, key: str, **fields: str) -> None:
    for field, text in fields.items():
        await seat.says(m.Save(card, field, f"{key}:{field}", text))  # type: ignore[arg-type]


async def test_the_colleague_sees_what_was_written_and_is_still_being_written(house: House) -> None:
    anna, boris = Seat(house, "anna"), Seat(house, "boris")
    first = talking(house)
    await typed(anna, first, "k", question="<b>No</b> sound", solution="asked to restart")
    with house.hub.opened(boris.tab):
        house.tells(board(rings={"PJSIP/702": caller()}))
        await house.settled()
        parts = {one.part: one.html for one in only(boris.told(), m.Part)}
        assert "Anna</b>: &lt;b&gt;No&lt;/b&gt; sound" in parts["passed"]
        assert "asked to restart" in parts["passed"]
        assert parts["why"].index("Passed on by a colleague") < parts["why"].index("Chose in the")
        await typed(anna, first, "l", solution="restarted: no sound")
        await house.settled()
        [part] = [one for one in only(boris.told(), m.Part) if one.part == "passed"]
        assert "restarted: no sound" in part.html


async def test_who_finished_his_card_before_another_answered_passed_it_on_all_the_same(
    house: House,
) -> None:
    anna, first = Seat(house, "anna"), talking(house)
    await anna.says(m.Verify(first, "t:1", "ветер"))
    await typed(anna, first, "k", question="sound", topic="internet")
    house.tells(board(waiting=[caller()]))
    await anna.says(m.Finish(first, "t:2"))
    assert not house.desks.of("anna")
    house.tells(board(rings={"PJSIP/702": caller()}))
    second = house.card("boris")
    await house.settled()
    assert (second.kept.came_from, second.kept.identity) == (first, "code-word")
    assert second.known.passed is not None
    assert second.known.passed.question == "sound"
    house.tells(board(rings={"PJSIP/702": caller("2.2")}))
    await house.settled()
    assert house.card("boris").kept.came_from == "", "another call"


async def test_only_so_many_finished_cards_are_remembered(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.cards.REMEMBERED", 2)
    for call in ("1.1", "1.2", "1.3"):
        house.tells(board(speaks={"PJSIP/701": caller(call)}))
        house.desks.finished(house.card("anna"))
        house.tells(board())
    came = []
    for call in ("1.1", "1.3"):
        house.tells(board(rings={"PJSIP/702": caller(call)}))
        await house.settled()
        came.append(bool(house.card("boris").kept.came_from))
        house.tells(board())
    assert came == [False, True]
