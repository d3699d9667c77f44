"""The opening hours of queues."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from ari_app.config.settings import Config
from ari_app.store.forced_hours import ForcedHours
from ivr.hours.schedule import Schedule, hours_at

log = logging.getLogger(__name__)


class QueueHours:
    """Whether a queue is open now: by the schedule that its settings name, and what is forced."""

    def __init__(
        self,
        config: Config,
        schedules: Callable[[], Mapping[str, Schedule]],
        forced: ForcedHours,
        now: Callable[[], datetime],
    ) -> None:
        self._hours = {name: one.hours for name, one in config.queues.items() if one.hours}
        self._schedules = schedules
        self._forced = forced
        self._now = now
        self._missing: set[str] = set()
        """Names of schedules that were missing, and logged."""

    def __call__(self, queue: str) -> bool:
        """``queue`` may be the row of a language, such as ``support-en``. One without hours, or
        with a schedule that is not there, is always open."""
        name = self._hours.get(queue) or self._hours.get(queue.rpartition("-")[0])
        if not name:
            return True
        schedule = self._schedules().get(name)
        if schedule is None:
            if name not in self._missing:
                self._missing.add(name)
                log.warning("queue %s counts as open: the menus have no schedule %r", queue, name)
            return True
        at = self._now()
        return hours_at(
            schedule, at, ZoneInfo(schedule.timezone), self._forced.forced(name, at)
        ).open
