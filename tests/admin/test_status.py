"""What the status says where the store does not answer."""

from pathlib import Path
from types import SimpleNamespace

from ari_app.admin.status import Ari, MenusNow, Runtime, status
from ari_app.main.installation import installation
from ari_app.monitoring.checks import STORE, check
from ari_app.store.health import Health


async def test_a_database_that_hangs_is_not_asked_for_more(tmp_path: Path) -> None:
    """Else the status comes later than the command waits for it."""
    state, hangs = installation(tmp_path), (check(STORE, "no answer"),)
    live = Runtime(Ari(), "", (), {}, MenusNow(), hangs)
    store = SimpleNamespace(health=Health("slow", "it hangs"))  # without a way to read
    found = await status(state.config({}), state, store, (), live)  # type: ignore[arg-type]
    assert (found.database.fault, found.subscribers, found.calls.today) == ("slow", (), 0)
