"""The sums of reports are those of the definitions, whatever the stays are told apart by."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from math import ceil
from random import Random
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ari_app.store import queue_calls, queue_report, survey_report, surveys
from ari_app.store.open_database import open_writer
from ari_app.store.queue_report import Rules
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.acd.chosen import By, Chosen, What
from ivr.acd.figures import HOWS, QUARTER, SECOND, Figures, Stay, figures, together
from ivr.acd.outcomes import REPEAT, WAIT_LASTS, WAITS
from tests.operators import BELARUS

ZONE = "Europe/Warsaw"
SINCE = micros(datetime(2026, 10, 23, 22, tzinfo=UTC))
UNTIL = micros(datetime(2026, 10, 26, 23, tzinfo=UTC))
"""Three days, on the second of which the clocks go back."""
RULES = Rules(ZONE, lambda queue: (20 if queue == "claims" else 30) * SECOND)


def made(random: Random, place: int) -> Stay:
    joined = random.randrange(SINCE, UNTIL) // 1000 * 1000
    how = random.choice(HOWS)
    waited = random.choice((0, 1, 4999, 5000, 20_000, 20_001, 30_000, 30_001, 700_000)) * 1000
    answered = joined + waited if how == "answered" else None
    over = answered is not None and random.random() < 0.9
    return Stay(
        channel=f"{place}.1",
        call=f"call-{place // 2}",
        queue=random.choice(("support", "claims", "o'clock")),
        topic=random.choice(("", "money")),
        language=random.choice(("ru", "en")),
        number=random.choice(("", "375990000001", "375990000002", "375990000003")),
        flow="611",
        version=random.choice("ab"),
        joined=joined,
        answered=answered,
        left=None if how == "waiting" else joined + waited,
        how=how,
        agent=random.choice(("anna", "boris")) if answered else "",
        ended=(answered or 0) + 60 * SECOND if over else None,
        wrap=random.choice((None, 5 * SECOND)) if over else None,
        transferred=random.choice(("", "claims")) if over else "",
        promised=random.choice((None, 25 * SECOND)),
        pop=random.choice((None, 200_000)) if answered else None,
    )


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    one = open_writer(tmp_path_factory.mktemp("report") / "report.db", 5.0, BELARUS)
    random = Random(3)
    with one.conn:
        queue_calls.put(one, [made(random, place) for place in range(600)])
        one.conn.executemany(
            "insert into subscribers (id, msisdn, name, language, area, created)"
            " values (?, ?, '', '', '', 0)",
            [(id, f"37599000000{id}") for id in (1, 2)],
        )
        one.conn.executemany(
            "insert into contacts (subscriber, at, channel, topic, question, solution, agent,"
            " first_contact_solved, card, call) values (1, 0, 'call', '', '', '', 'anna', ?, ?, ?)",
            [(place % 3 > 0, f"card-{place}", f"call-{place}") for place in range(0, 300, 2)],
        )
        for place in range(0, 300, 3):
            surveys.begin(one, f"call-{place}", "", None, moment(UNTIL), moment(UNTIL), 1.0)
    yield one
    one.close()


def local(stay: Stay) -> datetime:
    return moment(stay.joined).astimezone(ZoneInfo(ZONE))


VALUES: dict[By, Callable[[Stay], str]] = {
    "day": lambda stay: f"{local(stay):%Y-%m-%d}",
    "weekday": lambda stay: str(local(stay).weekday()),
    "hour": lambda stay: str(local(stay).hour),
    "week-hour": lambda stay: str(local(stay).weekday() * 24 + local(stay).hour),
    "queue": lambda stay: stay.queue,
    "topic": lambda stay: stay.topic,
    "language": lambda stay: stay.language,
    "agent": lambda stay: stay.agent,
    "version": lambda stay: f"{stay.flow}@{stay.version}",
    "wait": lambda stay: str(
        next((at for at, end in enumerate(WAITS) if (stay.waited or 0) < end), len(WAITS))
        if stay.left is not None
        else WAIT_LASTS
    ),
}


@pytest.mark.parametrize("by", get_args(By))
def test_sums_are_those_of_the_definitions(db: Database, by: By) -> None:
    parts: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in queue_calls.between(db, SINCE, UNTIL):
        parts[VALUES[by](stay)].append(stay)
    found = queue_report.sums(db, Chosen(since=SINCE, until=UNTIL), by, RULES)
    assert found == {value: figures(each, RULES.in_time) for value, each in parts.items()}
    value = max(parts)  # opened, it is that part alone
    among = Chosen(since=SINCE, until=UNTIL, among={by: value})
    assert queue_report.stays(db, among, RULES, 1000) == sorted(
        parts[value], key=lambda stay: (stay.joined, stay.id), reverse=True
    )


COUNTED: dict[What, Callable[[Figures], int]] = {
    "joined": lambda f: f.joined,
    "answered": lambda f: f.answered,
    "in-time": lambda f: f.in_time,
    "late": lambda f: f.answered - f.in_time,
    "abandoned": lambda f: f.abandoned,
    "short": lambda f: f.short,
    "otherwise": lambda f: f.timeout + f.full + f.empty + f.key + f.withdrawn + f.callback + f.lost,
    "transferred": lambda f: f.transferred,
    "promised": lambda f: f.promised,
}


@pytest.mark.parametrize("what", get_args(What))
def test_a_figure_opens_to_as_many_stays(db: Database, what: What) -> None:
    everything = Chosen(since=SINCE, until=UNTIL)
    sums = together(queue_report.sums(db, everything, "queue", RULES).values())
    contacts = queue_report.contacts(db, everything, "queue", RULES).values()
    surveyed = survey_report.surveyed(db, everything, "queue", RULES)
    count = {
        **{name: counted(sums) for name, counted in COUNTED.items()},
        "repeated": sum(one.repeated for one in contacts),
        "solved": sum(one.solved for one in contacts),
        "surveyed": sum(one.asked for one in surveyed.values()),
        "unsolved": sum(one.noted - one.solved for one in contacts),
    }[what]
    chosen = Chosen(since=SINCE, until=UNTIL, what=what)
    assert len(queue_report.stays(db, chosen, RULES, 1000)) == count > 0


def test_who_calls_again_within_a_week_is_a_repeated_call(db: Database) -> None:
    stays = queue_calls.between(db, SINCE, UNTIL)
    again = {
        one.id
        for one in stays
        if one.how == "answered"
        and any(
            other.number == one.number != ""
            and other.channel != one.channel
            and 0 < other.joined - (one.left or 0) <= REPEAT
            for other in stays
        )
    }
    chosen = Chosen(since=SINCE, until=UNTIL, what="repeated")
    assert {one.id for one in queue_report.stays(db, chosen, RULES, 1000)} == again


def test_a_contact_is_of_one_conversation_only(db: Database) -> None:
    """A call came to an agent twice, and something was noted of the second conversation; of another
    one, each time, the later one first. A third came once, after a ring that was not answered."""
    since, day = UNTIL + 30 * 86400 * SECOND, 86400 * SECOND
    talks = [("once", 100), ("once", 400), ("both", 100), ("both", 400), ("rang", 200)]
    noted = [("once", 390, 1), ("both", 390, 0), ("both", 95, 1), ("rang", 40, 0), ("rang", 195, 1)]
    one = made(Random(1), 0)
    with db.conn:
        queue_calls.put(
            db,
            [
                replace(
                    one, id=0, call=call, channel=f"{call}-{at}", how="answered", agent="anna",
                    joined=since + (at - 10) * SECOND, answered=since + at * SECOND,
                    left=since + at * SECOND,
                )
                for call, at in talks
            ],
        )  # fmt: skip
        db.conn.executemany(
            "insert into contacts (subscriber, at, channel, topic, question, solution, agent,"
            " first_contact_solved, card, call) values (1, ?, 'call', '', '', '', 'anna', ?, ?, ?)",
            [(since + at * SECOND, solved, f"{call}-{at}", call) for call, at, solved in noted],
        )

    def found(what: What) -> set[str]:
        chosen = Chosen(since=since, until=since + day, what=what)
        return {stay.channel for stay in queue_report.stays(db, chosen, RULES, 9)}

    assert found("solved") == {"once-400", "both-100", "rang-200"}
    assert found("unsolved") == {"both-400"}


def test_pages_follow_each_other(db: Database) -> None:
    chosen = Chosen(since=SINCE, until=UNTIL, among={"queue": "o'clock"})
    whole = queue_report.stays(db, chosen, RULES, 1000)
    after, found = None, []
    while page := queue_report.stays(db, chosen, RULES, 7, after):
        found += page
        after = (page[-1].joined, page[-1].id)
    assert found == whole


def test_of_a_hundred_ninety_five_waited_no_longer(db: Database) -> None:
    chosen = Chosen(since=SINCE, until=UNTIL)
    waits = sorted(
        one.waited or 0 for one in queue_calls.between(db, SINCE, UNTIL) if one.how == "answered"
    )
    found = queue_report.percentile(db, chosen, RULES, "waited")
    assert found == waits[ceil(len(waits) * 0.95) - 1]
    nothing = Chosen(since=0, until=QUARTER)
    assert queue_report.percentile(db, nothing, RULES, "pop") is None
