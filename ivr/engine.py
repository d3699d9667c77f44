"""The engine: :func:`step` takes one event and returns the next session and one want."""

from msgspec import Struct
from msgspec.structs import replace

from ivr import holding, listening, nodes, spoken
from ivr.digits import answer
from ivr.draft import Draft, FlowError, Step
from ivr.events import (
    Answered,
    Began,
    Bridged,
    Event,
    Failed,
    Gone,
    Keyed,
    Played,
    Recorded,
    Said,
    Silent,
)
from ivr.model import Book, Operation
from ivr.node_entry import Next, enter, follow
from ivr.nodes import Node
from ivr.session import Session
from ivr.wants import Action, Ask, Done, Want

__all__ = ["FlowError", "Step", "Turn", "step"]

BOUND = 100
"""The most nodes that one event may pass through; more are a loop in the flow."""


class Turn(Struct, frozen=True):
    """The result of a step: next session, its want, and the steps for the call record."""

    session: Session
    want: Want
    steps: tuple[Step, ...] = ()


def step(book: Book, session: Session, event: Event) -> Turn:
    """Apply ``event`` to ``session``.

    Raises :class:`FlowError` when the flow loops or uses a value that is not set, and no flow has
    an ``on-error``; ValueError for an event that does not answer the session's want.
    """
    draft = Draft(book, replace(session, turn=session.turn + 1))
    try:
        want = _tried(draft, event)
        while isinstance(want, Ask) and draft.session.ahead:
            want = _dialled(draft, want)
    except FlowError as error:
        error.steps = tuple(draft.steps)
        raise
    return Turn(draft.session, want, tuple(draft.steps))


def _dialled(draft: Draft, ask: Ask) -> Want:
    """Answer an ask with the next reply that was dialled with the code.

    A secret, a confirm, a flush, or what must be heard out is not answered this way: the replies
    that are left are dropped.
    """
    first, *rest = draft.session.ahead
    if ask.read_out or ask.flush:
        draft.session = replace(draft.session, ahead=())
        return ask
    draft.session = replace(draft.session, ahead=tuple(rest))
    return _tried(draft, Keyed(answer(ask.grammar, first)))


def _tried(draft: Draft, event: Event) -> Want:
    """Take an event; on a fault of the flow go to its on-error, or raise :class:`FlowError`."""
    try:
        return go(draft, _take(draft, event))
    except FlowError:
        target = _on_error(draft)
        if not target:
            raise
        return go(draft, target)


def go(draft: Draft, following: Next) -> Want:
    """Go through nodes until one of them has a want; raises :class:`FlowError`."""
    for _ in range(BOUND):
        if not isinstance(following, str):
            if draft.session.gone and not isinstance(following, Action):
                return Done("gone")
            return following
        if following:
            draft.move(following)
        following = enter(draft, draft.node)
    raise FlowError(
        f"flow {draft.session.flow} passed {BOUND} nodes without asking and is in "
        f"{draft.session.node}: put a menu, an input or an end between them"
    )


def _on_error(draft: Draft) -> str:
    """The node of the flow's on-error, taken once per call; "" if there is none."""
    draft.record(draft.node, outcome="error", way="error")
    if draft.session.failed:
        return ""
    draft.session = replace(draft.session, failed=True, playing=False, pending=())
    return draft.handler("on_error")


# What an event does in the node where the call is.


def _take(draft: Draft, event: Event) -> Next:
    node, at = draft.node, draft.session
    if isinstance(event, Gone) and not _runs_anyway(draft):
        return _hung_up(draft, node)
    if isinstance(event, Failed):
        raise FlowError(f"{at.node}: {event.reason}")
    if isinstance(event, Played | Gone) == at.playing:
        match event, node:
            case ((Played() | Gone()), _):
                draft.said = isinstance(event, Played) and event.whole
                whole = at.saying if draft.said else ()
                presented = (*at.presented, *whole)
                draft.session = replace(at, playing=False, saying=(), presented=presented)
                return ""
            case Began(), _ if at.turn == 1:
                return draft.flow.start
            case ((Keyed() | Said() | Silent()), nodes.Listens()):
                return spoken.answered(draft, node, event)
            case ((Keyed() | Silent()), nodes.Hold()):
                return holding.answered(draft, node, event)
            case Answered(), _:
                return _answered(draft, node, event)
            case Bridged(), nodes.Queue() | nodes.Dial():
                return follow(draft, node, event.outcome)
            case Recorded(), nodes.Record():
                draft.record(node, draft.phrases(node.record), outcome="recorded", way="then")
                draft.set_values({node.into: event.recording})
                return node.then
            case Silent(), nodes.Record():
                return listening.unsaid(draft, node)
    raise ValueError(f"{type(event).__name__} does not answer the want of {at.node}")


def _runs_anyway(draft: Draft) -> bool:
    """Whether the prompt of a slow operation is being played: a hang-up no longer stops it."""
    return isinstance(draft.node, nodes.Do) and draft.session.playing and draft.session.played


def _hung_up(draft: Draft, node: Node) -> Next:
    """The caller hung up: go to on-hangup, once, or end."""
    again = draft.session.gone
    draft.record(node, outcome="gone", way="" if again else "hung-up")
    draft.session = replace(draft.session, gone=True, playing=False, pending=())
    return (not again and draft.handler("on_hangup")) or Done("gone")


def _answered(draft: Draft, node: Node, event: Answered) -> Next:
    """An action was carried out: where its outcome leads."""
    match node:
        case nodes.Do():
            draft.set_values(event.values)
            operation = draft.book.operations.get(node.do)
            if operation and event.outcome == operation.proves:
                _prove(draft, operation, event)
            return follow(draft, node, event.outcome)
        case nodes.Hours():
            draft.set_values(event.values)
            way = "open" if event.outcome == "open" else "closed"
            draft.record(node, outcome=event.outcome, way=way)
            return node.open if way == "open" else node.closed
        case nodes.Announce() if event.outcome in ("some", "heard"):
            draft.set_values(event.values)
            played = (event.outcome == "heard" and node.again) or node.announce
            draft.add_prompts(played)
            draft.record(node, draft.phrases(played), outcome=event.outcome, way="told")
            return node.told or node.then
        case nodes.Announce():
            draft.record(node, outcome=event.outcome, way="then")
            return node.then
        case nodes.Sms():
            way = "then" if event.outcome == "sent" else "else"
            draft.record(node, draft.phrases(node.sms), outcome=event.outcome, way=way)
            return node.then if way == "then" else node.else_
    raise ValueError(f"Answered does not answer the want of {draft.session.node}")


def _prove(draft: Draft, operation: Operation, event: Answered) -> None:
    """The caller has proved an identity: their own, or that of another subscriber."""
    if operation.other and event.about is None:
        raise FlowError(f"{operation.name} names no subscriber: name the one who was proved")
    about = event.about if operation.other else draft.session.about
    proven = operation.level == "code-word" or (not operation.other and draft.session.proven)
    draft.session = replace(draft.session, about=about, proven=proven)
