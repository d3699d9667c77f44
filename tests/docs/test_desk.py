"""docs/desk.md names every state, every key and every operation that agents cannot do."""

import re
from pathlib import Path
from typing import get_args

from ari_app.desk.agents import agent_state
from ari_app.desk.forms.offered import for_agents
from ari_app.desk.web import server
from ari_app.desk.words import page_languages, word
from ari_app.pages import operations
from ari_app.selfcare.operations import CATALOGUE
from tests.docs.markdown import code, section, tables

PAGE = Path(__file__).parents[2] / "docs" / "desk.md"
TEXT = PAGE.read_text("utf-8")


def test_what_agents_cannot_do_is_said() -> None:
    (table,) = re.findall(r"\| Operation \| Why \|\n(.*?)\n\n", PAGE.read_text("utf-8"), re.S)
    cells = [row.split("|")[1] for row in table.splitlines()[1:]]
    named = {name for cell in cells for name in re.findall("`(.*?)`", cell)}
    barred = CATALOGUE.keys() - for_agents(CATALOGUE).keys()
    quotes = {name for name in barred if name.endswith(operations.QUOTE)}
    assert named == barred - quotes | {f"…{operations.QUOTE}"}


def test_the_states_are_those_that_agents_see() -> None:
    (table,) = tables(section(TEXT, "Your state"))
    states = get_args(agent_state.StateName)
    assert [row[0] for row in table] == [word(f"state-{each}", "en") for each in states]


def test_the_keys_are_those_of_the_page() -> None:
    (table,) = tables(section(TEXT, "Keys"))
    scripts = [(server.FILES / name).read_text("utf-8") for name in ("keys.js", "phone.js")]
    letters = {f"Alt+{letter}" for letter in re.findall(r"Key([A-Z])[\":]", "".join(scripts))}
    documented = {key for row in table for key in code(row[0])}
    assert documented == letters | {"Alt+1", "Alt+9", "Ctrl+Enter", "Escape"}
    for language in page_languages():
        helped = word("keys-help", language) + word("phone-keys-help", language)
        assert all(key in helped for key in letters | {"Alt+1", "Ctrl+Enter"})
