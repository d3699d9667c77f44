"""A channel as the server of the tests keeps it."""

import asyncio

from msgspec import Struct, field


class FakeChannel(Struct):
    """A channel."""

    inside: bool = True
    subscribed: bool = False
    playback: str = ""
    music: bool = False
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    variables: dict[str, str] = {}

    def play(self, playback: str) -> None:
        """A playback begins, and ends the music."""
        self.playback, self.music = playback, False
        self.quiet.clear()
