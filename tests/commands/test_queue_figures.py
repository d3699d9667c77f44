"""`firstline queues figures` and `reconcile`, of an installation that does not run."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec import json

from ari_app.cli import main
from ari_app.config.state import State
from ari_app.main.installation import installation
from ari_app.store import agent_states, agents, queue_calls
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.store.times import micros
from ivr.acd.figures import SECOND, Span, Stay
from ivr.secret import Secret
from tests.operators import BELARUS

BEGAN = micros(datetime.now(UTC) - timedelta(hours=2)) // SECOND * SECOND


@pytest.fixture
async def state(tmp_path: Path) -> State:
    """Two callers and an agent, two hours ago."""
    one = installation(tmp_path / "state")
    one.make()
    store = await Store.open(one.database, BELARUS)
    anna = Agent("anna", "Анна Ветер", "701", (), "701", Secret("p"))
    await store.write(agents.add, [anna])
    answer, end = BEGAN + 12 * SECOND, BEGAN + 72 * SECOND
    stays = [
        Stay(channel="a", queue="support", joined=BEGAN, answered=answer, left=answer,
             how="answered", agent="anna", ended=end, wrap=30 * SECOND),
        Stay(channel="b", queue="support", joined=BEGAN, left=BEGAN + 50 * SECOND,
             how="abandoned"),
    ]  # fmt: skip
    await store.write(queue_calls.put, stays)
    spans = [
        Span(agent="anna", state="ready", since=BEGAN, until=answer),
        Span(agent="anna", state="talking", since=answer, until=end),
        Span(agent="anna", state="paused", reason="lunch", since=end, until=end + 60 * SECOND),
    ]
    await store.write(agent_states.put, spans)
    await store.close()
    log = one.directory / "asterisk" / "log" / "queue_log"
    log.parent.mkdir(parents=True)
    second = BEGAN // SECOND
    log.write_text(
        f"{second}|a|support|NONE|ENTERQUEUE||1|1\n{second}|b|support|NONE|ENTERQUEUE||1|2\n"
        f"{second + 12}|a|support|Анна Ветер|CONNECT|12|leg|3\n"
        f"{second + 50}|b|support|NONE|ABANDON|1|2|50\n"
        f"{second + 72}|a|support|Анна Ветер|COMPLETEAGENT|12|60|1\n"
    )
    return one


def ran(state: State, words: Sequence[str]) -> Result:
    return CliRunner().invoke(main, ["queues", *words, "--state", str(state.directory)])


def test_figures_as_a_table_and_as_json(state: State) -> None:
    shown = ran(state, ["figures", "--since", "1d"])
    assert shown.exit_code == 0
    lines = [line.split() for line in shown.stdout.splitlines()]
    [support] = [line for line in lines if line[:1] == ["support"]]
    assert support == ["support", "2", "1", "50%", "1", "0", "0", "0", "0:12", "0:50", "1:30"]
    [anna] = [line for line in lines if line[:1] == ["anna"]]
    assert anna == ["anna", "1", "0:12", "1:00", "0:00", "1:00", "83%"]
    found = json.decode(ran(state, ["figures", "--since", "1d", "--json"]).stdout)
    assert found["queues"]["all"]["service_level"] == 0.5
    assert found["agents"][0]["pauses"] == {"lunch": 60 * SECOND}


def test_reconciling_says_what_differs(state: State) -> None:
    done = ran(state, ["reconcile", "--since", "1d"])
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith("2 stays recorded, in Asterisk's queue_log 2; no differences\n")
    log = state.directory / "asterisk" / "log" / "queue_log"
    log.write_text(log.read_text().replace("|ABANDON|", "|EXITWITHTIMEOUT|"))
    done = ran(state, ["reconcile", "--since", "1d"])
    assert done.exit_code == 1
    assert "support  b  it ended as abandoned, by the log as timeout" in done.stdout
