"""Tables of figures: the rows, their order, and where each number opens to."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import astuple, replace

from ari_app.desk.reports.asked import Asked
from ari_app.desk.reports.labels import Labels
from ari_app.desk.reports.tables import MEASURES, Cell, Measure, Of, Row, Table
from ivr.acd.chosen import By
from ivr.acd.figures import Figures, together
from ivr.acd.outcomes import WAIT_LASTS, WAITS, Contacts

_OPENED: tuple[By, ...] = ("queue", "topic", "agent", "day", "hour")
"""What the calls of one value are told apart by, the first that they are not yet."""


def figures_table(
    name: str,
    asked: Asked,
    by: By,
    found: Mapping[str, Of],
    names: Sequence[str],
    labels: Labels,
    also: Mapping[str, object] = {},
) -> Table:
    """A table of figures, the rows in their order; ``also``: further rows, without figures."""
    measures = [MEASURES[each] for each in names]
    nothing = Of(Figures())
    rows = [
        Row(
            value,
            labels.value(by, value),
            _cells(measures, found.get(value, nothing), asked.opened(by, value)),
            _opened(asked, by, value),
        )
        for value in _values(asked, by, {**found, **dict.fromkeys(also, nothing)})
    ]
    parts = found.values()
    everything = Of(together(one.figures for one in parts), _sum(one.contacts for one in parts))
    total = Row("", labels.word("report-total"), _cells(measures, everything, asked))
    columns = tuple(each.column for each in measures)
    return Table(name, labels.word(f"report-{name}"), labels.word(f"of-{by}"), columns, rows, total)


def _cells(measures: Sequence[Measure], of: Of, asked: Asked) -> tuple[Cell, ...]:
    def cell(measure: Measure) -> Cell:
        value = measure.of(of)
        if measure.opens is None or not value:
            return Cell(value)
        return Cell(value, f"/reports/calls?{replace(asked, what=measure.opens).query()}")

    return tuple(cell(each) for each in measures)


def _opened(asked: Asked, by: By, value: str) -> str:
    """The report of one value alone: told apart by what it was not told apart by yet."""
    left = next((each for each in _OPENED if each not in asked.among and each != by), by)
    return f"/reports?{replace(asked.opened(by, value), view='calls', by=left).query()}"


def _values(asked: Asked, by: By, found: Mapping[str, Of]) -> Sequence[str]:
    """The values of the rows, in their order; times also where no one called."""
    match by:
        case "day":
            days = () if "day" in asked.among else asked.days()
            return sorted({*found, *(day.isoformat() for day in days)})
        case "hour" if "hour" not in asked.among:
            return [str(hour) for hour in range(24)]
        case "hour" | "weekday" | "week-hour":
            return sorted(found, key=int)
        case "wait":
            last = (WAIT_LASTS,) if str(WAIT_LASTS) in found else ()
            return [str(place) for place in (*range(len(WAITS) + 1), *last)]
        case _:
            return sorted(found, key=lambda value: (-found[value].figures.joined, value))


def _sum(parts: Iterable[Contacts]) -> Contacts:
    return Contacts(*map(sum, zip(*map(astuple, parts), strict=True)))
