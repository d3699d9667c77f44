"""Reports as CSV and JSON."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from aiohttp import web
from msgspec import json

from ari_app.desk.reports.asked import Asked
from ari_app.desk.reports.labels import Labels
from ari_app.desk.reports.tables import Row, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a text."""


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
    """A file that spreadsheets open, in UTF-8 with the mark by which they know it."""
    out = StringIO()
    csv.writer(out).writerows([[_plain(text) for text in line] for line in lines])
    file = f"{name}-{asked.since}-{asked.until}.csv"
    return web.Response(
        body=("\ufeff" + out.getvalue()).encode(),
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
        content_type="text/csv",
        charset="utf-8",
    )


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    number = text.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(_FORMULA) and not number else text
