"""Goes on with the calls of the application before: one that died, or that hands them over.

A caller whose menus changed meanwhile hears the nearest place of those in force. What has no
checkpoint, or one that does not fit this program, or nothing near, is not taken: its caller goes
to the fallback.
"""

import logging
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from ari_app.ari.calls import AcceptedCall, Place
from ari_app.ari.channel_state import Timeouts
from ari_app.ari.ears import Ears
from ari_app.ari.line import ChannelLine
from ari_app.calls.adoption import LeftCall
from ari_app.calls.inbound import InboundCalls
from ari_app.main.foundation import clock
from ari_app.main.handing_over import Handed
from ari_app.main.shared import Shared, left_calls
from ari_app.session.media import Sounds
from ari_app.store.calls import CallEnded
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
        self._found: Mapping[str, LeftCall] = {one.channel: one for one in shared.left}
        self._handed: Mapping[str, Handed] = {}

    async def find(self) -> Collection[str]:
        """The channels on which the calls are."""
        foundation = self._shared.foundation
        if foundation.before is not None:
            self._handed = await foundation.before.calls()
            left = await left_calls(foundation.store, self._shared.lines)
            self._found = {one.channel: self._as_handed(one) for one in left}
            foundation.before.left.set()
        return self._found.keys()

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
