"""Builds what calls callers back who asked for it."""

from ari_app.background import Begin
from ari_app.callbacks.dialler import Dialler
from ari_app.callbacks.stand_ins import StandIns
from ari_app.main.build_calls import CallHandling
from ari_app.main.build_desk import AgentDesk
from ari_app.main.foundation import clock
from ari_app.main.shared import Shared


def begin_calling_back(
    shared: Shared, callers: CallHandling, desk: AgentDesk, begin: Begin
) -> None:
    """Build and start it, unless the settings want calls made by hand, or there is no queue."""
    settings, site, queues = shared.config.callbacks, shared.config.site, desk.queues
    if not (settings.automatic and site.queues):
        return
    dialler = Dialler(
        shared.store,
        StandIns(shared.link.ari, queues.ask, next(iter(site.numbers), ""), settings.ring),
        lambda: queues.view.board if queues.view.current else None,
        callers.live_calls.numbers,
        settings.policy,
        site.queues[0],
        begin,
        clock,
    )
    queues.observe(dialler.observe)
    begin(dialler.run())
