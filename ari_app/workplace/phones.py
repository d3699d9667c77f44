"""Whose phone is meant by an interface, as queues name it."""

from collections.abc import Iterable, Sequence

from ari_app.desk.ports import Colleague
from ari_app.store.agents import Agent
from ivr.acd.queues import Board


class Phones:
    """The agents' phones. Queues of ours have ``PJSIP/<SIP user>`` as members; those of others may
    have ``SIP/…``, or ``Local/<extension>@…`` as FreePBX does."""

    def __init__(self) -> None:
        self._people: list[Colleague] = []
        self._users: dict[str, str] = {}
        self._extensions: dict[str, str] = {}
        self._own: dict[str, str] = {}
        self._seen: dict[str, str] = {}
        """Agent: the interface that queues have for him."""

    def learn(self, people: Iterable[Agent]) -> None:
        """Know these agents, and nobody else."""
        people = tuple(people)
        self._users = {one.sip_user: one.name for one in people}
        self._extensions = {one.extension: one.name for one in people}
        self._own = {one.name: f"PJSIP/{one.sip_user}" for one in people}
        self._people = [Colleague(one.name, one.full_name, one.extension) for one in people]
        self._seen = {}

    def everyone(self) -> Sequence[Colleague]:
        """All agents."""
        return self._people

    def see(self, board: Board) -> None:
        """Know how queues name the agents' phones."""
        for queue in board.queues.values():
            for interface in queue.members:
                name = self.agent(interface)
                if name is not None:
                    self._seen[name] = interface

    def of(self, agent: str) -> str | None:
        """The interface of an agent's phone."""
        return self._seen.get(agent) or self._own.get(agent)

    def known(self, interface: str) -> bool:
        """Whether it is an agent's phone."""
        return self.agent(interface) is not None

    def agent(self, interface: str) -> str | None:
        """Whose phone it is; None if it is no agent's."""
        technology, _, rest = interface.partition("/")
        if technology == "Local":
            return self._extensions.get(rest.partition("@")[0])
        return self._users.get(rest)
