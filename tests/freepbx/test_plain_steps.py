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
    assert found[found["in-s-1"]["unanswered"]]["queue"] == "4"
    left = [one.why for one in drafted.findings if one.outcome == "not imported"]
    assert [each.partition(" is not")[0] for each in left] == [
        "[in](base,gone)", "exten => s,2,Hangup()",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "behind", "wait"),
    [
        ("Background(m)\nsame => n,WaitExten(5)\nsame => n,Queue(9)", "9", "5s"),
        ("Background(m)\nsame => n,Queue(9)", "9", "2s"),
        ("Background(m)\nsame => n,WaitExten(5)", "7", "5s"),
    ],
)
def test_without_a_key_the_next_step_goes_before_t(steps: str, behind: str, wait: str) -> None:
    ways = "exten => 1,1,Queue(4)\nexten => t,1,Queue(7)\n"
    found = nodes(drafted := imported(f"[a]\nexten => s,1,{steps}\n{ways}", "a", "s"))
    menu = found[drafted.start]
    assert (found[menu.get("unanswered", menu["gave-up"])]["queue"], menu["wait"]) == (behind, wait)


@pytest.mark.parametrize(
    "steps",
    [
        "Read(K,m,2)\nsame => n,Set(K=1${K})\nsame => n,GotoIf($[${K} = 11]?1,1)",
        'Set(D=01)\nsame => n,GotoIf($["${D}" = "01"]?1,1)',
    ],
)
def test_what_becomes_another_text_decides_nothing(steps: str) -> None:
    lines = f"exten => s,1,{steps}\nsame => n,Queue(9)\nexten => 1,1,Queue(4)\n"
    left = [one.why for one in imported(f"[a]\n{lines}", "a", "s").findings if "not" in one.outcome]
    assert any(why.startswith("gotoif(") for why in left)


def test_a_priority_that_is_set_after_the_first_sound_is_not_lost_in_silence() -> None:
    steps = "Background(m)\nsame => n,Set(QUEUE_PRIO=5)\nsame => n,WaitExten(5)"
    drafted = imported(f"[a]\nexten => s,1,{steps}\nexten => 1,1,Queue(4)\n", "a", "s")
    assert any("waitexten(5)" in one.why for one in drafted.findings)
