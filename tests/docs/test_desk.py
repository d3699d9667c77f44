"""docs/desk.md names every operation that agents cannot do, and no other."""

import re
from pathlib import Path

from ari_app.desk import acts
from ari_app.selfcare.operations import CATALOGUE

PAGE = Path(__file__).parents[2] / "docs" / "desk.md"


def test_what_agents_cannot_do_is_said() -> None:
    (table,) = re.findall(r"\| Operation \| Why \|\n(.*?)\n\n", PAGE.read_text("utf-8"), re.S)
    cells = [row.split("|")[1] for row in table.splitlines()[1:]]
    named = {name for cell in cells for name in re.findall("`(.*?)`", cell)}
    barred = CATALOGUE.keys() - acts.offered(CATALOGUE).keys()
    quotes = {name for name in barred if name.endswith(acts.QUOTE)}
    assert named == barred - quotes | {f"…{acts.QUOTE}"}
