"""How many calls may be here at a time, by how soon Asterisk answers."""

from collections.abc import Iterable

from ari_app.ari.admission import (
    FIRST,
    IF_UNUSED,
    IN_A_ROW,
    LEAST,
    PAUSE,
    Admission,
    Limits,
    answered,
    counted,
)

LIMITS = Limits(0.05, 0)
QUICK, FAIR, LATE = 0.001, 0.04, 0.06


def after(answers: Iterable[float], calls: int, begun: Admission | None = None) -> Admission:
    """What is known after answers with so many calls."""
    admission = begun or Admission(limit=FIRST)
    for seconds in answers:
        admission = answered(admission, seconds, calls, LIMITS)
    return admission


def machine(capacity: int, demand: int, answers: int) -> list[int]:
    """The calls after each answer on a machine that answers quickly up to ``capacity``, late beyond
    a tenth more; a sixtieth of them ends, and ``demand`` more would come, between two answers."""
    admission, calls, found = Admission(), 0, []
    for _ in range(answers):
        calls -= calls // 60
        for _ in range(demand):
            admission = counted(admission, calls, LIMITS)
            calls += not admission.refusing
        seconds = QUICK if calls <= capacity else FAIR if calls <= capacity * 1.1 else LATE
        admission = answered(admission, seconds, calls, LIMITS)
        found.append(calls)
    return found


def test_late_answers_in_a_row_lower_a_limit_that_is_used_up_below_the_calls() -> None:
    assert after([LATE] * (IN_A_ROW - 1), 49).limit == FIRST
    lowered = after([LATE] * IN_A_ROW, 49)
    assert lowered.limit < 49
    assert counted(lowered, 49, LIMITS).refusing
    assert after([LATE, QUICK] * 20, 40).limit == FIRST


def test_accidents_refuse_no_one_where_more_calls_were_served() -> None:
    """Two late answers now and then, with far fewer calls than the limit."""
    for calls in (20, 100, 200):
        admission = after(([QUICK] * 60 + [LATE] * IN_A_ROW) * 100, calls, Admission(limit=500))
        assert admission.limit == 500


def test_late_answers_that_go_on_lower_a_limit_that_is_not_used_up() -> None:
    proven = Admission(limit=500)
    lowered = after([LATE] * IF_UNUSED, 100, proven)
    assert 100 < lowered.limit < 500
    assert counted(after([LATE] * 100, 100, proven), 100, LIMITS).refusing


def test_it_is_lowered_again_only_after_calls_could_end() -> None:
    lowered = after([LATE] * IN_A_ROW, 49)
    assert after([LATE] * (PAUSE - 1), 49, lowered).limit == lowered.limit
    assert after([LATE] * (PAUSE + IF_UNUSED), 30, lowered).limit < lowered.limit


def test_who_is_here_at_the_start_is_no_overload() -> None:
    begun = counted(Admission(), 300, LIMITS)
    assert not begun.refusing, "nothing is measured yet"
    for first in (QUICK, FAIR, LATE):
        assert not counted(after([first], 300, begun), 300, LIMITS).refusing


def test_few_calls_are_never_the_reason() -> None:
    assert after([LATE] * 1000, 3).limit == LEAST
    assert not counted(after([LATE] * 1000, 3), 3, LIMITS).refusing


def test_it_grows_while_it_is_used_and_answers_are_quick() -> None:
    assert after([QUICK] * 10, int(FIRST)).limit > FIRST
    assert after([QUICK] * 100, int(FIRST / 2)).limit == FIRST
    fair = after([FAIR] * 100, int(FIRST)).limit
    assert FIRST < fair < after([QUICK] * 100, int(FIRST)).limit
    assert after([QUICK, FAIR, LATE], int(FIRST)).limit == after([QUICK, FAIR], int(FIRST)).limit
    assert after([QUICK], 200).limit > 200, "so many are served already, as after an upgrade"


def test_a_machine_is_filled_and_seldom_overfilled() -> None:
    for capacity in (80, 300, 2000):
        calls = machine(capacity, capacity // 20, 2000)
        assert max(calls) < capacity * 1.3
        settled = calls[200:]
        assert sum(settled) / len(settled) > capacity * 0.85
        late = sum(each > capacity * 1.1 for each in settled)
        assert late < len(settled) * 0.01


def test_refusing_ends_a_little_below_the_limit() -> None:
    full = counted(Admission(limit=100), 100, LIMITS)
    assert full.refusing
    assert counted(full, 99, LIMITS).refusing
    assert not counted(full, 97, LIMITS).refusing


def test_a_limit_of_the_settings_holds_at_once() -> None:
    assert counted(Admission(), 5, Limits(0.05, 5)).refusing
    assert not counted(Admission(), 4, Limits(0.05, 5)).refusing
    assert counted(Admission(), 5, Limits(0, 5)).refusing


def test_without_limits_there_is_none() -> None:
    assert not counted(Admission(), 10**6, Limits(0, 0)).refusing
