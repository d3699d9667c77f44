"""Loops and counters of a plain dialplan: each round leads where it does in Asterisk."""

import time

import pytest

from ari_app.freepbx.dialplan_counters import decided
from ari_app.freepbx.draft import DraftMenus
from tests.deadlines import allowed
from tests.freepbx.test_plain import imported, nodes

ASK = "Read(K,menu,1);GotoIf($[${K} = 1]?end)"


def counted(steps: str) -> DraftMenus:
    """The menus of steps, behind which is a prompt and a queue."""
    text = "[a]\nexten => s,1,NoOp()\n" + "".join(
        f" same => n,{each}\n" for each in (*steps.split(";"), "Playback(b)", "Queue(400)")
    )
    return imported(f"{text} same => n(end),Hangup()\n", "a", "1")


def left(drafted: DraftMenus) -> list[str]:
    """Why steps are not imported."""
    return [each.why for each in drafted.findings if each.outcome == "not imported"]


@pytest.mark.parametrize(
    ("steps", "menus", "says"),
    [
        (f"Set(I=0);While($[${{I}} < 3]);{ASK};Set(I=$[${{I}} + 1]);EndWhile()", 3, 1),
        (f'MSet(I=2,J=0);While($["${{I}}" >= "${{J}}"]);{ASK};Set(I=${{DEC(I)}});EndWhile()', 3, 1),
        (f"Set(I=0);While(1);{ASK};Set(I=${{MATH(${{I}}+2,int)}});"
         "ExecIf($[${I} > 3]?ExitWhile());EndWhile()", 2, 1),
        (f"Set(__I=0);While($[${{I}} != 2]);Set(I=$[${{I}}+1]);"
         f"ExecIf($[${{I}} = 1]?ContinueWhile());{ASK};EndWhile", 1, 1),
        (f"Set(I=0);Set(I=${{INC(I)}});{ASK};ExecIf($[${{I}} < 3]?Playback(x));"
         "GotoIf($[${I} < 3]?3)", 3, 3),
        ("Set(I=1);While($[${I} < 3]);Set(J=0);While($[${J} < 2]);Playback(x);"
         "Set(J=$[${J}+1]);EndWhile();Set(I=$[${I}+1]);EndWhile()", 0, 5),
    ],
)  # fmt: skip
def test_each_round_of_a_counter_is_written_out(steps: str, menus: int, says: int) -> None:
    drafted = counted(steps)
    assert left(drafted) == []
    found, at, kinds = nodes(drafted), drafted.start, list[str]()
    while "end" not in found[at]:  # as a caller who keys nothing
        kinds.append(next(iter(found[at])))
        at = next(found[at][way] for way in ("then", "gave-up", "else") if way in found[at])
    assert (kinds.count("menu"), kinds.count("say")) == (menus, says)
    assert kinds[-2:] == ["say", "queue"]


@pytest.mark.parametrize(
    ("loop", "why"),
    [
        ("Set(I=0);While($[${I} < 99]);{};Set(I=$[${I}+1]);EndWhile()", "from a-s-3 to a-s-7"),
        ("While($[${X} = 1]);{};EndWhile()", "If a-s-2 is a menu, write its `attempts`"),
        ("{};ExitWhile()", "stands outside of its loop"),
    ],
)
def test_a_loop_whose_rounds_are_not_known_says_what_is_left_to_do(loop: str, why: str) -> None:
    [found] = left(counted(loop.replace("{}", ASK)))
    assert why in found


def test_many_counters_in_each_other_are_read_in_little_time() -> None:
    began = time.process_time()
    names = "ABCDEF"
    begin = "".join(f"Set({n}=0);While($[${{{n}}} < 19]);" for n in names)
    end = "".join(f"Set({n}=$[${{{n}}}+1]);EndWhile();" for n in reversed(names))
    assert left(counted(f"{begin}Playback(x);{end}NoOp()"))
    assert time.process_time() - began < allowed(3)


def test_nothing_keyed_may_lead_elsewhere_than_a_wrong_key() -> None:
    empty = 'GotoIf($["${K}" = ""]?end);GotoIf($["${K}" = "1"]?end);Playback(wrong)'
    drafted = counted(f"Read(K,menu,1);{empty}")
    menu = nodes(drafted)[drafted.start]
    assert (menu["keys"], menu["unanswered"]) == ({"1": "goodbye"}, "goodbye")
    assert nodes(drafted)[menu["gave-up"]]["say"] == "wrong"


@pytest.mark.parametrize(
    ("step", "vip"),
    [
        ("AGI(x)", None),
        ("MYSQL(Fetch f ${r} VIP)", None),
        ("Gosub(no,s,1)", None),
        ('ExecIf($["${CALLERID(num)}" = "1"]?Set(VIP=1))', None),
        ("ExecIf($[${RAND(0,1)}]?Playback(x))", False),
        ("GotoIf($[${INC(VIP)} = 9]?end)", None),
        ("NoOp(${INC(VIP)})", None),
        ("Queue(${Q})", False),
    ],
)
def test_a_counter_is_known_no_more_behind_what_may_set_it(step: str, vip: bool | None) -> None:
    drafted = counted(f"Set(QUEUE_PRIO=5);Set(VIP=0);{step};GotoIf($[${{VIP}} = 1]?end)")
    branch = "gotoif($[${VIP} = 1]?end) is not understood"
    assert (branch in left(drafted)) == (vip is None)
    assert [one["priority"] for one in nodes(drafted).values() if "queue" in one] == ["5"]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ('$["2" < "10"]', False),
        ('$["2" > "10"]', True),
        ("$[2 < 10]", True),
        ('$["1" = 1]', False),
        ('$["1" != 1]', True),
        ('$["1" < 2]', None),
        ('$["7" = "7"]', True),
        ('"0"', None),
    ],
)
def test_what_is_in_quotes_is_compared_as_text(condition: str, holds: bool | None) -> None:
    """As main/ast_expr2.y of Asterisk does."""
    assert decided(condition, ()) is holds


@pytest.mark.parametrize(("text", "priority"), [("50", "50"), ("$[19 + 9]", None)])
def test_a_priority_may_be_more_than_a_counter(text: str, priority: str | None) -> None:
    found = nodes(counted(f"Set(__QUEUE_PRIO={text});Set(I=0)"))
    assert [one.get("priority") for one in found.values() if "queue" in one] == [priority]


def test_conditions_in_each_other_are_followed_within_a_limit() -> None:
    began = time.process_time()
    assert not left(counted("ExecIf(1?ExecIf(1?Playback(x)))"))
    [why] = left(counted("ExecIf(1?" * 2000 + "Playback(x)" + ")" * 2000))
    assert why.endswith("is not understood")
    assert time.process_time() - began < allowed(1)


def test_loops_that_leave_each_other_do_not_double_the_nodes() -> None:
    text = "[a]\nexten => s,1,Answer()\n"
    for at in range(10):
        leaves = f'GotoIf($["${{CALLERID(num)}}" = "29111222{at}"]?l{at})'
        steps = (f"While($[${{X}} = {at}])", leaves, f"Playback(p{at})", "EndWhile()")
        text += "".join(f" same => n,{step}\n" for step in steps) + f" same => n(l{at}),NoOp()\n"
    assert len(imported(text, "a", "1").nodes) == 10 * 3 + 2


def test_an_exit_in_a_condition_leaves_the_loop_that_it_stands_in() -> None:
    way = 'ExecIf($["${K}" = "2"]?ExitWhile())'
    drafted = counted(f"Set(I=0);While($[${{I}} < 2]);Read(K,menu,1);{way};Set(I=2);EndWhile()")
    assert left(drafted) == []
    found = nodes(drafted)
    assert found[found[drafted.start]["keys"]["2"]]["say"] == "b"


def test_attempts_of_a_read_are_for_silence_alone() -> None:
    drafted = counted("Read(K,menu,1,,3);GotoIf($[${K} = 1]?end)")
    found, at, asked = nodes(drafted), drafted.start, 0
    while "menu" in found[at]:
        asked += 1
        assert found[found[at]["gave-up"]]["say"] == "b"
        at = found[at].get("unanswered", found[at]["gave-up"])
    assert (asked, found[at]["say"]) == (3, "b")


def test_a_counter_may_decide_between_a_read_and_what_it_compares() -> None:
    drafted = counted("Set(I=1);Read(K,menu,1);GotoIf($[${I} > 5]?end);GotoIf($[${K} = 1]?end)")
    assert left(drafted) == []
    assert nodes(drafted)[drafted.start]["keys"] == {"1": "goodbye"}


def test_what_is_set_between_background_and_waitexten_ends_no_menu() -> None:
    steps = ("Background(m)", "Set(X=a)", "Set(TIMEOUT(response)=7)", "WaitExten()")
    text = "".join(f"exten => s,{at},{step}\n" for at, step in enumerate(steps, 1))
    drafted = imported(f"[a]\n{text}exten => 1,1,Queue(4)\n", "a", "s")
    menu = nodes(drafted)[drafted.start]
    assert (menu["menu"], menu["wait"], left(drafted)) == ("m", "7s", [])


def test_a_priority_that_is_lost_in_too_many_copies_is_reported() -> None:
    loop = "Set(A=0);While($[${A} < 19]);Set(B=0);While($[${B} < 19]);GotoIf($[${X} = 1]?end);"
    ends = "Playback(x);Set(B=$[${B}+1]);EndWhile();Set(A=$[${A}+1]);EndWhile()"
    assert any(
        "write the `priority`" in why for why in left(counted(f"Set(QUEUE_PRIO=5);{loop}{ends}"))
    )
