"""What is wrong with flows that can be read: every name must lead somewhere."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import NoneType

from msgspec import Struct

from ivr import nodes
from ivr.cases import COMPARISON, REFERENCE
from ivr.circles import circles
from ivr.digits import KEYS
from ivr.hours import Schedule
from ivr.model import Flow, Operation
from ivr.nodes import Node
from ivr.phrases import LANGUAGES
from ivr.problems import Place, Problem, near
from ivr.terms import ACTIONS, DIAL_OUTCOMES, KINDS_OF_VALUES, LOOKED, QUEUE_OUTCOMES, Is
from ivr.ways import returns

_WORD = re.compile(r"[\w.*#+-]{1,40}")
_NUMBER = re.compile(r"[0-9*#+]{1,32}")


class Mention(Struct, frozen=True):
    """A name in a flow: what it should be, in which node, and where it stands."""

    what: Is
    name: str
    owner: str
    place: Place


class Read(Struct, frozen=True):
    """A file: its flow without the nodes that have problems, the names in it, its problems.

    ``places``: where its nodes stand, those with problems too. The flow is None if more is wrong
    than nodes.
    """

    flow: Flow | None
    mentions: tuple[Mention, ...]
    places: Mapping[str, Place]
    problems: tuple[Problem, ...]
    schedule: Schedule | None = None


def check(
    read: Sequence[Read],
    slots: Mapping[str, Mapping[str, str]],
    operations: Mapping[str, Operation],
) -> Iterator[Problem]:
    """All problems of flows that are to be used together.

    What a file with problems left out is not held against the others.
    """
    flows = {each.flow.flow: each.flow for each in read if each.flow}
    whole = not any(each.problems for each in read)
    brought = _brought(flows.values(), operations)
    schedules = {each.schedule.schedule for each in read if each.schedule}
    known = _Known(flows, slots, operations, schedules, brought, whole)
    for each in read:
        yield from _Check(each, known).problems()
    yield from _claimed_twice(read)
    places = {each.flow.flow: each.places for each in read if each.flow}
    for circle in circles(flows, operations):
        way = " -> ".join(_shortened([name for _, name in (*circle, circle[0])]))
        flow, name = circle[0]
        yield Problem(places[flow][name], f"nobody is asked in the circle {way}: break it")


class _Known(Struct, frozen=True):
    """What there is for all flows together; ``whole`` if every file reads well."""

    flows: Mapping[str, Flow]
    slots: Mapping[str, Mapping[str, str]]
    operations: Mapping[str, Operation]
    schedules: Collection[str]
    brought: Mapping[str, frozenset[str]]
    """Value -> the kinds in which it is brought."""
    whole: bool

    def lacking(self, value: str, kind: str) -> str:
        """Why no value of that name and kind can be there; nothing if it can."""
        found = self.brought.get(value)
        if not self.whole or (found and kind in found):
            return ""
        if found:
            return f"{value} as {kind}, and these flows bring it as {', '.join(sorted(found))}"
        hint = near(value, self.brought)
        return f"{value}, which no operation or input of these flows brings: {hint}"


class _Check:
    """One flow under the check."""

    def __init__(self, read: Read, known: _Known) -> None:
        self.read = read
        self.known = known
        self.nodes: Mapping[str, Node] = read.flow.nodes if read.flow else {}
        self.deeds = read.places.keys() | set(ACTIONS)

    def problems(self) -> Iterator[Problem]:
        for mention in self.read.mentions:
            text = self.misnamed(mention) or self.dangling(mention) or self.unfit(mention)
            if text:
                yield Problem(mention.place, text)
        for name, node in self.nodes.items():
            for text in self.mismatched(node):
                yield Problem(self.read.places[name], text)

    def misnamed(self, mention: Mention) -> str:
        """Why something cannot be the name of anything."""
        name = mention.name
        match mention.what:
            case Is.KEYS if set(name) - KEYS or len(name) > 20:
                return f"{name!r} is no key: write 0 to 9, * or #, in quotes"
            case Is.NUMBER if not _NUMBER.fullmatch(name):
                return f"{name!r} is no number that can be dialled: write digits, * or #, in quotes"
            case Is.TONGUE if name not in LANGUAGES:
                return f"nothing is spoken in {name} here: {near(name, LANGUAGES)}"
            case Is.KIND if name not in KINDS_OF_VALUES:
                return f"there is no kind of value {name}: {near(name, KINDS_OF_VALUES)}"
            case Is.CASE if not (COMPARISON.fullmatch(name) or _WORD.fullmatch(name)):
                return f"{name!r} is no case: write a word, or a comparison such as < 5"
            case Is.GIVEN if not (REFERENCE.fullmatch(name) or _WORD.fullmatch(name)):
                return f"{name!r} can be no value: write a number, a word, or {{name}}"
            case Is.WORD | Is.QUEUE | Is.TITLE | Is.PLAN if not _WORD.fullmatch(name):
                return f"{name!r} is no name: take letters, digits and -, 40 at most"
        return ""

    def dangling(self, mention: Mention) -> str:
        """Why a name leads nowhere."""
        found = self.choices(mention)
        if found is None or mention.name in found[1]:
            return ""
        return f"there is no {found[0]} {mention.name}: {near(mention.name, found[1])}"

    def choices(self, mention: Mention) -> tuple[str, Collection[str]] | None:
        """What a name should be, and all that there are of it; None if it may be any name."""
        known, flow = self.known, self.read.flow
        match mention.what:
            case Is.NODE | Is.ENDING:
                return "node", self.read.places
            case Is.DEED:
                return "node", self.deeds
            case Is.PROMPT:
                return "prompt in the catalogue named", known.slots
            case Is.OPERATION:
                return "operation", known.operations
            case Is.FLOW if known.whole:
                return "flow", known.flows
            case Is.LOOKED if known.whole:
                return "value or fact of the call named", {*LOOKED, *known.brought}
            case Is.SCHEDULE if known.whole:
                return "schedule", known.schedules
            case Is.LANGUAGE if flow:
                return "language of this flow named", flow.languages
            case Is.OUTCOME if outcomes := self.outcomes(self.nodes.get(mention.owner)):
                return "outcome here named", outcomes
        return None

    def unfit(self, mention: Mention) -> str:
        """Why what a name leads to cannot stand here."""
        name = mention.name
        match mention.what:
            case Is.ENDING if not isinstance(self.nodes.get(name), (nodes.End, NoneType)):
                return f"{name} is no end: nobody may be there any more to choose"
            case Is.PROMPT:
                for slot, kind in self.known.slots.get(name, {}).items():
                    if text := self.known.lacking(slot, _brings(kind)):
                        return f"the prompt {name} tells {text}"
        return ""

    def outcomes(self, node: Node | None) -> Sequence[str]:
        match node:
            case nodes.Queue():
                return QUEUE_OUTCOMES
            case nodes.Dial():
                return DIAL_OUTCOMES
            case nodes.Call() if node.call in self.known.flows and self.known.whole:
                return returns(self.known.flows[node.call])
            case nodes.Do() if node.do in self.known.operations:
                return tuple(self.known.operations[node.do].outcomes)
        return ()

    def mismatched(self, node: Node) -> Iterator[str]:
        """What in a node does not fit together."""
        match node:
            case nodes.Menu() if not node.keys:
                yield "no key leads out of this menu: give it `keys`"
            case nodes.Input() if node.least > node.most:
                yield f"least ({node.least}) is more than most ({node.most})"
            case nodes.Branch(branch="caller"):
                for word in node.when.keys() - {"known", "unknown"}:
                    yield f"a caller is never {word}: write known or unknown"
            case nodes.Do() if node.do in self.known.operations:
                yield from self.undone(node, self.known.operations[node.do])
            case nodes.Call() if node.call in self.known.flows and self.known.whole:
                yield from self.uncalled(node, self.known.flows[node.call])
            case nodes.Goto() if node.flow in self.known.flows and self.known.whole:
                there = self.known.flows[node.flow].nodes
                if node.goto not in there:
                    yield f"flow {node.flow} has no node {node.goto}: {near(node.goto, there)}"

    def undone(self, node: nodes.Do, operation: Operation) -> Iterator[str]:
        """What does not fit to the signature of the operation."""
        unhandled = [name for name in operation.outcomes if name not in node.on]
        if unhandled and not node.else_:
            yield f"no branch for {', '.join(unhandled)}: add them to `on`, or an `else`"
        for name in node.inputs.keys() - operation.inputs.keys():
            yield f"{node.do} takes no {name}: {near(name, operation.inputs)}"
        for name, kind in operation.inputs.items():
            if name not in node.inputs:
                yield f"{node.do} needs {name}: add `inputs: {{ {name}: … }}`"
            elif text := self.known.lacking(node.inputs[name], kind):
                yield f"the input {name} takes {text}"

    def uncalled(self, node: nodes.Call, flow: Flow) -> Iterator[str]:
        """What does not fit to the flow that is called."""
        told = returns(flow)
        if not told:
            yield f"flow {node.call} never returns: give it a `return`, or use goto"
        unhandled = [outcome for outcome in told if outcome not in node.on]
        if unhandled and not node.else_:
            yield f"no branch for {', '.join(unhandled)}: add them to `on`, or an `else`"
        for name in node.with_.keys() - flow.inputs.keys():
            yield f"flow {node.call} takes no {name}: {near(name, flow.inputs)}"
        for name, kind in flow.inputs.items():
            if name not in node.with_:
                yield f"flow {node.call} needs {name}: add `with: {{ {name}: … }}`"
            elif text := self.known.lacking(node.with_[name], kind):
                yield f"the input {name} takes {text}"
        for output in set(node.take.values()) - flow.outputs.keys():
            yield f"flow {node.call} brings no {output}: {near(output, flow.outputs)}"


def _brings(kind: str) -> str:
    """The kind of value that a placeholder's kind tells: "count minute" tells a count."""
    first = kind.split()[0]
    return "day" if first == "date" else first


def _brought(
    flows: Iterable[Flow], operations: Mapping[str, Operation]
) -> Mapping[str, frozenset[str]]:
    """All values that an operation or an input of the flows brings, with their kinds."""
    names: dict[str, frozenset[str]] = {}
    for flow in flows:
        for node in flow.nodes.values():
            for name, kind in _made(node, operations):
                names[name] = names.get(name, frozenset()) | {kind}
        for name, kind in [*flow.inputs.items(), *flow.outputs.items()]:
            names[name] = names.get(name, frozenset()) | {kind}
    return names


def _made(node: Node, operations: Mapping[str, Operation]) -> Iterable[tuple[str, str]]:
    """The values that a node brings, with their kinds; of a set only what it makes itself."""
    match node:
        case nodes.Input():
            return [(node.into, node.takes)]
        case nodes.Record():
            return [(node.into, "recording")]
        case nodes.Hours():
            return [("opens", "moment"), ("closes", "moment")]
        case nodes.Announce():
            return [("announcements", "each")]
        case nodes.Set():
            return [
                (name, "count" if given.isdigit() else "word") for name, given in node.set.items()
            ]
        case nodes.Do() if node.do in operations:
            outcomes = operations[node.do].outcomes.values()
            return [pair for values in outcomes for pair in values.items()]
    return ()


_CLAIMS = {Is.TITLE: "flow", Is.PLAN: "schedule", Is.NUMBER: "number"}


def _claimed_twice(read: Sequence[Read]) -> Iterator[Problem]:
    """Two flows of one name, or a number at which two begin."""
    claims: dict[tuple[Is, str], Place] = {}
    for each in read:
        for mention in each.mentions:
            what = _CLAIMS.get(mention.what)
            if what is not None and not mention.owner:  # a dial claims nothing
                first = claims.setdefault((mention.what, mention.name), mention.place)
                if first is not mention.place:
                    text = f"{what} {mention.name} is claimed in {first} already: keep one of them"
                    yield Problem(mention.place, text)


def _shortened(names: list[str]) -> list[str]:
    return names if len(names) <= 8 else [*names[:4], "…", *names[-3:]]
