"""Ways through flows: every node and every way, as tests that pass."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from ari_app.sim.script_writer import walked, written
from ivr import nodes
from ivr.analysis import search
from ivr.analysis.coverage import covered
from ivr.analysis.search import find_paths
from ivr.model import Book
from ivr.nodes import KINDS
from tests.ivr.conversation import shipped
from tests.sim.sample_flows import book, run

pytestmark = pytest.mark.slow


def test_the_samples_have_every_kind_of_node() -> None:
    found = {type(node) for flow in book().flows.values() for node in flow.nodes.values()}
    assert found == set(KINDS)


@pytest.mark.parametrize(
    ("read", "flow"),
    [(book, ""), *((shipped, each) for each in ("111", "lost", "sim"))],
)
async def test_what_a_walk_writes_passes_and_covers_everything(
    read: Callable[[], Book], flow: str
) -> None:
    of = read()
    found = find_paths(of, flow)
    assert found.missed == ()
    results = await run(of, written(of, [walked(of, path, "be") for path in found.paths]))
    assert [(one.test.test, one.failure) for one in results if one.failure] == []
    gone = {edge for one in results for edge in one.trace.edges}
    spots = {spot for one in results for spot in one.trace.spots}
    for one in covered(of, gone, spots):
        if flow and one.flow != flow:
            continue
        assert (one.flow, one.missed, one.missed_nodes) == (one.flow, (), ())
        assert one.percent == 100


def test_the_farewell_of_every_menu_is_found_also_of_one_that_a_call_comes_to_once() -> None:
    found = find_paths(shipped(), "611")
    assert found.missed == ()
    assert {("611", name, "farewell") for name in ("main", "pay-menu")} <= found.shortest.keys()


def test_a_search_ends_where_an_edge_is_missing_and_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of = book()
    main = of.flows["main"]
    unset = nodes.Branch(branch="unset", when={"never": main.start}, else_=main.start)
    of = replace(of, flows={**of.flows, "main": replace(main, nodes={**main.nodes, "x": unset})})
    monkeypatch.setattr(search, "IDLE", 500)
    monkeypatch.setattr(search, "SHOWN", 100)
    shown: list[tuple[int, int]] = []
    found = find_paths(of, "main", show=lambda *how_far: shown.append(how_far))
    assert {("main", "x", "never"), ("main", "x", "else")} <= set(found.missed)
    assert max(steps for steps, _ in shown) < 15_000
    assert shown[-1][0] > 0 < shown[-1][1]
