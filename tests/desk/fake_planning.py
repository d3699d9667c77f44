"""Plans without a store: a hundred calls from nine to ten on each day."""

from datetime import date, timedelta

from ari_app.desk.plan.plan_port import PlanQuery, PlanView
from ari_app.desk.ports import DeskUnavailable
from ivr.staffing.erlang import Goal
from ivr.staffing.forecast import Came, forecast
from ivr.staffing.plan import plan
from ivr.staffing.shifts import Shift


class FakePlanning:
    """See :class:`ari_app.desk.plan.plan_port.Planning`; ``asked`` is what was asked."""

    def __init__(self) -> None:
        self.asked: list[PlanQuery] = []
        self.fails = False
        self.calls = 100
        self.shifts = {"early": Shift("09:00-10:00", "mon-sun", 12)}

    async def plan(self, query: PlanQuery) -> PlanView:
        """From one week before, if there were any calls."""
        self.asked.append(query)
        if self.fails:
            raise DeskUnavailable("the disk is full")
        shifts = {
            name: Shift(one.hours, one.days, query.agents.get(name, one.agents))
            for name, one in self.shifts.items()
        }
        came = {18: Came(self.calls, self.calls, self.calls * 180.0)} if self.calls else {}
        history: dict[date, dict[int, Came]] = {query.day - timedelta(weeks=1): came}
        level, within, away = query.level or 0.8, query.within or 20.0, query.away or 0.3
        return PlanView(
            plan=plan(
                forecast(history, query.day), Goal(level, within), 60.0, away, [*shifts.values()]
            ),
            queues=("support", "claims"),
            level=level,
            within=within,
            away=away,
            shifts=shifts,
            error=0.224,
            patience=60.0,
        )
