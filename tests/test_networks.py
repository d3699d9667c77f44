"""Which addresses may come to a port."""

import pytest

from ari_app.networks import Networks

NETWORKS = Networks(("127.0.0.1", "10.0.0.0/8", "fe80::/10"))


@pytest.mark.parametrize(
    "peer", ["127.0.0.1", "10.9.8.7", "::ffff:10.9.8.7", "fe80::1%eth0", "fe80::1"]
)
def test_who_is_named_is_admitted(peer: str) -> None:
    assert NETWORKS.admit(peer)


@pytest.mark.parametrize("peer", ["127.0.0.2", "::ffff:11.0.0.1", "::1", "", None, "unix", "10.0"])
def test_everyone_else_is_not(peer: str | None) -> None:
    assert not NETWORKS.admit(peer)
