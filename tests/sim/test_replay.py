"""Recorded calls are replayed: over the same menus all is the same, a broken path is found."""

import pytest
from msgspec import json
from msgspec.structs import replace

from ari_app.sim.comparison import Compared, compared, summary
from ari_app.sim.follow import Setting, follow
from ari_app.sim.replay import Run, UnlikeError, as_recorded
from ari_app.sim.simulation import lasting_of
from ivr.events import Keyed
from ivr.nodes import Menu
from ivr.session import Caller
from ivr.tape import Tape
from ivr.values import unwritten
from ivr.wants import Ask
from tests.shipped import menus
from tests.sim.taped_walks import BEGAN, NUMBER, Walk, walk

CALLS = 200
BOOK = menus().book
LASTS = lasting_of(menus().catalogue, {})
SETTING = Setting(BOOK, LASTS)
NUMBERS = sorted(number for flow in BOOK.flows.values() for number in flow.numbers)


def stored(tape: Tape) -> Tape:
    """A tape as it comes back from the store."""
    return json.decode(json.encode(tape, enc_hook=unwritten), type=Tape)


def replayed(taken: Walk, new: Setting = SETTING) -> tuple[Run, Run, Compared]:
    """A call before, after, and both compared."""
    tape = stored(taken.tape)
    start = replace(tape.start, caller=replace(tape.start.caller, number=NUMBER))
    before = as_recorded(BOOK, start, tape)
    after, pressed = follow(before, SETTING, new, start, BEGAN)
    return before, after, compared(tape.start.id, before, after, pressed)


@pytest.fixture(scope="module")
def walks() -> list[Walk]:
    """The calls of many callers, to all numbers; every third begins with the key 1."""
    return [
        walk(BOOK, NUMBERS[seed % len(NUMBERS)], seed, "" if seed % 3 else "1")
        for seed in range(CALLS)
    ]


def test_a_replay_over_the_same_menus_is_the_same_call(walks: list[Walk]) -> None:
    """Each node, each edge and each second, also where secrets and long digits are not on the
    tape."""
    for taken in walks:
        before, after, found = replayed(taken)
        path = [(one.flow, one.node, one.way) for one in taken.run.steps]
        assert [(one.flow, one.node, one.way) for one in before.steps] == path
        assert [(one.flow, one.node, one.way) for one in after.steps] == path
        assert before.end == after.end
        assert (before.how, before.spot) == (taken.run.how, taken.run.spot)
        assert after.seconds == pytest.approx(taken.run.seconds, abs=0.05)
        assert (found.verdict, found.elsewhere) == ("same", None)
        assert found.to_person.before == found.to_person.after


def test_a_call_that_ends_before_its_tape_is_not_replayed(walks: list[Walk]) -> None:
    """Other menus wanted more then: its end is not the same."""
    taken = next(one for one in walks if one.tape.turns)
    longer = replace(taken.tape, turns=(*taken.tape.turns, taken.tape.turns[-1]))
    with pytest.raises(UnlikeError, match=r"it was over in .*, but went on to "):
        as_recorded(BOOK, replace(longer.start, caller=Caller(NUMBER)), stored(longer))


def test_the_calls_are_of_many_kinds(walks: list[Walk]) -> None:
    """Else the test before shows little."""
    assert {taken.run.how for taken in walks} >= {"ended", "gone"}
    wants = {turn.want for taken in walks for turn in taken.tape.turns}
    assert wants >= {"ask", "say"}
    assert any(want.startswith("queue") for want in wants)
    assert any("hidden" in str(json.encode(taken.tape, enc_hook=unwritten)) for taken in walks)


def test_a_tape_has_no_secret_and_no_number(walks: list[Walk]) -> None:
    """Of what callers press, none of more than four digits."""
    for taken in walks:
        text = json.encode(taken.tape, enc_hook=unwritten).decode()
        assert NUMBER not in text
        for turn in taken.run.turns:
            if isinstance(turn.want, Ask) and isinstance(turn.event, Keyed):
                keys, grammar = turn.event.digits, turn.want.grammar
                chosen = keys in grammar.choices | grammar.codes
                assert len(keys) <= 4 or chosen or f'"{keys}"' not in text


def broken(flow: str, node: str, key: str, to: str = "") -> Setting:
    """The shipped menus with a key of a menu that leads elsewhere, or nowhere."""
    was = BOOK.flows[flow]
    menu = was.nodes[node]
    assert isinstance(menu, Menu)
    keys = {each: target for each, target in menu.keys.items() if each != key}
    changed = replace(menu, keys={**keys, key: to} if to else keys)
    flows = {**BOOK.flows, flow: replace(was, nodes={**was.nodes, node: changed})}
    return Setting(replace(BOOK, flows=flows), LASTS)


def pressed(taken: Walk, node: str, key: str) -> bool:
    """Whether a caller pressed a key in a node."""
    return any((one.node, one.key) == (node, key) for one in taken.run.steps)


def test_a_key_that_leads_nowhere_is_found(walks: list[Walk]) -> None:
    """Of all calls, those are listed that came by it, and no other."""
    new = broken("611", "main", "1")
    whose = {taken.session.id for taken in walks if pressed(taken, "main", "1")}
    found = [replayed(taken, new)[2] for taken in walks]
    assert {one.call for one in found if one.elsewhere is not None} == whose
    assert {one.call for one in found if one.verdict != "same"} <= whose
    overall = summary(found)
    assert overall.calls == CALLS
    assert len(whose) >= 5
    assert overall.verdicts["lost"] >= 1
    key, count = overall.elsewhere[0]
    assert (key.key, key.was.split(" -> ")[0], count) == ("1", "611/main", len(whose))


def test_a_key_to_people_is_found(walks: list[Walk]) -> None:
    """They are reached sooner, but no operation is."""
    new = broken("611", "main", "1", "operator")
    found = [
        replayed(taken, new)[2]
        for taken in walks
        if pressed(taken, "main", "1") and not pressed(taken, "main", "0")
    ]
    assert any(one.verdict == "another" and one.now.startswith("queue") for one in found)
    people = [(one.to_person.before, one.to_person.after) for one in found]
    assert all(now < was for was, now in people if was is not None and now is not None)


def test_a_number_that_no_flow_answers_is_a_lost_call(walks: list[Walk]) -> None:
    """A number was forgotten in the new menus."""
    flows = {name: flow for name, flow in BOOK.flows.items() if name != "111"}
    taken = next(one for one in walks if one.session.dialled == "111")
    found = replayed(taken, Setting(replace(BOOK, flows=flows), LASTS))[2]
    assert (found.verdict, found.why) == ("lost", "no flow answers 111")


def test_menus_other_than_those_of_the_call_are_noticed(walks: list[Walk]) -> None:
    """A tape is not replayed over menus that it was not recorded with."""
    taken = next(one for one in walks if pressed(one, "main", "1"))
    with pytest.raises(UnlikeError, match="611/main"):
        as_recorded(broken("611", "main", "1").book, taken.session, stored(taken.tape))
