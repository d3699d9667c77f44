"""What a failed test left in an installation is not found by the next one."""

from collections.abc import Iterator

import pytest

from tests.live.installation import Installation
from tests.live.renewal import FAILED, renew

went: list[str] = []


@pytest.fixture(scope="module")
def one() -> Iterator[Installation]:
    """An installation that is never up."""
    went.append("up")
    yield object.__new__(Installation)
    went.append("down")


@pytest.fixture(scope="module")
def beside(one: Installation) -> Iterator[Installation]:
    """What depends on it goes with it."""
    yield one
    went.append("beside")


@pytest.mark.usefixtures("beside")
def test_after_a_failure_an_installation_is_taken_down(request: pytest.FixtureRequest) -> None:
    renew(request.node)
    assert went == ["up"], "no test has failed"
    request.node.stash[FAILED] = True
    renew(request.node)
    request.node.stash[FAILED] = False
    assert went == ["up", "beside", "down"]
