"""Builds what calls callers back who asked for it."""

import logging
from datetime import datetime, timedelta
from functools import partial

from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.background import Begin
from ari_app.callbacks.dialler import Dialler
from ari_app.callbacks.stand_ins import StandIns
from ari_app.main.build_calls import CallHandling
from ari_app.main.foundation import clock
from ari_app.main.shared import Shared
from ari_app.store import callbacks
from ari_app.store.db import StoreError
from ivr.acd.board import Board, Caller
from ivr.acd.callbacks import gave_up
from ivr.acd.figures import SHORT
from ivr.acd.queues import CallerAbandoned, Event

log = logging.getLogger(__name__)


def build_dialler(
    shared: Shared, callers: CallHandling, queues: QueueMonitor, begin: Begin
) -> Dialler | None:
    """What calls back by itself; None where the settings want calls made by hand, or there is no
    queue."""
    settings, site = shared.config.callbacks, shared.config.site
    if not (settings.automatic and site.queues):
        return None
    return Dialler(
        shared.store,
        StandIns(shared.link.ari, queues.ask, next(iter(site.numbers), ""), settings.ring),
        lambda: queues.view.board if queues.view.current else None,
        callers.live_calls.numbers,
        settings.policy(site.timezone),
        site.queues[0],
        begin,
        clock,
    )


def begin_calling_back(
    shared: Shared,
    callers: CallHandling,
    queues: QueueMonitor,
    dialler: Dialler | None,
    begin: Begin,
) -> None:
    """Start it, and note who gives up."""
    worker = shared.worker
    if shared.config.callbacks.abandoned != "no":
        queues.observe(worker.if_leading(partial(_observe_abandoned, shared, callers, begin)))
    if dialler is not None:
        queues.observe(worker.if_leading(dialler.observe))
        begin(worker.while_leading(dialler.run))


def _observe_abandoned(
    shared: Shared, callers: CallHandling, begin: Begin, board: Board, event: Event
) -> None:
    """Note who hangs up while waiting."""
    match event:
        case CallerAbandoned(queue, call) if one := gave_up(board, queue, call):
            begin(_noted(shared, callers, one, queue, clock()))


async def _noted(
    shared: Shared, callers: CallHandling, caller: Caller, queue: str, at: datetime
) -> None:
    """Note a caller who hung up while waiting, unless that was at once."""
    if at - caller.since < timedelta(microseconds=SHORT):
        return
    known = callers.live_calls.arrival(caller, queue)
    asker = (known.call, known.number, known.subscriber)
    wait = callbacks.Wait(queue, known.language, 0, caller.since)
    ask = shared.config.callbacks.abandoned == "list"
    try:
        await shared.store.write(callbacks.note_abandoned, asker, at, known.topic, wait, ask)
    except StoreError as error:
        log.error("a caller who gave up is not noted: %s", error)
