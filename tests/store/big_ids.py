"""Of what the functions of the store are used, in a store of :mod:`tests.bench.big_store`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ari_app.store.sqlite import Database
from tests.bench import big_store

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
"""When the year of calls ends."""

Use = Callable[[Database], object]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WHO, AGENT, CARD = 77, big_store.AGENT, "card5"
NUMBER, CALL, NEW = big_store.number(WHO), big_store.call(70), "000new"
