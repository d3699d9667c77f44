"""`firstline operations` and `firstline orders`, as somebody types them."""

import asyncio

from msgspec import json

from ari_app.commands.operations import MEANT
from ari_app.config.state import State
from ari_app.selfcare.operations import CATALOGUE
from ari_app.store import orders
from ari_app.store.db import Store
from ari_app.store.orders import OrderRecord
from ivr.model import Operation
from tests.commands.conftest import Run
from tests.operators import BELARUS
from tests.store.samples import NOON


def test_every_operation_is_printed_in_a_sentence(run: Run) -> None:
    lines = run("operations").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(CATALOGUE)
    for one in CATALOGUE.values():
        assert one.about.endswith(".")
        assert any(line.endswith(one.about) for line in lines)
    [gift] = [line for line in lines if line.startswith("gift ")]
    assert gift.split()[1:7] == ["code-word", "yes", "5,", "30", "5", "s"]


def test_every_outcome_of_every_operation_is_printed(run: Run) -> None:
    for name, one in CATALOGUE.items():
        printed = run("operations", name).stdout
        for value in one.inputs:
            assert f"{value} ({one.inputs[value]})" in printed
        for outcome, brings in one.outcomes.items():
            assert brings or outcome in MEANT, (name, outcome)
            for value, kind in brings.items():
                assert f"{value} ({kind})" in printed
    assert "the caller is proven" in run("operations", "code-word").stdout


def test_the_catalogue_is_there_for_programs(run: Run) -> None:
    found = json.decode(run("operations", "--format", "json").stdout, type=list[Operation])
    assert found == list(CATALOGUE.values())
    one = json.decode(run("operations", "gift", "--format", "json").stdout, type=Operation)
    assert one == CATALOGUE["gift"]


def test_an_operation_that_is_not_there_is_refused(run: Run) -> None:
    assert "did you mean gift?" in run("operations", "gif").stderr


def test_orders_are_listed_and_shown(run: Run, demo: State) -> None:
    async def ordering() -> None:
        store = await Store.open(demo.database, BELARUS)
        for id, key in ((1, "c1:7"), (2, "c2:9")):
            what = ("gift", '{"type":"give"}', "null", "0.50", key[:2], "ru")
            await store.write(orders.add, OrderRecord(key, id, *what, NOON))
        await store.write(orders.end, "c1:7", "done", '{"number":"5"}', NOON)
        await store.write(orders.postpone, "c2:9", NOON, NOON)
        await store.close()

    asyncio.run(ordering())
    done = "c1:7  2026-03-01 15:00 +03  gift  done at 2026-03-01 15:00 +03"
    assert run("orders", "list").stdout.splitlines() == [
        "c2:9  2026-03-01 15:00 +03  gift  open",
        done,
    ]
    assert run("orders", "list", "--number", "375990000001").stdout.splitlines() == [done]
    assert "there is no subscriber 12" in run("orders", "list", "--number", "12").stderr
    shown = run("orders", "show", "c1:7").stdout
    for part in ("subscriber 1 (…0001)", '{"type":"give"}, for 0.50', '{"number":"5"}'):
        assert part in shown
    assert "asked 1 times, next at 2026-03-01 15:00 +03" in run("orders", "show", "c2:9").stdout
    assert "there is no order c3:1" in run("orders", "show", "c3:1").stderr
