"""The engine: one event in, the next session and one want out."""

from msgspec import Struct
from msgspec.structs import replace

from ivr import model
from ivr.asking import answers, escapes, grammar, nth, opening
from ivr.events import Answered, Began, Bridged, Event, Gone, Keyed, Silent, Told
from ivr.model import BACK, REPEAT, Book, Flow, Node, kind
from ivr.session import Session
from ivr.values import Digits, Phrase, Value, Values
from ivr.wants import Ask, Dial, Done, Invoke, Say, Screen, Want

BOUND = 100
"""Nodes that one event may pass through: more are a circle, or nothing that a caller could bear."""


class Step(Struct, frozen=True):
    """One line of a call's record: what happened in a node.

    ``key`` is what the caller pressed, or "secret". ``outcome`` is where that led, what an
    operation answered, or ``silent``, ``wrong``, ``gave-up``, ``gone``.
    """

    node: str
    kind: str
    prompt: str = ""
    key: str = ""
    outcome: str = ""


class Turn(Struct, frozen=True):
    """What a step gives: where the call stands, what it wants, and what is to be recorded."""

    session: Session
    want: Want
    steps: tuple[Step, ...] = ()


class FlowError(Exception):
    """The flow asks for what cannot be: its author must act, and the caller goes to a human."""


def step(book: Book, session: Session, event: Event) -> Turn:
    """What ``event`` makes of ``session``.

    Raises :class:`FlowError` when the flow goes in a circle or uses a value that nobody brought,
    and :class:`ValueError` for an event that does not answer the last want.
    """
    return _Stepping(book, replace(session, turn=session.turn + 1)).take(event)


class _Stepping:
    """One step while it is being made."""

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

    def take(self, event: Event) -> Turn:
        node = self.node
        match event, node:
            case Gone(), _:
                self.record(node, outcome="gone")
                return self.turn(Done("gone"))
            case _ if isinstance(event, Told) != self.session.telling:
                pass
            case Told(), _:
                self.session = replace(self.session, telling=False)
                return self.go()
            case Began(), _ if self.session.turn == 1:
                return self.run(self.flow.start)
            case Keyed(), model.Menu():
                return self.chosen(node, event.digits)
            case Keyed(), model.Input():
                return self.typed(node, event.digits)
            case Silent(), model.Menu() | model.Input():
                return self.missed(node, "silent")
            case Answered(), model.Do():
                self.keep({**self.session.values, **event.values})
                return self.follow(node, event.outcome)
            case Bridged(), model.Queue():
                return self.follow(node, event.outcome)
        raise ValueError(f"{type(event).__name__} answers no want of {self.session.node}")

    # Going through nodes until one of them wants something of the world.

    def run(self, target: str) -> Turn:
        """Enter ``target``, and go on until there is a want."""
        self.move(target)
        return self.go()

    def move(self, target: str) -> None:
        self.session = replace(self.session, node=target, silences=0, wrongs=0, told=False)

    def go(self) -> Turn:
        """Go on from the node in which the session is until there is a want."""
        for _ in range(BOUND):
            target = self.passed(self.node)
            if target is None:
                return self.enter(self.node)
            self.move(target)
        raise FlowError(
            f"flow {self.session.flow} passes {BOUND} nodes and is in {self.session.node} "
            "without asking: let a menu, an input or an end stand between them"
        )

    def passed(self, node: Node) -> str | None:
        """Where a node leads that wants nothing of the world; None for one that does."""
        match node:
            case model.Say() if node.barge_in:
                self.record(node, " ".join(node.say))
                self.tell(node.say)
                return node.then
            case model.Say() if self.session.told:
                return node.then
            case model.Branch():
                found = self.known(node.branch)
                self.record(node, outcome=found)
                return node.when.get(found, node.else_)
            case model.Language() if not self.session.pending:
                self.record(node, outcome=node.language)
                self.session = replace(self.session, language=node.language)
                return node.then
            case model.Goto():
                self.record(node, outcome=node.flow)
                self.session = replace(self.session, flow=node.flow)
                return node.goto
        return None

    def known(self, what: str) -> str:
        """What is known of the call, for a branch."""
        match what:
            case "caller":
                return "unknown" if self.session.caller.subscriber is None else "known"
            case "language":
                return self.session.language
        return self.session.dialled

    def enter(self, node: Node) -> Turn:
        """The want of a node that has one. Words that wait are told before anything else."""
        match node:
            case model.Menu() | model.Input():
                return self.ask(node, self.phrases(opening(node)))
            case model.End() if not self.session.told:
                self.record(node, " ".join(node.end))
                self.tell(node.end)
                self.session = replace(self.session, told=True)
        if self.session.pending:
            return self.say()
        match node:
            case model.Say():
                self.record(node, " ".join(node.say))
                self.tell(node.say)
                self.session = replace(self.session, told=True)
                return self.say(barge_in=False)
            case model.Do():
                inputs = {name: self.value(value) for name, value in node.inputs.items()}
                return self.turn(Invoke(node.do, inputs, f"{self.session.id}:{self.session.turn}"))
            case model.Queue():
                return self.turn(Dial(node.queue, node.topic, self.session.language, node.priority))
        return self.turn(Done("ended"))

    # Answers.

    def chosen(self, node: model.Menu, keys: str) -> Turn:
        """A menu was answered."""
        deed = node.keys.get(keys)
        if deed is None:
            return self.missed(node, "wrong", keys)
        self.record(node, self.heard(), keys, deed)
        return self.deed(node, deed)

    def typed(self, node: model.Input, digits: str) -> Turn:
        """An input was answered."""
        shown = "secret" if node.secret else digits
        deed = self.flow.always.get(digits)
        if deed is not None and digits in escapes(self.flow, node):
            self.record(node, self.heard(), digits, deed)
            return self.deed(node, deed)
        if not answers(node, digits):
            return self.missed(node, "wrong", shown)
        self.record(node, self.heard(), shown, node.then)
        self.keep({**self.session.values, node.into: Digits(digits)})
        return self.run(node.then)

    def deed(self, node: model.Menu | model.Input, deed: str) -> Turn:
        """What a key does: lead to a node, repeat, or go back."""
        if deed == REPEAT:
            return self.ask(node, self.session.again)
        if deed == BACK:
            here = (self.session.flow, self.session.node)
            trail = tuple(place for place in self.session.trail if place != here)
            flow, deed = trail[-1] if trail else here
            self.session = replace(self.session, trail=trail[:-1], flow=flow)
        return self.run(deed)

    def missed(self, node: model.Menu | model.Input, how: str, key: str = "") -> Turn:
        """Silence, or a key that means nothing here; the counts are kept apart.

        When the patience of the call was spent already the call ends: a line on which nobody is
        would otherwise be sent round for ever.
        """
        at, patience = self.session, self.flow.patience
        silences = at.silences + (how == "silent")
        wrongs = at.wrongs + (how == "wrong")
        spent = max(silences, wrongs) >= node.attempts or at.misses + 1 >= patience
        self.record(node, self.heard(), key, "gave-up" if spent else how)
        self.session = replace(at, silences=silences, wrongs=wrongs, misses=at.misses + 1)
        if at.misses >= patience:
            return self.run(self.flow.farewell) if self.flow.farewell else self.turn(Done("ended"))
        if spent:
            return self.run(node.gave_up)
        if how == "silent":
            phrases = self.phrases(nth(node.silent, silences) or opening(node))
        else:
            phrases = self.phrases((*nth(node.wrong, wrongs), *opening(node)))
        return self.ask(node, phrases, at.again, flush=how == "wrong")

    def follow(self, node: model.Do | model.Queue, outcome: str) -> Turn:
        """An operation or a queue came back."""
        target = node.on.get(outcome, node.else_)
        self.record(node, outcome=outcome)
        if not target:
            raise FlowError(
                f"{self.session.node} has no branch for the outcome {outcome}: add it, or an else"
            )
        return self.run(target)

    # What the want is made of.

    def ask(
        self,
        node: model.Menu | model.Input,
        phrases: tuple[Phrase, ...],
        again: tuple[Phrase, ...] = (),
        flush: bool = False,
    ) -> Turn:
        """Ask, with the words that wait told first.

        ``again`` is what the caller hears who wants it repeated, if that is not what he hears now.
        ``flush`` drops what was typed ahead: after a wrong key the rest was meant for elsewhere.
        """
        heard = (*self.session.pending, *phrases)
        here = (self.session.flow, self.session.node)
        trail = self.session.trail
        trail = (*trail[: trail.index(here)], here) if here in trail else (*trail, here)
        self.session = replace(
            self.session, heard=heard, again=again or heard, pending=(), trail=trail
        )
        return self.turn(
            Ask(
                Screen(heard, self.session.language, node.barge_in),
                grammar(self.flow, node),
                flush=flush or node.type_ahead == "flush",
                secret=isinstance(node, model.Input) and node.secret,
            )
        )

    def say(self, barge_in: bool = True) -> Turn:
        """Tell what waits."""
        screen = Screen(self.session.pending, self.session.language, barge_in)
        self.session = replace(self.session, pending=(), telling=True)
        return self.turn(Say(screen))

    def tell(self, prompts: tuple[str, ...]) -> None:
        """Let prompts be told with the next screen."""
        pending = (*self.session.pending, *self.phrases(prompts))
        self.session = replace(self.session, pending=pending)

    def phrases(self, prompts: tuple[str, ...]) -> tuple[Phrase, ...]:
        """Prompts with their placeholders filled from the values of the session."""
        return tuple(map(self.phrase, prompts))

    def phrase(self, prompt: str) -> Phrase:
        slots = self.book.slots.get(prompt)
        return Phrase(prompt, {name: self.value(name) for name in slots} if slots else {})

    def value(self, name: str) -> Value:
        """A value of the session."""
        try:
            return self.session.values[name]
        except KeyError:
            raise FlowError(
                f"{self.session.node} uses {name}, and nothing on the way there brought it: "
                "let an operation or an input that brings it come before"
            ) from None

    def heard(self) -> str:
        """The names of the prompts of the last ask, for the record."""
        return " ".join(phrase.prompt for phrase in self.session.heard)

    def keep(self, values: Values) -> None:
        self.session = replace(self.session, values=values)

    def record(self, node: Node, prompt: str = "", key: str = "", outcome: str = "") -> None:
        self.steps.append(Step(self.session.node, kind(node), prompt, key, outcome))

    def turn(self, want: Want) -> Turn:
        return Turn(self.session, want, tuple(self.steps))
