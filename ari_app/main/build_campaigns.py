"""Builds what calls subscribers for campaigns."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from msgspec import Struct

from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.ari.overload import OverloadWatch
from ari_app.main.build_calls import CallHandling
from ari_app.main.foundation import clock
from ari_app.main.shared import Shared
from ari_app.outbound.dialler import Dialler, Load, Pace
from ari_app.store.campaign_calls import of_key
from ivr.acd.callbacks import called


class _Around(Struct, frozen=True):
    """See :class:`ari_app.outbound.dialler.Surroundings`."""

    shared: Shared
    callers: CallHandling
    overload: OverloadWatch
    queues: QueueMonitor

    def load(self) -> Load | None:
        calls = self.callers.calls
        if calls.closed:
            return None
        return Load(sum(of_key(one) is None for one in calls.channels), self.overload.limit)

    def flows(self) -> Collection[str]:
        return self.shared.menus.now.menus.book.outbound

    def engaged(self) -> Collection[str]:
        """Who is in the menus, waits, or talks with an agent, also one who called back."""
        board, plan = self.queues.view.board, self.shared.store.numbers
        waiting = {one.number for one in called(board)}
        talking = {one.caller.number for one in board.talks}
        found = waiting | talking | self.callers.live_calls.numbers()
        return {plan.msisdn(one) or one for one in found}


def campaign_dialler(
    shared: Shared, callers: CallHandling, overload: OverloadWatch, queues: QueueMonitor
) -> Dialler:
    """What calls while the application takes calls."""
    settings, site = shared.config.campaigns, shared.config.site
    zone = ZoneInfo(site.timezone)
    return Dialler(
        shared.store,
        shared.link.ari,
        Pace(settings.channels, settings.share, settings.ring, settings.detect_machines),
        _Around(shared, callers, overload, queues),
        lambda: clock().astimezone(zone),
        next(iter(site.numbers), ""),
    )
