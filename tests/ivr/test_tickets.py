"""The policy of tickets: what follows what, by when, and what is late."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.tickets import (
    ACTIVE,
    FOLLOWS,
    STATES,
    UNCHOSEN,
    Department,
    State,
    TicketPolicy,
    Topic,
    label,
    late,
    may_follow,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "then", "may"),
    [
        ("open", "working", True),
        ("open", "open", True),
        ("working", "waiting", True),
        ("waiting", "working", True),
        ("working", "open", True),
        ("waiting", "solved", True),
        ("solved", "open", True),
        ("solved", "working", True),
        ("solved", "waiting", False),
        ("closed", "open", False),
        ("closed", "solved", False),
        ("closed", "closed", True),
    ],
)
def test_what_may_follow_what(state: State, then: State, may: bool) -> None:
    assert may_follow(state, then) is may


def test_every_state_has_its_followers_and_can_end() -> None:
    assert set(FOLLOWS) == set(STATES)
    assert all("closed" in FOLLOWS[state] for state in STATES if state != "closed")
    assert ACTIVE.isdisjoint({"solved", "closed"})


SITE = TicketPolicy(
    {
        "desk": Department(label={"en": "Front desk", "fr": "Accueil"}),
        "engineers": Department(visits=True),
        "slow": Department(due=100 * HOUR, label={"": "Slow"}),
        "quick": Department(visits=True, due=5 * HOUR),
    },
    {
        "line": Topic(label={"en": "the line"}),
        "cable": Topic(visits=True),
        "urgent": Topic(visits=True, due=2 * HOUR),
    },
)


@pytest.mark.parametrize(
    ("department", "topic", "hours"),
    [
        ("desk", "line", 24),
        ("desk", "", 24),
        ("engineers", "line", 48),
        ("desk", "cable", 48),
        ("slow", "cable", 100),
        ("slow", "line", 100),
        ("quick", "line", 5),
        ("quick", "cable", 48),
        ("slow", "urgent", 2),
        ("gone", "line", 24),
        ("gone", "forgotten", 24),
        ("gone", "cable", 48),
    ],
)
def test_when_it_is_due(department: str, topic: str, hours: int) -> None:
    assert SITE.due(department, topic, NOON) == NOON + hours * HOUR


def test_labels_are_in_the_language_else_in_any_and_unknown_names_stay() -> None:
    assert SITE.department_label("desk", "fr") == "Accueil"
    assert SITE.department_label("desk", "de") == "Front desk"
    assert SITE.department_label("slow", "fr") == "Slow"
    assert [SITE.department_label(name, "en") for name in ("engineers", "gone")] == [
        "engineers",
        "gone",
    ]
    assert [SITE.topic_label(name, "fr") for name in ("line", "cable", "gone")] == [
        "the line",
        "",
        "gone",
    ]
    assert label({"": "any", "be": "сваё"}, "be") == "сваё"


def test_the_department_of_a_topic_is_its_own_or_the_first() -> None:
    own = TicketPolicy(SITE.departments, {"cable": Topic(department="engineers")})
    assert [own.usual_department(name) for name in ("cable", "line", "")] == [
        "engineers",
        "desk",
        "desk",
    ]
    assert TicketPolicy().usual_department("cable") == ""


def test_who_chose_no_topic_is_in_the_general_one() -> None:
    assert [SITE.topic(name) for name in ("", "general")] == [UNCHOSEN, UNCHOSEN]
    assert SITE.topic("forgotten") == Topic()


def test_only_what_must_still_be_done_can_be_late() -> None:
    for state in STATES:
        assert late(state, NOON, NOON + HOUR) is (state in ACTIVE)
        assert not late(state, NOON, NOON)
        assert not late(state, NOON + HOUR, NOON)
