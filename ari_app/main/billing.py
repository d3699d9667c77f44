"""Opens the billing that the settings name."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from ari_app.config.settings import BillingSettings, Config
from ari_app.config.state import ConfigError, State
from ari_app.main.demo import demo_billing
from ari_app.selfcare.billing import Billing
from ari_app.selfcare.no_billing import NoBilling
from ari_app.selfcare.tmf.client import TmfBilling
from ari_app.selfcare.tmf.transport import Settings
from ari_app.store.db import Store
from ivr.secret import Secret

log = logging.getLogger(__name__)


class RefreshableBilling(Billing, Protocol):
    """Billing that caches some answers."""

    async def refresh(self) -> None:
        """Drop or reload what is cached."""


@asynccontextmanager
async def opened_billing(
    config: Config, state: State, store: Store
) -> AsyncIterator[RefreshableBilling]:
    """The demo's billing, a client of the billing system that ``[billing]`` names, or none.

    Raises :class:`ConfigError` when the CA file cannot be read.
    """
    given = config.billing
    now = partial(datetime.now, ZoneInfo(config.site.timezone))
    if given.kind == "none":
        yield NoBilling()
        return
    if given.kind == "demo":
        demo = await demo_billing(store, now)
        try:
            yield demo
        finally:
            await demo.close()
        return
    if given.url.startswith("http://") and "//127." not in given.url:
        log.warning("[billing] url is not https: balances and the token go unencrypted")
    async with AsyncExitStack() as stack:
        client = TmfBilling(_settings(given, state.keys().billing, config.operator.currency), now)
        try:
            await stack.enter_async_context(client)
        except OSError as error:
            raise ConfigError(f"[billing] ca = {given.ca!r} cannot be read: {error}") from error
        yield client


def _settings(given: BillingSettings, token: Secret, currency: str) -> Settings:
    return Settings(
        url=given.url,
        token=token,
        ca=given.ca,
        timeout=given.timeout,
        order_timeout=given.order_timeout,
        balance_age=given.balance_age,
        currency=currency,
    )
