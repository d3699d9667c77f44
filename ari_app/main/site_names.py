"""What an installation has that flows name: with the numbers that can be dialled."""

import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from ari_app.store import agents, subscribers
from ari_app.store.errors import StoreError
from ari_app.store.opening import open_reader
from ari_app.store.server import place
from ari_app.store.sqlite import Database
from asterisk_conf.custom import own_numbers, own_queues
from ivr.check import SiteNames

PATIENCE = 1.0
"""Seconds for which names wait for the database."""


def menus_in_use(config: Config, state: State, directory: Path | None = None) -> loading.Menus:
    """The menus of an installation, or of another directory, checked with all that it has; raises
    ``FlowsError``. Blocks."""
    texts, where = loading.shipped(config), directory or loading.directory(config)
    return loading.menus(where, texts, CATALOGUE, names_in_use(config, state))


def names_in_use(config: Config, state: State) -> SiteNames:
    """The names of an installation, as :func:`site_names`; one that has no database yet has no
    phones. Blocks."""
    where = place(config.database.url, state.database)
    if not where.exists():
        return site_names(config, state, None)
    try:
        with closing(open_reader(where, PATIENCE, config.numbers)) as db:
            return site_names(config, state, db)
    except (StoreError, sqlite3.Error):  # the store says what is wrong when it is opened
        return site_names(config, state, None)


def custom_directory(config: Config, state: State) -> Path:
    """Where the administrator's own files of Asterisk are; a relative path is in the state
    directory, wherever the command runs and Asterisk looks from."""
    given = Path(config.asterisk.custom or "asterisk/custom")
    return state.directory.resolve() / given.expanduser()


def knowledge_directory(config: Config, state: State) -> Path:
    """Where the articles of the knowledge base are; there may be none."""
    given = config.knowledge.directory
    return Path(given).expanduser() if given else state.directory / "knowledge"


def quality_directory(config: Config, state: State) -> Path:
    """Where the score cards are; there may be none."""
    given = config.quality.directory
    return Path(given).expanduser() if given else state.directory / "quality"


def asterisk_records(config: Config, state: State) -> tuple[Path | None, Path | None]:
    """Asterisk's ``queue_log`` and its CDRs in ``Master.csv``; None for what is not known."""
    given = config.statistics
    own = state.directory / "asterisk" / "log" / "queue_log" if config.manages_asterisk else None
    return (
        Path(given.queue_log).expanduser() if given.queue_log else own,
        Path(given.cdr).expanduser() if given.cdr else None,
    )


def site_names(config: Config, state: State, db: Database | None) -> SiteNames:
    """The names of the settings, of ``db`` and of the administrator's files.

    Without a database, and on an Asterisk of one's own, any number may be dialled.
    """
    names, custom = loading.site_names(config), custom_directory(config, state)
    if names.queues is not None:
        names = replace(names, queues=(*names.queues, *own_queues(custom)))
    own = own_numbers(custom)
    if db is None or own is None or not config.manages_asterisk:
        return names
    trunks = (f"_{pattern}" for trunk in config.trunk.values() for pattern in trunk.dials)
    people = (one.extension for one in agents.everyone(db))
    phones = (one.msisdn for one in subscribers.with_phones(db))
    return replace(names, numbers=(*people, *phones, *trunks, *own))
