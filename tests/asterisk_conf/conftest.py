"""One Asterisk for the tests of its configuration."""

from collections.abc import Iterator

import pytest

from asterisk_conf.pbx import Pbx
from tests.pbx_fixture import running_pbx


@pytest.fixture(scope="session")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    with running_pbx(tmp_path_factory.mktemp("pbx"), apology="/nowhere/apology") as started:
        yield started
