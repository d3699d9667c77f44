"""Charts as values: a table, of which the browser draws some columns."""

from typing import Literal

from msgspec import Struct

from ivr.speech.languages import language as spoken_language

Unit = Literal["", "%", "s"]
"""A number, a share in per cent, a span in seconds."""


class Column(Struct, frozen=True):
    """A column of numbers: how the chart ``draws`` it ("" for the table alone), and in which
    colour. Columns that are stacked stand on those before them."""

    title: str
    draws: Literal["", "bar", "stack", "line"] = ""
    colour: Literal["good", "bad", "calm", "warm", "faint"] = "good"
    unit: Unit = ""


class Chart(Struct, frozen=True):
    """A chart and its table: ``label`` says what it shows, ``across`` is the heading of the names
    of the rows, such as "Hour". A number that is None is unknown, and not drawn."""

    label: str
    across: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]


def measure(value: float | None, unit: Unit, language: str) -> str:
    """A number as the pages write it."""
    if value is None:
        return "—"
    if unit == "s":
        minutes, seconds = divmod(round(value), 60)
        hours, rest = divmod(minutes, 60)
        return f"{hours}:{rest:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    digits = 0 if unit == "" and value == round(value) else 1
    text = f"{value:,.{digits}f}".replace(",", " ")
    if unit == "%":
        text = f"{text.removesuffix('.0')} %"
    return text.replace(".", spoken_language(language).written.decimal)
