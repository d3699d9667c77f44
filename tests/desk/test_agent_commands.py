"""What agents say to the desk: nothing that was acknowledged is lost, and none sees another's."""

import pytest
from msgspec import DecodeError

from ari_app.desk import messages as m
from tests.desk.house import House, Seat, board, caller, only


@pytest.fixture
def house() -> House:
    return House()


def talking(house: House) -> str:
    """Anna speaks with a caller: her card."""
    house.tells(board(speaks={"PJSIP/701": caller()}))
    return house.card("anna").id


async def test_a_burst_is_acknowledged_when_it_is_kept_and_told_to_the_other_tab(
    house: House,
) -> None:
    anna, other = Seat(house, "anna"), Seat(house, "anna")
    card = talking(house)
    with house.hub.opened(anna.tab), house.hub.opened(other.tab):
        await anna.says(m.Save(card, "question", "t:1", "нет звука"))
        assert only(anna.told(), m.Saved) == [m.Saved("t:1")]
        assert only(other.told(), m.Wrote) == [m.Wrote(card, "question", "нет звука")]
    assert await house.keep.texts(card) == {"question": "нет звука"}


async def test_a_burst_that_comes_twice_is_acknowledged_twice_and_kept_once(house: House) -> None:
    anna = Seat(house, "anna")
    card = talking(house)
    await anna.says(m.Save(card, "question", "t:1", "первое"))
    await anna.says(m.Save(card, "question", "t:2", "второе"))
    await anna.says(m.Save(card, "question", "t:1", "первое"))
    assert [one.key for one in only(anna.told(), m.Saved)] == ["t:1", "t:2", "t:1"]
    assert await house.keep.texts(card) == {"question": "второе"}


async def test_while_the_database_is_locked_nothing_is_acknowledged(house: House) -> None:
    anna = Seat(house, "anna")
    card = talking(house)
    await house.settled()
    house.keep.locked = True
    await anna.says(m.Save(card, "question", "t:1", "нет звука"))
    assert not anna.told()
    house.keep.locked = False
    await anna.says(m.Save(card, "question", "t:1", "нет звука"))
    assert anna.told() == [m.Saved("t:1")]


async def test_nobody_writes_on_the_card_of_a_colleague_or_finishes_it(house: House) -> None:
    boris = Seat(house, "boris")
    card = talking(house)
    await house.settled()
    await boris.says(m.Save(card, "question", "t:1", "чужое"))
    assert not boris.told()
    await boris.says(m.Finish(card, "t:2"))
    await boris.says(m.Verify(card, "t:3", "ветер"))
    assert [one.ok for one in only(boris.told(), m.Answer)] == [False, False]
    assert house.card("anna").kept.identity == "caller"


async def test_a_card_is_not_finished_while_they_speak(house: House) -> None:
    anna = Seat(house, "anna")
    await anna.says(m.Finish(talking(house), "t:1"))
    assert anna.told() == [m.Answer("t:1", ok=False, told="The call still lasts.")]


@pytest.mark.parametrize(
    ("word", "ok", "identity"), [("ветер", True, "code-word"), ("дождь", False, "caller")]
)
async def test_the_code_word_as_it_was_heard(
    house: House, word: str, ok: bool, identity: str
) -> None:
    anna = Seat(house, "anna")
    card = talking(house)
    await anna.says(m.Verify(card, "t:1", word))
    assert [one.ok for one in only(anna.told(), m.Answer)] == [ok]
    assert house.card("anna").kept.identity == identity
    assert word not in repr(m.Verify(card, "t:1", word))


async def test_ready_and_pause_and_an_exchange_that_is_away(house: House) -> None:
    anna = Seat(house, "anna")
    await anna.says(m.State(ready=False, reason="lunch"))
    assert house.floor.paused == {"anna": "lunch"}
    await anna.says(m.State(ready=True))
    assert house.floor.paused == {}
    house.floor.away = True
    await anna.says(m.State(ready=True))
    assert anna.told() == [
        m.Notice("That did not work just now, try again: the exchange does not answer")
    ]


async def test_who_is_looked_for_and_seen_is_noted(house: House) -> None:
    anna = Seat(house, "anna")
    await anna.says(m.Look("t:1", "0001"))
    await anna.says(m.See("t:2", 1))
    found, seen = only(anna.told(), m.Answer)
    assert 'data-see="1"' in found.html
    assert "Вера &lt;b&gt;" in seen.html
    assert house.facts.seen == [("anna", 1, "found"), ("anna", 1, "chronology")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type":"fly"}',
        '{"type":"save","card":"../x","field":"question","key":"t:1","text":""}',
        '{"type":"save","card":"0123456789abcdef","field":"password","key":"t:1","text":""}',
        '{"type":"save","card":"0123456789abcdef","field":"question","key":"t 1","text":""}',
        '{"type":"look","key":"t:1","text":"' + "a" * 201 + '"}',
    ],
)
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        m.said(text)


async def test_a_tab_that_is_too_far_behind_is_cut_off_and_comes_to_a_whole_picture(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.hub.BEHIND", 5)
    anna = Seat(house, "anna")
    card = talking(house)
    with house.hub.opened(anna.tab):
        for number in range(10):
            anna.tab.tell(m.Notice(str(number)))
        assert anna.tab.out.get_nowait() is None
    again = Seat(house, "anna")
    hello = await house.desk.hello(again.tab)
    assert [f'data-card="{card}"' in html for html in hello.cards] == [True]
