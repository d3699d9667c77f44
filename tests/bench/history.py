"""A month of history for boards, reports and staffing: `python -m tests.bench.history DIRECTORY`.

Thirty thousand stays in queues and thirty agents, simulated by :mod:`tests.bench.history_calls`,
with all that they leave in a store: calls and their steps, cards, contacts, states of agents,
quarter hours. DIRECTORY is the state of an installation of the demo operator that does not run.
"""

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from ari_app.main.installation import installation
from ari_app.store import agent_states, agents, history, quarters, queue_calls, subscribers
from ari_app.store.agents import Agent
from ari_app.store.history import Contact
from ari_app.store.open_database import open_writer
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber
from ari_app.store.times import micros, moment
from ivr.acd.figures import QUARTER, SECOND, Span, Stay, quarter
from ivr.secret import Secret
from tests.bench.history_calls import Called, Centre, Month, Topic
from tests.bench.history_calls import State as Did
from tests.bench.history_judged import put_judged
from tests.bench.history_steps import CONTAINED, contained, steps, to_queue

QUEUES: Mapping[str, Mapping[str, Topic]] = {
    "support": {
        "money": Topic(22, 190, 88),
        "tariff": Topic(15, 230, 90),
        "services": Topic(10, 170, 93),
        "general": Topic(9, 150, 84),
        "outage": Topic(1, 110, 70),
    },
    "technical": {
        "internet": Topic(15, 310, 66),
        "tv": Topic(6, 260, 72),
        "settings": Topic(4, 230, 87),
        "outage": Topic(2, 120, 60),
    },
    "claims": {"complaint": Topic(4, 340, 48)},
    "management": {"management": Topic(1, 400, 60)},
}
LANGUAGES = {"ru": 0.82, "be": 0.13, "en": 0.05}
STEMS = (
    *("Берёзкин", "Громов", "Зимин", "Клёнов", "Лесков", "Журавлёв", "Рябинин", "Дубов"),
    *("Облаков", "Соснов", "Ручьёв", "Малинин", "Островов", "Полев", "Снегов"),
)
WOMEN = ("Вера", "Алеся", "Нина", "Дарья", "Кира", "Ева", "Майя", "Рада", "Злата", "Юлия", "Яна")
MEN = ("Антон", "Глеб", "Игнат", "Лев", "Мирон", "Павел", "Степан", "Тимур", "Ян", "Богдан", "Егор")
QUESTIONS = ("Не сходится счёт", "Не работает с утра", "Как подключить", "Почему дороже")
SOLUTIONS = ("Объяснили", "Исправлено при разговоре", "Передано инженерам", "Подключили")
PEOPLE = 24_000
"""Subscribers who call."""
FIRST_NUMBER, FIRST_STRANGER = 375290100001, 375440100001
CONTAINED_SHARE = 0.35
"""The part of all calls that reach no queue."""
VERSIONS = ("6a01f3c2", "b91d40e7", "c7720aa9")
IN_TIME = 30 * SECOND


class History:
    """A month up to ``until`` in the time zone of a site, to be put into a store."""

    def __init__(
        self,
        until: datetime,
        zone: str,
        calls: int = 30_000,
        days: int = 30,
        people: int = PEOPLE,
    ) -> None:
        there = until.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        first = there - timedelta(days=days - 1)
        self._begin, self._end = micros(first), micros(until)
        self._random = Random(2)
        self._staff = _staff()
        numbers = [str(FIRST_NUMBER + place) for place in range(people)]
        strangers = [str(FIRST_STRANGER + place) for place in range(people // 8)]
        serves = {one.name: _serves(one) for one in self._staff}
        centre = Centre(QUEUES, serves, LANGUAGES, numbers + strangers)
        self._month = Month(centre, calls, days, first.weekday(), seed=1)
        self._month.run()
        self._numbers = numbers

    def put(self, db: Database) -> None:
        """Store it; the store may have other subscribers and agents."""
        agents.add(db, self._staff)
        since = moment(self._begin)
        subscribers.add(db, [_subscriber(each, since) for each in self._numbers])
        known = dict(db.conn.execute("select msisdn, id from subscribers").fetchall())
        stays = [self._stay(one, known) for one in self._month.calls]
        stays = [stay for stay in stays if _over(stay) <= self._end]
        queue_calls.put(db, stays)
        self._put_calls(db, stays, known)
        self._put_cards(db, stays)
        put_judged(db, stays, self._random)
        begun = [one for one in self._month.states if self._at(one.since) < self._end]
        agent_states.put(db, [self._span(one) for one in begun])
        for at in range(quarter(self._begin), self._end, QUARTER):
            quarters.count(db, at, lambda _queue: IN_TIME)

    def _at(self, seconds: float) -> int:
        return self._begin + round(seconds * SECOND)

    def _stay(self, one: Called, known: Mapping[str, int]) -> Stay:
        first = self._month.calls[(one.first or one.id) - 1]
        return Stay(
            channel=f"{self._at(first.joined) // SECOND}.{first.id}",
            call=_call_id(first.id),
            queue=one.queue,
            topic=one.topic,
            language=one.language,
            number=one.number,
            subscriber=known.get(one.number),
            flow="611",
            version=VERSIONS[min(2, int(one.joined // (11 * 86400)))],
            joined=self._at(one.joined),
            answered=None if one.answered is None else self._at(one.answered),
            left=None if one.left is None else self._at(one.left),
            how=one.how,
            agent=one.agent if one.answered else "",
            ended=None if one.ended is None else self._at(one.ended),
            wrap=None if one.ended is None else round(one.wrap * SECOND),
            transferred=one.transferred,
            promised=None if one.promised is None else round(one.promised * SECOND),
            pop=round(self._random.lognormvariate(5.2, 0.5) * 1000) if one.answered else None,
        )

    def _span(self, one: Did) -> Span:
        until = self._at(one.until)
        ended = until if until <= self._end else None
        since = self._at(one.since)
        return Span(agent=one.agent, state=one.state, reason=one.reason, since=since, until=ended)

    def _put_calls(self, db: Database, stays: Iterable[Stay], known: Mapping[str, int]) -> None:
        """The calls through the menus: those that came to a queue, and those that did not."""
        calls: list[tuple[object, ...]] = []
        taken: list[tuple[object, ...]] = []

        def call(stay: Stay, way: str, until: int, ending: str) -> None:
            began = stay.joined - self._random.randrange(25, 70) * SECOND
            who = (stay.number, stay.subscriber, stay.language, stay.flow, stay.version)
            calls.append((stay.call, "ari", "611", *who, began, until, ending, 16))
            passed = list(steps(way))
            for seq, (flow, node, kind, key, outcome, left) in enumerate(passed):
                at = began + (stay.joined - began) * seq // len(passed)
                taken.append((stay.call, seq, at, node, kind, "", key, outcome, flow, left))

        seen: set[str] = set()
        count = 0
        for stay in stays:
            if stay.call in seen:  # a transfer: the second stay of a call
                continue
            seen.add(stay.call)
            call(stay, to_queue(stay.topic, stay.queue), _over(stay), "hung-up")
            if self._random.random() < CONTAINED_SHARE / (1 - CONTAINED_SHARE):
                count += 1
                number = self._random.choice(self._numbers)
                other = Stay(
                    channel="",
                    call=f"c{count:015x}",
                    queue="",
                    number=number,
                    subscriber=known.get(number),
                    language=stay.language,
                    flow=stay.flow,
                    version=stay.version,
                    joined=stay.joined + self._random.randrange(600) * SECOND,
                )
                [way] = self._random.choices(CONTAINED, (9, 4, 5, 4, 3, 3, 1))
                call(other, contained(way), other.joined, "hung-up")
        db.conn.executemany(
            "insert into calls (id, line, dialled, caller, subscriber, language, flow, version,"
            f" began, ended, ending, cause) values ({_marks(12)})",
            calls,
        )
        db.conn.executemany(
            "insert into steps (call, seq, at, node, kind, prompt, key, outcome, flow, way)"
            f" values ({_marks(10)})",
            sorted(taken),  # by key
        )

    def _put_cards(self, db: Database, stays: Iterable[Stay]) -> None:
        """The cards of the answered, and the contacts of those of them who are subscribers."""
        cards, contacts = [], []
        for place, stay in enumerate(each for each in stays if each.answered):
            answered = stay.answered or 0
            opened = answered - 4 * SECOND
            card = f"history-{place}"
            who = (stay.number, "", stay.subscriber, stay.queue, stay.topic, stay.language)
            times = (opened, answered, stay.ended, _over(stay))
            identity = "none" if stay.subscriber is None else "caller"
            from_ = (stay.agent, stay.channel, stay.call)
            cards.append((card, *from_, *who, identity, *times))
            if stay.subscriber is not None:
                solved = (
                    self._random.random() * 100
                    < QUEUES[stay.queue].get(stay.topic, Topic(0, 0, 75)).solved
                )
                question, solution = QUESTIONS[place % 4], SOLUTIONS[place // 4 % 4]
                what = ("call", stay.topic, question, solution, stay.agent, solved)
                contacts.append(Contact(stay.subscriber, moment(opened), *what, card, stay.call))
        db.conn.executemany(
            "insert into cards (id, agent, channel, call, number, name, subscriber, queue, topic,"
            " language, identity, opened, answered, ended, closed, came_from)"
            f" values ({_marks(15)}, '')",
            cards,
        )
        history.add(db, contacts)


def _over(stay: Stay) -> int:
    """When a stay is over, with the wrap-up."""
    return (stay.ended or stay.left or 2**62) + (stay.wrap or 0)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _call_id(number: int) -> str:
    return f"{number * 2654435761 % 2**32:08x}{number:08x}"


def _staff() -> list[Agent]:
    return [
        Agent(
            name=f"agent{place:02}",
            full_name=_name(place),
            extension=str(8000 + place),
            languages=("ru", "be") if place % 2 else ("ru", "en"),
            sip_user=str(8000 + place),
            sip_password=Secret(f"history-{place}"),
        )
        for place in range(1, 31)
    ]


def _serves(agent: Agent) -> frozenset[str]:
    """Most agents know more than the first line; those of the night know all."""
    place = int(agent.extension) - 8000
    if (place - 1) % 8 == 7:
        return frozenset(QUEUES)
    more = ("technical",) if place % 3 else ()
    return frozenset({"support", *more, *(("claims", "management") if place % 2 else ())})


def _name(place: int) -> str:
    """A given name and a family name."""
    stem = STEMS[place // 2 % len(STEMS)]
    given, ending = ((MEN, ""), (WOMEN, "а"))[place % 2]
    return f"{given[place // 3 % len(given)]} {stem}{ending}"


def _subscriber(number: str, since: datetime) -> Subscriber:
    place = int(number) % 1_000_000
    name = _name(place)
    return Subscriber(place, number, name, "ru", "Минск", None, None, since)


def main() -> None:
    """See the module."""
    state = installation(Path(sys.argv[1]))
    config = state.config()
    db = open_writer(state.database, 5.0, config.numbers)
    try:
        db.conn.execute("pragma synchronous = off")
        with db.conn:
            History(datetime.now(UTC), config.site.timezone).put(db)
    finally:
        db.close()


if __name__ == "__main__":
    main()
