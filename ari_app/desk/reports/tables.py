"""The tables of reports as values, the same for pages, CSV and JSON."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from ari_app.desk.chart import Unit
from ivr.acd.chosen import What
from ivr.acd.figures import SECOND, Figures
from ivr.acd.outcomes import Contacts


class Cell(Struct, frozen=True):
    """A number, None where it is unknown, and where it opens to ("" for nowhere)."""

    value: float | None
    link: str = ""


class Column(Struct, frozen=True):
    """A column of numbers: ``name`` in JSON, the name of its text is ``column-`` and that."""

    name: str
    unit: Unit = ""


class Row(Struct, frozen=True):
    """A row: its value, how it is shown, and where that opens to."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    link: str = ""


class Table(Struct, frozen=True):
    """A table: its ``name`` in addresses and JSON; ``title`` and ``across``, the heading of the
    rows, are words of the page."""

    name: str
    title: str
    across: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    total: Row | None = None

    def data(self) -> dict[str, object]:
        """The table for JSON: spans in seconds, shares in per cent."""
        rows = [self._named(row) for row in self.rows]
        total = {"total": self._named(self.total)} if self.total else {}
        return {"rows": rows, **total}

    def _named(self, row: Row) -> dict[str, object]:
        values = {
            one.name: None if cell.value is None else round(cell.value, 3)
            for one, cell in zip(self.columns, row.cells, strict=True)
        }
        return {"value": row.key, "label": row.label, **values}


class Of(Struct, frozen=True):
    """What a row is counted of."""

    figures: Figures
    contacts: Contacts = Contacts()


class Measure(Struct, frozen=True):
    """A column of figures: how it is counted, and which of the calls it ``opens`` to."""

    column: Column
    of: Callable[[Of], float | None]
    opens: What | None = None


def _count(name: str, of: Callable[[Of], float | None], opens: What | None = None) -> Measure:
    return Measure(Column(name), of, opens)


def _share(name: str, of: Callable[[Of], float | None], opens: What | None = None) -> Measure:
    def percent(one: Of) -> float | None:
        return None if (value := of(one)) is None else 100 * value

    return Measure(Column(name, "%"), percent, opens)


def _span(name: str, of: Callable[[Of], float | None]) -> Measure:
    def seconds(one: Of) -> float | None:
        return None if (value := of(one)) is None else value / SECOND

    return Measure(Column(name, "s"), seconds)


def _otherwise(one: Figures) -> int:
    return sum((one.timeout, one.full, one.empty, one.key, one.withdrawn, one.callback, one.lost))


MEASURES: Mapping[str, Measure] = {
    one.column.name: one
    for one in (
        _count("joined", lambda of: of.figures.joined, "joined"),
        _count("answered", lambda of: of.figures.answered, "answered"),
        _share("service_level", lambda of: of.figures.service_level, "late"),
        _span("asa", lambda of: of.figures.asa),
        _span("longest", lambda of: of.figures.longest if of.figures.joined else None),
        _count("abandoned", lambda of: of.figures.abandoned, "abandoned"),
        _share("abandon_rate", lambda of: of.figures.abandon_rate),
        _count("short", lambda of: of.figures.short, "short"),
        _count("otherwise", lambda of: _otherwise(of.figures), "otherwise"),
        _span("aht", lambda of: of.figures.aht),
        _span("mean_talk", lambda of: of.figures.mean_talk),
        _span("mean_wrap", lambda of: of.figures.mean_wrap),
        _count("transferred", lambda of: of.figures.transferred, "transferred"),
        _share("first_contact", lambda of: of.contacts.first_contact_rate, "unsolved"),
        _share("repeated", lambda of: of.contacts.repeat_rate, "repeated"),
        _count("promised", lambda of: of.figures.promised, "promised"),
        _span("promise_error", lambda of: of.figures.mean_promise_error),
        _span("promise_bias", lambda of: _bias(of.figures)),
        _count("pop_ms", lambda of: _milliseconds(of.figures.mean_pop)),
    )
}
"""Every figure of stays in queues, by its name."""

CALLS = (
    *("joined", "answered", "service_level", "asa", "longest", "abandoned", "abandon_rate"),
    *("short", "otherwise", "aht", "mean_talk", "mean_wrap", "transferred", "first_contact"),
    "repeated",
)
WAITING = ("joined", "asa", "longest", "promised", "promise_error", "promise_bias", "pop_ms")
AGENTS = ("answered", "aht", "mean_talk", "mean_wrap", "transferred", "first_contact", "repeated")


def _milliseconds(span: float | None) -> float | None:
    return None if span is None else round(span / 1000)


def _bias(one: Figures) -> float | None:
    return one.promise_bias / one.promised if one.promised else None
