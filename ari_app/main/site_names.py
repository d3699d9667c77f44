"""What an installation has that flows name: with the numbers that can be dialled."""

from pathlib import Path

from msgspec.structs import replace

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.menus import loading
from ari_app.store import agents, subscribers
from ari_app.store.sqlite import Database
from asterisk_conf.custom import own_numbers, own_queues
from ivr.check import SiteNames


def custom_directory(config: Config, state: State) -> Path:
    """Where the administrator's own files of Asterisk are."""
    given = config.asterisk.custom
    return Path(given).expanduser() if given else state.directory.resolve() / "asterisk" / "custom"


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
