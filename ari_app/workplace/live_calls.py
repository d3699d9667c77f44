"""Calls in the IVR or the queues, in memory, so that a card opens at once."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from msgspec import Struct

from ari_app.desk.cards.caller_profile import Arrival
from ari_app.session.conductor import CallObserver
from ari_app.store.calls import PASSING, Path, StepTaken
from ari_app.workplace.strangers import Find, OfOthers, Strangers
from ivr.acd.figures import Origin
from ivr.acd.queues import Caller
from ivr.checkpoint import Checkpoint
from ivr.engine import Step
from ivr.numbers import NumberPlan
from ivr.session import Session
from ivr.wants import Dial, Enqueue, Want

QUEUE = "queue"
"""The kind of a step that is that of a queue."""

STEPS = 200
"""How many of a call's last steps are remembered."""


class TimedStep(Struct, frozen=True):
    """A step and its time."""

    step: Step
    at: datetime

    @classmethod
    def of(cls, kept: StepTaken) -> "TimedStep":
        """A step from the store."""
        what = (kept.prompt, kept.key, kept.outcome, kept.way, kept.filled)
        return cls(Step(kept.flow, kept.node, kept.kind, *what), kept.at)


Returned = Callable[[str, str, str, Origin], None]
"""Takes the channel of a call that came back from a queue, the queue by its name in the menus, the
outcome, and from where the call came into it."""


class _Call:
    """What is remembered of a call while it lasts."""

    __slots__ = ("following", "priority", "queue", "session", "steps", "topic", "version")

    def __init__(
        self, session: Session, version: tuple[str, str], following: CallObserver | None = None
    ) -> None:
        self.session = session
        self.version = version
        """The flow with which it began, and its version."""
        self.following = following
        self.steps: list[TimedStep] = []
        self.queue = ""
        self.topic = ""
        self.priority = 0


def _call_of(kept: Checkpoint) -> _Call:
    """A call of another worker, as it is stored."""
    session, want = kept.session, kept.want
    call = _Call(session, (session.flow, kept.flows.get(session.flow, "")))
    if isinstance(want, Enqueue):
        call.queue, call.topic, call.priority = want.queue, want.topic, want.priority
    return call


class LiveCalls:
    """Remembers calls while they last.

    ``find`` looks a number up, ``numbers`` gives it its one form; ``forgeable`` are endpoints
    whose caller ids prove nothing. ``of_others`` says where the call of a channel stands that
    another worker serves; None where there is no other one.
    """

    def __init__(
        self,
        find: Find,
        numbers: NumberPlan,
        forgeable: Collection[str] = (),
        of_others: OfOthers | None = None,
    ) -> None:
        self.strangers = Strangers(
            find, of_others, lambda channel: self.session(channel) is not None
        )
        """Callers at phones who came through no menu here."""
        self._numbers = numbers
        self._forgeable = forgeable
        self._calls: dict[str, _Call] = {}
        self._of_channel: dict[str, str] = {}
        self.returned: Returned = lambda *_: None

    def observing(self, following: CallObserver) -> CallObserver:
        """An observer that remembers calls, then passes everything to ``following``."""
        return _Both(self, following)

    def arrived(self, channel: str, call: str) -> None:
        """A channel entered our application with this call."""
        self._of_channel[channel] = call

    def left(self, channel: str) -> None:
        """The channel left our application."""
        self._of_channel.pop(channel, None)

    def numbers(self) -> frozenset[str]:
        """The numbers that are in a voice call now, as far as they are not withheld."""
        kept = (self._calls.get(call) for call in self._of_channel.values())
        return frozenset(one.session.caller.number for one in kept if one) - {""}

    def steps(self, call: str) -> tuple[TimedStep, ...] | None:
        """The steps of a live call; None for any other."""
        kept = self._calls.get(call)
        return None if kept is None else tuple(kept.steps)

    def session(self, channel: str) -> Session | None:
        """The session of the caller on a channel, wherever that is."""
        kept = self._calls.get(self._of_channel.get(channel, ""))
        return kept.session if kept else None

    def channel(self, call: str) -> str:
        """The channel of a call's caller; "" if none is known."""
        return next((name for name, one in self._of_channel.items() if one == call), "")

    async def look_up(self, callers: Iterable[Caller], waiting: Iterable[Caller] = ()) -> None:
        """Look up, side by side, the callers at phones who are new, for :meth:`arrival`."""
        new = self.strangers.among(callers, waiting)
        await asyncio.gather(*map(self.strangers.look_up, new))

    def _on(self, channel: str) -> _Call | None:
        if kept := self._calls.get(self._of_channel.get(channel, "")):
            return kept
        elsewhere = self.strangers.of(channel).elsewhere
        return _call_of(elsewhere) if elsewhere else None

    def arrival(self, caller: Caller, queue: str) -> Arrival:
        """What is known of a caller in a queue or with an agent."""
        kept = self._on(caller.call)
        if kept is None and (known := self.strangers.of(caller.call).handed):
            return Arrival(
                channel=caller.call,
                number=self._numbers.caller(caller.number),
                name=caller.name,
                call=known.call,
                subscriber=known.subscriber,
                queue=queue,
                topic=known.topic,
                language=known.language,
                identity=known.identity,
                about=known.about,
            )
        if kept is None:
            return self._by_number(caller, queue)
        session = kept.session
        return Arrival(
            channel=caller.call,
            number=session.caller.number,
            name=caller.name,
            call=session.id,
            subscriber=session.subscriber,
            queue=queue,
            topic=kept.topic,
            language=session.language,
            identity=session.identity,
            about=session.about.number if session.about else "",
        )

    def origin(self, caller: Caller) -> Origin:
        """From where a caller came into a queue."""
        if (kept := self._on(caller.call)) is not None:
            return _origin(kept)
        known = self.strangers.of(caller.call).subscriber
        number = self._numbers.caller(caller.number)
        return Origin(
            number=number,
            subscriber=known.id if known else None,
            language=known.language if known else "",
        )

    def _by_number(self, caller: Caller, queue: str) -> Arrival:
        """A caller who came through no menu of ours, or before the application started."""
        known = self.strangers.of(caller.call).subscriber
        endpoint = caller.channel.rpartition("-")[0]
        vouched = known is not None and endpoint not in self._forgeable
        return Arrival(
            channel=caller.call,
            number=self._numbers.caller(caller.number),
            name=caller.name,
            subscriber=known.id if known else None,
            queue=queue,
            language=known.language if known else "",
            identity="caller" if vouched else "none",
        )

    # Events of the calls, see CallObserver.

    def began(
        self, session: Session, following: CallObserver | None = None, version: str = ""
    ) -> None:
        self._calls[session.id] = _Call(session, (session.flow, version), following)

    def going_on(self, session: Session, path: Path) -> None:
        """A call goes on after a restart, as it is stored."""
        began = path.call.began
        self._calls[session.id] = kept = _Call(session, (began.flow, began.version))
        kept.steps = [TimedStep.of(step) for step in path.steps[-STEPS:]]

    def stepped(self, session: Session, steps: tuple[Step, ...], at: datetime) -> None:
        kept = self._calls[session.id]
        kept.session = session
        kept.steps += [TimedStep(step, at) for step in steps]
        del kept.steps[:-STEPS]
        for one in steps:
            if one.kind == QUEUE and one.outcome and kept.queue:
                of_call = (each for each, call in self._of_channel.items() if call == session.id)
                channel = next(of_call, "")
                self.returned(channel, kept.queue, one.outcome, _origin(kept))

    def passed(self, call: str, what: str, at: datetime) -> None:
        """Add to the steps of a call what became of its transfer by an agent."""
        if (kept := self._calls.get(call)) is None:
            return
        step = Step(kept.session.flow, kept.session.node, PASSING, outcome=what)
        kept.steps.append(TimedStep(step, at))
        if kept.following is not None:
            kept.following.stepped(kept.session, (step,), at)

    def presented(self, call: str, want: Want) -> None:
        match want:
            case Enqueue(queue=queue, topic=topic, priority=priority):
                kept = self._calls[call]
                kept.queue, kept.topic, kept.priority = queue, topic, priority
            case Dial():
                self._calls[call].queue = ""

    def ended(self, call: str) -> None:
        del self._calls[call]


def _origin(kept: _Call) -> Origin:
    session, (flow, version) = kept.session, kept.version
    return Origin(
        call=session.id,
        topic=kept.topic,
        language=session.language,
        number=session.caller.number,
        subscriber=session.subscriber,
        flow=flow,
        version=version,
        priority=kept.priority,
    )


class _Both:
    """See :class:`ari_app.session.conductor.CallObserver`."""

    def __init__(self, live_calls: LiveCalls, following: CallObserver) -> None:
        self._live_calls = live_calls
        self._following = following

    def began(self, session: Session, version: str, at: datetime) -> None:
        self._live_calls.began(session, self._following, version)
        self._following.began(session, version, at)

    def stepped(self, session: Session, steps: tuple[Step, ...], at: datetime) -> None:
        self._live_calls.stepped(session, steps, at)
        self._following.stepped(session, steps, at)

    def presented(self, call: str, want: Want) -> None:
        self._live_calls.presented(call, want)
        self._following.presented(call, want)

    def ended(self, call: str, ending: str, cause: int, at: datetime) -> None:
        self._live_calls.ended(call)
        self._following.ended(call, ending, cause, at)
