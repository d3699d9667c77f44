"""The calls that an application left when it died, as the store knows them."""

import logging
from collections.abc import Collection

import msgspec
from msgspec import Struct

from ari_app.store import calls, checkpoints, orders
from ari_app.store.calls import Path
from ari_app.store.sqlite import Database
from ivr.checkpoint import Checkpoint, carried_out, from_json
from ivr.wants import Invoke

log = logging.getLogger(__name__)


class LeftCall(Struct, frozen=True):
    """A call that was left: its channel, where it stands, and what is stored of it."""

    channel: str
    kept: Checkpoint
    path: Path


def left(db: Database, lines: Collection[str]) -> list[LeftCall]:
    """The calls over these ``lines`` that have a checkpoint.

    One that cannot be read is logged and left out. The others that have no end are closed as lost.
    """
    found = []
    for one in checkpoints.every(db):
        path = calls.path(db, one.call)
        if path is None or path.call.ended is not None or path.call.began.line not in lines:
            continue
        try:
            found.append(LeftCall(one.channel, _ordered(db, from_json(one.body)), path))
        except (ValueError, msgspec.MsgspecError) as error:
            log.warning("call %s cannot go on after the restart: %s", one.call, error)
    lost = calls.close_lost(db, [one.kept.session.id for one in found], lines)
    if lost:
        log.warning("closed %d calls that were open when the last run crashed", len(lost))
    return found


def _ordered(db: Database, kept: Checkpoint) -> Checkpoint:
    """The checkpoint; of a call whose order is stored, so that nothing is asked for it again."""
    want = kept.want
    known = isinstance(want, Invoke) and orders.of(db, want.key) is not None
    return carried_out(kept) if known else kept
