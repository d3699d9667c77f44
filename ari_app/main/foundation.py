"""What exists before the application is built."""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.menus.live import MenuRelease
from ari_app.store.db import Store


class Foundation(Struct, frozen=True):
    """What exists before the application is built."""

    config: Config
    state: State
    first: MenuRelease
    read: Callable[[], MenuRelease]
    """Reads the menus from the disk again; blocks, so a thread calls it."""
    store: Store
    take_over: bool = False
    """Whether to become the application even while another process serves it."""


def clock() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)
