"""A channel as the server of the tests keeps it."""

import asyncio

from msgspec import Struct, field


class FakeChannel(Struct):
    """A channel."""

    inside: bool = True
    subscribed: bool = False
    playback: str = ""
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    variables: dict[str, str] = {}
