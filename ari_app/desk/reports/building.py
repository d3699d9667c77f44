"""Builds the tables and charts of a report from what the calls were."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ari_app.desk import chart
from ari_app.desk.chart import Chart
from ari_app.desk.reports.asked import Asked
from ari_app.desk.reports.figure_rows import figures_table
from ari_app.desk.reports.judged import questions_table, scores_table, surveys_table
from ari_app.desk.reports.labels import Labels
from ari_app.desk.reports.port import FunnelNode, Reports
from ari_app.desk.reports.tables import (
    AGENTS,
    CALLS,
    WAITING,
    Cell,
    Column,
    Of,
    Row,
    Table,
)
from ari_app.desk.reports.tried_menus import canaries_table
from ivr.acd.chosen import By
from ivr.acd.figures import ABSENT, SECOND, Figures, occupancy
from ivr.acd.outcomes import Contacts, MenuCalls

SHADES = 9
"""How many shades the hours of the week are shown in."""


class Built(Struct, frozen=True):
    """A report: its tables, and the chart of the first one; ``week`` are the hours of the week, by
    weekday, each with its shade; ``flows`` can be chosen from."""

    tables: Sequence[Table]
    chart: Chart | None = None
    week: Sequence[tuple[str, Sequence[tuple[Cell, int]]]] = ()
    flows: Sequence[str] = ()


class Reporter:
    """Builds reports; ``zone`` is the time zone of days."""

    def __init__(self, reports: Reports, zone: str) -> None:
        self._reports = reports
        self._zone = zone

    async def built(self, asked: Asked, labels: Labels) -> Built:
        """What is asked for, in words of a language."""
        match asked.view:
            case "calls":
                return await self._calls(asked, labels)
            case "waiting":
                return await self._waiting(asked, labels)
            case "agents":
                return await self._agents(asked, labels)
            case "menus":
                return await self._menus(asked, labels)
            case "surveys":
                found = await self._reports.surveyed(asked.chosen(self._zone), asked.by)
                return Built([surveys_table(asked, found, labels)])
            case "quality":
                return await self._quality(asked, labels)

    async def _calls(self, asked: Asked, labels: Labels) -> Built:
        """The figures by days, queues, …, with what became of the answered."""
        found = await self._of(asked, asked.by)
        table = figures_table("calls", asked, asked.by, found, CALLS, labels)
        return Built([table], _levels(table, labels))

    async def _of(self, asked: Asked, by: By) -> Mapping[str, Of]:
        chosen = asked.chosen(self._zone)
        sums = await self._reports.sums(chosen, by)
        contacts = await self._reports.contacts(chosen, by)
        return {value: Of(one, contacts.get(value, Contacts())) for value, one in sums.items()}

    async def _waiting(self, asked: Asked, labels: Labels) -> Built:
        """How long callers waited, when they call, and what was announced."""
        chosen = asked.chosen(self._zone)
        waits = _only(await self._reports.sums(chosen, "wait"))
        histogram = figures_table(
            "waits", asked, "wait", waits, ("joined", "answered", "abandoned", "short"), labels
        )
        week = await self._reports.sums(chosen, "week-hour")
        queues = _only(await self._reports.sums(chosen, "queue"))
        estimates = figures_table("estimates", asked, "queue", queues, WAITING, labels)
        slow = await self._slow(asked, queues)
        return Built(
            [histogram, _with_slow(estimates, slow)],
            _bars(histogram, labels),
            _week(asked, week, labels),
        )

    async def _slow(
        self, asked: Asked, queues: Mapping[str, Of]
    ) -> Mapping[str, tuple[Cell, Cell]]:
        """Queue, "" for all -> within which time 95 of 100 were answered, and had their card."""
        found = {}
        for queue in ("", *queues):
            among = asked.opened("queue", queue) if queue else asked
            waited, pop = await self._reports.slow(among.chosen(self._zone))
            found[queue] = (_seconds(waited), Cell(None if pop is None else round(pop / 1000)))
        return found

    async def _agents(self, asked: Asked, labels: Labels) -> Built:
        """What agents did all day, and how they served callers."""
        found = {key: one for key, one in (await self._of(asked, "agent")).items() if key}
        did = await self._reports.agents(*asked.span(self._zone))
        if one := asked.among.get("agent"):
            did = {one: did.get(one, {})}
        table = figures_table("agents", asked, "agent", found, AGENTS, labels, also=did)
        rows = [_with_work(row, did.get(row.key, {})) for row in table.rows]
        everything = sum((Counter(one) for one in did.values()), Counter[tuple[str, str]]())
        total = table.total and _with_work(table.total, everything)
        columns = (Column("signed_in", "s"), Column("occupancy", "%"), *table.columns)
        agents = replace(table, columns=columns, rows=rows, total=total)
        return Built([agents, _times(did, everything, labels)], _work(agents, labels))

    async def _quality(self, asked: Asked, labels: Labels) -> Built:
        """What supervisors scored: by agent, and by question."""
        agents, questions, words = await self._reports.scored(
            *asked.span(self._zone), asked.among.get("agent", "")
        )
        return Built(
            [scores_table(asked, agents, labels), questions_table(questions, words, labels)]
        )

    async def _menus(self, asked: Asked, labels: Labels) -> Built:
        """How many calls needed no agent, and how far they came in a flow."""
        span = asked.span(self._zone)
        versions = await self._reports.containment(*span)
        flows = await self._reports.flows(*span)
        flow = asked.flow if asked.flow in flows else next(iter(flows), "")
        nodes = await self._reports.funnel(*span, flow) if flow else ()
        of = replace(asked, flow=flow)
        tables = [_contained(versions, labels)]
        if flow:
            tables.append(_funnel(of, nodes, labels))
        if tried := await self._reports.canaries(*span):
            tables.append(canaries_table(tried, labels))
        return Built(tables, flows=flows)


def _only(sums: Mapping[str, Figures]) -> Mapping[str, Of]:
    return {value: Of(one) for value, one in sums.items()}


def _seconds(span: float | None) -> Cell:
    return Cell(None if span is None else span / SECOND)


def _with_slow(table: Table, slow: Mapping[str, tuple[Cell, Cell]]) -> Table:
    """The table with the times within which 95 of 100 were answered, and had their card."""

    def more(row: Row) -> Row:
        return replace(row, cells=(*row.cells, *slow.get(row.key, (Cell(None), Cell(None)))))

    columns = (*table.columns, Column("asa_95", "s"), Column("pop_95_ms"))
    rows = [more(row) for row in table.rows]
    return replace(table, columns=columns, rows=rows, total=table.total and more(table.total))


def _chart(table: Table, labels: Labels, across: str, *drawn: chart.Column) -> Chart:
    """The chart of some columns of a table, by their names, which the drawn ones have as titles."""
    places = [[one.name for one in table.columns].index(each.title) for each in drawn]
    columns = [replace(each, title=labels.word(f"column-{each.title}")) for each in drawn]
    rows = [(row.label, tuple(row.cells[at].value for at in places)) for row in table.rows]
    return Chart(table.title, across, tuple(columns), tuple(rows))


def _levels(table: Table, labels: Labels) -> Chart:
    """Answered and abandoned, and the service level over them."""
    return _chart(
        table,
        labels,
        table.across,
        chart.Column("answered", "stack", "good"),
        chart.Column("abandoned", "stack", "bad"),
        chart.Column("service_level", "line", "calm", "%"),
    )


def _bars(table: Table, labels: Labels) -> Chart:
    drawn = (chart.Column("answered", "stack"), chart.Column("abandoned", "stack", "bad"))
    return _chart(table, labels, table.across, *drawn)


def _work(table: Table, labels: Labels) -> Chart:
    drawn = (chart.Column("answered", "bar"), chart.Column("occupancy", "line", "calm", "%"))
    return _chart(table, labels, table.across, *drawn)


def _week(
    asked: Asked, week: Mapping[str, Figures], labels: Labels
) -> Sequence[tuple[str, Sequence[tuple[Cell, int]]]]:
    """The calls of each hour of the week, and how dark it is shown."""
    most = max((one.joined for one in week.values()), default=0)

    def cell(place: int) -> tuple[Cell, int]:
        joined = week.get(str(place), Figures()).joined
        link = f"/reports/calls?{asked.opened('week-hour', str(place)).query()}" if joined else ""
        return Cell(joined, link), -(-joined * SHADES // most) if joined else 0

    return [
        (labels.word(f"weekday-{day}"), [cell(24 * day + hour) for hour in range(24)])
        for day in range(7)
    ]


def _with_work(row: Row, did: Mapping[tuple[str, str], int]) -> Row:
    """A row with the time at work, and how much of it was work on calls."""
    states: Counter[str] = Counter()
    for (state, _), span in did.items():
        states[state] += span
    there = sum(span for state, span in states.items() if state not in ABSENT)
    busy = occupancy(states)
    work = (_seconds(there) if did else Cell(None), Cell(None if busy is None else 100 * busy))
    return replace(row, cells=(*work, *row.cells))


def _times(
    did: Mapping[str, Mapping[tuple[str, str], int]],
    everything: Mapping[tuple[str, str], int],
    labels: Labels,
) -> Table:
    """How long each agent was in each state, pauses by their reason."""
    states = sorted(everything, key=lambda one: (one[0] == "paused", *one))
    states = [one for one in states if one[0] != "signed-out"]

    def row(key: str, label: str, spans: Mapping[tuple[str, str], int]) -> Row:
        return Row(key, label, tuple(_seconds(spans.get(one) or None) for one in states))

    columns = tuple(Column("-".join(filter(None, one)), "s") for one in states)
    rows = [row(agent, labels.value("agent", agent), did[agent]) for agent in sorted(did)]
    title, across = labels.word("report-times"), labels.word("of-agent")
    total = row("", labels.word("report-total"), everything)
    return Table("times", title, across, columns, rows, total)


def _contained(versions: Mapping[tuple[str, str], MenuCalls], labels: Labels) -> Table:
    """The calls through the menus, and how many needed no agent."""

    def row(key: str, label: str, calls: MenuCalls) -> Row:
        share = None if calls.containment is None else 100 * calls.containment
        numbers = (calls.ended, calls.queued, calls.contained, share)
        return Row(key, label, tuple(map(Cell, numbers)))

    parts = versions.values()
    both = MenuCalls(sum(one.ended for one in parts), sum(one.queued for one in parts))
    rows = [
        row("@".join(each), labels.version(*each), versions[each])
        for each in sorted(versions, key=lambda each: -versions[each].ended)
    ]
    names = (
        Column("menu_calls"),
        Column("queued"),
        Column("contained"),
        Column("containment", "%"),
    )
    title, across = labels.word("report-containment"), labels.word("of-version")
    total = row("", labels.word("report-total"), both)
    return Table("containment", title, across, names, rows, total)


def _funnel(asked: Asked, nodes: Sequence[FunnelNode], labels: Labels) -> Table:
    """How far calls came in a flow, and where those ended that needed no agent."""
    most = max((one.calls.passed for one in nodes), default=0)

    def row(one: FunnelNode) -> Row:
        calls = one.calls
        link = (
            f"/reports/menu-calls?{replace(asked, node=calls.node).query()}" if calls.gone else ""
        )
        shares = (100 * calls.passed / most, 100 * calls.gone / calls.passed)
        cells = (Cell(calls.passed), Cell(shares[0]), Cell(calls.gone, link), Cell(shares[1]))
        return Row(calls.node, labels.node(one.names, one.queue), cells)

    names = (
        *(Column("passed"), Column("passed_share", "%")),
        *(Column("gone"), Column("gone_share", "%")),
    )
    title = labels.word("report-funnel", flow=asked.flow)
    return Table("funnel", title, labels.word("of-node"), names, [row(one) for one in nodes])
