"""What is known, from memory, of callers who are in the hands of our flows: for the card."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from ari_app.desk.known import Arrival
from ari_app.session.conductor import CallObserver
from ari_app.store.calls import StepTaken
from ari_app.store.directory import Caller as Known
from ivr.acd.queues import Caller
from ivr.engine import Step
from ivr.session import Session
from ivr.wants import Dial, Enqueue, Want

STEPS = 200
"""The last steps of a call that are remembered."""


class Taken(Struct, frozen=True):
    """A step, and when it was taken."""

    step: Step
    at: datetime

    @classmethod
    def of(cls, kept: StepTaken) -> "Taken":
        """A step of the store."""
        what = (kept.prompt, kept.key, kept.outcome, kept.way)
        return cls(Step(kept.flow, kept.node, kept.kind, *what), kept.at)


class _Call:
    """What is kept of a call while it lasts."""

    __slots__ = ("queue", "session", "steps", "topic")

    def __init__(self, session: Session) -> None:
        self.session = session
        self.steps: list[Taken] = []
        self.queue = ""
        self.topic = ""


class Calling:
    """Remembers calls while they last.

    See :class:`ari_app.session.conductor.CallObserver`; ``next`` is called, too.
    ``find`` is who has a number; ``forgeable`` are endpoints that do not vouch for one."""

    def __init__(
        self, find: Callable[[str], Known | None], forgeable: frozenset[str] = frozenset()
    ) -> None:
        self._find = find
        self._forgeable = forgeable
        self._calls: dict[str, _Call] = {}
        self._of_channel: dict[str, str] = {}

    def witness(self, following: CallObserver) -> CallObserver:
        """A witness that remembers, and then tells the ``following`` one."""
        return _Both(self, following)

    def arrived(self, channel: str, call: str) -> None:
        """The session of a call is on a channel."""
        self._of_channel[channel] = call

    def left(self, channel: str) -> None:
        """The channel is no longer served."""
        self._of_channel.pop(channel, None)

    def steps(self, call: str) -> tuple[Taken, ...] | None:
        """The steps of a call that lasts; None of another."""
        kept = self._calls.get(call)
        return None if kept is None else tuple(kept.steps)

    def arrival(self, caller: Caller, queue: str) -> Arrival:
        """What is known of a caller whom the exchange has in its hands."""
        call = self._of_channel.get(caller.call, "")
        kept = self._calls.get(call)
        if kept is None:
            return self._stranger(caller, queue)
        session = kept.session
        return Arrival(
            channel=caller.call,
            number=session.caller.number,
            name=caller.name,
            call=call,
            subscriber=session.caller.subscriber,
            queue=queue,
            topic=kept.topic,
            language=session.language,
            identity=session.identity,
        )

    def _stranger(self, caller: Caller, queue: str) -> Arrival:
        """Who comes through no flow of ours, or came before we were started."""
        known = self._find(caller.number)
        endpoint = caller.channel.rpartition("-")[0]
        vouched = known is not None and endpoint not in self._forgeable
        return Arrival(
            channel=caller.call,
            number=caller.number,
            name=caller.name,
            subscriber=known.id if known else None,
            queue=queue,
            language=known.language if known else "",
            identity="caller" if vouched else "none",
        )

    # The calls themselves.

    def began(self, session: Session) -> None:
        self._calls[session.id] = _Call(session)

    def stepped(self, session: Session, steps: tuple[Step, ...], at: datetime) -> None:
        kept = self._calls[session.id]
        kept.session = session
        kept.steps += [Taken(step, at) for step in steps]
        del kept.steps[:-STEPS]

    def presented(self, call: str, want: Want) -> None:
        match want:
            case Enqueue(queue, topic):
                kept = self._calls[call]
                kept.queue, kept.topic = queue, topic
            case Dial():
                self._calls[call].queue = ""

    def ended(self, call: str) -> None:
        del self._calls[call]


class _Both:
    """See :class:`ari_app.session.conductor.CallObserver`."""

    def __init__(self, calling: Calling, following: CallObserver) -> None:
        self._calling = calling
        self._following = following

    def began(self, session: Session, version: str, at: datetime) -> None:
        self._calling.began(session)
        self._following.began(session, version, at)

    def stepped(self, session: Session, steps: tuple[Step, ...], at: datetime) -> None:
        self._calling.stepped(session, steps, at)
        self._following.stepped(session, steps, at)

    def presented(self, call: str, want: Want) -> None:
        self._calling.presented(call, want)
        self._following.presented(call, want)

    def ended(self, call: str, ending: str, cause: int, at: datetime) -> None:
        self._calling.ended(call)
        self._following.ended(call, ending, cause, at)
