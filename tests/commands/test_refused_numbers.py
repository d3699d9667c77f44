"""Numbers of a list that are refused: many of them take no longer each than a few."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from ari_app.admin.subscriber_csv import SubscriberCsv
from tests.commands.conftest import Run
from tests.operators import BELARUS


def test_only_the_first_numbers_are_looked_up_with_area_codes() -> None:
    rows = "".join(f"{2000000 + one};Anna;ru;Minsk\n" for one in range(40))
    listed = BytesIO(f"number;name;language;area\n{rows}".encode())
    found = [
        str(one) for one in SubscriberCsv(listed, date(2026, 11, 30), BELARUS, (), ["ru"]).read()
    ]
    assert [("no area code" in one) for one in found] == [True] * 20 + [False] * 20


@pytest.mark.usefixtures("demo")
def test_the_list_of_a_campaign_is_refused_with_its_lines(run: Run, tmp_path: Path) -> None:
    listed = tmp_path / "numbers.txt"
    listed.write_text("+375290000503\n\n112\nmy secret\n")
    done = run("campaigns", "add", "one", "--text", "ru=Привет", "--numbers", str(listed))
    assert done.exit_code == 1
    assert f"{listed}:3: 112 has 3 digits" in done.stderr
    assert f"{listed}:4: the text is no" in done.stderr
    assert "secret" not in done.stderr
