"""Where calls are received: who calls, on which flow, and the session that serves him."""

import secrets
from collections.abc import Callable, Collection
from typing import Protocol

from msgspec import Struct

from ari_app.ari.events import Channel
from ari_app.ari.line import ChannelLine, Speak
from ari_app.session.conductor import SessionPorts, conduct
from ari_app.store.directory import Caller as Known
from ivr.model import Book
from ivr.session import Caller, Session
from ivr.session_start import start_session

Find = Callable[[str], Known | None]
"""The subscriber who has a number, from memory."""

Heard = Callable[[str], None]
"""Told that a call's screen was told to its end."""


class UnknownNumberError(Exception):
    """A number was dialled that no flow claims: the author of the flows must add it."""


class CallServices(Struct, frozen=True):
    """What serves a call from its beginning to its end, whatever is put on the air meanwhile."""

    book: Book
    speak: Speak
    world: SessionPorts
    heard: Heard


class Arrivals(Protocol):
    """Who remembers which channel a call is on."""

    def arrived(self, channel: str, call: str) -> None:
        """A call's session is on a channel now."""

    def left(self, channel: str) -> None:
        """The channel is served no more."""


class InboundCalls:
    """Receives the calls of a line."""

    def __init__(
        self,
        find: Find,
        serving: Callable[[], CallServices],
        forgeable: Collection[str] = (),
        arrivals: Arrivals | None = None,
    ) -> None:
        """``serving`` returns what a call that begins now is served with, on the menus in force.

        ``forgeable``: endpoints that do not vouch for the numbers that call through them.
        """
        self._serving = serving
        self._arrivals = arrivals
        self._find = find
        self._forgeable = frozenset(forgeable)

    async def serve(self, line: ChannelLine, channel: Channel, dialled: str) -> None:
        """Serve a call to its end with what it began with."""
        serving = self._serving()
        vouched = channel.endpoint not in self._forgeable
        session = self.enter(serving.book, channel.caller.number, dialled, vouched)
        if session is None:
            text = "add it to `numbers` or `codes`"
            raise UnknownNumberError(f"no flow has the number {dialled}: {text}")
        line.speak = serving.speak
        line.heard = lambda: serving.heard(session.id)
        if self._arrivals is None:
            await conduct(line, serving.book, session, serving.world)
            return
        self._arrivals.arrived(line.channel, session.id)
        try:
            await conduct(line, serving.book, session, serving.world)
        finally:
            self._arrivals.left(line.channel)

    def enter(self, book: Book, number: str, dialled: str, vouched: bool = True) -> Session | None:
        """The session of a number that dialled a number or a code; None when no flow has it."""
        known = self._find(number)
        caller = Caller(number, known.id if known else None, vouched)
        wished = (known.language,) if known else ()
        return start_session(book, secrets.token_hex(8), dialled, caller, wished)
