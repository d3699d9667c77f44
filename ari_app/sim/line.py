"""A simulated line: keys, timers and hang-up as on a channel, on any clock."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from ari_app.session.line import Line
from ari_app.sim.script import After
from ari_app.sim.trace import Trace
from ivr.analysis.examples import Reply, request_of
from ivr.events import Bridged, Event, Gone, Keyed, Played, Recorded, Said, Silent
from ivr.gather import Gather, Keypad
from ivr.values import Recording
from ivr.wants import Ask, Dial, Done, Enqueue, LineWant, Record, Say, Screen

TALK = 30.0
"""Seconds for waiting in a queue and the conversation; only the clock shows them."""

HUNG_UP = Gone(16)
"""The caller hung up: normal call clearing of Q.850."""


class Speech(Struct, frozen=True):
    """The caller speaks for some seconds."""

    seconds: float


class Words(Struct, frozen=True):
    """The caller says something that a recogniser makes out."""

    words: str
    doubtful: bool = False


Act = str | Words | Speech | Gone
"""What a caller does: a key, words, speech for a recording, or hanging up."""


class Scene(Struct, frozen=True):
    """The state of the line for the caller.

    ``playing``: a prompt is being played. ``stands``: the line waits for a key or speech, and
    no key is still being processed: nothing happens until the caller acts, or a timer fires.
    """

    want: LineWant
    playing: bool = False
    stands: bool = False


class Caller(Protocol):
    """A caller with a clock."""

    def now(self) -> float:
        """Seconds since the call began."""
        ...

    async def act(self, scene: Scene, until: float) -> Act | None:
        """The caller's next act; None if ``until`` came first."""
        ...


Answer = Callable[[tuple[str, str]], Reply | After | None]
"""The test's answer to a request; None if the test has none."""


class SimLine(Line):
    """See :class:`ari_app.session.line.Line`."""

    def __init__(
        self, caller: Caller, lasts: Callable[[Screen], float], answer: Answer, trace: Trace
    ) -> None:
        self._caller = caller
        self._lasts = lasts
        self._answer = answer
        self._trace = trace
        self._keypad = Keypad()
        self._gone: Gone | None = None
        self._late = ""
        """Which timer ended an answer before a key that may have been meant for it."""

    async def present(self, want: LineWant) -> Event:
        """See :class:`ari_app.session.line.Line`."""
        if isinstance(want, Done):
            return self._gone or Gone()
        event = self._gone or await self._do(want)
        self._trace.happened(want, event)
        if isinstance(event, Silent):
            self._trace.silences += 1
        return event

    async def _do(self, want: Ask | Say | Record | Enqueue | Dial) -> Event:
        match want:
            case Ask():
                return await self._ask(want)
            case Say():
                gone = await self._play(want, want.screen)
                return gone or Played(whole=not self._barged(want.screen))
            case Record():
                return await self._record(want)
            case Enqueue() | Dial():
                return await self._away(want)

    async def _ask(self, ask: Ask) -> Event:
        now = self._caller.now
        dropped = "".join(self._keypad.ahead) if ask.flush else ""
        gather = Gather(ask, self._keypad, now())
        if dropped:
            self._trace.note(
                f"{_keys(dropped)} came before the prompt, which flushes keys typed ahead"
            )
        played = False
        ends = now() + self._lasts(ask.screen)
        while gather.answer is None:
            if not played and (gather.barged or now() >= ends):
                played = True
                gather.prompt_played(now(), whole=not gather.barged)
                continue
            due = gather.due or ends
            until = due if played else min(due, ends)
            begun = gather.barged
            act = await self._act(Scene(ask, not played, not (begun or self._keypad.ahead)), until)
            if isinstance(act, Gone):
                return act
            if isinstance(act, Words):
                self._said(gather, act)
            elif isinstance(act, str):
                self._pressed(gather, act, begun)
                early = not (played or gather.answer or gather.barged)
                if early and act in ask.consent:
                    self._trace.note(f"key {act} was dropped: a yes counts when all was heard")
            gather.timer_fired(now())
            if gather.answer is not None and act is None:
                self._timed_out(ask, gather.answer)
        return gather.answer

    def _pressed(self, gather: Gather, key: str, begun: bool) -> None:
        """A key was pressed; ``begun``: it goes on with digits."""
        if self._late and not begun:
            self._trace.note(f"key {key} {self._late}", quiet=True)
        self._late = ""
        gather.keyed(self._caller.now())

    def _said(self, gather: Gather, words: Words) -> None:
        """Words count where they are listened to."""
        if not gather.listens:
            self._trace.note(f"{words.words!r} was said where nothing is listened to")
        gather.speaking(self._caller.now())
        sure = 0.5 if words.doubtful else 1.0
        gather.heard(self._caller.now(), words.words, sure, words.doubtful)

    def _timed_out(self, ask: Ask, answer: Keyed | Said | Silent) -> None:
        """Note which timer ended the answer: the caller may not have finished."""
        if isinstance(answer, Keyed):
            self._late = f"came after the inter-digit time ({ask.grammar.between:g} s)"
        else:
            self._late = f"came after the time for an answer ({ask.grammar.first:g} s)"

    async def _play(self, want: LineWant, screen: Screen) -> Gone | None:
        """Play a screen to its end, or until barge-in."""
        ends = self._caller.now() + self._lasts(screen)
        while self._caller.now() < ends and not self._barged(screen):
            act = await self._act(Scene(want, playing=True), ends)
            if isinstance(act, Gone):
                return act
        return None

    def _barged(self, screen: Screen) -> bool:
        """Whether a key cuts a screen short that is not an ask's."""
        return screen.barge_in and bool(self._keypad.ahead)

    async def _record(self, record: Record) -> Event:
        gone = await self._play(record, record.screen)
        self._keypad.ahead.clear()
        now = self._caller.now
        began = silent = now()
        spoken = 0.0
        ends = began + record.quiet
        while gone is None and now() < ends:
            act = await self._act(Scene(record, stands=not spoken), ends)
            match act:
                case Gone():
                    gone = act
                case Speech():
                    longest = began + record.longest
                    silent = min(now() + act.seconds, longest)
                    spoken += silent - now()
                    ends = min(silent + record.quiet, longest)
                case str() if act == record.stop:
                    spoken -= max(0.0, silent - now())
                    break
        self._keypad.ahead.clear()
        if gone is not None:
            return gone
        return Recorded(Recording(f"/rehearsed/{record.name}", spoken)) if spoken else Silent()

    async def _away(self, want: Enqueue | Dial) -> Event:
        """The caller is in a queue or a conversation; keys are ignored."""
        given = self._answer(request_of(want) or ("", ""))
        seconds = want.ring if isinstance(want, Dial) else TALK
        ends = self._caller.now() + seconds
        while self._caller.now() < ends:
            act = await self._act(Scene(want), ends)
            if isinstance(act, Gone):
                return act
            if isinstance(act, str):
                self._trace.note(f"key {act} was pressed outside the menus and ignored")
        self._keypad.ahead.clear()
        return given if isinstance(given, Bridged) else Bridged("ended")

    async def _act(self, scene: Scene, until: float) -> Act | None:
        """The caller's act; a key goes into the type-ahead buffer."""
        act = await self._caller.act(scene, until)
        if isinstance(act, Gone):
            self._gone = act
        elif isinstance(act, str) and not self._keypad.press(act, self._caller.now()):
            self._trace.note(
                f"key {act} was dropped: it closed the answer before it, or the buffer was full"
            )
        return act


def _keys(keys: str) -> str:
    return f"key {keys}" if len(keys) == 1 else f"keys {keys}"
