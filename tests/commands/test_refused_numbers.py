"""Numbers of a list that are refused: many of them take no longer each than a few."""

from datetime import date
from io import BytesIO

from ari_app.admin.subscriber_csv import SubscriberCsv
from tests.operators import BELARUS


def test_only_the_first_numbers_are_looked_up_with_area_codes() -> None:
    rows = "".join(f"{2000000 + one};Anna;ru;Minsk\n" for one in range(40))
    listed = BytesIO(f"number;name;language;area\n{rows}".encode())
    found = [
        str(one) for one in SubscriberCsv(listed, date(2026, 11, 30), BELARUS, (), ["ru"]).read()
    ]
    assert [("no area code" in one) for one in found] == [True] * 20 + [False] * 20
