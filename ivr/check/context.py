"""The context of a check: the flows that were read, what they may use, and their graph."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias

from msgspec import Struct

from ivr import nodes
from ivr.check.available_values import Brought, copied, flow_of_values, makes
from ivr.check.graph import Graph
from ivr.conditions import REFERENCE
from ivr.hours.schedule import Schedule
from ivr.http.declaration import HttpOperation
from ivr.key_grammar import opening
from ivr.lists import Listed, Lists
from ivr.model import Flow, Operation
from ivr.nodes import Node
from ivr.numbers import NumberPlan
from ivr.problems import Place, Problem, near
from ivr.session import Spot
from ivr.speech.phrases import VALUE_KINDS
from ivr.speech_grammar import AGAIN, KEYS_ALONE
from ivr.terms import Is
from ivr.wants import AS_OF

Slots: TypeAlias = Mapping[str, Mapping[str, str]]


class Mention(Struct, frozen=True):
    """A name in a flow: what it refers to, in which node, and its place."""

    what: Is
    name: str
    owner: str
    place: Place


class Read(Struct, frozen=True):
    """A file that was read: its flow, schedule, operation or list, the names in it, its problems.

    The flow lacks the nodes that have problems; it is None if its head has some. ``places``: node
    -> place, also of nodes with problems.
    """

    flow: Flow | None
    mentions: tuple[Mention, ...]
    places: Mapping[str, Place]
    problems: tuple[Problem, ...]
    schedule: Schedule | None = None
    operation: HttpOperation | None = None
    listed: Listed | None = None


class PromptText(Struct, frozen=True):
    """A prompt in a language: its text, and its estimated length in seconds."""

    text: str
    seconds: float


class SiteNames(Struct, frozen=True):
    """What the settings of a site define.

    ``languages``: those that it speaks, the first is the default; any if empty. ``topics``,
    ``departments``, ``queues`` and ``numbers`` are None if they are unknown. ``timezone``: of
    schedules that name none. ``hosts``: where operations may send requests; anywhere if empty.
    ``numbers``: what can be dialled, as extensions of Asterisk. ``plan``: the number plan, for
    numbers in lists. ``listens``: whether a recogniser is set; None if that is unknown.
    """

    languages: tuple[str, ...] = ()
    topics: Collection[str] | None = None
    departments: Collection[str] | None = None
    timezone: str = "UTC"
    queues: Collection[str] | None = None
    hosts: tuple[str, ...] = ()
    numbers: Collection[str] | None = None
    plan: NumberPlan | None = None
    listens: bool | None = None

    def spoken(self, languages: Iterable[str]) -> list[str]:
        """Those of a flow's languages that the site speaks."""
        return [each for each in languages if not self.languages or each in self.languages]


class Standard(Struct, frozen=True):
    """The limits and the data that the rules judge by.

    ``within``: the most keys to a human. ``heard``: prompt -> language -> text; empty if unknown.
    ``zones``: the time zones of this machine; None if unknown. ``own``: the places of the
    administrator's own prompts, each of which should be used.
    ``site``: what the settings of the site define. ``today``: the present day; None if unknown.
    """

    within: int = 3
    heard: Mapping[str, Mapping[str, PromptText]] = {}
    zones: frozenset[str] | None = None
    own: Mapping[str, Place] = {}
    site: SiteNames = SiteNames()
    today: date | None = None


Finding: TypeAlias = tuple[Place, str]
"""The place of a problem; its text: what is wrong and how to fix it."""


class CheckContext:
    """All flows of a check, with what rules look up."""

    def __init__(
        self,
        read: Sequence[Read],
        slots: Slots,
        operations: Mapping[str, Operation],
        standard: Standard | None,
    ) -> None:
        self.read = read
        self.slots = slots
        self.operations = operations
        self.standard = standard or Standard()
        self.flows = {each.flow.flow: each.flow for each in read if each.flow}
        self.files = {each.flow.flow: each for each in read if each.flow}
        self.schedules = {each.schedule.schedule: each for each in read if each.schedule}
        listed = (each.listed for each in read if each.listed)
        self.lists = Lists.of(listed, self.standard.site.plan)
        self.whole = not any(each.problems for each in read)
        """Whether all files were read without problems; otherwise names may be missing."""

    @cached_property
    def graph(self) -> Graph:
        return Graph(self.flows, self.operations)

    @cached_property
    def operation_names(self) -> frozenset[str]:
        """The operations there are, also those with problems."""
        own = (mention.name for _, mention in self.mentions(Is.OPERATION_NAME))
        return frozenset((*self.operations, *own))

    @cached_property
    def _mentions(self) -> Mapping[Is, Sequence[tuple[Read, Mention]]]:
        found = defaultdict(list)
        for each in self.read:
            for mention in each.mentions:
                found[mention.what].append((each, mention))
        return found

    @cached_property
    def _places(self) -> Mapping[tuple[str, str, Is, str], Place]:
        return {
            (each.flow.flow, mention.owner, mention.what, mention.name): mention.place
            for each in self.read
            if each.flow
            for mention in each.mentions
        }

    def mentions(self, *what: Is) -> Iterator[tuple[Read, Mention]]:
        """The names of these sorts, each with its file."""
        for each in what:
            yield from self._mentions[each]

    def nodes(self) -> Iterator[tuple[Spot, Node]]:
        """All nodes."""
        for flow in self.flows.values():
            for name, node in flow.nodes.items():
                yield (flow.flow, name), node

    def at(self, spot: Spot, what: Is | None = None, name: str = "") -> Place:
        """The place of a node, or of a name in it."""
        place = self._places.get((*spot, what, name)) if what else None
        return place or self.files[spot[0]].places[spot[1]]

    def head(self, flow: str, what: Is = Is.FLOW_NAME, name: str = "") -> Place:
        """The place of a flow's head, or of a name in it."""
        return (
            self._places.get((flow, "", what, name))
            or self._places.get((flow, "", Is.FLOW_NAME, flow))
            or Place(self.flows[flow].file, 1, 1)
        )

    @cached_property
    def brought(self) -> Mapping[str, frozenset[str]]:
        """All values that the flows set, with their kinds."""
        names: dict[str, frozenset[str]] = {}
        copies: list[tuple[str, str]] = []
        for flow in self.flows.values():
            made = [pair for node in flow.nodes.values() for pair in makes(node, self.operations)]
            for name, kind in [*made, *flow.inputs.items(), *flow.outputs.items()]:
                names[name] = names.get(name, frozenset()) | {kind}
        for _, node in self.nodes():
            if isinstance(node, nodes.Call) and node.call in self.flows:
                copies += node.take.items()
            elif isinstance(node, nodes.Menu) and node.each is not None:
                for name in node.each.take:
                    names.setdefault(name, frozenset())
            elif isinstance(node, nodes.Set):
                found = ((name, REFERENCE.fullmatch(given)) for name, given in node.set.items())
                copies += [(name, reference[1]) for name, reference in found if reference]
        return copied(names, copies)

    @cached_property
    def brought_to(self) -> Mapping[Spot, Brought]:
        """Node -> the values set on the paths to it."""
        return flow_of_values(self.graph, self.operations)

    @cached_property
    def _makers(self) -> Mapping[str, Sequence[Node]]:
        """Value -> the nodes that set it."""
        found = defaultdict(list)
        for _, node in self.nodes():
            for name in dict(makes(node, self.operations)):
                found[name].append(node)
        return found

    @cached_property
    def _given(self) -> frozenset[str]:
        """The values that come from elsewhere: inputs of flows, and outputs of called ones."""
        taken = [one for _, node in self.nodes() for one in taken_into(node)]
        return frozenset((*taken, *(name for flow in self.flows.values() for name in flow.inputs)))

    def words_of(self, value: str) -> Sequence[str]:
        """All words that a value may be, if only operations set it that say so; else none."""
        known = [self._choices(node, value) for node in self._makers.get(value, ())]
        if not all(known) or value in self._given:
            return ()
        return sorted({word for words in known for word in words})

    def _choices(self, node: Node, value: str) -> Sequence[str]:
        operation = self.operations.get(node.do) if isinstance(node, nodes.Do) else None
        return operation.choices.get(value, ()) if operation else ()

    def lacking(self, value: str) -> str:
        """Why a value of that name is never set; "" if it is."""
        if not self.whole or value in self.brought:
            return ""
        return f"{value}, which nothing in these flows sets: {near(value, self.brought)}"

    def unlike(self, value: str, kind: str) -> str:
        """Why a value of that name has another kind; "" if it has not."""
        found = self.brought.get(value)
        if not self.whole or not found or kind in found:
            return ""
        return f"{value} as {kind}, but these flows set it as {', '.join(sorted(found))}"


Find: TypeAlias = Callable[[CheckContext], Iterable[Finding]]


class Rule(Struct, frozen=True):
    """A rule: its name, what it protects, and how to fix a violation.

    ``vital``: the engine cannot run flows that violate it, so it is checked whenever flows are
    loaded. A rule without ``find`` is checked while a file is read.
    """

    name: str
    severity: Literal["error", "warning"]
    protects: str
    fix: str
    find: Find | None = None
    vital: bool = False


def prompts(node: Node) -> tuple[str, ...]:
    """All prompts that a node may play."""
    match node:
        case nodes.Listens():
            more = node.each.more if isinstance(node, nodes.Menu) and node.each else ()
            voice = (AGAIN, KEYS_ALONE) if node.spoken or isinstance(node, nodes.Listen) else ()
            return (*opening(node), *node.silent, *node.wrong, *more, *voice)
        case nodes.Say():
            return node.say
        case nodes.Hold():
            return node.hold
        case nodes.End():
            return node.end
        case nodes.Sms():
            return (AS_OF, *node.sms) if node.valid else node.sms
        case nodes.Record():
            return node.record
        case nodes.Announce():
            return node.announce
    return ()


def taken_into(node: Node) -> Mapping[str, str]:
    """The values that a node takes from another flow, or from the row of a list."""
    match node:
        case nodes.Call():
            return node.take
        case nodes.Menu(each=nodes.Listing() as over):
            return over.take
    return {}


def value_kind(kind: str) -> str:
    """The kind of value for a placeholder's kind: "count" for "count minute"."""
    first = kind.split()[0]
    return VALUE_KINDS.get(first, first)


def shortened(names: Sequence[str]) -> str:
    """A path as text, without its middle if it is long."""
    return " -> ".join(names if len(names) <= 8 else [*names[:4], "…", *names[-3:]])
