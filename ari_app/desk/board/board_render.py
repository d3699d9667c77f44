"""The board as HTML: its parts, and its tables row by row, of which what is as before is kept."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from ari_app.desk.board.board_messages import BoardChanged, Rows
from ari_app.desk.board.board_port import BoardLimits, DayFigures
from ari_app.desk.board.view import BoardView, percent
from ari_app.desk.chart import Chart, Column
from ari_app.desk.render import Render


class Kind(NamedTuple):
    """Boards that show the same: in a ``language``; on a ``wall`` there are no names and numbers
    of callers, and nothing to do."""

    language: str
    wall: bool


class Place(Struct, frozen=True):
    """What is the same in all rows: the ``queues`` that agents can be put into, and those
    (``others``) that callers can be moved to."""

    current: bool
    queues: tuple[str, ...]
    others: tuple[str, ...]


class Shown:
    """What the boards of a kind show."""

    def __init__(self, kind: Kind, render: Render, limits: BoardLimits) -> None:
        self._kind = kind
        self._render = render
        self._limits = limits
        self._place: Place | None = None
        self._zone = ZoneInfo(render.site.zone)
        self._values: dict[str, dict[str, Any]] = {}
        self._parts: dict[str, tuple[Any, str]] = {}
        self._html: dict[str, dict[str, str]] = {}
        """Table -> the cells of its rows, in their order."""

    def update(self, view: BoardView, figures: DayFigures, place: Place) -> BoardChanged | None:
        """Show this from now on; returns what changed, None if nothing did."""
        if place != self._place:
            self._place = place
            self._values = {}
            self._parts = {}
        parts = {
            "tiles": self._part(
                "tiles",
                (view.tiles, place.current, figures.canary),
                tiles=view.tiles,
                canary=figures.canary,
                zone=self._zone,
            ),
            "day": self._chart(figures),
        }
        wall = self._kind.wall
        tables: dict[str, Sequence[Any]] = {
            "queues": view.queues,
            "people": [one for one in view.people if not one.away],
        }
        if not wall:
            tables["absent"] = [one for one in view.people if one.away]
            tables["waiting"] = view.waiting
        rows = {name: self._rows(name, values) for name, values in tables.items()}
        changed = BoardChanged(
            {name: html for name, html in parts.items() if html is not None},
            {name: one for name, one in rows.items() if one is not None},
        )
        return changed if changed.parts or changed.rows else None

    def whole(self) -> BoardChanged:
        """All that is shown, for a page that knows nothing."""
        rows = {name: Rows(tuple(html), html) for name, html in self._html.items()}
        parts = {name: html for name, (_, html) in self._parts.items()}
        return BoardChanged(parts, rows, self._render.build)

    def _part(self, name: str, value: object, **values: object) -> str | None:
        """The HTML of a part, None if it is as before."""
        if name in self._parts and self._parts[name][0] == value:
            return None
        html = self._page(f"board/{name}", **values)
        self._parts[name] = (value, html)
        return html

    def _chart(self, figures: DayFigures) -> str | None:
        chart = day_chart(figures, self._render, self._kind.language)
        if "day" in self._parts and self._parts["day"][0] == chart:
            return None
        html = self._page("parts/chart_table", chart=chart)
        self._parts["day"] = (chart, html)
        return html

    def _rows(self, name: str, values: Sequence[Any]) -> Rows | None:
        known, html = self._values.get(name, {}), self._html.get(name, {})
        now = {one.key: one for one in values}
        template = "people" if name == "absent" else name
        new = {
            at: self._page(f"board/{template}", row=one)
            for at, one in now.items()
            if at not in known or known[at] != one
        }
        order = tuple(now)
        before, self._values[name] = tuple(html), now
        self._html[name] = {at: new[at] if at in new else html[at] for at in order}
        return Rows(order, new) if new or order != before else None

    def _tail(self, number: str) -> str:
        """The end of a number, for those who need not know all of it."""
        shown = self._render.site.numbers.shown(number)
        return f"…{shown[-5:]}" if len(shown) > 5 else shown

    def _page(self, name: str, **values: object) -> str:
        place = self._place or Place(False, (), ())
        return self._render.page(
            name,
            self._kind.language,
            wall=self._kind.wall,
            limits=self._limits,
            current=place.current,
            queues=place.queues,
            others=place.others,
            tail=self._tail,
            **values,
        )


def day_chart(figures: DayFigures, render: Render, language: str) -> Chart:
    """Today by quarter hours: answered, abandoned, and the part in time."""
    columns = (
        Column(render.word("board-answered", language), "stack"),
        Column(render.word("board-abandoned", language), "stack", "bad"),
        Column(render.word("board-in-time", language), "line", "calm", "%"),
    )
    zone = ZoneInfo(render.site.zone)
    rows = tuple(
        (f"{at.astimezone(zone):%H:%M}", (one.answered, one.abandoned, percent(one.service_level)))
        for at, one in figures.quarters
    )
    return Chart(
        render.word("board-day", language), render.word("board-quarter", language), columns, rows
    )
