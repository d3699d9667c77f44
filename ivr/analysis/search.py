"""Search for paths through flows: the engine is run with every event that may happen.

States from which the graph leads to a missing edge by few events go first, and of those the ones
that took few: an edge is reached by a short path, mostly by a shortest one. States that cannot
differ in the edges they open are merged; each level of :data:`DETAIL` merges fewer. Where patience
is counted, what is left of it counts as events to come. The farewell of a node is searched from
that node on, each by itself: the states between a first and a last miss multiply those of every
menu, and a caller who has come to the node can come to it again.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Set
from heapq import heappop, heappush

from msgspec import Struct
from msgspec.structs import replace

from ivr.analysis.coverage import EdgeKey, edge_keys, edges_taken
from ivr.analysis.distance import Distances
from ivr.analysis.examples import cases, looked_at, numbers_compared
from ivr.analysis.paths import Path, PathsFound, Transition
from ivr.analysis.possible_events import PossibleEvents
from ivr.conditions import plain
from ivr.draft import FlowError
from ivr.engine import step
from ivr.events import Keyed
from ivr.model import Book, Flow
from ivr.session import Caller, Session, Spot
from ivr.session_start import first_event, start_session
from ivr.wants import Action, FindAnnouncements, Say, Want

DETAIL = (0, 1, 2, 3)
"""Levels of how states are distinguished: by place, and the values on which the flows branch that
the caller is in; by those of all flows; also by the patience left, as long as no key was pressed
after a silence; also by the patience left of all, and by which values are set.
Each level is used only for edges that the one before did not find."""
PATIENCE, SET = DETAIL[2:]
"""From which levels on patience counts, and which values are set."""

IDLE, IDLE_RATIO = 30_000, 3
"""A level leaves the rest to the next one when it has found nothing in its first 30,000 steps, or
in the last two thirds of all its steps: it would hardly find more."""

AHEAD = 2
"""What an event that is to come counts, in events that were taken."""

MEASURED = 50
"""Steps after which the distances to what is left are measured again, if some edge was found."""

SHOWN = 10_000
"""Steps of a search after which it says again how far it is."""

Progress = Callable[[int, int], None]
"""Shows the steps of a search, and how many edges it is still to find."""

FAREWELL = "farewell"
"""The edge of exhausted patience; not searched where patience is not counted."""


def find_paths(
    book: Book,
    flow: str = "",
    known: int = 1,
    number: str = "",
    show: Progress = lambda *_: None,
) -> PathsFound:
    """Find paths through all flows, or through all edges of one.

    Calls start as subscriber ``known`` from ``number``, as the same with an unverified number, or
    as an unknown caller. ``show`` is called from time to time.
    """
    flows = [book.flows[flow]] if flow else list(book.flows.values())
    wanted = [edge for each in flows for edge in edge_keys(book, each)]
    ends: dict[EdgeKey, _Reached] = {}
    distances, possible = Distances(book), PossibleEvents(book)
    for detail in DETAIL:
        if detail == PATIENCE:
            ends |= _farewells(book, distances, possible, wanted, ends, show)
        for together in (flows,) if detail >= PATIENCE else _together(flows):
            names = {each.flow for each in together}
            left = {edge for edge in wanted if edge not in ends and edge[0] in names}
            if detail < PATIENCE:
                left = {edge for edge in left if edge[2] != FAREWELL}
            if left:
                starts = _starts(book, together[0], known, number)
                search = _Search(book, detail, distances, possible, left)
                ends |= search.run(starts, show)
    missed = [edge for edge in wanted if edge not in ends]
    shortest = {edge: _path(book, possible, end, ends.keys()) for edge, end in ends.items()}
    return PathsFound(tuple(_chosen(shortest)), shortest, tuple(missed))


def _farewells(
    book: Book,
    distances: Distances,
    possible: PossibleEvents,
    wanted: Iterable[EdgeKey],
    ends: Mapping[EdgeKey, "_Reached"],
    show: Progress,
) -> Mapping[EdgeKey, "_Reached"]:
    """Farewell -> the first state that took it, searched from the states that came to its node."""
    came: dict[Spot, list[_Reached]] = {}
    for (flow, node, _), end in ends.items():
        came.setdefault((flow, node), []).extend((end.before,) if end.before else ())
    found: dict[EdgeKey, _Reached] = {}
    for edge in [each for each in wanted if each[2] == FAREWELL]:
        for detail in (PATIENCE, SET):
            if edge not in found:
                search = _Search(book, detail, distances, possible, {edge})
                found |= search.run(came.get(edge[:2], ()), show)
    return found


def _together(flows: Iterable[Flow]) -> Iterable[list[Flow]]:
    """Groups of flows that are searched at once: flows without a number share one group."""
    found: dict[str, list[Flow]] = {}
    for flow in flows:
        found.setdefault(flow.flow if flow.entries else "", []).append(flow)
    return found.values()


def _starts(book: Book, first: Flow, known: int, number: str) -> Iterator["_Reached"]:
    """The starts that flows can tell apart; those of the ``first`` flow first."""
    callers = [Caller(number, known), Caller("")]
    if any(flow.identify for flow in book.flows.values()):
        callers.append(Caller(number, known, vouched=False))
    callers += [Caller(each) for each in numbers_compared(book)]
    for flow in sorted(book.flows.values(), key=lambda flow: flow is not first):
        alike = () if cases(book, "dialled") else flow.numbers[1:]
        for dialled in (each for each in flow.entries if each not in alike):
            for language in flow.languages if cases(book, "language") else flow.languages[:1]:
                for caller in callers:
                    begun = start_session(book, "search", dialled, caller, (language,))
                    turn = Transition(begun, None, first_event(begun)) if begun else None
                    if turn and (new := _turned(book, None, turn)):
                        yield new


class _Reached(Struct, frozen=True):
    """A state of the search: the transition that led to it, and what stays fixed after it."""

    before: "_Reached | None"
    taken: Transition
    session: Session
    want: Want
    edges: tuple[EdgeKey, ...]
    announced: str = ""
    """The outcome of announcements, which stays the same during a call."""
    awake: bool = False
    """Whether a key was pressed after a silence."""
    events: int = 0
    """How many led to it."""


class _Search:
    """One search, by the levels of :data:`DETAIL`."""

    def __init__(
        self,
        book: Book,
        detail: int,
        distances: Distances,
        possible: PossibleEvents,
        missed: Set[EdgeKey],
    ) -> None:
        self.book = book
        self.detail = detail
        self.distances = distances
        self.near = distances.to(missed)
        self.possible = possible
        self.missed = missed
        self.left = set(missed)
        self.found: dict[EdgeKey, _Reached] = {}
        self.seen = set[Hashable]()
        self.waiting: list[tuple[int, int, _Reached]] = []
        """A heap: the turn of a state, a number of its own, and the state."""
        self.steps = 0
        self.latest = 0
        """The step at which the latest edge was found."""
        self.looked_in = {
            flow.flow: frozenset(
                what for node in flow.nodes.values() if (what := looked_at(node)[0])
            )
            for flow in book.flows.values()
        }
        self.looked = frozenset[str]().union(*self.looked_in.values())

    def run(self, starts: Iterable[_Reached], show: Progress) -> dict[EdgeKey, _Reached]:
        """Missed edge -> the first state that took it."""
        measured = shown = 0
        for start in starts:
            self.add(start)
        while self.waiting and self.left and self.steps <= max(IDLE, IDLE_RATIO * self.latest):
            if self.latest > measured and self.steps >= measured + MEASURED:
                self.near, measured = self.distances.to(self.left), self.steps
            if self.steps >= shown + SHOWN:
                shown = self.steps
                show(shown, len(self.left))
            rank, number, one = heappop(self.waiting)
            if rank < (now := self.rank(one)):  # what was near is found since
                heappush(self.waiting, (now, number, one))
                continue
            for event in self.possible.after(one.session, one.want, one.announced):
                if new := _turned(self.book, one, Transition(one.session, one.want, event)):
                    self.add(new)
        return {edge: one for edge, one in self.found.items() if edge in self.missed}

    def add(self, new: _Reached) -> None:
        """Let a state wait for its turn, unless one like it did."""
        self.steps += 1
        edges = set(new.edges).difference(self.found)
        state = self.state(new)
        if edges or state not in self.seen:
            self.seen.add(state)
            self.found.update(dict.fromkeys(edges, new))
            heappush(self.waiting, (self.rank(new), self.steps, new))
            if edges & self.left:
                self.latest = self.steps
                self.left -= edges

    def rank(self, one: _Reached) -> int:
        """The turn of a state, the least one first: the events that led to it, and those to come
        until an edge that is missing is taken; each miss that patience still allows is one."""
        at = one.session
        left = 0
        if self.detail >= PATIENCE:
            patience = self.book.flows[at.flow].patience
            spent = at.misses >= patience
            left = 0 if spent else patience if self.unspent(one) else patience - at.misses
        return one.events + AHEAD * (self.near.of(at) + left)

    def unspent(self, one: _Reached) -> bool:
        """Whether the patience of a caller is not counted: they will have it left."""
        return self.detail < SET and one.awake

    def state(self, one: _Reached) -> Hashable:
        """The key by which states are merged."""
        at = one.session
        looked = self.looked
        if self.detail == 0:
            flows = (at.flow, *(frame.flow for frame in at.frames))
            looked = frozenset[str]().union(*map(self.looked_in.__getitem__, flows))
        values = [(name, plain(at.values[name])) for name in sorted(looked & at.values.keys())]
        patience = self.book.flows[at.flow].patience
        misses = -1 if at.misses >= patience else 0 if self.unspent(one) else at.misses
        return (
            (at.flow, at.node, at.page, at.playing, at.played, type(one.want), one.announced),
            (at.subscriber, at.about is None, at.identity, at.gone, at.failed),
            (at.silences, at.wrongs),
            at.language if "language" in self.looked else "",
            at.dialled if "dialled" in self.looked else "",
            at.caller.number if "number" in self.looked else "",
            (at.agreed is not None, tuple((frame.flow, frame.node) for frame in at.frames)),
            tuple(values),
            misses if self.detail >= PATIENCE else 0,
            tuple(sorted(at.values)) if self.detail >= SET else (),
        )


def _turned(book: Book, before: _Reached | None, turn: Transition) -> _Reached | None:
    """The state after a transition; None if the flow has a fault there."""
    try:
        made = step(book, turn.session, turn.event)
    except FlowError:
        return None
    edges = tuple(edges_taken(book, turn.session, made.steps))
    announced, awake = (before.announced, before.awake) if before else ("", False)
    if isinstance(turn.want, FindAnnouncements):
        announced = getattr(turn.event, "outcome", "broken")
    if isinstance(turn.event, Keyed) and turn.session.misses == made.session.misses > 0:
        awake = True
    events = before.events + 1 if before else 0
    return _Reached(before, turn, made.session, made.want, edges, announced, awake, events)


# From the states of the search to the paths that are kept.


def _chosen(shortest: Mapping[EdgeKey, Path]) -> Iterator[Path]:
    """A small set of paths that takes all edges: long paths also take those of short ones."""
    left = set(shortest)
    kept = []
    for edge, path in sorted(shortest.items(), key=lambda item: -len(item[1].turns)):
        if edge in left:
            first = tuple(edge for edge in path.edges if edge in left)
            left.difference_update(first)
            kept.append(replace(path, edges=first))
    yield from sorted(kept, key=lambda path: len(path.turns))


def _path(book: Book, possible: PossibleEvents, end: _Reached, wanted: Collection[EdgeKey]) -> Path:
    """The path to a state, continued until the caller may answer, or waits."""
    while isinstance(end.want, Action | Say):
        tried = (
            _turned(book, end, Transition(end.session, end.want, event))
            for event in possible.after(end.session, end.want, end.announced)
        )
        following = next(filter(None, tried), None)
        if following is None:
            break
        end = following
    chain: list[_Reached] = []
    one: _Reached | None = end
    while one is not None:
        chain.insert(0, one)
        one = one.before
    gone = dict.fromkeys(edge for each in chain for edge in each.edges if edge in wanted)
    return Path(tuple(each.taken for each in chain), end.session, end.want, tuple(gone))
