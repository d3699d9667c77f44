"""An installation in which a test failed is taken down, and the next test gets another one: what
the failed one left there would be the failure of those after it."""

from typing import Any, cast

import pytest

from tests.live.installation import Installation

MOST = 2
"""So many times in a file of tests: where nothing works, others need not wait for it."""

FAILED = pytest.StashKey[bool]()
RENEWED = pytest.StashKey[int]()


def renew(item: pytest.Item) -> None:
    """Take down the installations that a failed test had in common with others, and so whatever
    depends on them; the fixtures bring them up again when they are asked for."""
    parent = item.parent
    if not (isinstance(item, pytest.Function) and parent and item.stash.get(FAILED, False)):
        return
    before = parent.stash.get(RENEWED, 0)
    for [*_, fixture] in item._fixtureinfo.name2fixturedefs.values():
        made = fixture.cached_result
        if before < MOST and made is not None and isinstance(made[0], Installation):
            parent.stash[RENEWED] = before + 1
            fixture.finish(cast(Any, item._request))  # it looks at its node alone
