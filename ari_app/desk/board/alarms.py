"""Alarms of the board: a limit is passed, which is said once until it is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from ari_app.desk.board.board_port import BoardLimits
from ari_app.desk.board.view import BoardView
from ari_app.desk.chart import Unit

CALM = timedelta(seconds=30)
"""How long a limit must be kept before an alarm is over."""


class Alarm(Struct, frozen=True):
    """What passed a limit: the wait of a caller in seconds, the number of ``waiting``, or the
    service ``level`` of the last hour in per cent, of a queue."""

    kind: Literal["wait", "waiting", "level"]
    unit: Unit
    queue: str
    value: float
    limit: float


class Changes(Struct, frozen=True):
    """The alarms that begin now, and those that are over, as they were at last."""

    began: list[Alarm]
    ended: list[Alarm]


class Alarms:
    """Remembers which alarms last."""

    def __init__(self, limits: BoardLimits) -> None:
        self._limits = limits
        self._lasts: dict[tuple[str, str], tuple[datetime, Alarm]] = {}

    def look(self, view: BoardView, now: datetime) -> Changes:
        """What changes now."""
        found = {(one.kind, one.queue): (now, one) for one in self._passed(view, now)}
        began = [one for key, (_, one) in found.items() if key not in self._lasts]
        lasting = self._lasts | found
        self._lasts = {key: kept for key, kept in lasting.items() if now - kept[0] < CALM}
        return Changes(began, [one for key, (_, one) in lasting.items() if key not in self._lasts])

    def _passed(self, view: BoardView, now: datetime) -> Iterator[Alarm]:
        limits = self._limits
        for one in view.queues:
            waited = (now - one.oldest.since).total_seconds() if one.oldest else 0.0
            if limits.longest_wait and waited >= limits.longest_wait:
                yield Alarm("wait", "s", one.name, waited, limits.longest_wait)
            if one.many:
                yield Alarm("waiting", "", one.name, one.waiting, limits.most_waiting)
            if one.low and one.level is not None:
                yield Alarm("level", "%", one.name, one.level, limits.service_goal)
