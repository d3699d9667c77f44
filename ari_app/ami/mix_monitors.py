"""Which channels are recorded, as Asterisk's MixMonitor reports it over AMI."""

import asyncio

from msgspec import Struct
from msgspec.structs import replace

from ari_app.ami.client import Headers

READ = frozenset(("MixMonitorStart", "MixMonitorMute", "MixMonitorStop"))
"""The events that are read beside those of :mod:`ari_app.ami.events`."""


class MixMonitor(Struct, frozen=True):
    """A channel that is recorded; ``name`` is that of the channel. ``muted``: what is said is
    recorded as silence."""

    name: str
    muted: bool = False


class MixMonitors:
    """The channels that are recorded now, by their unique ids."""

    def __init__(self) -> None:
        self.of: dict[str, MixMonitor] = {}
        self._names: dict[str, str] = {}
        """The names of the channels that existed at the login to AMI."""
        self._listed: dict[str, str] = {}
        self._changed: set[str] = set()
        self._signal = asyncio.Event()

    def take(self, headers: Headers) -> None:
        """Take the headers of an event."""
        channel, name = headers.get("Uniqueid", ""), headers.get("Channel", "")
        match headers.get("Event"):
            case "MixMonitorStart":
                self._set(channel, MixMonitor(name))
            case "MixMonitorMute":
                known = self.of.get(channel, MixMonitor(name))
                self._set(channel, replace(known, muted=headers.get("State") == "1"))
            case "MixMonitorStop":
                self._set(channel, None)
            case "Status":
                self._listed[channel] = name
            case "StatusComplete":  # the answer to what is asked after each login
                self._names, self._listed = self._listed, {}
                for gone in self.of.keys() - self._names.keys():
                    self._set(gone, None)
            case "Hangup":
                self._names.pop(channel, None)
                self._set(channel, None)

    def restore(self, channel: str, muted: bool) -> bool:
        """A channel was recorded when AMI was connected last; it may be over. Returns whether it
        was not known that it is recorded."""
        if channel not in self._names or channel in self.of:
            return False
        self._set(channel, MixMonitor(self._names[channel], muted))
        return True

    async def changes(self) -> set[str]:
        """Wait until something changed; returns the channels."""
        await self._signal.wait()
        self._signal.clear()
        changed, self._changed = self._changed, set()
        return changed

    def _set(self, channel: str, state: MixMonitor | None) -> None:
        if self.of.get(channel) == state:
            return
        if state is None:
            del self.of[channel]
        else:
            self.of[channel] = state
        self._changed.add(channel)
        self._signal.set()
