"""Scores, what differs among several who scored, and the sample."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.quality.sample import Candidate, drawn
from ivr.quality.scoring import Answer, Difference, Scored, differences, faults, scored
from tests.ivr.quality.samples import card

CARD = card()


def answers(greeted: int, identified: int | None, solved: int) -> dict[str, Answer]:
    given = {"greeted": greeted, "identified": identified, "solved": solved}
    return {name: Answer(mark) for name, mark in given.items()}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answers(1, 1, 5), Scored(1.0)),
        (answers(1, None, 5), Scored(1.0)),  # what does not apply does not count
        (answers(0, 1, 5), Scored(0.8)),  # (0 + 1 + 3) / 5
        (answers(1, None, 2), Scored((1 + 3 * 0.4) / 4)),
        (answers(1, 0, 5), Scored(0.0, ("identified",))),
    ],
)
def test_a_score_is_the_weighted_mean_of_the_parts(
    given: dict[str, Answer], expected: Scored
) -> None:
    found = scored(CARD, given)
    assert found.failed == expected.failed
    assert found.share == pytest.approx(expected.share)


def test_where_nothing_applies_there_is_no_score() -> None:
    text = "title: { en: T }\nsections:\n  - title: { en: S }\n    questions:\n"
    text += "      - { name: a, asks: { en: A }, optional: yes }\n"
    assert scored(card(text), {"a": Answer(None)}) == Scored(None)


@given(st.integers(0, 1), st.sampled_from([None, 1]), st.integers(0, 4), st.integers(0, 2))
def test_a_better_mark_never_makes_a_score_worse(
    greeted: int, identified: int | None, solved: int, which: int
) -> None:
    before = answers(greeted, identified, solved)
    better = answers(1, identified, solved) if which else answers(greeted, identified, solved + 1)
    worse, found = scored(CARD, before).share, scored(CARD, better).share
    assert worse is not None
    assert found is not None
    assert 0 <= worse <= found <= 1


def test_each_question_is_to_be_answered_with_what_fits() -> None:
    assert faults(CARD, answers(1, None, 0)) == []
    assert faults(CARD, {}) == ["greeted", "identified", "solved"]
    assert faults(CARD, {**answers(2, 1, 6), "identified": Answer(None)}) == ["greeted", "solved"]
    assert faults(CARD, {**answers(1, 1, 5), "greeted": Answer(None)}) == ["greeted"]


def test_what_differs_is_shown_by_question() -> None:
    found = differences(CARD, [answers(1, 1, 5), answers(1, None, 2)])
    assert found == [
        Difference("greeted", (1.0, 1.0), 0.0, True),
        Difference("identified", (1.0, None), None, False),
        Difference("solved", (1.0, 0.4), 0.6, True),
    ]


def test_the_sample_is_random_but_the_same_each_time() -> None:
    calls = [Candidate(n, f"{n}.1", "anna" if n % 3 else "boris", n % 10 == 0) for n in range(90)]
    found = drawn(calls, 4)
    assert drawn(reversed(calls), 4) == found
    assert [one.agent for one in found] == ["anna"] * 4 + ["boris"] * 4
    assert sum(one.recorded for one in found) == 7  # anna has 6 recorded, boris 3: recorded first
    assert not found[-1].recorded
    assert drawn(calls, 2) == [one for at, one in enumerate(found) if at % 4 < 2]
    assert [one.stay for one in found] != sorted(one.stay for one in found)
