"""Music on hold on one channel, between two playbacks."""

import logging

from ari_app.ari.channel_state import ChannelState
from ari_app.ari.errors import AriError, GoneError, UnreachableError
from ari_app.ari.rest import Channels

log = logging.getLogger(__name__)


class Music:
    """Starts and stops the music of one channel; no request waits for its answer.

    Without music the caller waits in silence, and keys still count. A playback ends music whose
    stop was lost.
    """

    def __init__(self, channel: ChannelState) -> None:
        self._channel = channel
        self._channels = Channels(channel.link.fire_and_forget(self._failed))
        self.plays = False

    async def start(self) -> None:
        """Start the music of the channel's own class, or of the class ``default``."""
        if self.plays:
            return
        self.plays = True
        try:
            await self._channels.start_moh(self._channel.id)
        except UnreachableError as error:
            self._failed(error)

    async def stop(self) -> None:
        """Stop the music, if it was started."""
        if self.plays and not self._channel.gone:
            self.plays = False
            try:
                await self._channels.stop_moh(self._channel.id)
            except UnreachableError as error:
                self._failed(error)

    def _failed(self, error: AriError | UnreachableError) -> None:
        if isinstance(error, GoneError):
            self._channel.ended(0)
        else:
            log.warning("channel %s: music on hold: %s", self._channel.id, error)
