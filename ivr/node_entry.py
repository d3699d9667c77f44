"""Entering a node: its want, or the next node if it needs none.

Pending phrases are played before anything that takes time.
"""

from typing import TypeAlias

from msgspec.structs import replace

from ivr import holding, listening, nodes, wants
from ivr.conditions import REFERENCE, fits, literal, plain
from ivr.consent import use_consent
from ivr.draft import Draft, FlowError
from ivr.model import UNAVAILABLE, needed
from ivr.nodes import Node
from ivr.terms import NEEDS
from ivr.values import Moment, Value
from ivr.wants import Done, Invoke, Say, Screen, Want

Next: TypeAlias = Want | str
"""A want, or the name of the next node ("" for the present one)."""


def enter(draft: Draft, node: Node) -> Next:
    """The want of a node that the call enters, or the next node."""
    need = needed(node, draft.book.operations)
    if NEEDS[draft.session.identity] < NEEDS[need]:
        return _identify(draft, node) or _lacking(draft, node)
    match node:
        case nodes.Menu() | nodes.Listen() | nodes.Input() | nodes.Confirm():
            return listening.ask(draft, node)
        case nodes.Hold():
            return holding.ask(draft, node)
        case nodes.Say() | nodes.End():
            return _play(draft, node)
        case nodes.Branch() | nodes.Set() | nodes.Goto() | nodes.Call() | nodes.Return():
            return _pass(draft, node)
        case nodes.Hours():
            return wants.CheckHours(node.hours, _moment(draft, node.at) if node.at else None)
        case nodes.Announce():
            return wants.FindAnnouncements()
        case nodes.Sms():
            screen = Screen(draft.phrases(node.sms), draft.session.language)
            return wants.Send(screen, _key(draft, ":"), node.unless_read, node.valid)
        case nodes.Record():
            screen = Screen(
                (*draft.session.pending, *draft.phrases(node.record)), draft.session.language
            )
            draft.session = replace(draft.session, pending=())
            return wants.Record(screen, node.longest, node.quiet, node.stop, _key(draft, "-"))
    if draft.session.pending:
        return draft.say()
    return _meanwhile(draft, node) or _begin(draft, node)


def _moment(draft: Draft, name: str) -> Moment:
    """A value that is a moment; raises :class:`FlowError` for any other."""
    value = draft.value(name)
    if not isinstance(value, Moment):
        raise FlowError(f"{draft.session.node} looks up hours at {name}, which is no moment")
    return value


def _meanwhile(draft: Draft, node: Node) -> Say | None:
    """The prompt before an operation that may take seconds, played once."""
    operation = draft.book.operations.get(node.do) if isinstance(node, nodes.Do) else None
    if operation is None or not operation.waiting or draft.session.played or draft.session.gone:
        return None
    draft.add_prompts((operation.waiting,))
    draft.session = replace(draft.session, played=True)
    return draft.say(passing=True)


def _begin(draft: Draft, node: Node) -> Next:
    """Begin what takes time; no phrase is pending any more."""
    match node:
        case nodes.Language():
            draft.record(node, outcome=node.language, way="then")
            draft.session = replace(draft.session, language=node.language)
            return node.then
        case nodes.Do():
            inputs = {name: draft.value(value) for name, value in node.inputs.items()}
            operation = draft.book.operations.get(node.do)
            if operation is not None and operation.costs:
                use_consent(draft, operation, inputs)
            return Invoke(node.do, inputs, _key(draft, ":"))
        case nodes.Queue():
            topic, language = plain(_given(draft, node.topic)), draft.session.language
            return wants.Enqueue(node.queue, topic, language, node.priority)
        case nodes.Dial():
            return wants.Dial(node.dial, node.ring)
    raise TypeError(f"a {type(node).__name__} cannot be entered")


def _key(draft: Draft, mark: str) -> str:
    """The idempotency key of an action, fixed before it is tried."""
    return f"{draft.session.id}{mark}{draft.session.turn}"


def _identify(draft: Draft, node: Node) -> str:
    """The first node of the flow that asks for the code word; "" if it cannot be asked."""
    at, flow = draft.session, draft.flow.identify
    if not flow or at.gone or at.subscriber is None:
        return ""
    draft.record(node, outcome=flow, way="identify")
    return draft.enter(flow, {}, identifying=True)


def _lacking(draft: Draft, node: Node) -> str:
    """The on-need node; raises :class:`FlowError` if there is none."""
    need = needed(node, draft.book.operations)
    draft.record(node, outcome=f"needs {need}", way="need")
    target = draft.handler("on_need")
    if not target:
        raise FlowError(f"{draft.session.node} needs {need}: give the flow an on-need")
    return target


def _play(draft: Draft, node: nodes.Say | nodes.End) -> Next:
    """A say or an end. Prompts with barge-in are played together with what follows."""
    at = draft.session
    match node:
        case nodes.Say() if at.played:
            draft.record(node, draft.phrases(_said(draft, node)), way="then")
            return node.then
        case nodes.Say() if at.gone:
            draft.record(node, way="then")
            return node.then
        case nodes.Say() if node.barge_in or not _said(draft, node):
            draft.add_prompts(_said(draft, node))
            draft.record(node, draft.phrases(_said(draft, node)), way="then")
            return node.then
        case nodes.Say():
            if at.pending:
                return draft.say()
            draft.add_prompts(_said(draft, node))
            draft.session = replace(draft.session, played=True)
            return draft.say(barge_in=False)
        case nodes.End() if not at.played:
            draft.add_prompts(node.end)
            draft.record(node, () if at.gone else draft.phrases(node.end))
            draft.session = replace(draft.session, played=True)
    return draft.say() if draft.session.pending else Done("ended")


def _said(draft: Draft, node: nodes.Say) -> tuple[str, ...]:
    """The prompts of a say, without those in the call's own language if it leaves them out."""
    own = draft.session.language if node.other_languages else ""
    return tuple(each for each in node.say if each.rpartition("-")[2] != own)


def _pass(
    draft: Draft, node: nodes.Branch | nodes.Set | nodes.Goto | nodes.Call | nodes.Return
) -> str:
    """Nodes that play nothing: the next node."""
    match node:
        case nodes.Branch():
            found = _known(draft, node.branch)
            lists = draft.book.lists
            way = next((case for case in node.when if fits(case, found, lists)), "else")
            draft.record(node, outcome="" if node.branch == "number" else found, way=way)
            return node.when.get(way, node.else_)
        case nodes.Set():
            draft.set_values({name: _given(draft, given) for name, given in node.set.items()})
            draft.record(node, way="then")
            return node.then
        case nodes.Goto():
            draft.record(node, outcome=node.flow, way="goto")
            draft.jump(node.flow)
            return node.goto
        case nodes.Call():
            at, given = draft.session, {n: draft.value(value) for n, value in node.with_.items()}
            start = draft.enter(node.call, given)
            draft.record(node, outcome=node.call, way="call", at=at)
            return start
        case nodes.Return():
            return _return(draft, node)


def _return(draft: Draft, node: nodes.Return) -> str:
    if not draft.session.frames:
        raise FlowError(f"{draft.session.node} returns, but no flow called this one: use end")
    draft.record(node, outcome=node.return_, way="return")
    brought, frame = draft.session.values, draft.session.frames[-1]
    draft.leave()
    call = draft.node
    if frame.identifying:
        known = NEEDS[draft.session.identity] >= NEEDS[needed(call, draft.book.operations)]
        if not known:
            return _lacking(draft, call)
        pending = (*draft.session.pending, *frame.pending)
        draft.session = replace(draft.session, pending=pending)
        return frame.node
    assert isinstance(call, nodes.Call)
    draft.set_values(
        {name: brought[output] for name, output in call.take.items() if output in brought}
    )
    return follow(draft, call, node.return_)


def _known(draft: Draft, what: str) -> str:
    """What a branch compares: a fact of the call, or a value; "" for one that is not set."""
    at = draft.session
    match what:
        case "caller":
            return "unknown" if at.identity == "none" else "known"
        case "identity":
            return at.identity
        case "line":
            return "unknown" if at.caller.subscriber is None else "known"
        case "language":
            return at.language
        case "dialled":
            return at.dialled
        case "number":
            return at.caller.number
    value = at.values.get(what)
    return "" if value is None else plain(value)


def _given(draft: Draft, given: str) -> Value:
    found = REFERENCE.fullmatch(given)
    return draft.value(found[1]) if found else literal(given)


def follow(
    draft: Draft, node: nodes.Do | nodes.Queue | nodes.Dial | nodes.Call, outcome: str
) -> str:
    """The node after an outcome; raises :class:`FlowError` if there is no branch for it."""
    at = draft.session
    target, way = node.on.get(outcome, ""), outcome
    if not target and isinstance(node, nodes.Do) and outcome == UNAVAILABLE:
        target, way = draft.handler("on_backend_down"), "backend-down"
    if not target:
        target, way = node.else_, "else" if node.else_ else ""
    draft.record(node, outcome=outcome, way=way, at=at)
    if not target:
        raise FlowError(
            f"{draft.session.node} has no branch for the outcome {outcome}: add it, or an else"
        )
    return target
