"""A month of a contact centre, simulated: callers who arrive, agents in shifts, who waits how long.

A discrete-event simulation without a clock: seconds since the first midnight, the same for the
same seed. Waits, lost callers and busy agents follow from each other, as in a real one; so do the
quiet nights, the Mondays, and the afternoon of an outage.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from random import Random

from msgspec import Struct

from ivr.acd.figures import How

DAY, HOUR, MINUTE = 86400.0, 3600.0, 60.0

BY_HOUR = (1, 1, 0.6, 0.5, 0.5, 1, 2, 5, 9, 12, 13, 12, 11, 10, 10, 10, 11, 12, 11, 9, 7, 5, 3, 2)
BY_WEEKDAY = (1.2, 1.1, 1.05, 1.0, 1.0, 0.8, 0.65)
OUTAGE = (11, 14.0, 17.0, 3.0)
"""The day of a mass outage, from which hour to which, and how many times as many call."""

SHIFTS = ((7.5, 15.5), (8, 16), (9, 17), (9, 18), (11, 19), (13, 21), (14, 22.5), (22, 31))
"""From which hour to which; the last one is the night."""
PAUSES = (("break", 0.25, 12), ("lunch", 0.5, 32), ("break", 0.75, 11), ("training", 0.6, 45))
"""A pause: its reason, when in the shift, its minutes. Training is had by few."""

RINGS, FULL, LONGEST_WAIT = (2.0, 9.0), 25, 900.0


class Topic(Struct, frozen=True):
    """Of how many calls it is, the mean conversation in seconds, and how many of a hundred are
    solved at once."""

    share: float
    talk: float
    solved: int


class Called(Struct):
    """A stay of a caller in a queue, in seconds since the first midnight; times are None until
    they come. ``first``: the stay from which the caller was transferred to this one."""

    number: str
    queue: str
    topic: str
    language: str
    joined: float
    id: int = 0
    first: int = 0
    answered: float | None = None
    left: float | None = None
    how: How = "waiting"
    agent: str = ""
    ended: float | None = None
    wrap: float = 0.0
    transferred: str = ""
    promised: float | None = None


class State(Struct, frozen=True):
    """What an agent did, from when until when."""

    agent: str
    state: str
    reason: str
    since: float
    until: float


class Centre(Struct, frozen=True):
    """Whom a month is made of: ``queues`` with their topics, agents with the queues they serve,
    how languages are spoken, and the numbers that call."""

    queues: Mapping[str, Mapping[str, Topic]]
    agents: Mapping[str, frozenset[str]]
    languages: Mapping[str, float]
    numbers: Sequence[str]


class _Agent:
    def __init__(self, name: str, queues: frozenset[str]) -> None:
        self.name, self.queues = name, queues
        self.state, self.reason, self.since = "signed-out", "", 0.0
        self.wants: list[tuple[str, float]] = []
        self.leaves = False


class Month:
    """The simulation: run it with :meth:`run`, then read ``calls`` and ``states``."""

    def __init__(self, centre: Centre, calls: int, days: int, weekday: int, seed: int) -> None:
        """``calls`` in so many ``days``, the first of which is a ``weekday`` (Monday is 0)."""
        self.calls: list[Called] = []
        self.states: list[State] = []
        self._centre, self._random, self._days = centre, Random(seed), days
        self._agents = {name: _Agent(name, queues) for name, queues in centre.agents.items()}
        self._serve = {
            queue: [one for one in self._agents.values() if queue in one.queues]
            for queue in centre.queues
        }
        self._waiting: dict[str, list[Called]] = {queue: [] for queue in centre.queues}
        self._events: list[tuple[float, int, str, tuple[object, ...]]] = []
        self._order = count()
        for at in self._arrivals(calls, weekday):
            self._at(at, "arrives")
        self._plan_shifts()

    def run(self) -> None:
        """Run to the end of the last day; who still waits or talks then, goes on doing so."""
        end = self._days * DAY
        while self._events and self._events[0][0] < end:
            at, _, what, given = heapq.heappop(self._events)
            getattr(self, f"_{what}")(at, *given)
        for agent in self._agents.values():
            self._set(agent, end, "ended")

    def _at(self, at: float, what: str, *given: object) -> None:
        heapq.heappush(self._events, (at, next(self._order), what, given))

    def _arrivals(self, calls: int, first_weekday: int) -> Iterator[float]:
        hours = range(self._days * 24)
        weights = [BY_HOUR[h % 24] * BY_WEEKDAY[(first_weekday + h // 24) % 7] for h in hours]
        day, since, until, times = OUTAGE
        for hour in range(int(day * 24 + since), min(int(day * 24 + until), len(weights))):
            weights[hour] *= times
        for hour in self._random.choices(hours, weights, k=calls):
            yield (hour + self._random.random()) * HOUR

    def _plan_shifts(self) -> None:
        for place, name in enumerate(self._agents):
            hours = SHIFTS[place % len(SHIFTS)]
            for day in range(self._days):
                if (day + place) % 7 in (0, 3 + place % 3):  # two days off in seven
                    continue
                begin = (day * 24 + hours[0]) * HOUR + self._random.uniform(-3, 6) * MINUTE
                end = (day * 24 + hours[1]) * HOUR + self._random.uniform(-1, 5) * MINUTE
                self._at(begin, "begins", name)
                self._at(end, "finishes", name)
                for reason, where, minutes in PAUSES:
                    if reason == "training" and self._random.random() < 0.8:
                        continue
                    at = begin + (end - begin) * where + self._random.uniform(-15, 15) * MINUTE
                    self._at(at, "pauses", name, reason, minutes * self._random.uniform(0.8, 1.4))

    def _arrives(self, at: float, back: Called | None = None) -> None:
        pick, centre = self._random.choices, self._centre
        if back is not None:
            one = Called(back.number, back.transferred, back.topic, back.language, at)
            one.first = back.first or back.id
        else:
            [queue] = pick(
                list(centre.queues),
                [sum(t.share for t in topics.values()) for topics in centre.queues.values()],
            )
            topics = centre.queues[queue]
            [topic] = pick(list(topics), [each.share for each in topics.values()])
            day, since, until, _ = OUTAGE
            if day * 24 + since <= at / HOUR < day * 24 + until and self._random.random() < 0.6:
                topic = "outage" if "outage" in topics else topic
            [language] = pick(list(centre.languages), list(centre.languages.values()))
            one = Called(self._number(), queue, topic, language, at)
        one.id = len(self.calls) + 1
        self.calls.append(one)
        waiting = self._waiting[one.queue]
        if len(waiting) >= FULL:
            one.left, one.how = at, "full"
            return
        on = sum(a.state not in ("signed-out", "paused") for a in self._serve[one.queue])
        if on and self._random.random() < 0.85:
            ahead = 25 if not waiting and self._free(one.queue) else (len(waiting) + 1) * 240 / on
            one.promised = round(max(10.0, ahead * self._random.uniform(0.7, 1.4)))
        waiting.append(one)
        hurried = self._random.random() < 0.03
        patience = self._random.uniform(1, 5) if hurried else self._random.expovariate(1 / 280) + 6
        self._at(at + min(patience, LONGEST_WAIT), "gives_up", one)
        if free := self._free(one.queue):
            self._offer(at, free, one)

    def _number(self) -> str:
        """Who calls: one in eight has called of late."""
        if len(self.calls) > 500 and self._random.random() < 0.12:
            return self._random.choice(self.calls[-5000:]).number
        return self._random.choice(self._centre.numbers)

    def _free(self, queue: str) -> _Agent | None:
        """The agent who has been ready longest."""
        free = (agent for agent in self._serve[queue] if agent.state == "ready")
        return min(free, key=lambda agent: agent.since, default=None)

    def _offer(self, at: float, agent: _Agent, call: Called) -> None:
        self._waiting[call.queue].remove(call)
        call.agent = agent.name
        self._set(agent, at, "ringing")
        self._at(at + self._random.uniform(*RINGS), "answers", agent, call)

    def _answers(self, at: float, agent: _Agent, call: Called) -> None:
        if call.how != "waiting":  # the caller hung up meanwhile
            self._freed(at, agent)
            return
        call.answered = call.left = at
        call.how = "answered"
        self._set(agent, at, "talking")
        mean = self._centre.queues[call.queue].get(call.topic, Topic(1, 200, 80)).talk
        skill = 0.8 + (hash_of(agent.name) % 9) / 20
        self._at(
            at + max(15.0, self._random.lognormvariate(0, 0.6) * mean * skill),
            *("hangs_up", agent, call),
        )

    def _hangs_up(self, at: float, agent: _Agent, call: Called) -> None:
        call.ended, call.wrap = at, min(180.0, self._random.lognormvariate(3.4, 0.6))
        others = [name for name in self._centre.queues if name != call.queue]
        if self._random.random() < 0.06 and others and not call.first:
            call.transferred = self._random.choices(others, range(len(others), 0, -1))[0]
            self._at(at + 1, "arrives", call)
        self._set(agent, at, "wrap-up")
        self._at(at + call.wrap, "freed", agent)

    def _gives_up(self, at: float, call: Called) -> None:
        if call.how != "waiting":
            return
        call.left, call.agent = at, ""
        if at - call.joined >= LONGEST_WAIT:
            call.how = "timeout"
        else:
            call.how = (
                "key" if at - call.joined > 60 and self._random.random() < 0.2 else "abandoned"
            )
        if call in self._waiting[call.queue]:
            self._waiting[call.queue].remove(call)

    def _begins(self, at: float, name: str) -> None:
        self._freed(at, self._agents[name])

    def _finishes(self, at: float, name: str) -> None:
        agent = self._agents[name]
        agent.leaves = True
        if agent.state in ("ready", "paused"):
            self._freed(at, agent)

    def _pauses(self, at: float, name: str, reason: str, minutes: float) -> None:
        agent = self._agents[name]
        agent.wants.append((reason, minutes * MINUTE))
        if agent.state == "ready":
            self._freed(at, agent)

    def _freed(self, at: float, agent: _Agent) -> None:
        """An agent is free: what is next?"""
        if agent.leaves:
            agent.leaves, agent.wants = False, []
            self._set(agent, at, "signed-out")
        elif agent.wants:
            reason, seconds = agent.wants.pop(0)
            self._set(agent, at, "paused", reason)
            self._at(at + seconds, "resumes", agent)
        else:
            self._set(agent, at, "ready")
            waits = [self._waiting[name][0] for name in agent.queues if self._waiting[name]]
            if waits:
                self._offer(at, agent, min(waits, key=lambda call: call.joined))

    def _resumes(self, at: float, agent: _Agent) -> None:
        if agent.state == "paused":
            self._freed(at, agent)

    def _set(self, agent: _Agent, at: float, state: str, reason: str = "") -> None:
        """An agent does something else from now on."""
        if agent.state == state:
            return
        if at > agent.since:
            self.states.append(State(agent.name, agent.state, agent.reason, agent.since, at))
        agent.state, agent.reason, agent.since = state, reason, at


def hash_of(text: str) -> int:
    """The same number for the same text in each process."""
    return sum(place * ord(letter) for place, letter in enumerate(text, 1))
