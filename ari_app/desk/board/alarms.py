"""Alarms of the board: a limit is passed, which is said once until it is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from ari_app.desk.board.board_port import BoardLimits
from ari_app.desk.board.view import BoardView
from ari_app.desk.chart import Unit

CALM = timedelta(seconds=30)
"""How long a limit must be kept before the same alarm may come again."""


class Alarm(Struct, frozen=True):
    """What passed a limit: the wait of a caller in seconds, the number of ``waiting``, or the
    service ``level`` of the last hour in per cent, of a queue."""

    kind: Literal["wait", "waiting", "level"]
    unit: Unit
    queue: str
    value: float
    limit: float


class Alarms:
    """Remembers which alarms last."""

    def __init__(self, limits: BoardLimits) -> None:
        self._limits = limits
        self._lasts: dict[tuple[str, str], datetime] = {}

    def begun(self, view: BoardView, now: datetime) -> list[Alarm]:
        """The alarms that begin now."""
        found = {(one.kind, one.queue): one for one in self._passed(view, now)}
        new = [one for key, one in found.items() if key not in self._lasts]
        kept = {key: at for key, at in self._lasts.items() if now - at < CALM}
        self._lasts = {**kept, **dict.fromkeys(found, now)}
        return new

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
