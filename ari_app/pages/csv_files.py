"""Tables as CSV."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from aiohttp import web

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a text."""


def csv_file(name: str, lines: Iterable[Sequence[str]]) -> web.Response:
    """A file that spreadsheets open, in UTF-8 with the mark by which they know it."""
    out = StringIO()
    csv.writer(out).writerows([[_plain(text) for text in line] for line in lines])
    return web.Response(
        body=("\ufeff" + out.getvalue()).encode(),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
        content_type="text/csv",
        charset="utf-8",
    )


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    number = text.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(_FORMULA) and not number else text
