"""What tests of the application's parts share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ari_app.store.db import Store
from tests.main.canary_site import BROKEN, Site
from tests.operators import BELARUS
from tests.session.scripted import FLOW


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """The menus of callers, and on the disk broken ones that are not in force."""
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    try:
        site = Site(tmp_path, store)
        site.flow.write_text(FLOW)
        await site.start()
        site.flow.write_text(BROKEN)
        yield site
    finally:
        await store.close()
