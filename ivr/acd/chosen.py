"""Which stays in queues a figure is of: a figure that is opened shows these."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

By: TypeAlias = Literal[
    "day", "weekday", "hour", "week-hour", "queue", "topic", "language", "agent", "version", "wait"
]
"""What the stays are told apart by. ``week-hour``: the hour of the week, 0 to 167 from Monday;
``version``: flow and version; ``wait``: the number of the wait among
:data:`ivr.acd.outcomes.WAITS`."""

What: TypeAlias = Literal[
    "joined", "answered", "in-time", "late", "abandoned", "short", "otherwise", "transferred",
    "promised", "repeated", "solved", "unsolved", "surveyed",
]  # fmt: skip
"""Which of the stays are meant. ``late``: answered, but not in time; ``otherwise``: neither
answered nor abandoned nor waiting; ``surveyed``: the caller was asked how they were served."""


class Chosen(Struct, frozen=True, kw_only=True):
    """Which stays: of callers who joined from ``since`` to before ``until``, in microseconds;
    ``among``: the values that they have, by a name of :data:`By`; ``what``: those of them."""

    since: int
    until: int
    among: Mapping[By, str] = {}
    what: What = "joined"
