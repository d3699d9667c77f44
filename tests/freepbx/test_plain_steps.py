"""Steps of a plain dialplan by their numbers and labels, and those that are not there."""

import pytest

from tests.freepbx.test_plain import imported, nodes


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ("exten => s,1,Goto(ho)\nsame => n(home),Playback(a)", "s,ho"),
        ("exten => s,1,Goto(1,5)\nexten => 1,1,Playback(a)", "1,5"),
        ("exten => s,1,Playback(a)\nexten => s,3,Playback(b)", "s,2"),
        ("exten => s,10,Playback(a)", "s,1"),
        ("exten => s,3,Queue(4)\nexten => s,1,Playback(a)\nexten => s,2,Goto(7)", "s,7"),
        ("exten => s,1,Goto(1,103)\nexten => 1,1,Answer()\nexten => 1,n+101(b),Goto(104)", ""),
        ("exten => s,1,Goto(1,3)\nexten => 1,1,Answer()\nexten => 1,3,Goto(b)", "1,b"),
    ],
)
def test_a_step_that_is_not_there_ends_the_call_and_is_named(lines: str, missing: str) -> None:
    menus = imported(f"[shop]\n{lines}\n")
    left = [one.why for one in menus.findings if one.outcome == "not imported"]
    assert left == ([f"[shop] {missing} is not in the file"] if missing else [])
    ends = [one["end"] for one in nodes(menus).values() if "end" in one]
    assert (["operator-left", "thanks-bye"] in ends) == bool(missing)


def test_steps_are_in_the_order_of_their_numbers_and_of_templates() -> None:
    base = "[base](!)\nexten => s,3,Queue(4)\nexten => 9,1,Queue(9)\n"
    steps = "exten => s,2,Background(b)\nexten => s,1,Playback(a)\nexten => s,2,Hangup()\n"
    drafted = imported(f"{base}[in](base,gone)\n{steps}", "in", "s")
    found = nodes(drafted)
    assert list(found["in-s-1"]["keys"]) == ["9"]
    assert found[found["in-s-1"]["gave-up"]]["queue"] == "4"
    left = [one.why for one in drafted.findings if one.outcome == "not imported"]
    assert [each.partition(" is not")[0] for each in left] == [
        "[in](base,gone)", "exten => s,2,Hangup()",
    ]  # fmt: skip
