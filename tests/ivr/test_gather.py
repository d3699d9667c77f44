"""Digits: what is an answer, and when; on a clock that a test turns."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.digits import Verdict, answer, judge
from ivr.events import Keyed, Said, Silent
from ivr.gather import AHEAD, Gather, Keypad
from ivr.speech_grammar import SpeechGrammar
from ivr.wants import Ask, Grammar, Screen

MENU = Grammar(frozenset({"1", "2", "10", "*"}))
CODE = Grammar(frozenset({"*"}), least=4, most=6, stop="#")
STARS = Grammar(frozenset({"*", "**", "*#"}), least=1, most=2, stop="#")
LONG = Grammar(frozenset(), least=1, most=100, first=5, between=3, total=10)

CODED = Grammar(frozenset({"1", "2", "*"}), frozenset({"*100#", "*111#"}))

PROMPT = 20.0
"""How long a prompt lasts here (seconds)."""


def ask(grammar: Grammar, barge_in: bool = True, flush: bool = False) -> Ask:
    return Ask(Screen((), "ru", barge_in), grammar, flush)


def gathered(
    wanted: Ask, presses: Sequence[tuple[float, str]], keypad: Keypad, now: float = 0.0
) -> tuple[float, Keyed | Said | Silent]:
    """When an ask that begins at ``now`` is answered, and how."""
    coming = sorted(presses)
    while coming and coming[0][0] <= now:
        at, key = coming.pop(0)
        keypad.press(key, at)
    gather = Gather(wanted, keypad, now)
    ends_at = now if gather.barged else now + PROMPT
    played = False
    while gather.answer is None:
        due = ends_at if not played else gather.due
        if coming and (due is None or coming[0][0] < due):
            now, key = coming.pop(0)
            keypad.press(key, now)
            gather.keyed(now)
            if gather.barged and not played:
                ends_at = now
        else:
            assert due is not None, "nothing is coming any more"
            now = due
            gather.timer_fired(now)
            if not played and now == ends_at:
                played = True
                gather.prompt_played(now, whole=not gather.barged)
    for at, key in coming:
        keypad.press(key, at)
    return now, gather.answer


@pytest.mark.parametrize(
    ("grammar", "keys", "verdict"),
    [
        (MENU, "1", Verdict.LONGER),
        (MENU, "10", Verdict.WHOLE),
        (MENU, "2", Verdict.WHOLE),
        (MENU, "3", Verdict.WRONG),
        (MENU, "11", Verdict.WRONG),
        (CODE, "*", Verdict.WHOLE),
        (CODE, "123", Verdict.MORE),
        (CODE, "1234", Verdict.LONGER),
        (CODE, "123456", Verdict.WHOLE),
        (CODE, "1234#", Verdict.WHOLE),
        (CODE, "123#", Verdict.WRONG),
        (CODE, "#", Verdict.WRONG),
        (CODE, "12*", Verdict.WRONG),
        (STARS, "*", Verdict.LONGER),
        (STARS, "**", Verdict.WHOLE),
        (STARS, "*#", Verdict.WHOLE),
        (STARS, "1", Verdict.LONGER),
    ],
)
def test_keys_are_judged_as_a_whole(grammar: Grammar, keys: str, verdict: Verdict) -> None:
    assert judge(grammar, keys) is verdict


def test_the_stop_key_is_cut_off_only_where_it_stops() -> None:
    assert answer(CODE, "1234#") == "1234"
    assert answer(STARS, "*#") == "*#"
    assert answer(CODE, "12#") == "12#"


@pytest.mark.parametrize(
    ("wanted", "presses", "at", "found"),
    [
        pytest.param(ask(MENU), [(4, "2")], 4, "2", id="at once when nothing longer can follow"),
        pytest.param(ask(MENU), [(4, "1")], 7, "1", id="1 waits, as 10 may follow"),
        pytest.param(ask(MENU), [(4, "1"), (6, "0")], 6, "10", id="10 at once"),
        pytest.param(ask(MENU), [(4, "1"), (8, "0")], 7, "1", id="too late for 10"),
        pytest.param(ask(MENU), [(4, "7")], 4, "7", id="a wrong key at once"),
        pytest.param(ask(MENU), [], 25, None, id="silence counts from the end of the prompt"),
        pytest.param(ask(MENU), [(24, "2")], 24, "2", id="in time after the prompt"),
        pytest.param(ask(MENU, barge_in=False), [(4, "2")], 20, "2", id="listen first, key kept"),
        pytest.param(ask(MENU, barge_in=False), [(4, "1")], 23, "1", id="listen first, then wait"),
        pytest.param(ask(CODE), [(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "#")], 5, "1234"),
        pytest.param(ask(CODE), [(1, "1"), (3, "2")], 6, "12", id="too few when the time is up"),
        pytest.param(ask(CODE), [(n, "5") for n in range(1, 9)], 6, "555555", id="the most ends"),
        pytest.param(ask(LONG), [(n, "5") for n in range(2, 40)], 12, "5" * 10, id="the total"),
        pytest.param(ask(MENU), [(4, "A"), (5, "D"), (6, "2")], 6, "2", id="A to D are no keys"),
    ],
)
def test_times(wanted: Ask, presses: list[tuple[float, str]], at: float, found: str | None) -> None:
    whole = found is None or presses[0][0] >= PROMPT
    expected = Silent(whole) if found is None else Keyed(found, whole=whole)
    assert gathered(wanted, presses, Keypad()) == (at, expected)


@pytest.mark.parametrize(
    ("keys", "presses", "at", "found"),
    [
        pytest.param("1", [(4, "1")], 25, Silent(whole=True), id="a yes too early is dropped"),
        pytest.param("1", [(-1, "1")], 25, Silent(whole=True), id="and so is one typed ahead"),
        pytest.param("1", [(4, "1"), (22, "1")], 22, Keyed("1", whole=True), id="then it counts"),
        pytest.param("2", [(22, "2")], 22, Keyed("2", whole=True), id="at once where it can"),
        pytest.param("1", [(4, "2")], 4, Keyed("2"), id="any other key cuts the prompt short"),
        pytest.param("1", [(-1, "1"), (-0.5, "2")], 0, Keyed("2"), id="also after a dropped one"),
        pytest.param("11", [(4, "1"), (5, "1")], 25, Silent(whole=True), id="keys in turn"),
        pytest.param("11", [(18, "1"), (20.5, "1")], 20.5, Keyed("11"), id="begun too early"),
    ],
)
@pytest.mark.parametrize("barge_in", [True, False])
def test_a_yes_counts_after_the_prompt_was_heard_out(
    keys: str, presses: list[tuple[float, str]], at: float, found: Keyed | Silent, barge_in: bool
) -> None:
    sure = Grammar(frozenset({keys, "2"}))
    asked = replace(ask(sure, barge_in), consent=frozenset({keys}))
    answered, answer = gathered(asked, presses, Keypad())
    if barge_in:
        assert (answered, answer) == (at, found)
    else:
        agreed = isinstance(answer, Keyed) and answer.digits == keys and answer.whole
        assert agreed == (isinstance(found, Keyed) and found.digits == keys and found.whole)


def test_a_yes_after_a_prompt_that_was_not_heard_is_answered_and_says_so() -> None:
    keypad = Keypad()
    gather = Gather(replace(ask(MENU), consent=frozenset({"2"})), keypad, 0.0)
    gather.prompt_played(1.0, whole=False)  # it could not be played
    keypad.press("2", 2.0)
    gather.keyed(2.0)
    assert gather.answer == Keyed("2", whole=False)


def test_an_expert_types_ahead_through_three_prompts() -> None:
    keypad = Keypad()
    digits = Grammar(frozenset("123"))
    presses = [(0.1, "1"), (0.2, "3"), (0.3, "2")]
    assert gathered(ask(digits), presses, keypad) == (0.1, Keyed("1"))
    for key in "32":
        gather = Gather(ask(digits), keypad, 0.5)
        assert gather.barged  # the prompt is not played at all
        assert gather.answer == Keyed(key)
    assert Gather(ask(digits), keypad, 0.5).answer is None


def test_flush_drops_what_was_typed_ahead_and_nothing_else() -> None:
    assert gathered(ask(MENU, flush=True), [(0, "2")], Keypad(), now=1) == (26, Silent(whole=True))
    later = [(0.0, "2"), (2.0, "*")]
    assert gathered(ask(MENU, flush=True), later, Keypad(), now=1) == (2, Keyed("*"))
    listen = ask(MENU, barge_in=False, flush=True)
    assert gathered(listen, later, Keypad(), now=1) == (21, Keyed("*"))


def test_a_key_that_is_pressed_twice_counts_twice_though_both_come_at_one_moment() -> None:
    """As they do where the application was late."""
    keypad = Keypad()
    assert keypad.press("5", 1.0)
    assert keypad.press("5", 1.0)
    assert "".join(keypad.ahead) == "55"


def test_a_hundred_keys_are_bounded() -> None:
    keypad = Keypad()
    taken = [keypad.press("5", float(at)) for at in range(100)]
    assert taken == [True] * AHEAD + [False] * (100 - AHEAD)
    assert len(keypad.ahead) == AHEAD


def test_an_end_of_the_prompt_that_comes_twice_or_late_changes_nothing() -> None:
    gather = Gather(ask(MENU), Keypad(), 0.0)
    gather.timer_fired(1000.0)
    assert gather.answer is None  # nothing is due while the prompt plays
    gather.prompt_played(10.0, whole=True)
    gather.prompt_played(14.0, whole=True)
    assert gather.due == 15.0
    gather.timer_fired(14.9)
    assert gather.answer is None
    gather.timer_fired(15.0)
    assert gather.answer == Silent(whole=True)
    gather.prompt_played(16.0, whole=True)
    assert gather.due is None


grammars = st.builds(
    Grammar,
    choices=st.frozensets(st.text("0123456789*#", min_size=1, max_size=3), max_size=5),
    least=st.integers(1, 4),
    most=st.integers(0, 8),
    stop=st.sampled_from(["", "#", "*"]),
)
presses = st.lists(
    st.tuples(st.floats(0, 10, allow_nan=False), st.sampled_from("0123456789*#AD")), max_size=50
)


class Counted(Keypad):
    """A keypad that counts what it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = ""

    def press(self, key: str, now: float) -> bool:
        taken = super().press(key, now)
        self.taken += key if taken else ""
        return taken


@settings(deadline=None)
@given(grammars, st.booleans(), presses, st.floats(0, 60))
def test_no_key_is_lost_or_doubled(
    grammar: Grammar, barge_in: bool, gaps: list[tuple[float, str]], begin: float
) -> None:
    at, coming = 0.0, []
    for gap, key in gaps:
        at += gap
        coming.append((at, key))
    keypad = Counted()
    end, found = gathered(ask(grammar, barge_in), coming, keypad, begin)
    assert begin <= end <= begin + PROMPT + grammar.first + grammar.total
    left = "".join(keypad.ahead)
    assert keypad.taken.endswith(left)
    digits = found.digits if isinstance(found, Keyed) else ""
    assert digits == answer(grammar, keypad.taken[: len(keypad.taken) - len(left)])


@pytest.mark.parametrize(
    ("keys", "pressed", "answers"),
    [
        ("1", 1.0, ["1"]),
        ("*", 1.0, ["*"]),
        ("*100#", 1.0, ["*100#"]),
        ("*100#1", 0.3, ["*100#", "1"]),
        ("*2", 0.3, ["*", "2"]),
        ("*1", 0.3, ["*", "1"]),
        ("**2", 0.3, ["*", "*", "2"]),
        ("*111*2", 0.3, ["*", "1", "1", "1", "*", "2"]),
        ("#", 0.3, ["#"]),
    ],
)
def test_codes_are_keyed_where_a_star_is_a_key(
    keys: str, pressed: float, answers: list[str]
) -> None:
    """What becomes no code counts key by key, as if it had been typed ahead."""
    keypad = Keypad()
    coming = [(1.0 + pressed * at, key) for at, key in enumerate(keys)]
    found, now = [], 0.0
    while coming or keypad.ahead:
        now, answer = gathered(ask(CODED), coming, keypad, now)
        coming = []
        assert isinstance(answer, Keyed)
        found.append(answer.digits)
    assert found == answers


@pytest.mark.parametrize(("key", "grammar", "after"), [("*", CODED, 3.0), ("*", MENU, 0.0)])
def test_a_star_alone_waits_where_it_begins_a_code(
    key: str, grammar: Grammar, after: float
) -> None:
    assert gathered(ask(grammar), [(1.0, key)], Keypad()) == (1.0 + after, Keyed(key))


@given(st.text("0123456789*#", min_size=1, max_size=30))
def test_no_key_is_lost_or_doubled_to_codes(keys: str) -> None:
    now, keypad, found = 0.0, Keypad(), ""
    coming = [(1.0 + 0.1 * at, key) for at, key in enumerate(keys)]
    while coming or keypad.ahead:
        now, answer = gathered(ask(CODED), coming, keypad, now)
        coming = []
        assert isinstance(answer, Keyed)
        found += answer.digits
    assert found == keys


def test_a_yes_that_began_before_the_end_of_the_prompt_was_not_informed() -> None:
    """As with keys; and no late report of the ask before counts while the prompt plays."""
    confirm = replace(ask(MENU), speech=SpeechGrammar("ru", {"да": "1"}), consent=frozenset({"1"}))
    for early in (True, False):
        gather = Gather(confirm, Keypad(), 0.0)
        gather.speaking(1.0)
        gather.heard(1.0, "да")
        assert (gather.answer, gather.due) == (None, None)
        gather.prompt_played(PROMPT, True)
        gather.speaking(PROMPT + 0.1, early)
        gather.heard(PROMPT + 0.6, "да")
        assert gather.answer == Said("да", whole=not early)
