"""A caller who follows a script, on a virtual clock that jumps to the next event."""

from collections.abc import Awaitable, Callable

from msgspec import Struct
from msgspec.structs import replace

from ari_app.sim.line import HUNG_UP, Act, Scene, Speech, Words
from ari_app.sim.script import (
    CallerAction,
    Expectation,
    HangUp,
    Hear,
    Press,
    Silence,
    Speak,
    Step,
    Utter,
    Wait,
    describe,
)
from ari_app.sim.trace import Trace
from ivr.problems import Place
from ivr.wants import Ask, LineWant, Record

LONGEST = 4 * 3600.0
"""Seconds after which a call that goes on by itself fails the test."""

AGAIN = 0.3
"""The shortest time between two answers in seconds, as a hand needs."""

Next = Callable[[], Awaitable[Step | None]]
"""The next step; None when the caller hangs up."""

Verdict = Callable[[Expectation, Trace], str]
"""What differs from the expectation; "" if nothing does."""


class Failure(Struct, frozen=True):
    """A failed step: its place in the script, and what went wrong."""

    place: Place
    text: str


class VirtualClock:
    """A clock that jumps instead of waiting."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        """Seconds since the call began."""
        return self.seconds

    async def reach(self, moment: float) -> None:
        """Jump to a moment, if it is in the future."""
        self.seconds = max(self.seconds, moment)


class Scripted:
    """See :class:`ari_app.sim.line.Caller`."""

    def __init__(self, steps: Next, clock: VirtualClock, verdict: Verdict) -> None:
        self._next = steps
        self._clock = clock
        self._verdict = verdict
        self.now = clock.now
        self.failure: Failure | None = None
        self.trace: Trace
        self._step: Step | None = None
        self._begun: float | None = None
        """When the present step began; None before."""
        self._pressed = 0
        self._last = -AGAIN
        """When the last key was pressed."""
        self._silences = 0
        self._waited = False
        self._hurried = False
        """Whether the present keys are pressed without a wait, also into a text to be heard out."""

    async def act(self, scene: Scene, until: float) -> Act | None:
        """See :class:`ari_app.sim.line.Caller`."""
        while True:
            if self._step is None:
                self._step = await self._next()
                self._begun, self._pressed = None, 0
            if self._step is None or self.failure is not None:
                return HUNG_UP
            act, moment = self._does(self._step.does, scene)
            if act is not None:
                return act
            if self._step is not None and self.failure is None:
                await self._clock.reach(min(until, moment))
                if self.now() > LONGEST:
                    self._fail("the call never ends by itself")
                elif moment >= until:
                    return None

    def _does(self, action: CallerAction, scene: Scene) -> tuple[Act | None, float]:
        """What the caller does now or, with None, when to ask again."""
        match action:
            case Press():
                return self._press(action, scene)
            case Wait() | Speak():
                return self._wait(action, scene)
            case Silence():
                return self._keep_silent(action, scene)
            case Hear() | Utter():
                return self._after_prompt(action, scene)
            case HangUp():
                self._begin(action)
                self._done()
                return HUNG_UP, 0.0
            case Expectation():
                fault = self._verdict(action, self.trace)
                if not fault:
                    self._done()
                elif scene.stands:
                    self._fail(fault)
                else:
                    return None, _LATER
        return None, self.now()

    def _after_prompt(self, action: Hear | Utter, scene: Scene) -> tuple[Act | None, float]:
        """When something is asked: go on, or say something."""
        if scene.playing or not scene.stands:
            return None, _LATER
        self._done()
        if isinstance(action, Hear):
            return None, self.now()
        self._begin(action)
        return Words(action.words, action.doubtful), 0.0

    def _press(self, press: Press, scene: Scene) -> tuple[Act | None, float]:
        if self._begun is None:
            onward = press.onward and isinstance(scene.want, Ask) and scene.want.grammar.most > 1
            if not (scene.stands or self._waited or onward):
                return None, _LATER
            immediate = self._hurried = self._waited
            hidden = press.secret or (isinstance(scene.want, Ask) and scene.want.secret)
            self._begin(replace(press, secret=hidden))
            if not immediate:
                self._begun = max(self.now(), self._last + AGAIN)
        at = (self._begun or 0.0) + self._pressed * press.every
        if at > self.now():
            return None, at
        key = press.keys[self._pressed]
        if scene.playing and not self._hurried and _agrees(scene.want, key):
            return None, _LATER
        self._last = self.now()
        self._pressed += 1
        if self._pressed == len(press.keys):
            self._done()
        return key, at

    def _keep_silent(self, action: Silence, scene: Scene) -> tuple[None, float]:
        if self._begun is None:
            if not scene.stands:
                return None, _LATER
            self._begin(action)
            self._silences = self.trace.silences
        if self.trace.silences > self._silences:
            self._done()
            return None, self.now()
        return None, _LATER

    def _wait(self, action: Wait | Speak, scene: Scene) -> tuple[Act | None, float]:
        if self._begun is None:
            if isinstance(action, Speak) and not scene.stands:
                return None, _LATER
            self._begin(action)
            if isinstance(action, Speak) and isinstance(scene.want, Record):
                return Speech(action.seconds), 0.0
        ends = (self._begun or 0.0) + action.seconds
        if self.now() >= ends:
            self._done()
            self._waited = True
            return None, self.now()
        return None, ends

    def _begin(self, action: CallerAction) -> None:
        self._begun = self.now()
        self._waited = False
        self.trace.acted(describe(action))

    def _done(self) -> None:
        self._step = None

    def _fail(self, text: str) -> None:
        assert self._step is not None
        self.failure = Failure(self._step.place, text)

    async def after(self) -> None:
        """The call is over: check the expectations that are left; other steps fail."""
        step = self._step or await self._next()
        while step is not None and self.failure is None:
            self._step = step
            match step.does:
                case Expectation():
                    fault = self._verdict(step.does, self.trace)
                    if fault:
                        self._fail(fault)
                case Silence() if self._begun is not None and self.trace.silences > self._silences:
                    self._begun = None
                case Wait() if self._begun is not None:
                    self._begun = None
                case Hear():
                    pass
                case _:
                    self._fail(f"the call was over before {describe(step.does)}")
            step = await self._next()


def _agrees(want: LineWant, key: str) -> bool:
    """Whether a key begins a yes, which counts only after the text was heard out."""
    return isinstance(want, Ask) and any(yes.startswith(key) for yes in want.consent)


_LATER = float("inf")
