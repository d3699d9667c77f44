"""The table of canaries: new menus for a share of the callers, beside the old ones."""

from collections.abc import Iterator, Sequence

from ari_app.desk.reports.labels import Labels
from ari_app.desk.reports.port import TriedMenus
from ari_app.desk.reports.tables import Cell, Column, Row, Table
from ivr.acd.canary import SideFigures


def canaries_table(found: Sequence[TriedMenus], labels: Labels) -> Table:
    """How the calls of both sides went; shares are of the calls that are over."""
    columns = (
        *(Column("menu_calls"), Column("queued"), Column("queued_share", "%")),
        *(Column("hung_up"), Column("hung_up_share", "%"), Column("faults"), Column("menus", "s")),
    )
    rows = [row for one in found for row in _sides(one, labels)]
    title, across = labels.word("report-canaries"), labels.word("of-version")
    return Table("canaries", title, across, columns, rows)


def _sides(one: TriedMenus, labels: Labels) -> Iterator[Row]:
    end = labels.word(f"canary-{one.end.replace(' ', '-') or 'lasts'}")
    new = labels.word("canary-new", id=one.id, share=one.share, end=end)
    yield Row(f"{one.id}-new", new, _cells(one.figures.new))
    yield Row(f"{one.id}-old", labels.word("canary-old", id=one.id), _cells(one.figures.old))


def _cells(side: SideFigures) -> tuple[Cell, ...]:
    def share(count: int) -> Cell:
        return Cell(side.part(count) if side.ended else None)

    return (
        *(Cell(side.ended), Cell(side.agents), share(side.agents)),
        *(Cell(side.hung_up), share(side.hung_up), Cell(side.faults)),
        Cell(side.seconds if side.ended else None),
    )
