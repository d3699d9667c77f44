"""The engine: one event in, the next session and one want out."""

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ivr import listening, nodes, wants
from ivr.cases import REFERENCE, fits, literal, plain
from ivr.draft import Draft, FlowError, Step
from ivr.events import Answered, Began, Bridged, Event, Failed, Gone, Keyed, Recorded, Silent, Told
from ivr.model import UNAVAILABLE, Book
from ivr.nodes import Node
from ivr.session import Session
from ivr.terms import NEEDS
from ivr.values import Value
from ivr.wants import Deed, Done, Invoke, Screen, Want

__all__ = ["FlowError", "Step", "Turn", "step"]

BOUND = 100
"""Nodes that one event may pass through: more are a circle, or nothing that a caller could bear."""

Next: TypeAlias = Want | str
"""What follows: a want, or the node where the call goes on ("" for the one where it is)."""


class Turn(Struct, frozen=True):
    """What a step gives: where the call stands, what it wants, and what is to be recorded."""

    session: Session
    want: Want
    steps: tuple[Step, ...] = ()


def step(book: Book, session: Session, event: Event) -> Turn:
    """What ``event`` makes of ``session``.

    Raises :class:`FlowError` when the flow goes in a circle or uses a value that nobody brought,
    and no flow has an ``on-error``; :class:`ValueError` for an event that answers no want.
    """
    draft = Draft(book, replace(session, turn=session.turn + 1))
    try:
        want = _go(draft, _take(draft, event))
    except FlowError:
        target = _on_error(draft)
        if not target:
            raise
        want = _go(draft, target)
    return Turn(draft.session, want, tuple(draft.steps))


def _go(draft: Draft, following: Next) -> Want:
    """Go through nodes until one of them wants something of the world."""
    for _ in range(BOUND):
        if not isinstance(following, str):
            if draft.session.gone and not isinstance(following, Deed):
                return Done("gone")
            return following
        if following:
            draft.move(following)
        following = _enter(draft, draft.node)
    raise FlowError(
        f"flow {draft.session.flow} passes {BOUND} nodes and is in {draft.session.node} "
        "without asking: let a menu, an input or an end stand between them"
    )


def _on_error(draft: Draft) -> str:
    """The way out of a fault that the flow itself has, for once; "" where it has none."""
    if draft.session.failed:
        return ""
    draft.record(draft.node, outcome="error", way="error")
    draft.session = replace(draft.session, failed=True, telling=False, pending=())
    return draft.handler("on_error")


# What an event makes of the node in which the call is.


def _take(draft: Draft, event: Event) -> Next:
    node, at = draft.node, draft.session
    if isinstance(event, Gone):
        return _hung_up(draft, node)
    if isinstance(event, Told) == at.telling:
        match event, node:
            case Told(), _:
                draft.session = replace(at, telling=False)
                return ""
            case Began(), _ if at.turn == 1:
                return draft.flow.start
            case Keyed(), nodes.Listens():
                return listening.answered(draft, node, event.digits)
            case Silent(), nodes.Listens():
                return listening.silent(draft, node)
            case Answered(), _:
                return _answered(draft, node, event)
            case Bridged(), nodes.Queue() | nodes.Dial():
                return _follow(draft, node, event.outcome)
            case Recorded(), nodes.Record():
                draft.record(node, " ".join(node.record), outcome="recorded", way="then")
                draft.keep({node.into: event.recording})
                return node.then
            case Silent(), nodes.Record():
                draft.record(node, " ".join(node.record), outcome="empty", way="empty")
                return node.empty
            case Failed(), _:
                raise FlowError(f"{at.node}: {event.reason}")
    raise ValueError(f"{type(event).__name__} answers no want of {at.node}")


def _hung_up(draft: Draft, node: Node) -> Next:
    """The caller is gone; what the flow does then is done once."""
    again = draft.session.gone
    draft.record(node, outcome="gone", way="" if again else "hung-up")
    draft.session = replace(draft.session, gone=True, telling=False, pending=())
    return (not again and draft.handler("on_hangup")) or Done("gone")


def _answered(draft: Draft, node: Node, event: Answered) -> Next:
    """What was done behind the caller's back is done."""
    match node:
        case nodes.Do():
            draft.keep(event.values)
            return _follow(draft, node, event.outcome)
        case nodes.Hours():
            draft.keep(event.values)
            draft.record(node, outcome=event.outcome, way=event.outcome)
            return node.open if event.outcome == "open" else node.closed
        case nodes.Announce() if event.outcome == "some":
            draft.keep(event.values)
            draft.record(node, " ".join(node.announce), outcome="some", way="told")
            draft.tell(node.announce)
            return node.told or node.then
        case nodes.Announce():
            draft.record(node, outcome=event.outcome, way="then")
            return node.then
        case nodes.Sms():
            way = "then" if event.outcome == "sent" else "else"
            draft.record(node, " ".join(node.sms), outcome=event.outcome, way=way)
            return node.then if way == "then" else node.else_
    raise ValueError(f"Answered answers no want of {draft.session.node}")


def _follow(
    draft: Draft, node: nodes.Do | nodes.Queue | nodes.Dial | nodes.Call, outcome: str
) -> str:
    """Where an outcome leads."""
    at = draft.session
    target, way = node.on.get(outcome, ""), outcome
    if not target and isinstance(node, nodes.Do) and outcome == UNAVAILABLE:
        target, way = draft.handler("on_backend_down"), "backend-down"
    if not target:
        target, way = node.else_, "else"
    draft.record(node, outcome=outcome, way=way, at=at)
    if not target:
        raise FlowError(
            f"{draft.session.node} has no branch for the outcome {outcome}: add it, or an else"
        )
    return target


# What a node wants, or where it leads by itself. Words that wait are told before what takes time.


def _enter(draft: Draft, node: Node) -> Next:
    if node.need != "none" and NEEDS[draft.session.identity] < NEEDS[node.need]:
        return _lacking(draft, node)
    match node:
        case nodes.Menu() | nodes.Input() | nodes.Confirm():
            return listening.ask(draft, node)
        case nodes.Say() | nodes.End():
            return _tell(draft, node)
        case nodes.Branch() | nodes.Set() | nodes.Goto() | nodes.Call() | nodes.Return():
            return _pass(draft, node)
        case nodes.Hours():
            return wants.Consult(node.hours)
        case nodes.Announce():
            return wants.Concern()
        case nodes.Sms():
            screen = Screen(draft.phrases(node.sms), draft.session.language)
            return wants.Send(screen, _key(draft, ":"))
        case nodes.Record():
            screen = Screen(
                (*draft.session.pending, *draft.phrases(node.record)), draft.session.language
            )
            draft.session = replace(draft.session, pending=())
            return wants.Record(screen, node.longest, node.quiet, node.stop, _key(draft, "-"))
    return draft.say() if draft.session.pending else _begin(draft, node)


def _begin(draft: Draft, node: Node) -> Next:
    """What takes time: nothing waits to be told any more."""
    match node:
        case nodes.Language():
            draft.record(node, outcome=node.language, way="then")
            draft.session = replace(draft.session, language=node.language)
            return node.then
        case nodes.Do():
            inputs = {name: draft.value(value) for name, value in node.inputs.items()}
            return Invoke(node.do, inputs, _key(draft, ":"))
        case nodes.Queue():
            topic, language = plain(_given(draft, node.topic)), draft.session.language
            return wants.Enqueue(node.queue, topic, language, node.priority)
        case nodes.Dial():
            return wants.Dial(node.dial, node.ring)
    raise TypeError(f"there is no way through a {type(node).__name__}")


def _key(draft: Draft, mark: str) -> str:
    """What names a deed before it is tried."""
    return f"{draft.session.id}{mark}{draft.session.turn}"


def _lacking(draft: Draft, node: Node) -> str:
    """Where a caller goes who is not known well enough."""
    draft.record(node, outcome=f"needs {node.need}", way="need")
    target = draft.handler("on_need")
    if not target:
        raise FlowError(f"{draft.session.node} needs {node.need}: give the flow an on-need")
    return target


def _tell(draft: Draft, node: nodes.Say | nodes.End) -> Next:
    """Words without a question. Those that may be cut short are told with what follows."""
    at = draft.session
    match node:
        case nodes.Say() if at.told:
            return node.then
        case nodes.Say() if node.barge_in:
            draft.record(node, " ".join(node.say), way="then")
            draft.tell(node.say)
            return node.then
        case nodes.Say():
            if at.pending:
                return draft.say()
            draft.record(node, " ".join(node.say), way="then")
            draft.tell(node.say)
            draft.session = replace(draft.session, told=True)
            return draft.say(barge_in=False)
        case nodes.End() if not at.told:
            draft.record(node, " ".join(node.end))
            draft.tell(node.end)
            draft.session = replace(draft.session, told=True)
    return draft.say() if draft.session.pending else Done("ended")


def _pass(
    draft: Draft, node: nodes.Branch | nodes.Set | nodes.Goto | nodes.Call | nodes.Return
) -> str:
    """Nodes that nobody hears of."""
    match node:
        case nodes.Branch():
            found = _known(draft, node.branch)
            way = next((case for case in node.when if fits(case, found)), "else")
            draft.record(node, outcome=found, way=way)
            return node.when.get(way, node.else_)
        case nodes.Set():
            draft.record(node, way="then")
            draft.keep({name: _given(draft, given) for name, given in node.set.items()})
            return node.then
        case nodes.Goto():
            draft.record(node, outcome=node.flow, way="goto")
            draft.session = replace(draft.session, flow=node.flow)
            return node.goto
        case nodes.Call():
            draft.record(node, outcome=node.call, way="call")
            return draft.enter(
                node.call, {name: draft.value(value) for name, value in node.with_.items()}
            )
        case nodes.Return():
            return _return(draft, node)


def _return(draft: Draft, node: nodes.Return) -> str:
    if not draft.session.frames:
        raise FlowError(f"{draft.session.node} returns, and no flow called this one: let it end")
    draft.record(node, outcome=node.return_, way="return")
    brought = draft.session.values
    draft.leave()
    call = draft.node
    assert isinstance(call, nodes.Call)
    draft.keep({name: brought[output] for name, output in call.take.items() if output in brought})
    return _follow(draft, call, node.return_)


def _known(draft: Draft, what: str) -> str:
    """What is known of the call, for a branch; "" for a value that nobody brought."""
    at = draft.session
    match what:
        case "caller":
            return "unknown" if at.caller.subscriber is None else "known"
        case "identity":
            return at.identity
        case "language":
            return at.language
        case "dialled":
            return at.dialled
    value = at.values.get(what)
    return "" if value is None else plain(value)


def _given(draft: Draft, given: str) -> Value:
    found = REFERENCE.fullmatch(given)
    return draft.value(found[1]) if found else literal(given)
