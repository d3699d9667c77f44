"""Goes on with the calls that an application left when it died.

What has no checkpoint, or one that does not fit this program or the menus in force, is not taken:
its caller goes to the fallback.
"""

import logging
from collections.abc import Collection, Mapping

from ari_app.ari.calls import AcceptedCall, Place
from ari_app.ari.channel_state import Timeouts
from ari_app.ari.line import ChannelLine
from ari_app.calls.adoption import LeftCall
from ari_app.calls.inbound import InboundCalls
from ari_app.main.foundation import clock
from ari_app.main.shared import Shared
from ari_app.session.media import Sounds
from ari_app.store.calls import CallEnded
from ivr.checkpoint import fits
from ivr.wants import Record

log = logging.getLogger(__name__)


class LeftCalls:
    """See :class:`ari_app.ari.calls.Inherited`."""

    def __init__(self, shared: Shared, inbound: InboundCalls, timeouts: Timeouts) -> None:
        self._shared = shared
        self._inbound = inbound
        self._timeouts = timeouts
        self._found: Mapping[str, LeftCall] = {one.channel: one for one in shared.left}

    @property
    def channels(self) -> Collection[str]:
        """The channels on which the calls are."""
        return self._found.keys()

    def go_on(self, channel: str, place: Place) -> AcceptedCall | None:
        """Go on with the call of a channel; None if its menus are gone.

        What was recorded of a caller who hung up meanwhile is still taken.
        """
        shared, kept = self._shared, self._found[channel].kept
        call = kept.session.id
        if not fits(kept, shared.menus.now.menus.book):
            log.warning("call %s cannot go on: the text of its menus changed", call)
            shared.recorder.put(CallEnded(call, clock(), "fault", 0))
            return None

        def new_line(sounds: Sounds) -> ChannelLine:
            line = ChannelLine(shared.link, channel, sounds, shared.recordings.keep, self._timeouts)
            line.inherit(kept.plays, away=place == "away")
            if place == "gone" and not isinstance(kept.want, Record):
                line.ended(0)
            return line

        return AcceptedCall(*self._inbound.go_on(kept, self._found[channel].path, new_line))
