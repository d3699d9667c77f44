"""How a session starts: at a flow's first node, or at the node of the dialled code."""

from collections.abc import Iterable

from ivr.events import Began, Played
from ivr.model import Book
from ivr.session import Caller, Session


def start_session(
    book: Book, call: str, dialled: str, caller: Caller, languages: Iterable[str] = ()
) -> Session | None:
    """The session with the id ``call`` for a dialled number or code; None if no flow has it.

    Its language is the first of ``languages`` that the flow has, else the flow's default.
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
    """The event that starts a session; one started by a code goes on at its node."""
    return Played() if session.playing else Began()
