"""The next session while a step builds it, and the steps of the call record."""

from msgspec import Struct
from msgspec.structs import replace

from ivr.model import Book, Flow
from ivr.nodes import Confirm, Node, kind
from ivr.session import Frame, Session
from ivr.values import Count, Day, Moment, Money, Name, Phrase, Value, Values
from ivr.wants import Say, Screen

DEPTH = 20
"""The deepest call stack of flows; deeper is a flow that calls itself and never returns."""


RECORDED = (Money, Count, Day, Moment, Name)
"""Kinds of values that the call record keeps: no number of a person, no secret, no long text."""


class Step(Struct, frozen=True):
    """One line of the call record: what happened in a node.

    ``key``: what the caller pressed, or "secret". ``outcome``: the next node, the outcome of an
    operation, or ``silent``, ``wrong``, ``gave-up``, ``gone``. ``way``: the label of the edge that
    was taken, as :mod:`ivr.analysis.graph` names it; "" if the call stayed in the node. ``filled``:
    the values of the prompts' placeholders, by name, where they are of the kinds :data:`RECORDED`.
    """

    flow: str
    node: str
    kind: str
    prompt: str = ""
    key: str = ""
    outcome: str = ""
    way: str = ""
    filled: Values = {}


class FlowError(Exception):
    """A fault in the flow, for its author; the caller is then put into the fallback queue.

    ``steps``: the steps of the turn so far.
    """

    steps: tuple[Step, ...] = ()


def recorded(said: tuple[Phrase, ...]) -> Values:
    """What of the values of phrases is recorded; the first of a name counts."""
    found: dict[str, Value] = {}
    for phrase in said:
        for name, value in phrase.values.items():
            if isinstance(value, RECORDED):
                found.setdefault(name, value)
    return found


class Draft:
    """The mutable state of one step; everything else is a value."""

    __slots__ = ("book", "said", "session", "steps")

    def __init__(self, book: Book, session: Session) -> None:
        self.book = book
        self.session = session
        self.steps: list[Step] = []
        self.said = False
        """Whether words were played to their end just before."""

    @property
    def flow(self) -> Flow:
        return self.book.flows[self.session.flow]

    @property
    def node(self) -> Node:
        return self.flow.nodes[self.session.node]

    def move(self, target: str) -> None:
        """Go to a node, and reset its counters."""
        self.session = replace(
            self.session,
            node=target,
            silences=0,
            wrongs=0,
            misheard=0,
            doubted="",
            doubt=("", 0.0),
            page=0,
            played=False,
        )

    def record(
        self,
        node: Node,
        said: tuple[Phrase, ...] = (),
        key: str = "",
        outcome: str = "",
        way: str = "",
        at: Session | None = None,
    ) -> None:
        """Add a line to the call record, for the present node or for that of ``at``; ``said``: what
        the caller heard there."""
        at = at or self.session
        prompts = " ".join([phrase.prompt for phrase in said]) if said else ""
        filled = recorded(said) if said else {}
        self.steps.append(Step(at.flow, at.node, kind(node), prompts, key, outcome, way, filled))

    # Prompts.

    def add_prompts(self, prompts: tuple[str, ...]) -> None:
        """Add prompts to the next screen, unless the caller hung up."""
        if not self.session.gone:
            pending = (*self.session.pending, *self.phrases(prompts))
            self.session = replace(self.session, pending=pending)

    def say(self, barge_in: bool = True, passing: bool = False) -> Say:
        """A want that plays the pending phrases."""
        screen = Screen(self.session.pending, self.session.language, barge_in)
        self.session = replace(self.session, pending=(), playing=True, saying=self.session.pending)
        return Say(screen, passing)

    def phrases(self, prompts: tuple[str, ...]) -> tuple[Phrase, ...]:
        """Prompts with their placeholders filled from the session's values."""
        return tuple(map(self._phrase, prompts))

    def _phrase(self, prompt: str) -> Phrase:
        slots = self.book.slots.get(prompt)
        return Phrase(prompt, {name: self.value(name) for name in slots} if slots else {})

    # Values.

    def value(self, name: str) -> Value:
        """A value of the session; raises :class:`FlowError` if it is not set."""
        try:
            return self.session.values[name]
        except KeyError:
            raise FlowError(
                f"{self.session.node} uses {name}, which is not set on the path there: "
                "put an operation or an input that sets it before"
            ) from None

    def set_values(self, values: Values) -> None:
        """Set values of the session."""
        if values:
            self.session = replace(self.session, values={**self.session.values, **values})

    # Flows that call flows.

    def enter(self, flow: str, values: Values, identifying: bool = False) -> str:
        """Call another flow: push a frame. Returns its first node; FlowError if too deep.

        What a confirm is to say is kept in the frame while the caller is identified for it.
        """
        at = self.session
        kept = at.pending if identifying and isinstance(self.node, Confirm) else ()
        if len(at.frames) == DEPTH:
            raise FlowError(
                f"{at.node} calls {flow}, but the call stack is {DEPTH} flows deep already: "
                "let one of them return before, or use goto"
            )
        frame = Frame(at.flow, at.node, at.values, at.trail, identifying, kept, at.agreed)
        pending = () if kept else at.pending
        self.session = replace(
            at, flow=flow, values=values, trail=(), frames=(*at.frames, frame), pending=pending
        )
        return self.flow.start

    def begin(self, flow: Flow) -> None:
        """Restart the call in a flow: values, trail and call stack are dropped."""
        at = self.session
        spoken = at.language if at.language in flow.languages else flow.languages[0]
        self.session = replace(
            at,
            flow=flow.flow,
            language=spoken,
            values={},
            trail=(),
            frames=(),
            pending=(),
            agreed=None,
        )

    def leave(self) -> None:
        """Return to the node that called this flow, with its values: pop a frame."""
        *frames, last = self.session.frames
        self.session = replace(
            self.session,
            flow=last.flow,
            node=last.node,
            values=last.values,
            trail=last.trail,
            frames=tuple(frames),
            agreed=last.agreed,
        )

    def jump(self, flow: str) -> None:
        """Go to another flow; if it is on the call stack, unwind to it."""
        if flow != self.session.flow:
            while any(frame.flow == flow for frame in self.session.frames):
                self.leave()
        self.session = replace(self.session, flow=flow)

    def handler(self, name: str) -> str:
        """The handler's node in this flow, or in the nearest caller that has one.

        The call stack is unwound to that flow. "" (and no change) if no flow has the handler.
        """
        flows = [self.session.flow, *(frame.flow for frame in reversed(self.session.frames))]
        for depth, flow in enumerate(flows):
            node: str = getattr(self.book.flows[flow], name)
            if node:
                for _ in range(depth):
                    self.leave()
                return node
        return ""
