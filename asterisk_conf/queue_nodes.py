"""Queue nodes: Asterisks that hold the queues and agents' phones of others, called pods, which hand
their callers over by SIP."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

ENDPOINT = "node-"
"""Before the name of a queue node: its endpoint at a pod."""

PODS = "pods"
"""The endpoint of all pods at a queue node."""

RANKS = 200_000
"""In how many ranks those of one priority are at a queue node: by the second in which they came, if
the node that they waited at before died. app_queue's priority is an int, as 9999 times that."""

ENDS: Mapping[str, int] = {
    "TIMEOUT": 19,
    "FULL": 17,
    "JOINEMPTY": 22,
    "LEAVEEMPTY": 22,
    "WITHDRAW": 28,
    "LEFT": 28,
}
"""QUEUESTATUS -> the cause of Q.850 by which a queue node ends a call that no agent answered. They
come to the pod as they are (480, 486, 410, 484 in SIP), and chan_pjsip gives none of them to a node
that is dead, full or refuses us (measured with Asterisk 22: most others come as 21 or 38)."""

_NODE = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]{0,19})=(?P<address>[0-9.]+:[0-9]{1,5})")
FORM = _NODE.pattern


class QueueNode(Struct, frozen=True):
    """A queue node by its name, at ``HOST:PORT``."""

    name: str
    address: str

    @property
    def endpoint(self) -> str:
        """Its endpoint at a pod."""
        return f"{ENDPOINT}{self.name}"


def queue_nodes(texts: tuple[str, ...]) -> Iterator[QueueNode]:
    """The queue nodes of the settings, each ``NAME=HOST:PORT``."""
    for text in texts:
        if found := _NODE.fullmatch(text):
            yield QueueNode(found["name"], found["address"])
