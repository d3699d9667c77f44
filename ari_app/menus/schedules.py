"""The schedules of opening hours beside the flows, loaded even if flows have problems."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from ari_app.config.settings import Config
from ari_app.menus import loading
from ivr.check import Standard
from ivr.file_kinds import is_schedule
from ivr.hours.schedule import Schedule
from ivr.loader import load


def schedules(config: Config) -> Mapping[str, Schedule]:
    """Every schedule by its name.

    Raises :class:`~ari_app.menus.loading.FlowsError` with all problems of the schedules.
    """
    texts = loading.texts(loading.directory(config))
    own = {file: text for file, text in texts.items() if is_schedule(file, text)}
    loaded = load(
        own,
        {},
        {},
        Standard(zones=frozenset(available_timezones()), site=loading.site_names(config)),
    )
    if loaded.book is None:
        raise loading.FlowsError(loaded.problems)
    return loaded.book.schedules
