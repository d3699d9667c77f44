"""Records what happens in calls: in the store, the log and the live feed. Never waits."""

import logging
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from ari_app.control.live_feed import CallEvent, LiveFeed
from ari_app.log import masked
from ari_app.session.conductor import LEFT
from ari_app.store import calls
from ari_app.store.calls import (
    CONTINUED,
    PLAYBACK,
    RESTART,
    SECRET,
    UNHEARD,
    CallAbout,
    CallBegan,
    CallEnded,
    Path,
    StepTaken,
)
from ari_app.store.canaries import CallOnCanary
from ari_app.store.lines import ON_SCREENS
from ari_app.store.tapes import CallTaped
from ivr.engine import Step
from ivr.events import Event
from ivr.session import Session, Spot, Subject
from ivr.spoken import words_of
from ivr.tape import Taper
from ivr.terms import SAID
from ivr.values import Digits
from ivr.wants import Ask, Dial, Enqueue, Record, Say, Screen, Want

log = logging.getLogger("firstline.calls")

TEXTS = "ussd"
"""The line of sessions in text, of which no tape is made."""

Put = Callable[[calls.Record], None]
"""Queues a record for the store. Never waits."""

Text = Callable[[Screen], tuple[str, ...]]
"""The phrases of a screen as sentences."""


class _Open:
    """What is remembered of a call while it lasts."""

    __slots__ = ("about", "began", "keys", "played", "seq", "shown", "spot", "taper")

    def __init__(self, began: datetime, shown: str) -> None:
        self.began = began
        self.shown = shown
        self.seq = 0
        self.about: Subject | None = None
        self.keys: list[str] = []
        self.spot: Spot = ("", "")
        """The flow and the node where the call is."""
        self.played = ""
        """The prompts of the last screen."""
        self.taper: Taper | None = None
        """Makes the tape of a call that we have from its beginning."""


class CallLog:
    """See :class:`ari_app.session.conductor.CallObserver`."""

    def __init__(self, put: Put, feed: LiveFeed, text: Text, line: str, canary: int = 0) -> None:
        """``canary``: that by whose menus the calls go; 0 by those of all calls."""
        self._put = put
        self._feed = feed
        self._text = text
        self._line = line
        self._canary = canary
        self._open: dict[str, _Open] = {}

    def began(self, session: Session, version: str, at: datetime) -> None:
        """A call began."""
        caller, language = session.caller, session.language
        shown = f"{masked(caller.number)} -> {session.dialled}"
        self._open[session.id] = kept = _Open(at, shown)
        if self._line not in ON_SCREENS:
            kept.taper = Taper(session, at)
        if self._canary:
            self._put(CallOnCanary(session.id, at, self._canary))
        self._put(
            CallBegan(
                session.id,
                self._line,
                session.dialled,
                caller.number,
                caller.subscriber,
                language,
                session.flow,
                version,
                at,
            )
        )
        log.info("%s began (%s, flow %s %s)", shown, language, session.flow, version)
        if self._feed.watched:
            self._feed.publish(
                CallEvent("began", session.id, caller=caller.number, dialled=session.dialled)
            )

    def going_on(self, session: Session, path: Path, at: datetime) -> None:
        """A call goes on after a restart of the application; ``path`` is what is stored of it."""
        shown = f"{masked(session.caller.number)} -> {session.dialled}"
        self._open[session.id] = kept = _Open(path.call.began.at, shown)
        kept.seq = max((step.seq for step in path.steps), default=0)
        kept.keys = [f"{step.node} {_shown(step.key)}" for step in path.steps if step.key]
        kept.about, kept.spot = session.about, (session.flow, session.node)
        restart = Step(session.flow, session.node, RESTART, outcome=CONTINUED)
        self._take(session.id, restart, at)
        log.info("%s goes on in %s: the application restarted", shown, session.node)
        if self._feed.watched:
            self._feed.publish(CallEvent("step", session.id, node=session.node, outcome=CONTINUED))

    def stepped(self, session: Session, steps: tuple[Step, ...], at: datetime) -> None:
        """A session took steps."""
        call = session.id
        kept = self._open[call]
        kept.spot = (session.flow, session.node)
        if session.about and session.about != kept.about:
            kept.about = session.about
            self._put(CallAbout(call, at, session.about.subscriber))
        for step in steps:
            if step.key:
                kept.keys.append(f"{step.node} {_shown(step.key)}")
            self._take(call, step, at)
            if self._feed.watched:
                words, _ = words_of(step.filled) or ("", 0)
                key = "" if words else step.key
                event = CallEvent("step", call, node=step.node, key=key, outcome=step.outcome)
                self._feed.publish(replace(event, said=words))

    def note(self, session: Session, want: Want, event: Event, at: datetime) -> None:
        """An event answered a want: see :data:`ari_app.session.conductor.Note`."""
        if (taper := self._open[session.id].taper) is not None:
            taper.add(session, want, event, at)

    def _take(self, call: str, step: Step, at: datetime) -> None:
        kept = self._open[call]
        kept.seq += 1
        what = (step.node, step.kind, step.prompt, step.key, step.outcome, step.flow, step.way)
        self._put(StepTaken(call, kept.seq, at, *what, step.filled))

    def presented(self, call: str, want: Want) -> None:
        """A screen is about to be played, or the caller to be queued or connected."""
        kept = self._open.get(call)
        if kept is not None and isinstance(want, Ask | Say | Record):
            kept.played = " ".join(phrase.prompt for phrase in want.screen.phrases)
        if not self._feed.watched:
            return
        match want:
            case Ask() | Say() | Record():
                screen = want.screen
                names = tuple(phrase.prompt for phrase in screen.phrases)
                asks = isinstance(want, Ask)
                texts = self._shown(screen)
                self._feed.publish(
                    CallEvent("telling", call, prompts=names, texts=texts, asks=asks)
                )
            case Enqueue():
                self._feed.publish(CallEvent("queued", call, node=want.queue))
            case Dial():
                self._feed.publish(CallEvent("dialling", call, node=masked(want.number)))

    def _shown(self, screen: Screen) -> tuple[str, ...]:
        """The phrases of a screen for those who watch the call: what is hidden is only named."""
        texts: list[str] = []
        for phrase in screen.phrases:
            if any(isinstance(one, Digits) and one.hidden for one in phrase.values.values()):
                texts.append(f"({phrase.prompt})")
            else:
                texts += self._text(replace(screen, phrases=(phrase,)))
        return tuple(texts)

    def heard(self, call: str) -> None:
        """A screen was played to its end."""
        if self._feed.watched:
            self._feed.publish(CallEvent("told", call))

    def unheard(self, call: str, at: datetime) -> None:
        """A screen, or a part of it, could not be played to a caller who was there."""
        if (kept := self._open.get(call)) is None:
            return
        flow, node = kept.spot
        self._take(call, Step(flow, node, PLAYBACK, kept.played, "", UNHEARD), at)
        log.error("%s did not hear all of %s in %s", kept.shown, kept.played, node)
        if self._feed.watched:
            self._feed.publish(CallEvent(UNHEARD, call, node=node))

    def ended(self, call: str, ending: str, cause: int, at: datetime) -> None:
        """A call ended."""
        kept = self._open.pop(call)
        if ending != LEFT:  # another application goes on with it, and records its end
            if kept.taper is not None and (tape := kept.taper.tape()) is not None:
                self._put(CallTaped(call, at, tape))
            self._put(CallEnded(call, at, ending, cause))
        seconds = (at - kept.began).total_seconds()
        keys = ", ".join(kept.keys) or "no key"
        log.info("%s ended after %.1f s: %s; %s", kept.shown, seconds, ending, keys)
        if self._feed.watched:
            self._feed.publish(CallEvent("ended", call, outcome=ending))


def _shown(keys: str) -> str:
    """Keys for a log line; more than four are masked, as they may be a phone number."""
    if keys.startswith(SAID):
        return SAID.strip()
    return masked(keys) if len(keys) > 4 and keys != SECRET else keys
