"""Which agent a queue's member interface belongs to."""

from collections.abc import Iterable, Sequence

from ari_app.desk.ports import Colleague
from ari_app.store.agents import Agent
from ivr.acd.queues import Board


class AgentPhones:
    """The agents' phones.

    Members of our queues are ``PJSIP/<SIP user>``; other PBXs may have ``SIP/…``, or
    ``Local/<extension>@…`` as FreePBX does.
    """

    def __init__(self) -> None:
        self._agents: list[Colleague] = []
        self._users: dict[str, str] = {}
        self._extensions: dict[str, str] = {}
        self._own: dict[str, str] = {}
        self._seen: dict[str, str] = {}
        """Agent: the interface under which queues know their phone."""
        self._members: dict[str, object] = {}
        """Queue: its members when they were last looked at."""

    def set_agents(self, agents: Iterable[Agent]) -> None:
        """Take the current list of agents."""
        agents = tuple(agents)
        self._users = {one.sip_user: one.name for one in agents}
        self._extensions = {one.extension: one.name for one in agents}
        self._own = {one.name: f"PJSIP/{one.sip_user}" for one in agents}
        self._agents = [Colleague(one.name, one.full_name, one.extension) for one in agents]
        self._seen = {}
        self._members = {}

    def everyone(self) -> Sequence[Colleague]:
        """All agents."""
        return self._agents

    def update(self, board: Board) -> None:
        """Take the interfaces of the queues' members."""
        for queue_name, queue in board.queues.items():
            if self._members.get(queue_name) is queue.members:
                continue  # as in most of the many changes a second
            self._members[queue_name] = queue.members
            for interface in queue.members:
                name = self.agent(interface)
                if name is not None:
                    self._seen[name] = interface

    def of(self, agent: str) -> str | None:
        """The interface of an agent's phone."""
        return self._seen.get(agent) or self._own.get(agent)

    def is_agent(self, interface: str) -> bool:
        """Whether it is an agent's phone."""
        return self.agent(interface) is not None

    def agent(self, interface: str) -> str | None:
        """The agent of an interface; None if it is no agent's."""
        technology, _, rest = interface.partition("/")
        if technology == "Local":
            return self._extensions.get(rest.partition("@")[0])
        return self._users.get(rest)
