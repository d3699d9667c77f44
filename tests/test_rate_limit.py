"""Rate limits."""

from ari_app.rate_limit import GrowingLock, Lock, Rate, RateLimit


def test_burst_then_steady_rate() -> None:
    limit = RateLimit(Rate(burst=3, each=10))
    assert [limit.wait("anna", 100) for _ in range(3)] == [0, 0, 0]
    assert limit.wait("anna", 100) == 10
    assert limit.wait("anna", 104) == 6, "what was refused is not counted"
    assert limit.wait("anna", 110) == 0
    assert limit.wait("anna", 110) == 10
    assert [limit.wait("anna", 1000) for _ in range(4)] == [0, 0, 0, 10]


def test_keys_are_counted_separately() -> None:
    limit = RateLimit(Rate(burst=1, each=10))
    assert limit.wait("anna", 0) == 0
    assert limit.wait("anna", 0) > 0
    assert limit.wait("boris", 0) == 0


def test_forgiven_uses_are_not_counted() -> None:
    limit = RateLimit(Rate(burst=2, each=10))
    limit.forgive("anna")
    assert [limit.wait("anna", 0) for _ in range(3)] == [0, 0, 10]
    limit.forgive("anna")
    assert limit.wait("anna", 0) == 0
    assert limit.wait("anna", 0) == 10


def test_the_least_recently_used_key_is_forgotten() -> None:
    limit = RateLimit(Rate(burst=1, each=10), most=2)
    assert [limit.wait(who, 0) for who in ("anna", "boris", "vera")] == [0, 0, 0]
    assert limit.wait("boris", 0) > 0
    assert limit.wait("anna", 0) == 0


def test_a_lock_grows_with_each_guess_until_one_is_right() -> None:
    lock, now, waits = GrowingLock(Lock(free=5, first=30, longest=3600)), 0.0, []
    for _ in range(14):
        now += (wait := lock.wait("anna", now))
        if wait:
            assert lock.wait("anna", now) == 0
        waits.append(wait)
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert lock.wait("boris", now) == 0
    lock.forget("anna")
    assert [lock.wait("anna", now) for _ in range(5)] == [0] * 5
    lock.forgive("anna")
    assert [lock.wait("anna", now), lock.wait("anna", now)] == [0, 30]
    assert lock.wait("anna", now + 3 * 3600) == 0, "a day later it is another person"


def test_guesses_at_once_pass_no_faster() -> None:
    """120 in 150 seconds: five, and two more after 30 and after 90."""
    lock = GrowingLock(Lock(free=5, first=30, longest=3600))
    passed = [at for at in range(120) if lock.wait("anna", at * 1.25) == 0]
    assert len(passed) == 7
