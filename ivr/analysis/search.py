"""Search for paths through flows: the engine is run with every event that may happen.

The search is breadth-first, so that every edge is first reached by a shortest path. States that
cannot differ in the edges they open are merged; each level of :data:`DETAIL` merges fewer. Where
patience is counted, callers who have less of it left go first: what opens only after all of it is
spent is found before the states between multiply those of every menu.
"""

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from ivr import nodes
from ivr.analysis.coverage import EdgeKey, edge_keys, edges_taken
from ivr.analysis.examples import (
    Request,
    cases,
    distinguished,
    example,
    looked_at,
    numbers_compared,
    replies,
    request_of,
    said,
    wrong_keys,
)
from ivr.analysis.paths import Path, PathsFound, Transition
from ivr.conditions import plain
from ivr.draft import FlowError
from ivr.engine import step
from ivr.events import Event, Gone, Keyed, Played, Recorded, Said, Silent
from ivr.key_grammar import answers
from ivr.model import Book, Flow
from ivr.nodes import Input
from ivr.session import Caller, Session
from ivr.session_start import first_event, start_session
from ivr.values import Count, Digits, Recording
from ivr.wants import Action, Ask, Done, FindAnnouncements, Record, Say, Want

DETAIL = (0, 1, 2, 3)
"""Levels of how states are distinguished: by place, and the values on which the flows branch that
the caller is in; by those of all flows; also by the patience left; also by which values are set.
Each level is used only for edges that the one before did not find."""
PATIENCE, SET = DETAIL[2:]
"""From which levels on patience counts, and which values are set."""

STATES = 150_000
"""The search stops after this many states per level: seconds, and far more than flows have."""

IDLE, IDLE_RATIO = 30_000, 3
"""A level that does not count patience leaves the rest to the next one when it has found nothing in
its first 30,000 steps, or since a third of all its steps: it would hardly find more."""

FAREWELL = "farewell"
"""The edge of exhausted patience; not searched where patience is not counted."""

GONE = Gone(16)


def find_paths(book: Book, flow: str = "", known: int = 1, number: str = "") -> PathsFound:
    """Find paths through all flows, or through all edges of one.

    Calls start as subscriber ``known`` from ``number``, as the same with an unverified number, or
    as an unknown caller.
    """
    flows = [book.flows[flow]] if flow else list(book.flows.values())
    wanted = [edge for each in flows for edge in edge_keys(book, each)]
    ends: dict[EdgeKey, _Reached] = {}
    for detail in DETAIL:
        for together in (flows,) if detail >= PATIENCE else _together(flows):
            names = {each.flow for each in together}
            left = {edge for edge in wanted if edge not in ends and edge[0] in names}
            if detail < PATIENCE:
                left = {edge for edge in left if edge[2] != FAREWELL}
            if left:
                starts = tuple(_starts(book, together[0], known, number))
                ends.update(_Search(book, detail).run(starts, left))
    missed = [edge for edge in wanted if edge not in ends]
    shortest = {edge: _path(book, end, ends.keys()) for edge, end in ends.items()}
    return PathsFound(tuple(_chosen(shortest)), shortest, tuple(missed))


def _together(flows: Iterable[Flow]) -> Iterable[list[Flow]]:
    """Groups of flows that are searched at once: flows without a number share one group."""
    found: dict[str, list[Flow]] = {}
    for flow in flows:
        found.setdefault(flow.flow if flow.entries else "", []).append(flow)
    return found.values()


def _starts(book: Book, first: Flow, known: int, number: str) -> Iterator[Session]:
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
                    if begun := start_session(book, "search", dialled, caller, (language,)):
                        yield begun


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
    """Whether a key was pressed after a silence: then patience is no longer counted."""


class _Search:
    """One breadth-first search."""

    def __init__(self, book: Book, detail: int) -> None:
        self.book = book
        self.detail = detail
        self.replies: dict[Request, tuple[Event, ...]] = {}
        self.steps = 0
        self.looked_in = {
            flow.flow: frozenset(
                what for node in flow.nodes.values() if (what := looked_at(node)[0])
            )
            for flow in book.flows.values()
        }
        self.looked = frozenset[str]().union(*self.looked_in.values())

    def run(self, starts: Iterable[Session], missed: set[EdgeKey]) -> Mapping[EdgeKey, _Reached]:
        """Missed edge -> the first state that took it."""
        found: dict[EdgeKey, _Reached] = {}
        seen = set[Hashable]()
        lanes: list[deque[_Reached]] = [deque()]
        latest = 0  # the step at which the latest edge was found

        def reach(transition: Transition, before: _Reached | None = None) -> None:
            nonlocal latest
            self.steps += 1
            new = self.turned(before, transition)
            if new is None:
                return
            edges = set(new.edges).difference(found)
            state = self.state(new)
            if edges or state not in seen:
                seen.add(state)
                found.update(dict.fromkeys(edges, new))
                latest = self.steps if edges & missed else latest
                lane = self.lane(new)
                lanes.extend(deque() for _ in range(len(lanes), lane + 1))
                lanes[lane].append(new)

        for start in starts:
            reach(Transition(start, None, first_event(start)))
        while any(lanes) and not found.keys() >= missed and len(seen) < STATES:
            if self.detail < PATIENCE and self.steps > max(IDLE, IDLE_RATIO * latest):
                break
            one = next(lane for lane in reversed(lanes) if lane).popleft()
            for event in self.events(one):
                reach(Transition(one.session, one.want, event), one)
        return {edge: one for edge, one in found.items() if edge in missed}

    def turned(self, before: _Reached | None, turn: Transition) -> _Reached | None:
        """The state after a transition; None if the flow has a fault there."""
        try:
            made = step(self.book, turn.session, turn.event)
        except FlowError:
            return None
        edges = tuple(edges_taken(self.book, turn.session, made.steps))
        announced, awake = (before.announced, before.awake) if before else ("", False)
        if isinstance(turn.want, FindAnnouncements):
            announced = getattr(turn.event, "outcome", "broken")
        if isinstance(turn.event, Keyed) and turn.session.misses == made.session.misses > 0:
            awake = True
        return _Reached(before, turn, made.session, made.want, edges, announced, awake)

    def lane(self, one: _Reached) -> int:
        """The turn of a state: how much patience is spent, where that is counted."""
        at = one.session
        spent = at.misses >= self.book.flows[at.flow].patience
        return at.misses if self.detail >= PATIENCE and (spent or not one.awake) else 0

    def state(self, one: _Reached) -> Hashable:
        """The key by which states are merged."""
        at = one.session
        looked = self.looked
        if self.detail == 0:
            flows = (at.flow, *(frame.flow for frame in at.frames))
            looked = frozenset[str]().union(*map(self.looked_in.__getitem__, flows))
        values = [(name, plain(at.values[name])) for name in sorted(looked & at.values.keys())]
        patience = self.book.flows[at.flow].patience
        misses = -1 if at.misses >= patience else 0 if one.awake else at.misses
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

    def events(self, one: _Reached) -> Iterator[Event]:
        """The events that may happen next and can make a difference."""
        want, at = one.want, one.session
        match want:
            case Ask():
                yield from self.pressed(want, at)
            case Say():
                yield Played(whole=True)
            case Record():
                yield from map(Recorded, self.recordings(want, at))
                yield Silent()
            case Done():
                return
        of = request_of(want)
        if of is not None:
            for event in self.answers(of):
                outcome = getattr(event, "outcome", "broken")
                if not (isinstance(want, FindAnnouncements) and one.announced not in ("", outcome)):
                    yield event
        if not isinstance(want, Action) and self.minds_hang_up(at):
            yield GONE

    def minds_hang_up(self, at: Session) -> bool:
        """Whether more than an end can follow when the caller hangs up."""
        flows = (at.flow, *(frame.flow for frame in at.frames))
        handled = not at.gone and any(self.book.flows[flow].on_hangup for flow in flows)
        return handled or (at.playing and at.played)  # a slow operation goes on

    def answers(self, of: Request) -> tuple[Event, ...]:
        """The possible answers to a request, built once."""
        if of not in self.replies:
            self.replies[of] = tuple(replies(self.book, of))
        return self.replies[of]

    def pressed(self, ask: Ask, at: Session) -> Iterator[Keyed | Said | Silent]:
        """The keys a caller may press; after a silence or a wrong key only the same again."""
        flow = self.book.flows[at.flow]
        fresh = not (at.silences or at.wrongs)
        if fresh or at.misses >= flow.patience:
            for choice in sorted(ask.grammar.choices | ask.grammar.codes):
                yield Keyed(choice, whole=True)
            node = flow.nodes[at.node]
            if isinstance(node, Input):
                yield from map(Keyed, self.digits(node))
            yield from said(node, at.language)
        if fresh or at.silences:
            yield Silent(whole=True)
        if (fresh or at.wrongs) and (wrong := wrong_keys(ask.grammar)):
            yield Keyed(wrong, whole=True)

    def recordings(self, record: Record, at: Session) -> Iterator[Recording]:
        """Recordings a caller may leave: one, and one per case of a branch on its length."""
        node = self.book.flows[at.flow].nodes[at.node]
        into = node.into if isinstance(node, nodes.Record) else ""
        for value in (
            example(self.book, into, "recording"),
            *distinguished(self.book, into, "recording"),
        ):
            if isinstance(value, Recording) and 0 < value.seconds <= record.longest:
                yield value

    def digits(self, node: Input) -> Iterator[str]:
        """Digits that an input accepts: an example, and one for each case of a branch."""
        length = max(node.least, min(node.most, 4))
        yield ("1234567890" * 10)[:length]
        for value in distinguished(self.book, node.into, node.takes):
            if isinstance(value, Digits | Count):
                keys = plain(value).zfill(node.least)
                if answers(node, keys):
                    yield keys


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


def _path(book: Book, end: _Reached, wanted: Collection[EdgeKey]) -> Path:
    """The path to a state, continued until the caller may answer, or waits."""
    search = _Search(book, 0)
    while isinstance(end.want, Action | Say):
        tried = (
            search.turned(end, Transition(end.session, end.want, event))
            for event in search.events(end)
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
