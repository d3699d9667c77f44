"""The calls that an application left when it died, as the store knows them."""

import logging
from collections.abc import Collection, Iterable

import msgspec
from msgspec import Struct

from ari_app.store import calls, checkpoints, left_calls, orders
from ari_app.store.calls import Path
from ari_app.store.checkpoints import Kept
from ari_app.store.sqlite import Database
from ivr.checkpoint import Checkpoint, carried_out, from_json
from ivr.wants import Invoke

log = logging.getLogger(__name__)


class LeftCall(Struct, frozen=True):
    """A call that was left: its channel, where it stands, and what is stored of it."""

    channel: str
    kept: Checkpoint
    path: Path


def left(db: Database, lines: Collection[str], owner: int = 0) -> list[LeftCall]:
    """The calls over these ``lines`` that have a checkpoint.

    One that cannot be read is logged and left out. The others that have no end are closed as lost.
    Where workers share the database, ``owner`` takes those that are left to it.
    """
    found = _readable(db, checkpoints.of(db, left_calls.left(db, lines, owner)))
    alive = [one.kept.session.id for one in found]
    lost = left_calls.close_lost(db, alive, lines, owner)
    if owner:
        left_calls.own(db, alive, owner)
    if lost:
        log.warning("closed %d calls that were open when the last run crashed", len(lost))
    return found


def taken(db: Database, channel: str, owner: int) -> LeftCall | None:
    """The call of a channel that has come to the worker ``owner``, also if another serves
    it: it is that one's from now on. None if there is none that can go on."""
    one = checkpoints.on(db, channel)
    found = _readable(db, [one] if one else [])
    left_calls.own(db, [each.kept.session.id for each in found], owner)
    return next(iter(found), None)


def checkpoint_on(db: Database, channel: str) -> Checkpoint | None:
    """Where the call of a channel stands, whichever worker serves it; None if none goes on."""
    one = checkpoints.on(db, channel)
    found = _readable(db, [one] if one else [])
    return found[0].kept if found else None


def _readable(db: Database, checkpoints: Iterable[Kept]) -> list[LeftCall]:
    """What of these has not ended and can be read."""
    found = []
    for one in checkpoints:
        path = calls.path(db, one.call)
        if path is None or path.call.ended is not None:
            continue
        try:
            found.append(LeftCall(one.channel, _ordered(db, from_json(one.body)), path))
        except (ValueError, msgspec.MsgspecError) as error:
            log.warning("call %s cannot go on after the restart: %s", one.call, error)
    return found


def _ordered(db: Database, kept: Checkpoint) -> Checkpoint:
    """The checkpoint; of a call whose order is stored, so that nothing is asked for it again."""
    want = kept.want
    known = isinstance(want, Invoke) and orders.of(db, want.key) is not None
    return carried_out(kept) if known else kept
