"""How a session begins: at the start of a flow, or in the node of a code that was dialled."""

from collections.abc import Iterable

from ivr.events import Began, Played
from ivr.model import Book
from ivr.session import Caller, Session


def start_session(
    book: Book, call: str, dialled: str, caller: Caller, languages: Iterable[str] = ()
) -> Session | None:
    """The session ``call`` of a caller who dialled a number; None when no flow has it.

    It is told in the first of the ``languages`` languages that the flow has, or in the flow's own.
    """
    code, ahead = book.parted(dialled)
    flow = book.answering(code)
    if flow is None:
        return None
    spoken = (language for language in languages if language in flow.languages)
    return Session(
        id=call,
        dialled=code,
        caller=caller,
        language=next(spoken, flow.languages[0]),
        flow=flow.flow,
        node=flow.entries[code],
        playing=code in flow.codes,
        ahead=ahead,
    )


def first_event(session: Session) -> Began | Played:
    """The event that begins a session: one that a code began goes on where it stands."""
    return Played() if session.playing else Began()
