"""Runs a session over a line: turn after turn, until it is done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ari_app.session.line import Line, LineError
from ivr.engine import FlowError, Step, Turn, step
from ivr.events import Answered, Event, Failed, Gone
from ivr.model import Book
from ivr.resume import resume
from ivr.session import Session
from ivr.session_start import first_event
from ivr.wants import Action, Done, Enqueue, Invoke, LineWant, Want

log = logging.getLogger(__name__)

LEFT = "left"
"""The message of a cancellation: another application goes on with the session. Its ending, too."""

Perform = Callable[[Action, Session], Awaitable[Answered]]
"""Carries out an action. Never raises for a failure of a back end."""

RememberLanguage = Callable[[int, str], None]
"""Stores a subscriber's language, without waiting."""


class CallObserver(Protocol):
    """Notified of what happens in calls: the call log, the tests' trace. Never waits."""

    def began(self, session: Session, version: str, at: datetime) -> None:
        """A call began."""

    def stepped(self, session: Session, steps: tuple[Step, ...], at: datetime) -> None:
        """A call took steps; ``session`` is its state after them."""

    def presented(self, call: str, want: Want) -> None:
        """A want is about to be carried out by the line."""

    def ended(self, call: str, ending: str, cause: int, at: datetime) -> None:
        """A call ended."""


Keep = Callable[[Session, Want], None]
"""Keeps where a call stands, for a restart of the application. Never waits."""


Kept = Callable[[], Awaitable[None]]
"""Returns when what was kept is stored, or after a second."""


Place = Callable[[Session, Enqueue], Awaitable[Enqueue]]


async def _nothing_kept() -> None:
    """Nothing is stored."""


async def _placed(_: Session, want: Enqueue) -> Enqueue:
    """The caller comes into a queue as the menu says."""
    return want


Note = Callable[[Session, Want, Event, datetime], None]
"""Notes which event answered a want of a session, and when. Never waits."""


def _noted_nowhere(_session: Session, _want: Want, _event: Event, _at: datetime) -> None:
    """No tape is made of the call."""


class SessionPorts(Struct, frozen=True):
    """What a session needs besides its line: actions, the language store, observer, clock.

    ``keep`` takes each want before it is carried out; ``kept`` is awaited before one that costs.
    ``place`` returns a queue's want with the caller's priority and place. Never raises.
    ``note`` takes the event of each want.
    """

    perform: Perform
    remember: RememberLanguage
    observer: CallObserver
    now: Callable[[], datetime]
    keep: Keep = lambda _session, _want: None
    kept: Kept = _nothing_kept
    place: Place = _placed
    note: Note = _noted_nowhere


async def conduct(
    line: Line, book: Book, session: Session, world: SessionPorts, begun: Want | None = None
) -> str:
    """Run ``session`` to its end; returns "ended" or "gone".

    ``begun`` is the want that a session of before a restart waits for: it is carried out again.
    One that is cancelled with :data:`LEFT` is left to another application, which goes on with it.
    A fault is reported to the observer as "fault" and raised: the caller must then be put into the
    fallback queue.
    """
    if begun is None:
        world.observer.began(session, book.flows[session.flow].version, world.now())
    ending, cause = "fault", 0
    event: Event = first_event(session)
    want: Want | None = None
    try:
        if begun is not None:
            session, want = _again(book, session, begun, world)
        while True:
            if want is None:
                session, want = _next(book, session, event, world)
            if isinstance(want, Done):
                ending = want.ending
                await line.present(want)
                return ending
            event = await _carried_out(line, book, session, want, world)
            if isinstance(event, Gone):
                cause = event.cause
            want = None
    except asyncio.CancelledError as cancelled:
        ending = LEFT if LEFT in cancelled.args else ending
        raise
    finally:
        world.observer.ended(session.id, ending, cause, world.now())


def _remember(world: SessionPorts, session: Session) -> None:
    """Store the language that a caller chose; one on another's phone chose it for this call."""
    subscriber = session.caller.subscriber
    if subscriber is not None and session.about is None and session.identity != "none":
        world.remember(subscriber, session.language)


def _next(book: Book, session: Session, event: Event, world: SessionPorts) -> tuple[Session, Want]:
    """The next session, and its want."""
    turn = _turn(book, session, event, world)
    if turn.session.language != session.language:
        _remember(world, turn.session)
    world.keep(turn.session, turn.want)
    return turn.session, turn.want


def _again(book: Book, session: Session, begun: Want, world: SessionPorts) -> tuple[Session, Want]:
    """The session and the want with which it goes on after a restart."""
    turn = resume(book, session, begun)
    world.keep(turn.session, turn.want)
    return turn.session, turn.want


def _turn(book: Book, session: Session, event: Event, world: SessionPorts) -> Turn:
    """The next turn; its steps are reported also when the flow has a fault."""
    try:
        turn = step(book, session, event)
    except FlowError as error:
        world.observer.stepped(session, error.steps, world.now())
        raise
    world.observer.stepped(turn.session, turn.steps, world.now())
    return turn


async def _carried_out(
    line: Line, book: Book, session: Session, want: LineWant | Action, world: SessionPorts
) -> Event:
    """The event of a want, which is noted."""
    event: Event
    if isinstance(want, Action):
        event = await _performed(book, world, want, session)
    else:
        event = await _presented(line, want, session, world)
    world.note(session, want, event, world.now())
    return event


async def _presented(line: Line, want: LineWant, session: Session, world: SessionPorts) -> Event:
    """The event of a want; ``Failed`` if the line cannot carry it out."""
    if isinstance(want, Enqueue):
        want = await world.place(session, want)
    world.observer.presented(session.id, want)
    try:
        return await line.present(want)
    except LineError as error:
        log.error("call %s: in %s: %s", session.id, session.node, error)
        return Failed(str(error))


async def _performed(
    book: Book, world: SessionPorts, action: Action, session: Session
) -> Answered | Failed:
    """The event of an action; ``Failed`` if it raised, for the flow's ``on-error``.

    What costs is first stored as begun: a restart must not let the caller order it twice.
    """
    operation = book.operations.get(action.operation) if isinstance(action, Invoke) else None
    if operation is not None and operation.costs:
        await world.kept()
    try:
        return await world.perform(action, session)
    except Exception as error:
        log.exception("call %s: an action in %s failed", session.id, session.node)
        return Failed(f"{type(error).__name__}: {error}")
