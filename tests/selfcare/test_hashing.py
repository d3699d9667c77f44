"""What hashers do besides: secrets that must be kept for a while are encrypted."""

import argon2
import pytest

from ari_app.selfcare.hashing import CHEAP, Hasher
from ivr.secret import Secret


@pytest.fixture
def hasher() -> Hasher:
    return Hasher(Secret("pepper"), CHEAP)


def test_a_sealed_secret_comes_back_with_its_key_alone(hasher: Hasher) -> None:
    secret = Secret("61120260000002")
    sealed = hasher.seal("c1:1", secret)
    assert secret.reveal() not in sealed.reveal()
    assert hasher.unseal("c1:1", sealed) == secret
    assert hasher.seal("c1:2", secret) != sealed
    with pytest.raises(ValueError, match="33 bytes"):
        hasher.seal("c1:3", Secret("1" * 33))


def test_another_hasher_is_made_without_hashing(
    hasher: Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An application that takes over calls makes them while it serves these."""
    monkeypatch.delattr(argon2.PasswordHasher, "hash")
    assert Hasher(Secret("other"), CHEAP).mark("a") != hasher.mark("a")
