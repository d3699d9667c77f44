"""The state of agents: what their phones and queues say of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ari_app.desk.ports import AgentPhones, Colleague
from ivr.acd.queues import Board, Talk

StateName = Literal[
    "ready", "paused", "not-answering", "ringing", "talking", "wrap-up", "busy", "unreachable",
    "no-queue",
]  # fmt: skip
"""``not-answering``: paused, because calls were not answered. ``wrap-up``: the pause after a call.
``busy``: the phone is in use for something else. ``unreachable``: the phone is not registered.
``no-queue``: the agent is in no queue."""

NOT_ANSWERING = "not-answering"
"""The pause reason of an agent who did not answer."""
SILENT = (NOT_ANSWERING, "Auto-Pause")
"""The same, and that of app_queue's own ``autopause``."""


class AgentState(Struct, frozen=True):
    """What an agent does. ``paused`` and its ``reason`` hold during a call as well; ``until`` is
    the end of the wrap-up time. ``watched`` are supervisors in the call, with what they do."""

    name: StateName
    paused: bool = False
    reason: str = ""
    until: datetime | None = None
    queues: tuple[str, ...] = ()
    watched: tuple[tuple[str, str], ...] = ()


class Calls(Struct, frozen=True):
    """The interfaces of a board that talk, and those that ring."""

    talking: frozenset[str] = frozenset()
    ringing: frozenset[str] = frozenset()

    @classmethod
    def of(cls, board: Board) -> "Calls":
        """Those of a board."""
        talking = frozenset(one.interface for one in board.talks)
        return cls(talking, frozenset(one.interface for one in board.offers))


def agent_state(
    board: Board,
    interface: str,
    wrapups: Mapping[str, int],
    now: datetime,
    calls: Calls | None = None,
) -> AgentState:
    """The state of the agent with this phone; ``wrapups`` are the queues' wrap-up times, in
    seconds. For many agents, give the ``calls`` of the board as well."""
    calls = calls or Calls.of(board)
    found = {
        name: queue.members[interface]
        for name, queue in board.queues.items()
        if interface in queue.members
    }
    members, queues = tuple(found.values()), tuple(sorted(found))
    paused = any(one.paused for one in members)
    reason = next((one.reason for one in members if one.paused), "")
    ends = [one.wrapup_until(wrapups.get(name, 0)) for name, one in found.items()]
    until = max((one for one in ends if one is not None and one > now), default=None)
    devices = {one.state for one in members}
    name: StateName
    if interface in calls.talking:
        name = "talking"
    elif interface in calls.ringing:
        name = "ringing"
    elif not members:
        name = "no-queue"
    elif devices & {"unavailable", "invalid"}:
        name = "unreachable"
    elif paused:
        name = "not-answering" if reason in SILENT else "paused"
    elif until is not None:
        name = "wrap-up"
    else:
        name = "ready" if devices <= {"not in use", "unknown"} else "busy"
    return AgentState(
        name, paused, reason, until if name in ("wrap-up", "paused") else None, queues
    )


class AgentStates:
    """The newest queue board, and the state of every agent on it.

    ``wrapups`` are the queues' wrap-up times, in seconds.
    """

    def __init__(
        self, phones: AgentPhones, wrapups: Mapping[str, int], now: Callable[[], datetime]
    ) -> None:
        self._phones = phones
        self._wrapups = wrapups
        self._now = now
        self._board = Board()
        self._calls = Calls()
        self._current: bool | None = None
        self.watched: Mapping[str, tuple[tuple[str, str], ...]] = {}
        """Agent: the names of supervisors in the call, with what they do."""

    @property
    def board(self) -> Board:
        """The newest board."""
        return self._board

    @property
    def current(self) -> bool:
        """Whether the board is current: AMI is connected."""
        return bool(self._current)

    def update(self, board: Board, current: bool) -> bool:
        """Take a new board; returns whether the connection was lost or restored by it."""
        was, self._board, self._current = self._current, board, current
        self._calls = Calls.of(board)
        return was is not None and was != current

    def of(self, agent: str) -> AgentState:
        """The state of an agent now."""
        interface = self._phones.of(agent)
        if interface is None:
            return AgentState("no-queue")
        state = agent_state(self._board, interface, self._wrapups, self._now(), self._calls)
        watched = self.watched.get(agent, ())
        return replace(state, watched=watched) if watched else state

    def interface(self, agent: str) -> str:
        """The interface of an agent's phone; "" if there is none."""
        return self._phones.of(agent) or ""

    def queues(self) -> Sequence[str]:
        """The names of all queues."""
        return sorted(self._board.queues)

    def colleagues(self, agent: str) -> Sequence[tuple[Colleague, AgentState]]:
        """All other agents with their states."""
        others = (one for one in self._phones.everyone() if one.name != agent)
        return [(one, self.of(one.name)) for one in others]

    def silent(self) -> Sequence[Colleague]:
        """The agents who do not answer."""
        return [one for one in self._phones.everyone() if self.of(one.name).name == "not-answering"]

    def talks(self) -> Sequence[tuple[Colleague, Talk]]:
        """The agents who talk with a caller now, or about one who hears music."""
        agents = {one.name: one for one in self._phones.everyone()}
        found = (
            (
                self._phones.agent(talk.interface),
                replace(talk, caller=talk.caller.held or talk.caller),
            )
            for talk in self._board.talks
        )
        return [(agents[name], talk) for name, talk in found if name in agents]

    def full_name(self, agent: str) -> str:
        """An agent's full name; their login if they are unknown."""
        names = (one.full_name for one in self._phones.everyone() if one.name == agent)
        return next(names, agent)
