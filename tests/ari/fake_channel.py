"""A channel as the server of the tests keeps it."""

import asyncio

from msgspec import Struct, field


class FakeChannel(Struct):
    """A channel."""

    inside: bool = True
    application: str = ""
    """Where it is inside; "" is in any."""
    arguments: tuple[str, ...] = ()
    created: str = ""
    subscribed: bool = False
    playback: str = ""
    music: bool = False
    quiet: asyncio.Event = field(default_factory=asyncio.Event)
    variables: dict[str, str] = {}

    def known_to(self, application: str) -> bool:
        """Whether it is inside an application, or that has subscribed to it."""
        return self.application in ("", application) and (self.inside or self.subscribed)

    def listed(self, id_: str) -> object:
        """The channel in the list of all of them."""
        place = {"app_name": "Queue", "app_data": "support,c"}
        if self.inside:
            place = {
                "app_name": "Stasis",
                "app_data": ",".join((self.application or "firstline", *self.arguments)),
            }
        return {"id": id_, "name": f"PJSIP/{id_}", "dialplan": place, "creationtime": self.created}

    def play(self, playback: str) -> None:
        """A playback begins, and ends the music."""
        self.playback, self.music = playback, False
        self.quiet.clear()
