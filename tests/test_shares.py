"""Workers that die lose no tests."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.shares import Shares

FIRST, SECOND = [f"a.py::{n}" for n in range(4)], [f"b.py::{n}" for n in range(5)]


class Node:
    """A worker, which notes what it is to run."""

    def __init__(self, share: int) -> None:
        self.gateway = SimpleNamespace(spec=SimpleNamespace(share=(share, 2)))
        self.given: list[Any] = []

    def send_runtest_all(self) -> None:
        """All."""
        self.given.append("all")

    def send_runtest_some(self, numbers: list[int]) -> None:
        """Some, by their numbers."""
        self.given.append(list(numbers))

    def shutdown(self) -> None:
        """No more will come."""


@pytest.mark.parametrize("turned", [False, True])
def test_each_share_goes_on_where_its_worker_died(turned: bool) -> None:
    """Also where two die at about the same time, and one of those that replace them."""
    session = SimpleNamespace(testscollected=0)
    config: Any = SimpleNamespace(
        getvalue=lambda _: ["popen", "popen"],
        pluginmanager=SimpleNamespace(get_plugin=lambda _: session),
        option=SimpleNamespace(debug=False),
    )
    shares: Any = Shares(config)

    def there(node: Node, tests: list[str]) -> Node:
        shares.add_node(node)
        shares.add_node_collection(node, tests)
        if shares.collection_is_completed:
            shares.schedule()
        return node

    one, two = there(Node(0), FIRST), there(Node(1), SECOND)
    assert (one.given, two.given, session.testscollected) == (["all"], ["all"], 9)
    shares.mark_test_complete(one, 0)
    assert (shares.remove_node(one), shares.remove_node(two)) == (FIRST[1], SECOND[0])
    again = [(Node(0), FIRST), (Node(1), SECOND)]
    for node, tests in reversed(again) if turned else again:
        there(node, tests)
    assert [node.given for node, _ in again] == [[[2, 3]], [[1, 2, 3, 4]]]
    assert shares.remove_node(again[1][0]) == SECOND[1]
    assert there(Node(1), SECOND).given == [[2, 3, 4]]
    assert (session.testscollected, shares.collected) == (9, {*FIRST, *SECOND})
