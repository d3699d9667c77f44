"""The figures of reports from the rows of the store, for :mod:`tests.bench.figures_oracle`."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import TypeAlias
from zoneinfo import ZoneInfo

S = 1_000_000
Row: TypeAlias = sqlite3.Row
Figures: TypeAlias = dict[str, float | None]
Key: TypeAlias = str | None
"""The value of a row of a table; None for its total."""
Count: TypeAlias = Callable[[Key], Figures]
CLASSES = (5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600)


def percent(some: float, whole: float) -> float | None:
    return 100 * some / whole if whole else None


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


class Oracle:
    """The rows of callers who joined in some days of a zone; ``in_time``: in seconds."""

    def __init__(
        self, db: sqlite3.Connection, first: date, last: date, zone: str, in_time: float
    ) -> None:
        db.row_factory = sqlite3.Row
        (newest,) = db.execute("select max(at) from agent_quarters").fetchone()
        self.now = newest + 900 * S
        """Until when states of agents are counted; what goes on lasts until then."""
        self.db, self.zone, self.in_time = db, ZoneInfo(zone), in_time
        midnights = [
            datetime(each.year, each.month, each.day, tzinfo=self.zone)
            for each in (first, last + timedelta(1))
        ]
        self.since, self.until = (round(each.timestamp()) * S for each in midnights)
        self.every = db.execute("select * from queue_calls").fetchall()
        self.rows = [one for one in self.every if self.since <= one["joined"] < self.until]
        self.joins: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for one in self.every:
            self.joins[one["number"]].append((one["joined"], one["channel"]))
        self.noted: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        for one in db.execute("select * from contacts"):
            self.noted[one["call"], one["agent"]].append(one)

    def by(self, name: str) -> dict[str, list[Row]]:
        """The rows by their value."""
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for one in self.rows:
            found[self.value(name, one)].append(one)
        return found

    def value(self, name: str, one: Row) -> str:
        at = datetime.fromtimestamp(one["joined"] / S, self.zone)
        match name:
            case "day":
                return at.strftime("%Y-%m-%d")
            case "hour":
                return str(at.hour)
            case "weekday":
                return str(at.weekday())
            case "week-hour":
                return str(at.weekday() * 24 + at.hour)
            case "version":
                return f"{one['flow']}@{one['version']}"
            case "wait":
                if one["left"] is None:
                    return str(len(CLASSES) + 1)
                return str(sum(wait(one) >= each for each in CLASSES))
            case _:
                return str(one[name])

    def figures(self, rows: Iterable[Row]) -> Figures:
        """All columns of a row of calls."""
        rows = list(rows)
        left = [one for one in rows if one["how"] == "abandoned"]
        short = [one for one in left if wait(one) < 5]
        gave_up = [one for one in left if wait(one) >= 5]
        answered = [one for one in rows if one["how"] == "answered"]
        late_loss = sum(wait(one) > self.in_time for one in gave_up)
        in_time = sum(wait(one) <= self.in_time for one in answered)
        waited = [one for one in rows if one["left"] is not None]
        still = len(rows) - len(waited)
        over = [one for one in answered if one["ended"] is not None]
        talks = [(one["ended"] - one["answered"]) / S for one in over]
        wraps = [(one["wrap"] or 0) / S for one in over]
        judged = [solved for one in answered if (solved := self.solved(one)) is not None]
        announced = [one for one in answered if one["promised"] is not None]
        errors = [one["promised"] / S - wait(one) for one in announced]
        pops = [one["pop"] / 1000 for one in answered if one["pop"] is not None]
        pop = mean(pops)
        return {
            "joined": len(rows),
            "answered": len(answered),
            "service_level": percent(in_time, len(answered) + late_loss),
            "asa": mean([wait(one) for one in answered]),
            "longest": max((wait(one) for one in waited), default=0) if rows else None,
            "abandoned": len(gave_up),
            "abandon_rate": percent(len(gave_up), len(rows) - len(short) - still),
            "short": len(short),
            "otherwise": len(rows) - len(answered) - len(left) - still,
            "aht": mean([talk + wrap for talk, wrap in zip(talks, wraps, strict=True)]),
            "mean_talk": mean(talks),
            "mean_wrap": mean(wraps),
            "transferred": sum(one["transferred"] != "" for one in over),
            "first_contact": percent(sum(judged), len(judged)),
            "repeated": percent(sum(map(self.again, answered)), len(answered)),
            "promised": len(announced),
            "promise_error": mean([abs(each) for each in errors]),
            "promise_bias": mean(errors),
            "pop_ms": None if pop is None else round(pop),
            "asa_95": nearest([wait(one) for one in answered]),
            "pop_95_ms": None if not pops else round(nearest(pops) or 0),
        }

    def again(self, one: Row) -> bool:
        """Whether the number called a queue within a week after the answer, in another call."""
        return one["number"] != "" and any(
            one["left"] < joined <= one["left"] + 7 * 86400 * S and channel != one["channel"]
            for joined, channel in self.joins[one["number"]]
        )

    def solved(self, one: Row) -> bool | None:
        """What the agent noted of this conversation; None for nothing."""
        noted = self.noted[one["call"], one["agent"]] if one["call"] else []
        near = sorted(noted, key=lambda each: abs(each["at"] - one["answered"]))
        return bool(near[0]["first_contact_solved"]) if near else None

    def agents(self) -> dict[str, Counter[tuple[str, str]]]:
        """For how many microseconds each agent was in each state."""
        found: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for one in self.db.execute("select * from agent_states"):
            until = min(self.until, self.now if one["until"] is None else one["until"])
            if (span := until - max(one["since"], self.since)) > 0:
                found[one["agent"]][one["state"], one["reason"]] += span
        return found

    def menus(self) -> tuple[dict[str, list[int]], dict[tuple[str, str], list[int]]]:
        """Version -> calls that ended, and that came to a queue; flow and node -> calls that passed
        it, and that ended there without a queue."""
        queued = {one["call"] for one in self.every}
        versions: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        nodes: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        kept = {}
        for one in self.db.execute("select * from calls where ended is not null"):
            if self.since <= one["began"] < self.until and one["line"] not in ("ussd", "cabinet"):
                kept[one["id"]] = one
                counts = versions[f"{one['flow']}@{one['version']}"]
                counts[0] += 1
                counts[1] += one["id"] in queued
        ways: defaultdict[str, list[Row]] = defaultdict(list)
        for step in self.db.execute("select * from steps order by call, seq"):
            if step["call"] in kept:
                ways[step["call"]].append(step)
        for call, steps in ways.items():
            for place in {(step["flow"], step["node"]) for step in steps}:
                nodes[place][0] += 1
            nodes[steps[-1]["flow"], steps[-1]["node"]][1] += call not in queued
        return versions, nodes

    def surveyed(self, by: str) -> dict[Key, Figures]:
        """Value -> how many were asked, how many replied, and the mean of each question in per
        cent of the best mark; under None of all. A survey is about the last stay of its call that
        an agent had answered by then."""
        said: defaultdict[str, list[Row]] = defaultdict(list)
        for one in self.db.execute("select * from survey_answers"):
            said[one["call"]].append(one)
        stays: defaultdict[str, list[Row]] = defaultdict(list)
        for one in self.every:
            if one["call"] and one["answered"] is not None:
                stays[one["call"]].append(one)
        found: defaultdict[Key, list[Row]] = defaultdict(list)
        for one in self.db.execute("select * from surveys"):
            before = [each for each in stays[one["call"]] if each["answered"] <= one["at"]]
            if before:
                last = max(before, key=lambda each: each["answered"])
                if self.since <= last["joined"] < self.until:
                    found[self.value(by, last)].append(one)
                    found[None].append(one)
        return {key: _said(some, said) for key, some in found.items()}

    def scored(self) -> tuple[dict[Key, Figures], dict[Key, Figures]]:
        """The scores by agent, and the answers by question; calibrations do not count."""
        agents: defaultdict[Key, list[Row]] = defaultdict(list)
        ids = set()
        for one in self.db.execute("select * from scores where calibration is null"):
            if self.since <= one["called"] < self.until:
                ids.add(one["id"])
                agents[one["agent"]].append(one)
        questions: defaultdict[Key, list[Row]] = defaultdict(list)
        for one in self.db.execute("select * from score_answers"):
            if one["score"] in ids:
                questions[one["question"]].append(one)
        return (
            {
                agent: {
                    "scored": len(some),
                    "mean_score": _mean_percent([one["share"] for one in some]),
                    "zero_scores": sum(one["failed"] for one in some),
                    "read": sum(one["seen"] is not None for one in some),
                }
                for agent, some in agents.items()
            },
            {
                question: {
                    "replied": sum(one["part"] is not None for one in some),
                    "mean_score": _mean_percent([one["part"] for one in some]),
                    "worst_marks": sum(one["part"] == 0 for one in some),
                    "not_applied": sum(one["part"] is None for one in some),
                }
                for question, some in questions.items()
            },
        )


def _said(some: Sequence[Row], said: dict[str, list[Row]]) -> Figures:
    by_text = [one for one in some if one["way"] == "text"]
    marks: defaultdict[str, list[float]] = defaultdict(list)
    for one in some:
        for answer in said.get(one["call"], ()):
            marks[answer["question"]].append(answer["mark"] / answer["best"])
    return {
        "asked": len(some),
        "replied": sum(one["call"] in said for one in some),
        "asked-by-text": len(by_text),
        "replied-by-text": sum(one["call"] in said for one in by_text),
        **{question: _mean_percent(parts) for question, parts in marks.items()},
    }


def _mean_percent(parts: Sequence[float | None]) -> float | None:
    found = mean([one for one in parts if one is not None])
    return None if found is None else 100 * found


def wait(one: Row) -> float:
    """Seconds until the caller left the queue."""
    return max(0.0, (one["left"] - one["joined"]) / S) if one["left"] is not None else 0.0


def nearest(values: Sequence[float]) -> float | None:
    """The least of the values that 95 of 100 of them are not above (nearest rank)."""
    return sorted(values)[ceil(len(values) * 0.95) - 1] if values else None
