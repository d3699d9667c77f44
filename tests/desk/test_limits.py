"""How often something may be done."""

from ari_app.desk.limits import Limit, Rate


def test_so_many_at_once_and_then_one_at_a_time() -> None:
    limit = Limit(Rate(burst=3, each=10))
    assert [limit.wait("anna", 100) for _ in range(3)] == [0, 0, 0]
    assert limit.wait("anna", 100) == 10
    assert limit.wait("anna", 104) == 6, "what was refused is not counted"
    assert limit.wait("anna", 110) == 0
    assert limit.wait("anna", 110) == 10
    assert [limit.wait("anna", 1000) for _ in range(4)] == [0, 0, 0, 10]


def test_everybody_is_counted_apart() -> None:
    limit = Limit(Rate(burst=1, each=10))
    assert limit.wait("anna", 0) == 0
    assert limit.wait("anna", 0) > 0
    assert limit.wait("boris", 0) == 0


def test_what_went_well_is_not_counted() -> None:
    limit = Limit(Rate(burst=2, each=10))
    limit.forgive("anna")
    assert [limit.wait("anna", 0) for _ in range(3)] == [0, 0, 10]
    limit.forgive("anna")
    assert limit.wait("anna", 0) == 0
    assert limit.wait("anna", 0) == 10


def test_who_was_longest_not_seen_is_forgotten() -> None:
    limit = Limit(Rate(burst=1, each=10), most=2)
    assert [limit.wait(who, 0) for who in ("anna", "boris", "vera")] == [0, 0, 0]
    assert limit.wait("boris", 0) > 0
    assert limit.wait("anna", 0) == 0
