"""How a session goes on after a restart: with its want again, but for what was not stored.

A secret that an operation needs is asked for again, at the input that it came from; what was said
to the caller alone is fetched again, by the menu before it.
"""

from msgspec.structs import replace

from ivr.checkpoint import is_lost
from ivr.draft import Draft, FlowError
from ivr.engine import Turn, go
from ivr.listening import back
from ivr.model import Book
from ivr.nodes import Input
from ivr.session import Session
from ivr.terms import REPEAT
from ivr.values import Values
from ivr.wants import Ask, Invoke, Record, Say, Want


def resume(book: Book, session: Session, want: Want) -> Turn:
    """The session and the want with which it goes on.

    Raises :class:`FlowError` if no input of the flows asks for what is missing.
    """
    match want:
        case Invoke() if any(map(is_lost, want.inputs.values())):
            draft = Draft(book, replace(session, turn=session.turn + 1))
            target = _asking(draft)
        case Ask() | Say() | Record() if is_bare(want):
            draft = Draft(book, replace(session, turn=session.turn + 1, playing=False, pending=()))
            target = back(draft)
        case _:
            return Turn(session, want)
    following = go(draft, draft.session.node if target == REPEAT else target)
    return Turn(draft.session, following, tuple(draft.steps))


def _asking(draft: Draft) -> str:
    """The input that asks for the first secret that is missing, in this flow or the nearest that
    called it."""
    while True:
        missing = _missing(draft.session.values)
        for name, node in draft.flow.nodes.items():
            if isinstance(node, Input) and node.secret and node.into in missing:
                return name
        if not draft.session.frames:
            raise FlowError(f"{draft.session.node} needs a secret that no input asks for")
        draft.leave()


def _missing(values: Values) -> frozenset[str]:
    return frozenset(name for name, value in values.items() if is_lost(value))


def is_bare(want: Ask | Say | Record) -> bool:
    """Whether the screen lacks what is said to the caller alone."""
    return any(is_lost(value) for phrase in want.screen.phrases for value in phrase.values.values())
