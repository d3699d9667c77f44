"""Visits: who is signed in, from the one-time code to the sign-out.

Who is signed in stays so when the application is started again; what a page had asked does not.
"""

import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct, field

from ari_app.cabinet.errors import CabinetUnavailable
from ari_app.pages.comparison import Line
from ari_app.pages.idempotent_actions import IdempotentActions
from ari_app.selfcare.request_port import Asker
from ivr.terms import Need
from ivr.values import Values

log = logging.getLogger(__name__)

WAY = "the cabinet"
"""The way in of its visits, over which wrong code words and one-time codes are counted."""

IDLE = timedelta(minutes=15)
"""A visit ends when its browser was silent for so long."""
LONGEST = timedelta(hours=8)
"""A visit ends after so long."""
MOST = 20_000
"""Most visits at a time; the one that was silent for longest makes room."""
KEPT = 30
"""So many confirmations, and so many results, are remembered of a visit."""


class Confirmation(Struct, frozen=True):
    """What a subscriber may agree to: an operation with its inputs, the charge among them, and the
    lines that show it whole; or its form, which has neither yet."""

    operation: str
    inputs: Values
    lines: Sequence[Line] = ()


class Visit(Struct, eq=False):
    """A subscriber who is signed in. ``proven``: the code word was right. ``language`` is that of
    the pages. ``asked`` are the confirmations by token, and ``presented`` the tokens of those whose
    page was sent; ``results`` are the pages of what was done, by the same tokens; ``read`` are the
    operations whose answers were recorded. ``over``: it ended."""

    id: str
    subscriber: int
    number: str
    language: str
    csrf: str
    began: datetime
    seen: datetime
    proven: bool = False
    actions: IdempotentActions = field(default_factory=IdempotentActions)
    asked: OrderedDict[str, Confirmation] = field(default_factory=OrderedDict)
    presented: set[str] = field(default_factory=set)
    results: OrderedDict[str, str] = field(default_factory=OrderedDict)
    read: set[tuple[str, str]] = field(default_factory=set)
    over: bool = False

    @property
    def identity(self) -> Need:
        """How the subscriber is identified."""
        return "code-word" if self.proven else "caller"

    def asker(self, language: str) -> Asker:
        """Who asks for an operation; ``language`` is that of texts to the subscriber."""
        who = (self.id, self.number, self.subscriber)
        return Asker(*who, language, self.identity, way=WAY)

    def ask(self, confirmation: Confirmation) -> str:
        """Remember what may be agreed to; returns its token."""
        token = secrets.token_urlsafe(12)
        self.asked[token] = confirmation
        if len(self.asked) > KEPT:
            self.presented.discard(self.asked.popitem(last=False)[0])
        return token

    def done(self, token: str, page: str) -> None:
        """Remember what became of something."""
        self.results[token] = page
        if len(self.results) > KEPT:
            self.results.popitem(last=False)


class KeptVisit(Struct, frozen=True):
    """What is kept of a visit; see :class:`Visit`."""

    subscriber: int
    number: str
    language: str
    csrf: str
    began: datetime
    seen: datetime
    proven: bool


class KeptVisits(Protocol):
    """Visits by the hashes of their cookies, where they outlast the application, and other workers
    find them. All may raise :class:`~ari_app.cabinet.errors.CabinetUnavailable`."""

    async def begin(self, token: str, visit: KeptVisit) -> None:
        """Keep a new visit."""

    async def find(self, token: str) -> KeptVisit | None:
        """The visit of a token, also one that is over for long."""

    async def save(self, visits: Mapping[str, KeptVisit]) -> Collection[str]:
        """Keep what changed of visits; returns the tokens of those that ended elsewhere."""

    async def end(self, token: str) -> None:
        """Forget a visit."""


Ended = Callable[[Visit, str], None]
"""Is notified that a visit ended: ``ended`` by the subscriber, ``gone`` for a silent browser."""


class Visits:
    """All visits by the hash of the cookie; ``now`` is the clock, ``began`` is notified of each
    visit that begins or goes on after a restart."""

    def __init__(
        self,
        now: Callable[[], datetime],
        began: Callable[[Visit], None],
        ended: Ended,
        kept: KeptVisits,
    ) -> None:
        self._now = now
        self._began = began
        self._ended = ended
        self._kept = kept
        self._saved = now()
        self._open: OrderedDict[str, Visit] = OrderedDict()
        self._signed_out: dict[str, datetime] = {}
        self._still_kept: set[str] = set()

    def __len__(self) -> int:
        return len(self._open)

    async def begin(self, subscriber: int, number: str, language: str) -> str:
        """Begin a visit; returns its cookie. Raises as :class:`KeptVisits` does."""
        now, cookie = self._now(), secrets.token_urlsafe(32)
        csrf = secrets.token_urlsafe(32)
        visit = Visit(secrets.token_hex(8), subscriber, number, language, csrf, now, now)
        await self._kept.begin(_hashed(cookie), _to_keep(visit))
        self._add(_hashed(cookie), visit)
        return cookie

    def _add(self, token: str, visit: Visit) -> None:
        self._open[token] = visit
        while len(self._open) > MOST:
            self._end(next(iter(self._open)), "gone")
        self._began(visit)

    async def of(self, cookie: str, surely: bool = False) -> Visit | None:
        """The visit of a cookie, which is in use now; None if there is none (any more). ``surely``
        it did not end elsewhere either. Raises as :class:`KeptVisits` does."""
        self.expire()
        token = _hashed(cookie)
        if surely or token not in self._open:
            kept = None if token in self._signed_out else await self._kept.find(token)
            if kept is None or token in self._signed_out:  # perhaps meanwhile
                self._end(token, "gone")
                return None
            if token not in self._open:  # no other request was faster
                if min(kept.seen + IDLE, kept.began + LONGEST) <= self._now():
                    return None
                self._add(token, self._going_on(kept))
        now, visit = self._now(), self._open[token]
        if visit.began + LONGEST <= now:
            self._end(token, "gone")
            await self._kept.end(token)
            return None
        visit.seen = now
        self._open.move_to_end(token)
        return visit

    def _going_on(self, kept: KeptVisit) -> Visit:
        who = (kept.subscriber, kept.number, kept.language, kept.csrf)
        id = secrets.token_hex(8)
        return Visit(id, *who, kept.began, self._now(), proven=kept.proven)

    async def end(self, cookie: str) -> None:
        """Sign out, also where the visit is still kept until :meth:`save`."""
        token = _hashed(cookie)
        self._signed_out[token] = self._now()
        self._still_kept.add(token)
        self._end(token, "ended")
        await self._save(self._forget_signed_out())

    async def save(self) -> None:
        """Keep what was used since the last time, and end what ended elsewhere."""
        await self._save(self._forget_signed_out())
        await self._save(self._keep_used())

    async def _save(self, saving: Awaitable[None]) -> None:
        try:
            await saving
        except CabinetUnavailable as error:
            log.error("what changed of visits is kept only here, tried again soon: %s", error)

    async def _forget_signed_out(self) -> None:
        for token in tuple(self._still_kept):
            await self._kept.end(token)
            self._still_kept.discard(token)

    async def _keep_used(self) -> None:
        now = self._now()
        used = {token: one for token, one in self._open.items() if one.seen >= self._saved}
        if used:
            kept = {token: _to_keep(one) for token, one in used.items()}
            for token in await self._kept.save(kept):
                self._end(token, "gone")
        self._saved = now

    def expire(self) -> None:
        """End the visits whose browsers are silent."""
        until = self._now() - IDLE
        for token, at in tuple(self._signed_out.items()):
            if at > until:
                break  # the others signed out later
            if token not in self._still_kept:
                del self._signed_out[token]
        while self._open:
            token, visit = next(iter(self._open.items()))
            if visit.seen > until:
                break  # the others were seen later
            self._end(token, "gone")

    async def close(self) -> None:
        """Keep all for the next application, and end them here."""
        await self.save()
        for token in tuple(self._open):
            self._end(token, "gone")

    def _end(self, token: str, ending: str) -> None:
        visit = self._open.pop(token, None)
        if visit is not None:
            visit.over = True
            self._ended(visit, ending)


def _to_keep(one: Visit) -> KeptVisit:
    who = (one.subscriber, one.number, one.language, one.csrf)
    return KeptVisit(*who, one.began, one.seen, one.proven)


def _hashed(cookie: str) -> str:
    """The hash of a cookie, which is all that is kept of it."""
    return hashlib.sha256(cookie.encode(errors="surrogateescape")).hexdigest()
