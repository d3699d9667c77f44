"""Tells those who wait in queues where they stand, while they keep their place."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import NoReturn, TypeAlias

from msgspec import Struct

from ari_app.background import Begin
from ari_app.waiting.rules import QueueRules
from ivr.acd.board import Board, Caller
from ivr.acd.dials import HungUp
from ivr.acd.estimate import Estimate
from ivr.acd.news import Told, is_due, news
from ivr.acd.queues import CallerLeft, Connected, Event
from ivr.session import Session
from ivr.values import Phrase
from ivr.wants import Screen

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks at who waits."""

Key: TypeAlias = tuple[str, str]
"""A wait: the call and the queue in Asterisk."""


class Promise(Struct, frozen=True):
    """The longest wait that a caller was told, in seconds from when they came into the queue."""

    channel: str
    queue: str
    joined: datetime
    seconds: float


class NewsPorts(Struct, frozen=True):
    """What telling the news needs.

    ``board`` is None while it is not current; ``session`` returns that of a caller's channel;
    ``outages`` what the caller has not heard of outages; ``spoken`` the sound files of a screen
    and for how many seconds they last; ``whisper`` plays them, and returns whether to the end;
    ``promised`` takes what was told of the wait.
    """

    board: Callable[[], Board | None]
    session: Callable[[str], Session | None]
    rules: Callable[[str], QueueRules]
    estimate: Callable[[Board, str, str], Estimate | None]
    outages: Callable[[Session], Awaitable[tuple[Phrase, ...]]]
    spoken: Callable[[Screen], Awaitable[tuple[Sequence[str], float]]]
    whisper: Callable[[str, Sequence[str], float], Awaitable[bool]]
    promised: Callable[[Promise], Awaitable[None]]
    now: Callable[[], datetime]


class NewsTeller:
    """Looks all the time at who waits. It is handed each event with the board before it, so that
    no word is heard any more once an agent has answered."""

    def __init__(self, ports: NewsPorts, begin: Begin) -> None:
        self._ports = ports
        self._begin = begin
        self._told: dict[Key, Told] = {}
        self._telling: dict[Key, asyncio.Task[None]] = {}

    async def run(self) -> NoReturn:
        """Tell the news without end."""
        while True:
            await asyncio.sleep(LOOK)
            board = self._ports.board()
            if board is not None:
                self.look(board)

    def take(self, _: Board, event: Event) -> None:
        """End what is told to a caller who does not wait any more."""
        match event:
            case Connected(caller=Caller(call=call)) | CallerLeft(call=call) | HungUp(call=call):
                for key in [key for key in self._telling if key[0] == call]:
                    self._telling[key].cancel()
            case _:
                pass

    def look(self, board: Board) -> None:
        """Begin to tell the news to those for whom it is time; no one whose call rings is told."""
        waiting = dict(_waiting(board))
        self._told = {key: told for key, told in self._told.items() if key in waiting}
        rung = {(one.caller.call, one.queue) for one in board.offers}
        for key, (ahead, caller) in waiting.items():
            rules = self._ports.rules(key[1])
            waited = (self._ports.now() - caller.since).total_seconds()
            due = rules.first and is_due(self._told.get(key), waited, rules.first, rules.every)
            if not due or key in self._telling or key in rung:
                continue
            session = self._ports.session(caller.call)
            if session is None:
                continue
            estimate = self._ports.estimate(board, key[1], caller.call)
            found = news(self._told.get(key), waited, ahead, estimate, offer=rules.offer)
            longest = waited + estimate.most if estimate and found.told.minutes[1] else None
            self._told[key] = found.told
            promise = Promise(caller.call, key[1], caller.since, longest) if longest else None
            self._telling[key] = self._begin(self._tell(key, session, found.phrases, promise))

    async def _tell(
        self, key: Key, session: Session, phrases: tuple[Phrase, ...], promise: Promise | None
    ) -> None:
        """The outermost frame of what is told."""
        ports = self._ports
        try:
            phrases = (*await ports.outages(session), *phrases)
            if not phrases:
                return
            files, lasts = await ports.spoken(Screen(phrases, session.language))
            if files and await ports.whisper(key[0], files, lasts) and promise is not None:
                await ports.promised(promise)
        except Exception:  # the outermost frame: the caller waits on, and hears the next news
            log.exception("call %s: the news of queue %s were not told", session.id, key[1])
        finally:
            del self._telling[key]


def _waiting(board: Board) -> Iterator[tuple[Key, tuple[int, Caller]]]:
    """All who wait, with how many are ahead of them."""
    for name, queue in board.queues.items():
        for ahead, caller in enumerate(queue.waiting):
            yield (caller.call, name), (ahead, caller)
