"""A session while a step is made of it, and the record of that step."""

from msgspec import Struct
from msgspec.structs import replace

from ivr.model import Book, Flow
from ivr.nodes import Node, kind
from ivr.session import Frame, Session
from ivr.values import Phrase, Value, Values
from ivr.wants import Say, Screen

DEPTH = 20
"""How deep flows may call flows; deeper is a flow that calls itself and never returns."""


class Step(Struct, frozen=True):
    """One line of a call's record: what happened in a node.

    ``key`` is what the caller pressed, or "secret". ``outcome`` is where that led, what an
    operation answered, or ``silent``, ``wrong``, ``gave-up``, ``gone``. ``way`` is the edge by
    which the node was left, as :mod:`ivr.analysis.graph` names it; "" when it was not.
    """

    flow: str
    node: str
    kind: str
    prompt: str = ""
    key: str = ""
    outcome: str = ""
    way: str = ""


class FlowError(Exception):
    """The flow asks for what cannot be: its author must act, and the caller goes to a human.

    ``steps`` are those of the turn until then.
    """

    steps: tuple[Step, ...] = ()


class Draft:
    """What a step works on. The session is a value; only this changes."""

    __slots__ = ("book", "session", "steps")

    def __init__(self, book: Book, session: Session) -> None:
        self.book = book
        self.session = session
        self.steps: list[Step] = []

    @property
    def flow(self) -> Flow:
        return self.book.flows[self.session.flow]

    @property
    def node(self) -> Node:
        return self.flow.nodes[self.session.node]

    def move(self, target: str) -> None:
        """Be in another node, with its counts at nought."""
        self.session = replace(self.session, node=target, silences=0, wrongs=0, played=False)

    def record(
        self,
        node: Node,
        prompt: str = "",
        key: str = "",
        outcome: str = "",
        way: str = "",
        at: Session | None = None,
    ) -> None:
        """Add a step, in the node where the session is or was ``at``."""
        at = at or self.session
        self.steps.append(Step(at.flow, at.node, kind(node), prompt, key, outcome, way))

    # Words.

    def add_prompts(self, prompts: tuple[str, ...]) -> None:
        """Let prompts be told with the next screen, if anybody is there to hear them."""
        if not self.session.gone:
            told = (*self.session.pending, *self.phrases(prompts))
            self.session = replace(self.session, pending=told)

    def say(self, barge_in: bool = True, passing: bool = False) -> Say:
        """Tell what waits."""
        screen = Screen(self.session.pending, self.session.language, barge_in)
        self.session = replace(self.session, pending=(), playing=True)
        return Say(screen, passing)

    def phrases(self, prompts: tuple[str, ...]) -> tuple[Phrase, ...]:
        """Prompts with their placeholders filled from the values of the session."""
        return tuple(map(self._phrase, prompts))

    def _phrase(self, prompt: str) -> Phrase:
        slots = self.book.slots.get(prompt)
        return Phrase(prompt, {name: self.value(name) for name in slots} if slots else {})

    def heard(self) -> str:
        """The names of the prompts of the last ask, for the record."""
        return " ".join(phrase.prompt for phrase in self.session.heard)

    # Values.

    def value(self, name: str) -> Value:
        """A value of the session; :class:`FlowError` if nothing brought it."""
        try:
            return self.session.values[name]
        except KeyError:
            raise FlowError(
                f"{self.session.node} uses {name}, and nothing on the way there brought it: "
                "let an operation or an input that brings it come before"
            ) from None

    def set_values(self, values: Values) -> None:
        """Let values stay with the call."""
        if values:
            self.session = replace(self.session, values={**self.session.values, **values})

    # Flows that call flows.

    def enter(self, flow: str, values: Values, identifying: bool = False) -> str:
        """Begin another flow, and remember this one; its first node."""
        at = self.session
        if len(at.frames) == DEPTH:
            raise FlowError(
                f"{at.node} calls {flow} in a flow that was itself called {DEPTH} deep: "
                "let one of them return before, or use goto"
            )
        frame = Frame(at.flow, at.node, at.values, at.trail, identifying)
        self.session = replace(at, flow=flow, values=values, trail=(), frames=(*at.frames, frame))
        return self.flow.start

    def begin(self, flow: Flow) -> None:
        """Be in a flow as if the call began there: nothing of before is gone back to."""
        at = self.session
        spoken = at.language if at.language in flow.languages else flow.languages[0]
        self.session = replace(
            at, flow=flow.flow, language=spoken, values={}, trail=(), frames=(), pending=()
        )

    def leave(self) -> None:
        """Be again in the node that called this flow, with its values."""
        *frames, last = self.session.frames
        self.session = replace(
            self.session,
            flow=last.flow,
            node=last.node,
            values=last.values,
            trail=last.trail,
            frames=tuple(frames),
        )

    def jump(self, flow: str) -> None:
        """Be in another flow. One that called this one is gone back to: it is not called again."""
        if flow != self.session.flow:
            while any(frame.flow == flow for frame in self.session.frames):
                self.leave()
        self.session = replace(self.session, flow=flow)

    def handler(self, name: str) -> str:
        """The node of a handler of this flow, or of the nearest that called it and has one.

        That flow is then the one of the session. "" if no flow has it, and nothing is changed.
        """
        flows = [self.session.flow, *(frame.flow for frame in reversed(self.session.frames))]
        for depth, flow in enumerate(flows):
            node: str = getattr(self.book.flows[flow], name)
            if node:
                for _ in range(depth):
                    self.leave()
                return node
        return ""
