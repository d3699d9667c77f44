"""A subscriber whose SIM card was stolen blocks it from other phones, on a whole installation."""

from collections.abc import Iterator

import pytest

from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

LOST, STRANGER, NEIGHBOUR, CONTACT = "375990000001", "375990000002", "375990000003", "375990000008"
KEYS = f"{LOST}#15266#,1"
"""The number, that it is right, its code word (МАРТ), and the yes after the question."""
PUK = "07654321"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that does not trust the number of one of its phones."""
    directory = tmp_path_factory.mktemp("lost")
    with installed(directory / "state", f'[ari]\nforgeable = ["PJSIP/{STRANGER}"]') as one:
        one.out("subscribers", "second-contact", LOST, CONTACT)
        yield one


def test_a_sim_card_is_blocked_by_a_stranger_and_unblocked_at_a_neighbours(
    site: Installation,
) -> None:
    stranger = site.out("call", "611", "--as", STRANGER, "--press", f"1{KEYS},3", "--stay", "4")
    for step in ("check -> ok", "block -> ok", "sim-blocked", "puk -> ok", "(puk-is)"):
        assert step in stranger, stranger
    assert PUK not in stranger
    texts = site.out("messages", "list")
    assert all(f"…{number[-4:]}" in texts for number in (LOST, CONTACT)), texts

    neighbour = site.out("call", "611", "--as", NEIGHBOUR, "--press", f"771{KEYS[:-2]},2,1")
    for step in ("block-quote -> already", "sim-is-blocked", "unblock -> ok"):
        assert step in neighbour, neighbour
    done = [line.split("  ")[2] for line in site.out("orders", "list").splitlines()]
    assert done == ["sim-unblock", "sim-block"]
    assert "5266" not in neighbour
