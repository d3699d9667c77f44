"""One installation for all live tests that do no harm to it."""

from collections.abc import Iterator

import pytest

from tests.live.installation import Installation, installed


@pytest.fixture(scope="package")
def firstline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation, shared: leave it as it was."""
    with installed(tmp_path_factory.mktemp("live") / "state") as one:
        yield one
