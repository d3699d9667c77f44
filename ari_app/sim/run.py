"""Runs a test: the conductor over a simulated line, with the test's answers."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ari_app.session.conductor import Perform, SessionPorts, conduct
from ari_app.session.line import Line
from ari_app.sim.caller import Failure, Next, Scripted, VirtualClock
from ari_app.sim.expectations import verdict
from ari_app.sim.line import Caller, SimLine
from ari_app.sim.script import After, Expectation, Step, Test
from ari_app.sim.trace import Trace, Watch
from ivr.analysis.examples import Reply, Request, request_of
from ivr.events import Answered, Failed
from ivr.model import Book
from ivr.session import Caller as Number
from ivr.session import Session
from ivr.session_start import start_session
from ivr.wants import Action, Screen


class Person(Struct, frozen=True):
    """A possible caller; ``language`` is "" for an unknown one."""

    number: str
    subscriber: int | None
    language: str
    name: str
    area: str = ""


class TestBench(Struct, frozen=True):
    """What all simulated calls share.

    ``person``: the caller for an ``as`` ("" for the first one). ``back``: a fresh back end as of a
    moment. ``lasts``: the duration of a screen in seconds.
    """

    book: Book
    person: Callable[[str], Person]
    back: Callable[[datetime], Perform]
    lasts: Callable[[Screen], float]


class Result(Struct, frozen=True):
    """How a test went."""

    test: Test
    trace: Trace
    failure: Failure | None


class BrokenError(Exception):
    """An action that the test lets fail."""


class Call:
    """One call: the test's answers in turn, and the back end for the rest."""

    def __init__(
        self, bench: TestBench, test: Test, clock: Callable[[], float], watch: Watch | None = None
    ) -> None:
        self._bench = bench
        self._test = test
        self._clock = clock
        self._given = {request_of: deque(replies) for request_of, replies in test.given.items()}
        self._perform: Perform | None = None
        self.trace = Trace(bench.book, clock, watch)

    async def play(self, caller: Caller, reach: Callable[[float], Awaitable[None]]) -> None:
        """Run the call to its end. Raises the faults of the flow."""
        await self.over(SimLine(caller, self._bench.lasts, self._answer, self.trace), reach)

    async def over(self, line: Line, reach: Callable[[float], Awaitable[None]]) -> None:
        """Run the call over any line."""

        async def perform(action: Action, session: Session) -> Answered:
            given = self._answer(request_of(action) or ("", ""))
            if isinstance(given, After):
                await reach(self._clock() + given.seconds)
                given = given.reply
            if given is None:
                if self._perform is None:
                    self._perform = self._bench.back(self._test.at)
                given = await self._perform(action, session)
            self.trace.happened(action, given)
            if isinstance(given, Failed):
                raise BrokenError(given.reason)
            assert isinstance(given, Answered)
            return given

        world = SessionPorts(perform, lambda *_: None, self.trace, self._now)
        await conduct(line, self._bench.book, self._session(), world)

    def _answer(self, of: Request) -> Reply | After | None:
        """The test's next answer; the last one is repeated."""
        replies = self._given.get(of)
        if not replies:
            return None
        return replies.popleft() if len(replies) > 1 else replies[0]

    def _now(self) -> datetime:
        return self._test.at + timedelta(seconds=self._clock())

    def _session(self) -> Session:
        test = self._test
        person = self._bench.person(test.as_)
        caller = Number(person.number, person.subscriber, test.vouched)
        languages = (test.lang, person.language)
        session = start_session(self._bench.book, "rehearsal", test.call, caller, languages)
        assert session is not None, "the script reader has checked the number"
        return session


async def run_test(
    bench: TestBench, test: Test, steps: Next | None = None, watch: Watch | None = None
) -> Result:
    """Run a test on a virtual clock, with its own steps or with ``steps``."""
    clock = VirtualClock()
    caller = Scripted(steps or _following(test.steps), clock, verdict)
    call = Call(bench, test, clock.now, watch)
    caller.trace = call.trace
    failure = None
    try:
        await call.play(caller, clock.reach)
    except Exception as error:  # noqa: BLE001 - the outermost frame of a call
        failure = None if _expects_fault(test.steps) else Failure(test.place, fault(error))
    await caller.after()
    return Result(test, call.trace, failure or caller.failure)


def _following(steps: Iterable[Step]) -> Next:
    coming = iter(steps)

    async def following() -> Step | None:
        return next(coming, None)

    return following


def _expects_fault(steps: Sequence[Step]) -> bool:
    return any(isinstance(step.does, Expectation) and step.does.ended == "fault" for step in steps)


def fault(error: Exception) -> str:
    """The text of a failure for an exception."""
    return f"the call failed: {error or type(error).__name__}"
