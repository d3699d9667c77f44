"""When the watcher starts something again, and when it takes a silent application for hung."""

from ari_app.watcher import policy
from ari_app.watcher.policy import Attempts, Pulse


def deaths(*lived: float) -> list[tuple[float, bool]]:
    """The pause after each death of a process that lived so long each time, and if it loops."""
    now, tries, seen = 0.0, Attempts(), []
    for seconds in lived:
        began, now = now, now + seconds
        tries = policy.ended(tries, began, now)
        assert tries.due is not None
        seen.append((round(tries.due - now, 3), tries.loops))
        now = tries.due
        tries = policy.begun(tries)
        assert tries.due is None
    return seen


def test_one_death_is_followed_by_a_start_at_once() -> None:
    assert deaths(3600) == [(0.2, False)]


def test_pauses_grow_up_to_a_minute_and_a_loop_is_seen() -> None:
    seen = deaths(*[1.0] * 12)
    powers = [round(0.2 * 2**n, 3) for n in range(9)]
    assert [pause for pause, _ in seen] == [*powers, 60, 60, 60]
    assert [loops for _, loops in seen] == [False] * 4 + [True] * 8


def test_one_that_stayed_up_begins_again() -> None:
    assert deaths(1, 1, 1, 59, 60, 1) == [
        (0.2, False),
        (0.4, False),
        (0.8, False),
        (1.6, False),
        (0.2, False),
        (0.4, False),
    ]


def test_a_start_that_another_makes_is_no_failure() -> None:
    tries = policy.postponed(policy.ended(Attempts(), 0, 1), 5)
    assert (tries.failed, tries.due) == (1, 5.2)


def beats(pulse: Pulse, *looks: float) -> list[bool]:
    """Whether it hangs at each look."""
    seen = []
    for now in looks:
        pulse = policy.looked(pulse, now)
        seen.append(policy.hangs(pulse, now))
    return seen


def test_silence_is_a_hang_after_four_seconds() -> None:
    assert beats(Pulse(10, 10), 11, 12, 13, 14, 14.1) == [False] * 4 + [True]


def test_what_waits_for_a_processor_has_not_hung() -> None:
    pulse = Pulse(heard=10, looked=10, waited={"7": 100})
    assert policy.starves(pulse, 15, {"7": 103})
    assert not policy.starves(pulse, 15, {"7": 102}), "it ran, or waited for something else"
    assert not policy.starves(pulse, 15, {"7": 0}), "the kernel does not count"
    assert not policy.starves(pulse, 15, {}), "it has ended"
    assert not policy.starves(pulse, 10 + policy.STARVED, {"7": 100 + policy.STARVED}), "too long"
    later = policy.looked(pulse, 11)
    assert policy.starves(later, 15, {"7": 103})
    assert not policy.starves(Pulse(), 15, {"7": 103})


def test_threads_are_compared_one_by_one() -> None:
    """The event loop, 7, hangs, and others are busy; or it waits for one that has no processor."""
    busy = dict.fromkeys("1234", 20.0)
    pulse = Pulse(heard=10, looked=10, waited={"7": 1, **busy, "9": 100})
    each_waits = dict.fromkeys("1234", 22.0)
    assert not policy.starves(pulse, 15, {"7": 1, **each_waits, "new": 9})
    assert policy.starves(pulse, 15, {"7": 1, **each_waits, "4": 23}), "though one has ended"


def test_a_start_may_take_minutes() -> None:
    assert beats(Pulse(None, 0), *range(1, 300)) == [False] * 299


def test_a_machine_that_slept_lets_the_application_report_first() -> None:
    seen = beats(Pulse(10, 10), 11, *range(3600, 3606))
    assert seen == [False] * 6 + [True]
