"""The generated history is a contact centre, and what reports count of it is what is stored."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ari_app.store import calls, menu_report, queue_calls, queue_report
from ari_app.store.open_database import open_writer
from ari_app.store.queue_report import Rules
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ivr.acd.chosen import Chosen
from ivr.acd.figures import QUARTER, SECOND, figures, together
from ivr.acd.outcomes import MenuCalls, NodeCalls
from tests.bench import figures_oracle
from tests.bench.history import History
from tests.operators import BELARUS

UNTIL = datetime(2026, 11, 29, 12, tzinfo=UTC)
NOW = micros(UNTIL)
DAY = NOW - 86400 * SECOND, NOW
HALF = NOW - 43200 * SECOND, NOW - 7200 * SECOND


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    one = open_writer(tmp_path_factory.mktemp("history") / "history.db", 5.0, BELARUS)
    one.conn.execute("pragma synchronous = off")
    with one.conn:
        History(UNTIL, "Europe/Minsk", calls=500, days=1, people=50).put(one)
    yield one
    one.close()


def test_it_is_a_contact_centre(db: Database) -> None:
    stays = queue_calls.between(db, *DAY)
    found = figures(stays, lambda _: 30 * SECOND)
    assert found.joined > 200
    assert 0.4 < (found.service_level or 0) < 1
    assert 0 < (found.abandon_rate or 0) < 0.4
    rules = Rules("Europe/Minsk", lambda _: 30 * SECOND)
    chosen = Chosen(since=DAY[0], until=DAY[1])
    assert together(queue_report.sums(db, chosen, "agent", rules).values()) == found
    contacts = queue_report.contacts(db, chosen, "queue", rules)["support"]
    assert 0.6 < (contacts.first_contact_rate or 0) < 1
    assert contacts.noted <= contacts.answered


def counted(db: Database, since: int, until: int) -> tuple[MenuCalls, list[NodeCalls]]:
    """The calls of a time, and how they went through the first flow, one by one."""
    passed, gone, queued, count = Counter[str](), Counter[str](), 0, 0
    where = "where began >= ? and began < ? and ended is not null"
    for one in calls.selected(db, where, since, until):
        path = calls.path(db, one.began.call)
        assert path is not None
        in_queue = bool(queue_calls.of_call(db, one.began.call))
        count, queued = count + 1, queued + in_queue
        passed.update({step.node for step in path.steps if step.flow == "611"})
        if not in_queue and path.steps[-1].flow == "611":
            gone[path.steps[-1].node] += 1
    nodes = [NodeCalls("611", node, number, gone[node]) for node, number in passed.items()]
    return MenuCalls(count, queued), nodes


@pytest.mark.parametrize("filled", ["nothing", "half", "all"])
def test_calls_through_the_menus_are_counted_once(db: Database, filled: str) -> None:
    db.conn.execute("begin")
    if filled != "nothing":
        now = NOW - 6 * 3600 * SECOND if filled == "half" else NOW
        while menu_report.fill(db, now):
            pass
    for since, until in (DAY, HALF):
        versions = menu_report.containment(db, since, until).values()
        both = MenuCalls(sum(one.ended for one in versions), sum(one.queued for one in versions))
        found = both, menu_report.funnel(db, since, until, "611")
        calls_, nodes = counted(db, since, until)
        assert found == (calls_, sorted(nodes, key=lambda one: (-one.passed, one.node)))
        assert calls_.contained > 0
        [main] = [one for one in nodes if one.node == "main"]
        last = menu_report.gone_at(db, since, until, "611", "main", 1000)
        assert len(last) == main.gone > 0
    db.rollback()


def test_a_quarter_hour_with_a_call_that_lasts_is_counted_when_that_is_over(db: Database) -> None:
    db.conn.execute("begin")
    began = NOW - 3600 * SECOND
    db.conn.execute(
        "insert into calls (id, line, dialled, caller, language, flow, version, began)"
        " values ('long', 'ari', '611', '', 'ru', '611', 'v', ?)",
        (began,),
    )

    def until() -> int:
        while menu_report.fill(db, NOW):
            pass
        return int(db.conn.execute("select max(at) from menu_quarters").fetchone()[0]) + QUARTER

    assert until() == began - began % QUARTER
    db.conn.execute("update calls set ended = ? where id = 'long'", (NOW,))
    assert until() == NOW - QUARTER  # the last one may have calls that are not recorded yet
    db.rollback()


async def test_every_figure_of_reports_is_what_the_rows_say(db: Database, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    db.conn.execute("vacuum into ?", (str(file),))
    days = (UNTIL.date() - timedelta(1), UNTIL.date())
    count, differ = await figures_oracle.checked(file, "Europe/Minsk", days)
    assert differ == []
    assert count > 1800
