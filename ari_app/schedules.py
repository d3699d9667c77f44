"""The schedules of opening hours that stand beside the flows, whatever is wrong with those."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from ari_app import flows
from ari_app.settings import Config
from ivr.check import Standard
from ivr.hours import Schedule
from ivr.loader import is_schedule, load


def schedules(config: Config) -> Mapping[str, Schedule]:
    """Every schedule by its name; :class:`~ari_app.flows.FlowsError` says all that is wrong."""
    texts = flows.texts(flows.directory(config))
    own = {file: text for file, text in texts.items() if is_schedule(file, text)}
    loaded = load(own, {}, {}, Standard(zones=frozenset(available_timezones())))
    if loaded.book is None:
        raise flows.FlowsError(loaded.problems)
    return loaded.book.schedules
