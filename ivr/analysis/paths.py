"""Paths through flows, as the search finds them: values."""

from collections.abc import Mapping

from msgspec import Struct

from ivr.analysis.coverage import EdgeKey
from ivr.events import Event
from ivr.session import Session
from ivr.wants import Want


class Transition(Struct, frozen=True):
    """A transition: an event, with the session and the want that it answers."""

    session: Session
    want: Want | None
    event: Event


class Path(Struct, frozen=True):
    """A path through flows: its transitions, and the state at its end.

    ``edges``: those that this path is the first to take.
    """

    turns: tuple[Transition, ...]
    session: Session
    want: Want
    edges: tuple[EdgeKey, ...]


class PathsFound(Struct, frozen=True):
    """Paths that together take all edges but those ``missed``, the short ones first.

    ``shortest``: for each edge a short path that takes it, mostly the shortest.
    """

    paths: tuple[Path, ...]
    shortest: Mapping[EdgeKey, Path]
    missed: tuple[EdgeKey, ...]
