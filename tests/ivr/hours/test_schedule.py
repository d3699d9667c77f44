"""Opening hours: what a schedule says at a moment."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.hours.schedule import Forced, Hours, Schedule, gap_text, gaps, hours_at
from ivr.hours.week import WEEKDAYS, span_text, spans
from ivr.loader import load
from tests.fuzz import FEW

MINSK = ZoneInfo("Europe/Minsk")
CLAIMS = Schedule(
    schedule="claims",
    timezone="Europe/Minsk",
    week={"mon-fri": "09:00-13:00, 14:00-18:00", "sat": "22:00-02:00"},
    except_={"2026-12-31": "09:00-12:00", "01-01": "closed", "2026-11-07": "open"},
)
MINUTE = timedelta(minutes=1)


def at(text: str, zone: ZoneInfo = MINSK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def said(text: str, forced: Forced | None = None) -> tuple[bool, str, str]:
    """Whether claims are open, until when, and why."""
    hours = hours_at(CLAIMS, at(text), MINSK, forced)
    return hours.open, f"{hours.until:%m-%d %H:%M}", hours.why


WRONG = """schedule: wrong
timezone: Europe/Minsk
week:
  mon-fri: "09:00-18:00"
  fri: "09:00-17:00"
  sat: "25:00-26:00"
  tomorrow: open
except:
  "12-32": closed
  "2026-12-31": shut
  "05-01": closed
"""


def test_all_faults_of_a_schedule_are_reported_with_their_places() -> None:
    problems = load({"wrong.yaml": WRONG}, {}, {}).problems
    assert [(each.place.line, each.rule) for each in problems] == [
        (5, "twin-days"),
        (6, "wrong-hours"),
        (7, "wrong-hours"),
        (9, "wrong-hours"),
        (10, "wrong-hours"),
    ]
    assert problems[0].text == "fri is in mon-fri already: keep one of them"


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("2026-11-23T09:00", (True, "11-23 13:00", "mon-fri 09:00-13:00")),
        ("2026-11-23T08:59", (False, "11-23 09:00", "outside mon-fri 09:00-13:00, 14:00-18:00")),
        ("2026-11-23T13:00", (False, "11-23 14:00", "outside mon-fri 09:00-13:00, 14:00-18:00")),
        ("2026-11-28T23:00", (True, "11-29 02:00", "sat 22:00-02:00")),
        ("2026-11-29T01:59", (True, "11-29 02:00", "sat 22:00-02:00")),
        ("2026-11-29T02:00", (False, "11-30 09:00", "sun closed")),
        ("2026-11-07T03:00", (True, "11-08 00:00", "exception 2026-11-07 00:00-24:00")),
        ("2026-11-06T23:00", (False, "11-07 00:00", "outside mon-fri 09:00-13:00, 14:00-18:00")),
        ("2026-12-31T11:59", (True, "12-31 12:00", "exception 2026-12-31 09:00-12:00")),
        ("2026-12-31T23:59", (False, "01-02 22:00", "outside exception 2026-12-31 09:00-12:00")),
        ("2027-01-01T12:00", (False, "01-02 22:00", "exception 01-01 closed")),
    ],
)
def test_what_is_said_at_a_moment(moment: str, answer: tuple[bool, str, str]) -> None:
    assert said(moment) == answer


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    nights = Schedule(
        schedule="nights",
        timezone="Europe/Minsk",
        week={"mon-sun": "22:00-02:00"},
        except_={"12-31": "closed"},
    )
    opened = [
        hours_at(nights, at(text), MINSK).open
        for text in ("2026-12-31T01:00", "2026-12-31T23:00", "2027-01-01T01:00", "2027-01-01T23:00")
    ]
    assert opened == [True, False, False, True]


def test_what_never_changes_has_no_end() -> None:
    for text, opened in (("00:00-24:00", True), ("closed", False)):
        always = Schedule(schedule="a", timezone="UTC", week={"mon-sun": text})
        hours = hours_at(always, at("2026-12-31T23:59"), MINSK)
        assert (hours.open, hours.until) == (opened, None)
    yearly = Schedule(
        schedule="y", timezone="UTC", week={"mon-sun": "open"}, except_={"12-31": "closed"}
    )
    assert hours_at(yearly, at("2026-01-01T00:00"), MINSK).until == at("2026-12-31T00:00")
    assert hours_at(yearly, at("2027-01-01T00:00"), MINSK).until == at("2027-12-31T00:00")
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    assert hours_at(yearly, new_year - MINUTE, UTC).until == new_year


def test_a_forced_state_wins_until_it_ends() -> None:
    noon = "2026-11-23T12:00"
    drill = Forced("closed", at("2026-11-23T12:30"), "anna", "fire drill")
    why = "forced closed by anna until 2026-11-23 12:30: fire drill"
    assert said(noon, drill) == (False, "11-23 12:30", why)
    assert said("2026-11-23T12:30", drill) == said("2026-11-23T12:30")
    over_lunch = Forced("closed", at("2026-11-23T13:30"), "anna", "")
    why = "forced closed by anna until 2026-11-23 13:30"
    assert said(noon, over_lunch) == (False, "11-23 14:00", why)
    late = Forced("open", at("2026-11-23T20:00"), "anna", "storm")
    assert said(noon, late)[:2] == (True, "11-23 20:00")


def test_the_clock_on_the_wall_decides_when_it_is_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    early = Schedule(schedule="e", timezone="Europe/Berlin", week={"sun": "01:00-02:30"})

    def changes(moment: str, number: int) -> Iterator[str]:
        hours = Hours(False, at(moment, berlin), "")
        for _ in range(number):
            assert hours.until is not None
            hours = hours_at(early, hours.until, berlin)
            assert hours.until is not None
            yield f"{hours.until.astimezone(UTC):%d %H:%M}"

    put_back = ["25 00:30", "25 01:00", "25 01:30"]  # 02:30, again 02:00, again 02:30
    assert list(changes("2026-10-25T01:00", 3)) == put_back
    assert list(changes("2026-03-29T01:00", 1)) == ["29 01:00"]  # 02:00, which is 03:00


def test_gaps_of_a_week() -> None:
    assert [gap_text(gap) for gap in gaps(CLAIMS)] == [
        "closed Monday 13:00 to Monday 14:00",
        "closed Monday 18:00 to Tuesday 09:00",
        "closed Tuesday 13:00 to Tuesday 14:00",
        "closed Tuesday 18:00 to Wednesday 09:00",
        "closed Wednesday 13:00 to Wednesday 14:00",
        "closed Wednesday 18:00 to Thursday 09:00",
        "closed Thursday 13:00 to Thursday 14:00",
        "closed Thursday 18:00 to Friday 09:00",
        "closed Friday 13:00 to Friday 14:00",
        "closed Friday 18:00 to Saturday 22:00",
        "closed Sunday 02:00 to Monday 09:00",
    ]
    for week, expected in (
        ({}, ["closed all week"]),
        ({"mon-sun": "open"}, []),
        ({"mon-sat": "00:00-24:00"}, ["closed Sunday all day"]),
        ({"mon-fri": "00:00-24:00"}, ["closed Saturday to Sunday all day"]),
        ({"sun": "22:00-21:00", "mon": "10:00-11:00"}, ["closed Monday 21:00 to Sunday 22:00"]),
    ):
        schedule = Schedule(schedule="s", timezone="UTC", week=week)
        assert [gap_text(gap) for gap in gaps(schedule)] == expected


# Against somebody who looks at the clock every minute.

ZONES = (
    "Europe/Minsk",
    "Europe/Berlin",
    "America/St_Johns",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Africa/Casablanca",  # puts its clocks back for a month
    "Pacific/Kiritimati",
    "UTC",
)
NEWS = (
    datetime(2026, 3, 29, 0, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 0, tzinfo=UTC),
    datetime(2026, 3, 8, 5, 0, tzinfo=UTC),
    datetime(2026, 4, 4, 14, 0, tzinfo=UTC),
    datetime(2026, 2, 15, 1, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 12, 0, tzinfo=UTC),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """The spans of a day: none, all, or up to three of whole minutes."""
    cuts = sorted(draw(st.sets(st.integers(0, 1439), max_size=7)))
    cuts = cuts[len(cuts) % 2 :]
    if draw(st.booleans()) and cuts:
        cuts = [*cuts[1:], 1440 + cuts[0]]  # the last span ends in the night
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    return ", ".join(map(span_text, pairs)) or draw(st.sampled_from(("open", "closed")))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    week = {day: draw(texts()) for day in WEEKDAYS if draw(st.booleans())}
    near = [moment.date() + timedelta(days) for moment in NEWS for days in (-1, 0, 1)]
    exceptions = {
        f"{day:%Y-%m-%d}" if draw(st.booleans()) else f"{day:%m-%d}": draw(texts())
        for day in draw(st.lists(st.sampled_from(near), max_size=4))
    }
    return Schedule(schedule="any", timezone="", week=week, except_=exceptions)


def looked_up(schedule: Schedule, zone: ZoneInfo) -> Callable[[datetime], bool]:
    """What the texts say to somebody who knows the day and the time on the wall."""

    @cache
    def of(day: date) -> tuple[tuple[int, int], ...]:
        for key in (f"{day:%Y-%m-%d}", f"{day:%m-%d}"):
            if key in schedule.except_:
                return spans(schedule.except_[key])
        text = schedule.week.get(WEEKDAYS[day.weekday()])
        return spans(text) if text else ()

    def opened(moment: datetime) -> bool:
        local = moment.astimezone(zone)
        minute, yesterday = local.hour * 60 + local.minute, local.date() - timedelta(1)
        return any(begin <= minute < end for begin, end in of(local.date())) or any(
            begin <= minute + 1440 < end for begin, end in of(yesterday)
        )

    return opened


def compared(schedule: Schedule, zone: ZoneInfo, begin: datetime) -> None:
    """Both say the same on all minutes of a day and a half."""
    seen = list(map(looked_up(schedule, zone), (begin + n * MINUTE for n in range(2000))))
    change = next((n for n, opened in enumerate(seen) if opened != seen[0]), None)
    hours = hours_at(schedule, begin, zone)
    assert hours.open == seen[0]
    if change is not None:  # in UTC: a local time that comes twice equals nothing of another zone
        assert hours.until is not None
        assert hours.until.astimezone(UTC) == begin + change * MINUTE
    else:
        assert hours.until is None or hours.until >= begin + 2000 * MINUTE
    asked = [hours_at(schedule, begin + n * MINUTE, zone) for n in range(0, 2000, 7)]
    assert [one.open for one in asked] == seen[::7]
    assert all(one.why and (one.until is None or one.until > begin) for one in asked)


@settings(deadline=None, max_examples=FEW)
@given(
    schedules(),
    st.sampled_from(ZONES).map(ZoneInfo),
    st.sampled_from(NEWS),
    st.integers(-1500, 600),
)
@pytest.mark.slow
def test_every_minute_is_as_the_clock_on_the_wall_says(
    schedule: Schedule, zone: ZoneInfo, news: datetime, shift: int
) -> None:
    compared(schedule, zone, news + shift * MINUTE)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "text",
    ["22:00-12:00", "open", "09:00-10:00, 23:00-09:30", "00:30-02:30", "03:00-02:00"],
)
@pytest.mark.slow
def test_every_minute_of_nights_that_are_special(zone: str, text: str) -> None:
    schedule = Schedule(
        schedule="any",
        timezone=zone,
        week=dict.fromkeys(WEEKDAYS, text),
        except_={"12-31": "closed", "2026-10-25": "01:00-02:30", "2026-03-28": "23:00-22:00"},
    )
    for news in NEWS:
        compared(schedule, ZoneInfo(zone), news - timedelta(hours=16))
