"""The way from production to the demo operator's data and billing; its settings: `installation`."""

import logging

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.demo.books import demo_billing, ledger
from ari_app.demo.operator import install
from ari_app.demo.removal import DemoData
from ari_app.demo.removal import find as find_demo
from ari_app.demo.removal import remove as remove_demo
from ari_app.demo.simulated import simulated_operator
from ari_app.fulfilment.code_words import hashing
from ari_app.store.db import Store
from ari_app.store.server import place

log = logging.getLogger(__name__)

__all__ = [
    "DemoData",
    "demo_billing",
    "find_demo",
    "ledger",
    "open_store",
    "remove_demo",
    "simulated_operator",
]


async def open_store(config: Config, state: State) -> Store:
    """The store of the installation, with the demo operator in it if the settings say so.

    A database that cannot be used is waited for, and the phones work meanwhile; a new one is made
    only where there never was one.
    """
    state.keys()  # a new installation has them before its database, which says that it ran
    make = not state.database_made.exists()
    where = place(config.database.url, state.database)
    store = await Store.open_or_wait(where, config.numbers, make)
    if store.health.fault:
        log.critical("the database fails (%s): %s", store.health.fault, store.health.problem)
        return store
    state.database_made.touch(0o600)
    if config.site.demo:
        with hashing(state) as hasher:
            await install(store, hasher)
    return store
