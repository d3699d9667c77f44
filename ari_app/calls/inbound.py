"""Receives inbound calls: finds the caller and the flow, and runs the session."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ari_app.log import masked
from ari_app.session.conductor import SessionPorts, conduct
from ari_app.session.line import Line
from ari_app.session.media import Sounds
from ari_app.session.unknown_code import UnknownNumberError, unknown_code
from ari_app.store.calls import Path
from ari_app.store.checkpoints import CallStands
from ari_app.store.directory import Caller as Known
from ivr.checkpoint import Checkpoint, checkpoint
from ivr.model import Book
from ivr.numbers import NumberPlan
from ivr.session import Caller, Session
from ivr.session_start import start_session
from ivr.values import Phrase
from ivr.wants import Done, Say, Screen, Want

log = logging.getLogger(__name__)

Find = Callable[[str], Awaitable[Known | None]]
"""Looks up the subscriber of a number."""


class VoiceLine(Line, Protocol):
    """A channel as a line."""

    @property
    def channel(self) -> str:
        """The channel's id."""
        ...

    @property
    def plays(self) -> int | None:
        """How many playbacks were requested; None if the channel does not outlive us."""
        ...


L = TypeVar("L", bound=VoiceLine)

Serve = Callable[[], Awaitable[None]]
"""Runs a session to its end."""


class Arrival(Struct, frozen=True):
    """A call that comes in: the channel's endpoint, such as ``PJSIP/1001``, the caller's number as
    the channel has it, and the dialled one."""

    endpoint: str
    number: str
    dialled: str


class CallServices(Struct, frozen=True):
    """What a call uses from its beginning to its end, whichever menus come into force meanwhile."""

    book: Book
    world: SessionPorts
    sounds: Callable[[str], Sounds]
    """The sounds of a call, from its id."""
    going_on: Callable[[Session, Path], None] = lambda _session, _path: None
    """Takes a call that goes on after a restart, and what is stored of it."""


class Records(Protocol):
    """Stores where calls stand."""

    def put(self, record: CallStands) -> None:
        """Store it, without waiting."""

    async def settle(self) -> None:
        """Return when all is stored, or after a second."""


class Arrivals(Protocol):
    """Is notified which channel a call is on."""

    def arrived(self, channel: str, call: str) -> None:
        """A call's session begins on a channel."""

    def left(self, channel: str) -> None:
        """The session on the channel is over."""


class InboundCalls:
    """Receives calls, and serves each to its end."""

    def __init__(
        self,
        find: Find,
        numbers: NumberPlan,
        serving: Callable[[str, str], CallServices],
        forgeable: Collection[str] = (),
        arrivals: Arrivals | None = None,
        records: Records | None = None,
    ) -> None:
        """``serving`` returns what a call uses that begins now, on the menus in force for the
        number of its caller, or for its id.

        ``numbers``: in whose form callers' numbers are kept, however a trunk writes them.
        ``forgeable`` are endpoints, such as trunks, whose caller IDs are not trusted.
        ``records`` store where a call stands.
        """
        self._serving = serving
        self._arrivals = arrivals
        self._find = find
        self._numbers = numbers
        self._forgeable = forgeable
        self._records = records
        self.in_progress: dict[str, CallStands] = {}
        """Where each call in progress stands."""

    def accept(
        self, arrival: Arrival, new_line: Callable[[Sounds], L], id: str = ""
    ) -> tuple[L, Serve]:
        """Accept a call with what is in force now; it is served to its end with that. ``id``: from
        :func:`new_id`, where it is to be known before.

        Serving raises :class:`UnknownNumberError` when no flow has the number.
        """
        id = id or new_id()
        serving = self._serving(self._numbers.caller(arrival.number), id)
        line = new_line(serving.sounds(id))
        return line, partial(self._serve, serving, id, line, arrival)

    async def _serve(
        self, serving: CallServices, id: str, line: VoiceLine, arrival: Arrival
    ) -> None:
        way, dialled = arrival.endpoint, arrival.dialled
        caller = await self._caller(arrival.number, way not in self._forgeable, way)
        session = start_session(serving.book, id, dialled, *caller)
        if session is None and dialled.startswith("*"):
            await self._play_unknown(serving.book, line, arrival)
            return
        if session is None:
            text = "add it to `numbers` or `codes` of a flow"
            raise UnknownNumberError(f"no flow has the number {dialled}: {text}")
        await self._run(serving, line, session)

    def go_on(
        self, kept: Checkpoint, path: Path, new_line: Callable[[Sounds], L]
    ) -> tuple[L, Serve]:
        """Go on with a call after a restart, from its checkpoint, with the menus now in force;
        ``path`` is what is stored of it."""
        session = kept.session
        serving = self._serving(session.caller.number, session.id)
        line = new_line(serving.sounds(session.id))
        serving.going_on(session, path)
        return line, partial(self._run, serving, line, session, kept.want)

    async def _run(
        self, serving: CallServices, line: VoiceLine, session: Session, begun: Want | None = None
    ) -> None:
        """Run a session to its end, and keep where it stands meanwhile."""
        world = serving.world
        if self._records is not None and line.plays is not None:
            keep = partial(self._stands, self._records.put, serving, line)
            world = replace(world, keep=keep, kept=self._records.settle)
        if self._arrivals is not None:
            self._arrivals.arrived(line.channel, session.id)
        try:
            await conduct(line, serving.book, session, world, begun)
        finally:
            self.in_progress.pop(session.id, None)
            if self._arrivals is not None:
                self._arrivals.left(line.channel)

    def _stands(
        self,
        keep: Callable[[CallStands], None],
        serving: CallServices,
        line: VoiceLine,
        session: Session,
        want: Want,
    ) -> None:
        """Keep where a call stands."""
        kept = checkpoint(serving.book, session, want, line.plays or 0)
        stands = CallStands(session.id, line.channel, serving.world.now(), kept)
        self.in_progress[session.id] = stands
        keep(stands)

    async def _play_unknown(self, book: Book, line: VoiceLine, arrival: Arrival) -> None:
        """Say that there is no such code, and hang up: a slip of the finger needs no agent."""
        number = arrival.number
        log.info(
            "%s dialled %s, a code that no flow has: it is said", masked(number), arrival.dialled
        )
        known = await self._find(number)
        language = known.language if known else next(iter(book.flows.values())).languages[0]
        await line.present(Say(Screen((Phrase(unknown_code(book)),), language)))
        await line.present(Done("ended"))

    async def enter(self, book: Book, number: str, dialled: str, way: str = "") -> Session | None:
        """The session of a caller who dialled a number or a code over a ``way`` that vouches for
        the number; None when no flow has it."""
        return start_session(book, new_id(), dialled, *await self._caller(number, True, way))

    async def _caller(self, number: str, trusted: bool, way: str) -> tuple[Caller, Sequence[str]]:
        """Who calls, and the languages that are known of them."""
        known = await self._find(number)
        caller = Caller(self._numbers.caller(number), known.id if known else None, trusted, way)
        return caller, (known.language,) if known else ()


def new_id() -> str:
    """A new id of a call."""
    return secrets.token_hex(8)
