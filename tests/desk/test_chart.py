"""How charts and their tables write numbers."""

import pytest

from ari_app.desk.chart import Chart, Column, Unit, measure
from tests.desk.harness import DeskHarness


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [
        (None, "%", "en", "—"),
        (12, "", "ru", "12"),
        (12345, "", "en", "12 345"),
        (2.25, "", "ru", "2,2"),
        (84.0, "%", "en", "84 %"),
        (6.14, "%", "ru", "6,1 %"),
        (72, "s", "en", "1:12"),
        (59.6, "s", "en", "1:00"),
        (4000, "s", "en", "1:06:40"),
    ],
)
def test_numbers_are_written(value: float | None, unit: Unit, language: str, text: str) -> None:
    assert measure(value, unit, language) == text


def test_a_chart_is_a_table_that_escapes_its_names() -> None:
    columns = (Column("Answered", "stack"), Column("In 30 s", "line", "calm", "%"))
    chart = Chart("Today", "Hour", columns, (("<10:00>", (3, None)),))
    html = DeskHarness().desk.render.page("parts/chart", "en", chart=chart)
    assert '<th scope="row">&lt;10:00&gt;</th><td data-value="3">3</td>' in html
    assert '<td data-value="">—</td>' in html
