"""Where a call goes on whose menus changed while no application served it.

The nearest place of the new menus that asks for nothing twice: the menu of the same name, else one
that the caller came through, else the beginning. A yes that was given before counts no more, and
no confirm is gone to: the caller chooses again. What was being said is said before, as far as the
prompts are the same.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from msgspec.structs import replace

from ivr.checkpoint import Checkpoint, checkpoint
from ivr.draft import Draft, FlowError
from ivr.engine import go
from ivr.model import Book
from ivr.nodes import Menu
from ivr.resume import is_bare
from ivr.session import Session, Spot
from ivr.values import Phrase
from ivr.wants import Ask, Say, Want


def nearest(book: Book, kept: Checkpoint) -> Checkpoint | None:
    """The checkpoint at that place; None for a caller who was neither asked nor played something,
    as an operation, a recording or a queue is not left half done, and for one who hung up."""
    at = kept.session
    if not isinstance(kept.want, Ask | Say) or at.gone:
        return None
    whole = isinstance(kept.want, Say) and not is_bare(kept.want)
    pending = _sayable(book, kept.want.screen.phrases) if whole else ()
    fresh = replace(
        at,
        turn=at.turn + 1,
        pending=pending,
        heard=(),
        again=(),
        playing=False,
        saying=(),
        presented=(),
        agreed=None,
        ahead=(),
        misheard=0,
        doubted="",
        doubt=("", 0.0),
    )
    for session, node in _places(book, fresh):
        try:
            found = _gone_to(book, session, node)
            if (session.flow, node) == (at.flow, at.node) and isinstance(kept.want, Ask):
                said = _sayable(book, _before(kept.want, found[1]))
                found = _gone_to(book, replace(session, pending=said), node)
        except FlowError:
            continue  # it needs a value that the call has not
        return checkpoint(book, *found, kept.plays)
    return None


def _gone_to(book: Book, session: Session, node: str) -> tuple[Session, Want]:
    draft = Draft(book, session)
    want = go(draft, node)
    return draft.session, want


def _sayable(book: Book, phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """The phrases whose prompts are there still, with the same placeholders."""
    slots = book.slots
    return tuple(
        each
        for each in phrases
        if each.prompt in slots and slots[each.prompt].keys() == each.values.keys()
    )


def _before(asked: Ask, again: Want) -> tuple[Phrase, ...]:
    """What was said before what a menu asks again, such as what came of an order."""
    if not isinstance(again, Ask) or is_bare(asked):
        return ()
    own = {phrase.prompt for phrase in again.screen.phrases}
    phrases = asked.screen.phrases
    said = tuple(takewhile(lambda phrase: phrase.prompt not in own, phrases))
    return said if len(said) < len(phrases) else ()


def _places(book: Book, at: Session) -> Iterator[tuple[Session, str]]:
    """The session and the node to go to, the nearest first.

    Flows that were called are left: what they would return to may be another node now.
    """
    outer = at.frames[0] if at.frames else at
    outside = replace(at, values=outer.values, frames=())
    trail = outer.trail
    spots: Sequence[Spot] = ((outer.flow, outer.node), *reversed(trail))
    for flow, node in spots:
        if flow in book.flows and isinstance(book.flows[flow].nodes.get(node), Menu):
            before = trail[: trail.index((flow, node))] if (flow, node) in trail else ()
            known = tuple(spot for spot in before if _exists(book, spot))
            yield replace(outside, flow=flow, trail=known), node
    first = book.answering(at.dialled)
    if first is not None:
        draft = Draft(book, outside)
        draft.begin(first)
        yield replace(draft.session, pending=at.pending), first.entries[at.dialled]


def _exists(book: Book, spot: Spot) -> bool:
    flow, node = spot
    return flow in book.flows and node in book.flows[flow].nodes
