"""Reports as CSV and JSON."""

from collections.abc import Iterable, Sequence

from aiohttp import web
from msgspec import json

from ari_app.desk.reports.asked import Asked
from ari_app.desk.reports.labels import Labels
from ari_app.desk.reports.tables import Row, Table
from ari_app.pages.csv_files import csv_file


def as_json(asked: Asked, what: dict[str, object]) -> web.Response:
    """What was asked for, and what was found."""
    about = {
        "since": asked.since,
        "until": asked.until,
        "among": dict(asked.among),
        "what": asked.what,
    }
    body = json.format(json.encode({**about, **what}), indent=1)
    return web.Response(body=body, content_type="application/json", charset="utf-8")


def table_csv(table: Table, labels: Labels) -> list[list[str]]:
    """The lines of a table: spans in seconds, shares in per cent."""

    def heading(name: str, unit: str) -> str:
        text = labels.column(name)
        return f"{text}, {labels.word('unit-seconds') if unit == 's' else unit}" if unit else text

    head = [table.across, *(heading(one.name, one.unit) for one in table.columns)]
    rows = [*table.rows, *([table.total] if table.total else [])]
    return [head, *(_line(row) for row in rows)]


def _line(row: Row) -> list[str]:
    return [row.label, *("" if c.value is None else f"{c.value:.10g}" for c in row.cells)]


def as_csv(name: str, asked: Asked, lines: Iterable[Sequence[str]]) -> web.Response:
    """See :func:`ari_app.pages.csv_files.csv_file`."""
    return csv_file(f"{name}-{asked.since}-{asked.until}.csv", lines)
