"""Words for callers who wait in a queue: added to the music, while they keep their place.

A channel that snoops on the caller's plays them; it is in an application of its own name, so that
it is never taken for a caller. Keys go to the queue meanwhile, as ever.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress

from ari_app.ari.errors import AriError, GoneError, UnreachableError
from ari_app.ari.events import Event, PlaybackFinished, StasisEnd, StasisStart
from ari_app.ari.link import Link
from ari_app.ari.rest import Channels

log = logging.getLogger(__name__)

PREFIX = "whisper-"
"""How the ids of those channels begin."""

ENTER = 2.0
"""Seconds in which a channel that snoops is there."""
MARGIN = 5.0
"""Seconds by which its playback may last longer than its files."""


class Whispers:
    """What is played to callers in queues."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._entered: dict[str, asyncio.Event] = {}
        self._finished: dict[str, asyncio.Future[bool]] = {}

    async def whisper(self, channel: str, media: Sequence[str], lasts: float) -> bool:
        """Play sound files (without extension), which last so many seconds, to a caller; returns
        whether they were played to the end. Cancelled, it ends at once."""
        snoop = f"{PREFIX}{channel}-{secrets.token_hex(4)}"
        entered = self._entered[snoop] = asyncio.Event()
        finished: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._finished[snoop] = finished
        ari = self._link.ari
        try:
            async with asyncio.timeout(ENTER):
                await ari.channels.snoop_channel_with_id(channel, snoop, ari.whispering.name)
                await entered.wait()
            await ari.channels.play_with_id(snoop, snoop, [f"sound:{file}" for file in media])
            async with asyncio.timeout(lasts + MARGIN):
                return await finished
        except GoneError:  # the caller hung up, or an agent answered
            return False
        except (AriError, UnreachableError, TimeoutError) as error:
            log.warning("channel %s: the caller heard no news: %s", channel, error or "timeout")
            return False
        finally:
            del self._entered[snoop], self._finished[snoop]
            with suppress(UnreachableError):
                await Channels(self._link.fire_and_forget(_ended)).hangup(snoop)

    async def clear(self) -> None:
        """End what an application before this one, or a link that broke, left."""
        with suppress(GoneError):
            for snoop in (await self._link.ari.whispering.get()).channel_ids:
                if snoop not in self._entered:
                    with suppress(GoneError):
                        await self._link.ari.channels.hangup(snoop)

    def handling(self, following: Callable[[Event], None]) -> Callable[[Event], None]:
        """Takes the events of these channels, and passes all others on."""

        def handle(event: Event) -> None:
            if not self._take(event):
                following(event)

        return handle

    def _take(self, event: Event) -> bool:
        match event:
            case StasisStart(channel=channel) if channel.id.startswith(PREFIX):
                if entered := self._entered.get(channel.id):
                    entered.set()
            case StasisEnd(channel=channel) if channel.id.startswith(PREFIX):
                pass
            case PlaybackFinished(playback=playback) if playback.id.startswith(PREFIX):
                finished = self._finished.get(playback.id)
                if finished is not None and not finished.done():
                    finished.set_result(playback.state != "failed")
            case _:
                return False
        return True


def _ended(error: AriError | UnreachableError) -> None:
    """The channel may have ended already, with the caller's; a link that broke clears it later."""
    if not isinstance(error, GoneError | UnreachableError):
        log.warning("a channel that whispers was not hung up: %s", error)
