"""Where calls are received: who calls, on which flow, and the session that serves him."""

import secrets
from collections.abc import Callable

from ari_app.ari.events import Channel
from ari_app.ari.line import ChannelLine
from ari_app.conductor import World, conduct
from ari_app.store.directory import Caller as Known
from ivr.model import Book
from ivr.session import Caller, Session

Find = Callable[[str], Known | None]
"""The subscriber who has a number, from memory."""

Heard = Callable[[str], None]
"""Told that a call's screen was told to its end."""


class UnknownNumberError(Exception):
    """A number was dialled that no flow claims: the author of the flows must add it."""


class Reception:
    """Receives the calls of a line on the book of the moment."""

    def __init__(self, book: Book, find: Find, world: World, heard: Heard) -> None:
        self.book = book
        self._find = find
        self._world = world
        self._heard = heard

    async def serve(self, line: ChannelLine, channel: Channel, dialled: str) -> None:
        """Serve a call to its end, on the book it began with."""
        flow = self.book.answering(dialled)
        if flow is None:
            raise UnknownNumberError(f"no flow has the number {dialled}: add it to `numbers`")
        known = self._find(channel.caller.number)
        language = flow.languages[0]
        if known is not None and known.language in flow.languages:
            language = known.language
        session = Session(
            id=secrets.token_hex(8),
            dialled=dialled,
            caller=Caller(channel.caller.number, known.id if known else None),
            language=language,
            flow=flow.flow,
            node=flow.start,
        )
        line.told = lambda: self._heard(session.id)
        await conduct(line, self.book, session, self._world)
