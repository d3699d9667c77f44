"""What exists before the application is built."""

from datetime import UTC, datetime

from msgspec import Struct

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main.handing_over import Predecessor
from ari_app.main.live_settings import LiveSettings
from ari_app.menus.live import MenuRelease
from ari_app.monitoring.metrics import Metrics
from ari_app.store.db import Store


class Foundation(Struct, frozen=True):
    """What exists before the application is built."""

    settings: LiveSettings
    state: State
    first: MenuRelease
    store: Store
    metrics: Metrics
    take_over: bool = False
    """Whether to become the application even while another process serves it."""
    before: Predecessor | None = None
    """The application that runs and hands over its calls, if there is one."""

    @property
    def config(self) -> Config:
        """The settings in force; a reload may change some of them."""
        return self.settings.config


def clock() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)
