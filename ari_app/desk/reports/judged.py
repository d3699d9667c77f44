"""The tables of what callers said of conversations, and of what supervisors scored."""

from collections.abc import Mapping
from urllib.parse import urlencode

from msgspec.structs import replace

from ari_app.desk.cards.caller_profile import Names
from ari_app.desk.reports.asked import Asked
from ari_app.desk.reports.labels import Labels
from ari_app.desk.reports.tables import Cell, Column, Row, Table
from ivr.acd.outcomes import Surveyed
from ivr.quality.card import worded
from ivr.quality.score import Sums


def surveys_table(asked: Asked, found: Mapping[str, Surveyed], labels: Labels) -> Table:
    """What callers said, by the values of their stays, with the calls behind the numbers; a mean is
    in per cent of the best answer."""
    questions = sorted({name for one in found.values() for name in one.marks})

    def cells(one: Surveyed, of: Asked) -> tuple[Cell, ...]:
        link = f"/reports/calls?{replace(of, what='surveyed').query()}"
        means = (Cell(_percent(one.marks.get(name, (0, None))[1])) for name in questions)
        by_text = (Cell(one.by_text), Cell(one.text_answered))
        return (Cell(one.asked, link), Cell(one.answered), *by_text, *means)

    rows = [
        Row(value, labels.value(asked.by, value), cells(one, asked.opened(asked.by, value)))
        for value, one in sorted(found.items())
    ]
    total = Row("", labels.word("report-total"), cells(Surveyed.of(found.values()), asked))
    counts = map(Column, ("asked", "replied", "asked-by-text", "replied-by-text"))
    columns = (*counts, *(Column(name, "%") for name in questions))
    title, across = labels.word("report-view-surveys"), labels.word(f"of-{asked.by}")
    return Table("surveys", title, across, columns, rows, total)


def scores_table(asked: Asked, found: Mapping[str, Sums], labels: Labels) -> Table:
    """The scores of agents."""
    week = {"week": asked.until.isoformat()}
    rows = [
        Row(
            agent,
            labels.value("agent", agent),
            _cells(one),
            f"/quality?{urlencode({**week, 'agent': agent})}",
        )
        for agent, one in sorted(found.items())
    ]
    names = (Column("scored"), Column("mean_score", "%"), Column("zero_scores"), Column("read"))
    return Table("scores", labels.word("quality-scores"), labels.word("of-agent"), names, rows)


def questions_table(found: Mapping[str, Sums], words: Mapping[str, Names], labels: Labels) -> Table:
    """The answers to the questions of the score cards, whose ``words`` are by their name."""
    rows = [
        Row(name, worded(words[name], labels.language) if name in words else name, _cells(one))
        for name, one in sorted(found.items())
    ]
    names = (
        *(Column("replied"), Column("mean_score", "%")),
        *(Column("worst_marks"), Column("not_applied")),
    )
    title = labels.word("quality-answers")
    return Table("questions", title, labels.word("quality-question"), names, rows)


def _cells(one: Sums) -> tuple[Cell, ...]:
    return (Cell(one.count), Cell(_percent(one.mean)), Cell(one.zero), Cell(one.other))


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
