"""Goes on with the calls of the application before: one that died, or that hands them over.

A caller whose menus changed meanwhile hears the nearest place of those in force. What has no
checkpoint, or one that does not fit this program, or nothing near, is not taken: its caller goes
to the fallback.
"""

import logging
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from ari_app.ari.channel_state import Timeouts
from ari_app.ari.ears import Ears
from ari_app.ari.inherited import AcceptedCall, Place
from ari_app.ari.line import ChannelLine
from ari_app.calls import adoption
from ari_app.calls.adoption import LeftCall
from ari_app.calls.inbound import InboundCalls
from ari_app.main.foundation import clock
from ari_app.main.handing_over import Handed
from ari_app.main.shared import Shared, left_calls
from ari_app.session.media import Sounds
from ari_app.store.calls import CallEnded
from ari_app.store.db import StoreError
from ari_app.store.left_calls import owner as of_call
from ari_app.ussd.left import OF_TEXTS, LeftSession
from ivr.checkpoint import fits
from ivr.relocation import nearest
from ivr.wants import Record

log = logging.getLogger(__name__)


class LeftCalls:
    """See :class:`ari_app.ari.calls.Inherited`."""

    def __init__(
        self, shared: Shared, inbound: InboundCalls, timeouts: Timeouts, ears: Ears | None
    ) -> None:
        self._shared = shared
        self._ears = ears
        self._inbound = inbound
        self._timeouts = timeouts
        self._found: dict[str, LeftCall] = {one.channel: one for one in shared.left}
        self._handed: Mapping[str, Handed] = {}

    async def find(self) -> Collection[str]:
        """The channels on which the calls are."""
        foundation = self._shared.foundation
        if foundation.before is not None:
            self._handed = await foundation.before.calls()
            left = await left_calls(foundation.store, self._shared.lines, self._shared.worker)
            self._found = {one.channel: self._as_handed(one) for one in left}
            foundation.before.left.set()
        return self._found.keys()

    async def of_others(self) -> Collection[str]:
        """The channels of the calls that workers left which died, and which are ours now."""
        shared = self._shared
        found = await left_calls(shared.store, shared.lines, shared.worker)
        self._found |= {one.channel: one for one in found}
        return [one.channel for one in found]

    async def fetch(self, channel: str) -> bool:
        """Take the call of a channel from another worker, to which it does not come back."""
        found = await _taken(self._shared, channel)
        if found is not None:
            self._found[channel] = found
        return found is not None

    def _as_handed(self, left: LeftCall) -> LeftCall:
        """A call that was left, with what is not stored."""
        handed = self._handed.get(left.channel)
        return left if handed is None else replace(left, kept=handed.checkpoint)

    def go_on(self, channel: str, place: Place) -> AcceptedCall | None:
        """Go on with the call of a channel; None if its menus have no place for it.

        What was recorded of a caller who hung up meanwhile is still taken.
        """
        shared, kept = self._shared, self._found[channel].kept
        call = kept.session.id
        book = shared.menus.now.menus.book
        moved = None if fits(kept, book) else nearest(book, kept)
        if moved is not None:
            kept = moved
            log.info("call %s: its menus changed, it goes on at %s", call, kept.session.node)
        elif not fits(kept, book):
            log.warning("call %s cannot go on: the text of its menus changed", call)
            shared.recorder.put(CallEnded(call, clock(), "fault", 0))
            return None

        def new_line(sounds: Sounds) -> ChannelLine:
            keep = shared.recordings.keep
            line = ChannelLine(shared.link, channel, sounds, keep, self._timeouts, self._ears)
            handed = self._handed.get(channel)
            if handed is not None and place == "inside" and moved is None:
                line.go_on(handed.midway)
            else:
                line.inherit(kept.plays, away=place == "away")
            if place == "gone" and not isinstance(kept.want, Record):
                line.ended(0)
            return line

        return AcceptedCall(*self._inbound.go_on(kept, self._found[channel].path, new_line))


class OtherWorkers:
    """See :class:`ari_app.ussd.shared_sessions.Elsewhere`."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def is_taken(self, call: str) -> bool:
        """Whether another worker has gone on with a session of ours."""
        try:
            owner = await self._shared.store.look_up(of_call, call)
        except StoreError:
            return False
        return owner not in (0, self._shared.worker.epoch)

    async def take(self, name: str) -> LeftSession | None:
        """Take the session of a gateway's id."""
        found = await _taken(self._shared, f"{OF_TEXTS}{name}")
        return None if found is None else LeftSession(found.kept, found.path)


async def _taken(shared: Shared, channel: str) -> LeftCall | None:
    """The call of a channel, taken from whichever worker served it; None if there is none."""
    if not shared.worker.shares:
        return None
    try:
        return await shared.store.write_in_time(adoption.taken, channel, shared.worker.epoch)
    except StoreError as error:
        log.error("channel %s: its call is not found: %s", channel, error)
        return None
