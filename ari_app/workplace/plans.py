"""How many agents a day needs, from the store, for the page of the desk."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ari_app.config.settings import Config
from ari_app.desk.plan.plan_port import PlanQuery, PlanView
from ari_app.desk.ports import DeskUnavailable
from ari_app.staffing import planning
from ari_app.store.db import Store, StoreError


class StoredPlanning:
    """See :class:`ari_app.desk.plan.plan_port.Planning`."""

    def __init__(self, store: Store, config: Config, now: Callable[[], datetime]) -> None:
        self._store = store
        self._config = config
        self._now = now

    async def plan(self, query: PlanQuery) -> PlanView:
        """The plan of a day; what is unknown of a queue is as for all of them."""
        config, queues = self._config, planning.queues(self._config)
        wanted = planning.usual(config, query.day, query.queue if query.queue in queues else "")
        goal = wanted.goal
        goal = replace(
            goal,
            level=goal.level if query.level is None else query.level,
            within=goal.within if query.within is None else query.within,
        )
        away = wanted.shrinkage if query.away is None else query.away
        wanted = replace(wanted, goal=goal, shrinkage=away, agents=query.agents)
        today = self._now().astimezone(ZoneInfo(config.site.timezone)).date()
        try:
            came = await self._store.read(planning.history, config, wanted, today)
        except StoreError as error:
            raise DeskUnavailable(str(error)) from error
        # In a thread of its own: calls and cards go on meanwhile.
        done = await asyncio.to_thread(planning.planned, came, config, wanted)
        return PlanView(
            plan=done.plan,
            queues=queues,
            level=goal.level,
            within=goal.within,
            away=away,
            shifts=done.shifts,
            error=done.error,
            patience=done.patience,
        )
