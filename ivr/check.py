"""What is wrong with flows that read well: every name must lead somewhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from ivr import model
from ivr.digits import KEYS
from ivr.model import ACTIONS, QUEUE_OUTCOMES, Flow, Is, Node, Operation
from ivr.problems import Place, Problem, near


class Mention(Struct, frozen=True):
    """A name in a flow: what it should be, in which node, and where it stands."""

    what: Is
    name: str
    owner: str
    place: Place


class Read(Struct, frozen=True):
    """A file: its flow if it reads well, the names in it, and where its nodes stand."""

    flow: Flow | None
    mentions: tuple[Mention, ...]
    places: Mapping[str, Place]
    problems: tuple[Problem, ...]


def check(
    read: Sequence[Read],
    slots: Mapping[str, Mapping[str, str]],
    operations: Mapping[str, Operation],
) -> Iterator[Problem]:
    """All problems of flows that are to be used together."""
    flows = {each.flow.flow: each.flow for each in read if each.flow}
    for each in read:
        if each.flow:
            yield from _Check(each, each.flow, flows, slots, operations).problems()
    yield from _claimed_twice(read)


class _Check:
    """One flow under the check."""

    def __init__(
        self,
        read: Read,
        flow: Flow,
        flows: Mapping[str, Flow],
        slots: Mapping[str, Mapping[str, str]],
        operations: Mapping[str, Operation],
    ) -> None:
        self.flow = flow
        self.mentions = read.mentions
        self.places = read.places
        self.flows = flows
        self.slots = slots
        self.operations = operations
        self.brought = _brought(flows.values(), operations)

    def problems(self) -> Iterator[Problem]:
        for mention in self.mentions:
            text = self.dangling(mention)
            if text:
                yield Problem(mention.place, text)
        for name, node in self.flow.nodes.items():
            text = self.unhandled(node)
            if text:
                yield Problem(self.places[name], text)
        yield from self.circles()

    def dangling(self, mention: Mention) -> str:
        """What is wrong with a name, or nothing."""
        name = mention.name
        match mention.what:
            case Is.NODE if name not in self.flow.nodes:
                return f"there is no node {name}: {near(name, self.flow.nodes)}"
            case Is.DEED if name not in self.flow.nodes and name not in ACTIONS:
                known = (*self.flow.nodes, *ACTIONS)
                return f"there is no node {name}, nor a deed: {near(name, known)}"
            case Is.KEYS if not name or set(name) - KEYS:
                return f"{name!r} is no key: write 0 to 9, * or #, in quotes"
            case Is.FLOW if name not in self.flows:
                return f"there is no flow {name}: {near(name, self.flows)}"
            case Is.LANGUAGE if name not in self.flow.languages:
                return f"{name} is none of this flow's languages: {near(name, self.flow.languages)}"
            case Is.OPERATION if name not in self.operations:
                return f"there is no operation {name}: {near(name, self.operations)}"
            case Is.OUTCOME:
                return self.no_outcome(mention)
            case Is.PROMPT:
                return self.no_prompt(name)
        return ""

    def no_outcome(self, mention: Mention) -> str:
        node = self.flow.nodes[mention.owner]
        known = self.outcomes(node)
        if known and mention.name not in known:
            return f"{mention.name} is no outcome here: {near(mention.name, known)}"
        return ""

    def no_prompt(self, name: str) -> str:
        if name not in self.slots:
            return f"there is no prompt {name} in the catalogue: {near(name, self.slots)}"
        missing = sorted(self.slots[name].keys() - self.brought)
        if missing:
            return (
                f"the prompt {name} tells {', '.join(missing)}, which no operation or input of "
                f"these flows brings: {near(missing[0], self.brought)}"
            )
        return ""

    def outcomes(self, node: Node) -> Sequence[str]:
        match node:
            case model.Queue():
                return QUEUE_OUTCOMES
            case model.Do() if node.do in self.operations:
                return tuple(self.operations[node.do].outcomes)
        return ()

    def unhandled(self, node: Node) -> str:
        """An outcome without a branch, or a way to a node of another flow that is not there."""
        match node:
            case model.Do() if not node.else_:
                missing = [name for name in self.outcomes(node) if name not in node.on]
                if missing:
                    return f"no branch for {', '.join(missing)}: add them to `on`, or an `else`"
            case model.Goto() if node.flow in self.flows:
                there = self.flows[node.flow].nodes
                if node.goto not in there:
                    return f"flow {node.flow} has no node {node.goto}: {near(node.goto, there)}"
        return ""

    def circles(self) -> Iterator[Problem]:
        """Ways round on which nobody is asked: the call would never get out."""
        done: set[str] = set()
        for name in self.flow.nodes:
            yield from self.circle(name, [], done)

    def circle(self, name: str, path: list[str], done: set[str]) -> Iterator[Problem]:
        if name in path:
            way = " -> ".join([*path[path.index(name) :], name])
            yield Problem(self.places[name], f"nobody is asked in the circle {way}: break it")
        elif name not in done and name in self.flow.nodes:
            for following in _passing(self.flow.nodes[name]):
                yield from self.circle(following, [*path, name], done)
            done.add(name)


def _passing(node: Node) -> tuple[str, ...]:
    """Where a node leads that does not wait for the caller or for the world."""
    match node:
        case model.Say() | model.Language():
            return (node.then,)
        case model.Branch():
            return (*node.when.values(), node.else_)
    return ()


def _brought(flows: Iterable[Flow], operations: Mapping[str, Operation]) -> set[str]:
    """The names of all values that an operation or an input of the flows brings."""
    names: set[str] = set()
    for flow in flows:
        for node in flow.nodes.values():
            if isinstance(node, model.Input):
                names.add(node.into)
            elif isinstance(node, model.Do) and node.do in operations:
                names.update(*operations[node.do].outcomes.values())
    return names


def _claimed_twice(read: Sequence[Read]) -> Iterator[Problem]:
    """Two flows of one name, or two that begin at one number."""
    claims: dict[str, Flow] = {}
    for each in read:
        for claim in (f"flow {each.flow.flow}", *each.flow.numbers) if each.flow else ():
            assert each.flow is not None
            first = claims.setdefault(claim, each.flow)
            if first is not each.flow:
                what = claim if claim.startswith("flow") else f"number {claim}"
                place = Place(each.flow.file, 1, 1)
                yield Problem(place, f"{what} is claimed in {first.file} already: keep one of them")
