"""A cursor is one that a page had, or is refused in words, whatever it holds."""

from typing import Any, cast

import pytest

from ari_app.api.cursors import cursor
from ari_app.api.endpoints import Asked, Refused
from tests.api.test_api import NOON, endpoints


@pytest.mark.parametrize("path", ["/calls", "/queue-calls", "/tickets", "/callbacks"])
async def test_a_number_that_no_store_takes_is_no_cursor(path: str) -> None:
    never_asked = cast(Any, None)
    here = [one for one in endpoints(never_asked) if (one.method, one.path) == ("GET", path)]
    query: Any = here[0].query
    for number in (2**70, -1):
        for place in (number, [number, ""], [1, number]):
            asked = Asked("api:crm", NOON, {}, query(cursor=cursor(place)), None, "", None)
            with pytest.raises(Refused, match="the cursor is none"):
                await here[0].handle(asked)
