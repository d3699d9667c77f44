"""Counts the figures of reports once more, from the rows of the store, row by row:
`python -m tests.bench.figures_oracle DIRECTORY` compares all of them over a month.

Nothing of the program is used but its store's tables: no SQL of its reports, no definition of
:mod:`ivr.acd`. What a figure means is written here again, from the page that explains it to
supervisors, so that a wrong definition differs as a wrong sum does. DIRECTORY is the state of an
installation that does not run.
"""

import asyncio
import sqlite3
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from ari_app.desk.reports.asked import BYS, Asked, View
from ari_app.desk.reports.building import Reporter
from ari_app.desk.reports.labels import Labels
from ari_app.main.installation import installation
from ari_app.store.db import Store
from ari_app.store.queue_report import Rules
from ari_app.workplace.caller_profile import StoredProfiles
from ari_app.workplace.reports import StoredReports
from tests import shipped
from tests.bench.figures_counted import Count, Figures, Key, Oracle, S, percent
from tests.desk.harness import DeskHarness
from tests.operators import BELARUS

IN_TIME = 30


async def differences(
    reports: StoredReports, labels: Labels, oracle: Oracle, days: tuple[date, date]
) -> tuple[int, list[str]]:
    """How many figures were compared, and which differ."""
    reporter, found, compared = Reporter(reports, oracle.zone.key), list[str](), 0

    async def table(view: View, place: int = 0, by: Any = "day") -> Iterator[tuple[Key, Figures]]:
        asked = Asked(since=days[0], until=days[1], view=view, by=by)
        built = (await reporter.built(asked, labels)).tables[place]
        names = [one.name for one in built.columns]
        rows = [(one.key, one) for one in built.rows]
        total = [(None, built.total)] if built.total else []
        return iter(
            [
                (key, dict(zip(names, (cell.value for cell in one.cells), strict=True)))
                for key, one in (*rows, *total)
            ]
        )

    def compare(
        where: str, shown: Iterator[tuple[Key, Figures]], counted: Count, keys: Collection[Key] = ()
    ) -> None:
        """``keys``: of the rows that must be there."""
        nonlocal compared
        rows = dict(shown)
        found.extend(f"{where} {key}: no row" for key in keys if key not in rows)
        for key, figures in rows.items():
            expected = counted(key)
            for name, value in figures.items():
                compared += 1
                other = expected.get(name)
                if (value is None) != (other is None) or abs((value or 0) - (other or 0)) > 1e-3:
                    row = "total" if key is None else key
                    found.append(f"{where} {row} {name}: {value}, counted {other}")

    def of_rows(by: str) -> Count:
        parts = oracle.by(by)
        return lambda key: oracle.figures(oracle.rows if key is None else parts.get(key, ()))

    for by in BYS:
        compare(f"calls by {by}", await table("calls", by=by), of_rows(by), oracle.by(by))
    compare("waits", await table("waiting"), of_rows("wait"))
    compare("estimates", await table("waiting", 1), of_rows("queue"))
    week = oracle.by("week-hour")
    asked = Asked(since=days[0], until=days[1], view="waiting")
    for day, (_, cells) in enumerate((await reporter.built(asked, labels)).week):
        for hour, (cell, _) in enumerate(cells):
            compared += 1
            if cell.value != len(week.get(str(day * 24 + hour), ())):
                found.append(f"hour {hour} of weekday {day}: {cell.value}")
    for by in BYS:
        said = oracle.surveyed(by)
        compare(f"surveys by {by}", await table("surveys", by=by), _as_is(said), said)
    scored, answers = oracle.scored()
    compare("scores", await table("quality"), _as_is(scored), scored)
    compare("score answers", await table("quality", 1), _as_is(answers), answers)
    compare("agents", await table("agents"), _work(oracle), oracle.agents())
    compare("times", await table("agents", 1), _times(oracle))
    versions, nodes = oracle.menus()
    compare("menus", await table("menus"), _contained(versions), versions)
    flow = max({flow for flow, _ in nodes}, key=lambda one: _passed(nodes, one))
    compare("funnel", await table("menus", 1), _funnel(nodes, flow), _ended(nodes, flow))
    return compared, found


def _as_is(found: Mapping[Key, Figures]) -> Count:
    return lambda key: found.get(key, {})


def _work(oracle: Oracle) -> Count:
    did, rows = oracle.agents(), oracle.by("agent")
    everything = sum(did.values(), Counter[tuple[str, str]]())
    answered = [one for one in oracle.rows if one["agent"]]

    def of(agent: Key) -> Figures:
        states: Counter[str] = Counter()
        for (state, _), span in (
            everything if agent is None else did.get(agent, Counter())
        ).items():
            states[state] += span
        away = states["signed-out"] + states["no-queue"]
        work = states["talking"] + states["wrap-up"]
        return {
            **oracle.figures(answered if agent is None else rows.get(agent, ())),
            "signed_in": (states.total() - away) / S if states else None,
            "occupancy": percent(work, work + states["ringing"] + states["ready"]),
        }

    return of


def _times(oracle: Oracle) -> Count:
    did = oracle.agents()
    everything = sum(did.values(), Counter[tuple[str, str]]())
    return lambda agent: {
        "-".join(filter(None, key)): span / S
        for key, span in (everything if agent is None else did[agent]).items()
    }


def _contained(versions: Mapping[str, Sequence[int]]) -> Count:
    both = [sum(column) for column in zip(*versions.values(), strict=True)]

    def of(version: Key) -> Figures:
        ended, queued = both if version is None else versions[version]
        share = percent(ended - queued, ended)
        counts = {"menu_calls": ended, "queued": queued, "contained": ended - queued}
        return {**counts, "containment": share}

    return of


def _passed(nodes: Mapping[tuple[str, str], Sequence[int]], flow: str) -> int:
    return sum(counts[0] for (name, _), counts in nodes.items() if name == flow)


def _ended(nodes: Mapping[tuple[str, str], Sequence[int]], flow: str) -> set[str]:
    """The nodes that a funnel must have, among those that callers notice."""
    return {node for (name, node), (_, gone) in nodes.items() if name == flow and gone}


def _funnel(nodes: Mapping[tuple[str, str], Sequence[int]], flow: str) -> Count:
    most = max(counts[0] for (name, _), counts in nodes.items() if name == flow)

    def of(node: Key) -> Figures:
        passed, gone = nodes[flow, node or ""]
        return {
            "passed": passed,
            "passed_share": percent(passed, most),
            "gone": gone,
            "gone_share": percent(gone, passed),
        }

    return of


def reports_of(store: Store, zone: str, in_time: int, now: datetime) -> StoredReports:
    """The reports of a store, without recordings and calls under way."""
    menus = (shipped.texts(), shipped.menus().book)
    unused = cast(Any, None)
    profiles = StoredProfiles(
        store, unused, unused, cast(Any, NoLiveCalls()), lambda: menus, lambda: now, zone
    )
    rules = Rules(zone, lambda _: in_time * S)
    return StoredReports(store, profiles, unused, rules, lambda: now)


class NoLiveCalls:
    """No call is under way."""

    def steps(self, _call: str) -> None:
        """Of no call."""
        return


async def checked(file: Path, zone: str, days: tuple[date, date]) -> tuple[int, list[str]]:
    """Compare the figures of some days of a store."""
    store = await Store.open(file, BELARUS)
    try:
        reports = reports_of(store, zone, IN_TIME, datetime.now(UTC))
        labels = Labels(DeskHarness().desk.render, "en")
        with closing(sqlite3.connect(file)) as db:
            oracle = Oracle(db, *days, zone, IN_TIME)
            return await differences(reports, labels, oracle, days)
    finally:
        await store.close()


def main() -> None:
    """See the module."""
    one = installation(Path(sys.argv[1]))
    today = datetime.now(UTC).date()
    days = (today - timedelta(29), today)
    zone = one.config().site.timezone
    count, found = asyncio.run(checked(one.database, zone, days))
    for each in found:
        print(each)
    print(f"{count} figures, {len(found)} differ")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
