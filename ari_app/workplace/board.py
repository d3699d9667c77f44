"""The figures of the supervisor's board from the store, and what it asks of Asterisk."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from ari_app.ami.client import AmiError
from ari_app.ami.queue_actions import QueueActions
from ari_app.desk.admin.administration import Administration, Outcome, PutQueues, Refused
from ari_app.desk.board.board_port import LATELY, AgentDay, CanaryNow, DayFigures, Doing
from ari_app.desk.ports import DeskUnavailable
from ari_app.store import (
    agent_states,
    agents,
    canaries,
    quarters,
    queue_calls,
    subscribers,
    webhooks,
)
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ari_app.workplace.agent_administration import serves
from ari_app.workplace.store_answers import answer
from ivr.acd.figures import (
    QUARTER,
    SECOND,
    Figures,
    Stay,
    figures,
    occupancy,
    quarter,
    spent,
    together,
)

HOUR = 3600 * SECOND
SELDOM = 15 * SECOND
"""For how long what changes slowly is not read again: occupancy, and what is usual."""
WEEKS = 4
"""How many weeks back is looked for what is usual."""

T = TypeVar("T")
Members = Callable[[], Mapping[str, Collection[str]]]
"""The queues of our Asterisk with the logins that the settings name for each, none for all."""


class StoredBoard:
    """See :class:`ari_app.desk.board.board_port.BoardData`. ``in_time``: the wait in seconds in
    which a queue is to be answered; ``zone`` is that of the site;
    ``mail`` sends a mail with a text to those whom the settings name."""

    def __init__(
        self,
        store: Store,
        actions: QueueActions,
        administration: Administration,
        members: Members,
        in_time: Callable[[str], int],
        now: Callable[[], datetime],
        zone: str,
        mail: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._actions = actions
        self._administration = administration
        self._members = members
        self._in_time = in_time
        self._now = now
        self._zone = ZoneInfo(zone)
        self._mail = mail
        self._slow = _Slow()

    def queues(self) -> Sequence[str]:
        """The queues that agents can be put into."""
        return tuple(self._members())

    async def figures(self) -> DayFigures:
        """The figures of today so far."""
        return await answer(self._store.read(self._read))

    async def names(self, ids: Collection[int]) -> Mapping[int, str]:
        """The names of subscribers."""
        return await answer(self._store.read(subscribers.names, tuple(ids)))

    async def put(self, by: str, agent: str, queue: str, serves: bool) -> bool:
        """Put an agent into a queue, or take them out."""
        now = await answer(self._store.read(_served, agent, self._members()))
        wanted = (now | {queue}) if serves else (now - {queue})
        try:
            done = await self._administration.change(by, PutQueues(agent, frozenset(wanted)))
        except Refused as error:
            raise DeskUnavailable(f"{agent}: {error}", error.word) from error
        return not isinstance(done, Outcome)

    async def move(self, queue: str, channel: str, to: str) -> None:
        """Take a caller out of a queue, to another queue or a number."""
        try:
            await self._actions.move(queue, channel, to)
        except AmiError as error:
            raise DeskUnavailable(str(error), "board-gone") from error

    async def alarmed(
        self, kind: str, queue: str, value: float, limit: float, text: str, over: bool
    ) -> None:
        """Notify other systems and people that a limit was passed, or is kept again."""
        self._mail(text)
        data = {"kind": kind, "queue": queue, "value": round(value, 1), "limit": limit}
        event: webhooks.EventName = "alarm.ended" if over else "alarm.began"
        await answer(self._store.write(webhooks.post, event, f"alarm {queue}", self._now(), data))

    def _read(self, db: Database) -> DayFigures:
        at = self._now()
        now, day = micros(at), micros(self._midnight(at))
        recent = max(quarter(now - HOUR), day)  # from here on by stays, before by quarter hours
        promised = cache(lambda name: self._in_time(name) * SECOND)
        stays = queue_calls.between(db, min(recent, now - HOUR), now + SECOND)
        today: defaultdict[str, list[Figures]] = defaultdict(list)
        by_quarter: defaultdict[int, list[Figures]] = defaultdict(list)
        for one in quarters.of_queues(db, day, recent):
            today[one.queue].append(one.figures)
            by_quarter[one.at].append(one.figures)
        for (name, begins), some in _grouped(stays, recent).items():
            counted = figures(some, promised)
            today[name].append(counted)
            by_quarter[begins].append(counted)
        if now - self._slow.at > SELDOM:
            self._slow = _slow(db, now, day, self._usual(db, at))
        return DayFigures(
            at=at,
            today={name: together(some) for name, some in today.items()},
            hour={
                name: figures(some, promised)
                for (name, _), some in _grouped(stays, now - HOUR, whole=True).items()
            },
            quarters=[
                (moment(one), together(by_quarter[one]))
                for one in range(min(by_quarter, default=now), now, QUARTER)
            ],
            lately=_lately([one for one in stays if one.joined >= now - HOUR], now),
            agents={
                name: AgentDay(calls, self._slow.occupancy.get(name))
                for name, calls in self._taken(db, day).items()
            },
            doing=self._slow.doing,
            usual=self._slow.usual,
            in_time={name: self._in_time(name) for name in today},
            canary=self._slow.canary,
        )

    def _midnight(self, at: datetime, days_ago: int = 0) -> datetime:
        there = at.astimezone(self._zone)
        day = there.date() - timedelta(days=days_ago)
        return datetime.combine(day, datetime.min.time(), self._zone)

    def _taken(self, db: Database, day: int) -> Counter[str]:
        """The conversations of agents today; those who only had a state are there with 0."""
        found = Counter(dict.fromkeys(self._slow.occupancy, 0))
        found.update(dict(queue_calls.answered_by(db, day)))
        return found

    def _usual(self, db: Database, at: datetime) -> int | None:
        """How many are answered by this time of day: the mean of the same days of other weeks."""
        into = at.astimezone(self._zone) - self._midnight(at)
        counts = []
        for week in range(1, WEEKS + 1):
            begin = self._midnight(at, 7 * week)
            count = quarters.answered(db, micros(begin), micros(begin + into))
            if count is not None:
                counts.append(count)
        return round(sum(counts) / len(counts)) if counts else None


class _Slow:
    """What changes slowly, as it was ``at`` a time."""

    def __init__(self) -> None:
        self.at = 0
        self.occupancy: dict[str, float | None] = {}
        self.doing: dict[str, Doing] = {}
        self.usual: int | None = None
        self.canary: CanaryNow | None = None


def _slow(db: Database, now: int, day: int, usual: int | None) -> _Slow:
    found = _Slow()
    found.at, found.usual = now, usual
    if (tried := canaries.running(db)) is not None:
        found.canary = CanaryNow(tried.share, tried.until, canaries.both_sides(db, tried))
    current = quarter(now)
    spans: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in quarters.of_agents(db, day, current):
        spans[one.agent][one.state] += one.spent
    lasting = spent(agent_states.between(db, current, now), current, now)
    for (agent, state, _), span in lasting.items():
        spans[agent][state] += span
    shares = ((agent, occupancy(times)) for agent, times in spans.items())
    found.occupancy = {  # in per cent, as it is shown: else each row changed all the time
        agent: None if share is None else round(share, 2) for agent, share in shares
    }
    found.doing = {
        one.agent: Doing(one.state, one.reason, moment(one.since)) for one in agent_states.now(db)
    }
    return found


def _grouped(
    stays: Sequence[Stay], since: int, whole: bool = False
) -> Mapping[tuple[str, int], list[Stay]]:
    """Stays by queue, and by quarter hour unless all of them are taken as a ``whole``."""
    found: defaultdict[tuple[str, int], list[Stay]] = defaultdict(list)
    for stay in stays:
        if stay.joined >= since:
            found[stay.queue, 0 if whole else quarter(stay.joined)].append(stay)
    return found


def _lately(stays: Sequence[Stay], now: int) -> Mapping[str, tuple[int, ...]]:
    """How many joined each queue in the parts of the last hour."""
    part = HOUR // LATELY
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0] * LATELY)
    for stay in stays:
        found[stay.queue][min((stay.joined - (now - HOUR)) // part, LATELY - 1)] += 1
    return {name: tuple(counts) for name, counts in found.items()}


def _served(db: Database, name: str, members: Mapping[str, Collection[str]]) -> set[str]:
    one = agents.by_name(db, name)
    return set(serves(one, members)) if one else set()
