"""Plays to those who wait in queues where they stand, while they keep their place."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NoReturn, TypeAlias

from msgspec import Struct

from ari_app.background import Begin
from ari_app.waiting.rules import QueueRules
from ivr.acd.board import Board, Caller
from ivr.acd.dials import HungUp
from ivr.acd.estimate import Estimate
from ivr.acd.news import LastNews, is_due, news
from ivr.acd.queues import CallerLeft, Connected, Event
from ivr.session import Session
from ivr.values import Phrase
from ivr.wants import Screen

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks at who waits."""

BURST = 20
"""To so many callers at most news begin at one look; to the others at the next."""

Key: TypeAlias = tuple[str, str]
"""A wait: the call and the queue in Asterisk."""


class Promise(Struct, frozen=True):
    """The wait that a caller heard of: the middle of the range, in seconds since joining."""

    channel: str
    seconds: float


class NewsPorts(Struct, frozen=True):
    """What the news need.

    ``board`` is None while it is not current; ``session`` returns that of a caller's channel;
    ``outages`` what the caller has not heard of outages; ``spoken`` the sound files of a screen
    and for how many seconds they last; ``whisper`` plays them, and returns whether to the end;
    ``promised`` takes what was played of the wait.
    """

    board: Callable[[], Board | None]
    session: Callable[[str], Session | None]
    rules: Callable[[str], QueueRules]
    estimate: Callable[[Board, str, str], Estimate | None]
    outages: Callable[[Session], Awaitable[tuple[Phrase, ...]]]
    spoken: Callable[[Screen], Awaitable[tuple[Sequence[str], float]]]
    whisper: Callable[[str, Sequence[str], float], Awaitable[bool]]
    promised: Callable[[Promise], None]
    now: Callable[[], datetime]


class NewsPlayer:
    """Looks all the time at who waits. It is handed each event with the board before it, so that
    no word is heard any more once an agent has answered."""

    def __init__(self, ports: NewsPorts, begin: Begin) -> None:
        self._ports = ports
        self._begin = begin
        self._last: dict[Key, LastNews] = {}
        self._playing: dict[Key, asyncio.Task[None]] = {}

    async def run(self) -> NoReturn:
        """Play the news without end."""
        while True:
            await asyncio.sleep(LOOK)
            board = self._ports.board()
            if board is not None:
                try:
                    self.look(board)
                except Exception:  # the outermost frame of the news: all else goes on
                    log.exception("no news began; the next look is in %g s", LOOK)

    def take(self, _: Board, event: Event) -> None:
        """End what is played to a caller who does not wait any more."""
        match event:
            case Connected(caller=Caller(call=call)) | CallerLeft(call=call) | HungUp(call=call):
                for key in [key for key in self._playing if key[0] == call]:
                    self._playing[key].cancel()
            case _:
                pass

    def look(self, board: Board) -> None:
        """Begin the news for which it is time; none to one for whom an agent's phone rings."""
        waiting = dict(_waiting(board))
        self._last = {key: last for key, last in self._last.items() if key in waiting}
        rung = {(one.caller.call, one.queue) for one in board.offers}
        begun = 0
        for key, (ahead, caller) in waiting.items():
            rules = self._ports.rules(key[1])
            waited = (self._ports.now() - caller.since).total_seconds()
            due = rules.first and is_due(self._last.get(key), waited, rules.first, rules.every)
            if not due or key in self._playing or key in rung:
                continue
            session = self._ports.session(caller.call)
            if session is None or begun == BURST:
                continue
            begun += 1
            estimate = self._ports.estimate(board, key[1], caller.call)
            last = self._last.get(key)
            found = news(last, waited, ahead, estimate, offer=rules.offer)
            self._last[key] = found.last
            promise = None
            if estimate is not None and found.last.minutes != (last.minutes if last else (0, 0)):
                promise = Promise(caller.call, waited + (estimate.least + estimate.most) / 2)
            self._playing[key] = playing = self._begin(
                self._play(key, session, found.phrases, promise)
            )
            playing.add_done_callback(partial(self._played, key))

    async def _play(
        self, key: Key, session: Session, phrases: tuple[Phrase, ...], promise: Promise | None
    ) -> None:
        """The outermost frame of what is played."""
        ports = self._ports
        try:
            phrases = (*await ports.outages(session), *phrases)
            if not phrases:
                return
            files, lasts = await ports.spoken(Screen(phrases, session.language))
            if files and await ports.whisper(key[0], files, lasts) and promise is not None:
                ports.promised(promise)
        except Exception:  # the outermost frame: the caller waits on, and hears the next news
            log.exception("call %s: the news of queue %s were not played", session.id, key[1])

    def _played(self, key: Key, _: object) -> None:
        """What was played is over, or was cancelled before it began."""
        self._playing.pop(key, None)


def _waiting(board: Board) -> Iterator[tuple[Key, tuple[int, Caller]]]:
    """All who wait, with how many are ahead of them."""
    for name, queue in board.queues.items():
        for ahead, caller in enumerate(queue.waiting):
            yield (caller.call, name), (ahead, caller)
