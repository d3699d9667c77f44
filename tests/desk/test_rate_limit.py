"""Rate limits."""

from ari_app.desk.rate_limit import Rate, RateLimit


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
