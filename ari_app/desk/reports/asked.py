"""What a report is asked for: in the address of its page, so that each can be kept and sent."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias, cast, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from ivr.acd.chosen import By, Chosen, What
from ivr.acd.outcomes import WAIT_LASTS

View: TypeAlias = Literal["calls", "waiting", "agents", "menus", "surveys", "quality"]
"""The pages of the reports."""
VIEWS: tuple[View, ...] = get_args(View)

BYS: tuple[By, ...] = (
    *("day", "hour", "weekday", "queue", "topic", "language", "agent", "version"),
)
"""What the calls are told apart by, in the order in which it is offered."""

_COUNTED: Mapping[By, int] = {
    "hour": 24, "weekday": 7, "week-hour": 7 * 24, "wait": WAIT_LASTS + 1,
}  # fmt: skip
"""How many values there are, counted from 0."""

LONGEST = timedelta(days=366)
USUAL = timedelta(days=7)


class Asked(Struct, frozen=True, kw_only=True):
    """A report of the days ``since`` to ``until``, both included, in the time zone of the site.

    ``among`` and ``what``: see :class:`ivr.acd.chosen.Chosen`. ``flow`` and ``node``: of the menus,
    "" for none; ``version``: of that flow.
    """

    since: date
    until: date
    view: View = "calls"
    by: By = "day"
    among: Mapping[By, str] = {}
    what: What = "joined"
    flow: str = ""
    node: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str], today: date) -> "Asked":
        """What the query of an address asks for; what it says wrongly is left out."""
        until = min(_day(query.get("until", "")) or today, today)
        since = min(_day(query.get("since", "")) or until - USUAL + timedelta(days=1), until)
        view, by, what = query.get("view"), query.get("by"), query.get("what")
        return cls(
            since=max(since, until - LONGEST),
            until=until,
            view=view if view in VIEWS else "calls",
            by=by if by in BYS else "day",
            among={
                name: query[f"is-{name}"]
                for name in get_args(By)
                if f"is-{name}" in query and _is_value(name, query[f"is-{name}"])
            },
            what=cast(What, what) if what in get_args(What) else "joined",
            flow=query.get("flow", ""),
            node=query.get("node", ""),
        )

    def query(self, **others: str) -> str:
        """The query of an address that asks for this."""
        usual = Asked(since=self.since, until=self.until)
        named = {
            "view": self.view,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "by": self.by if self.by != usual.by else "",
            **{f"is-{name}": value or "" for name, value in self.among.items()},
            "what": self.what if self.what != usual.what else "",
            "flow": self.flow,
            "node": self.node,
        }
        kept = {name: value for name, value in named.items() if value or name.startswith("is-")}
        return urlencode({**kept, **others})

    def seen(self, view: View) -> "Asked":
        """The same period on another page, and the same calls where they come to queues."""
        among = {} if view == "menus" else self.among
        return replace(self, view=view, among=among, what="joined", flow="", node="")

    def opened(self, by: By, value: str, what: What = "joined") -> "Asked":
        """The calls of one value, and of those ``what``; a day is a period."""
        if by == "day" and (day := _day(value)):
            return replace(self, since=day, until=day, what=what)
        return replace(self, among={**self.among, by: value}, what=what)

    def without(self, by: By) -> "Asked":
        """The calls of all values."""
        return replace(self, among={name: one for name, one in self.among.items() if name != by})

    def by_other(self, by: By) -> "Asked":
        """The same calls, told apart by something else."""
        return replace(self, by=by)

    def of_period(self, other: "Asked") -> "Asked":
        """The same report of the period of another."""
        return replace(self, since=other.since, until=other.until)

    def whole(self) -> "Asked":
        """All calls of the values, whatever became of them."""
        return replace(self, what="joined", node="")

    def days(self) -> list[date]:
        """The days, in order."""
        return [
            self.since + timedelta(days=day) for day in range((self.until - self.since).days + 1)
        ]

    def span(self, zone: str) -> tuple[int, int]:
        """The period in microseconds: from its first midnight to before the one after it."""
        return _midnight(self.since, zone), _midnight(self.until + timedelta(days=1), zone)

    def chosen(self, zone: str) -> Chosen:
        """Which stays are meant."""
        since, until = self.span(zone)
        return Chosen(since=since, until=until, among=self.among, what=self.what)


def _day(text: str) -> date | None:
    """A day that can be counted from in any time zone; None for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _is_value(by: By, text: str) -> bool:
    """Whether a text is one of the values that calls are told apart by."""
    if by == "day":
        return _day(text) is not None
    if by not in _COUNTED:
        return True
    return text.isascii() and text.isdecimal() and len(text) < 4 and int(text) < _COUNTED[by]


def _midnight(day: date, zone: str) -> int:
    return round(datetime.combine(day, time(), ZoneInfo(zone)).timestamp()) * 1_000_000
