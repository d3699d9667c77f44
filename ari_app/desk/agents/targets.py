"""To whom an agent may transfer a caller at this moment: only who can be reached."""

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentState, AgentStates
from ari_app.desk.ports import AgentPhones, Colleague
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tabs
from ivr.acd.queues import Member

AWAY = frozenset({"unavailable", "invalid"})
"""States of a phone that is not there."""


class Targets(Struct, frozen=True):
    """Queues in which somebody is at work, and colleagues whose phones are free."""

    queues: Sequence[str] = ()
    colleagues: Sequence[tuple[Colleague, AgentState]] = ()

    def __contains__(self, to: str) -> bool:
        """Whether ``to``, an extension or ``queue-`` and a name, is one of them."""
        extensions = (one.extension for one, _ in self.colleagues)
        return to in {*extensions, *(f"queue-{name}" for name in self.queues)}


def targets(
    states: AgentStates,
    phones: AgentPhones,
    signed_in: Callable[[], Collection[str]],
    is_open: Callable[[str], bool],
    agent: str,
) -> Targets:
    """Those of an agent. A colleague of no queue counts while the desk is open in a browser, a
    queue while it is open by its hours."""
    if not states.current:
        return Targets()
    own, here = phones.of(agent), signed_in()
    queues = [
        name
        for name in states.queues()
        if is_open(name)
        and any(_works(one) for at, one in states.board.queues[name].members.items() if at != own)
    ]
    found = [
        (one, state)
        for one, state in states.colleagues(agent)
        if state.name in ("ready", "wrap-up") or (state.name == "no-queue" and one.name in here)
    ]
    return Targets(queues, found)


def _works(member: Member) -> bool:
    return not member.paused and member.state not in AWAY


class TargetLists:
    """Keeps the lists of open transfer forms up to date. ``reachable`` returns an agent's
    targets."""

    def __init__(self, reachable: Callable[[str], Targets], tabs: Tabs, render: Render) -> None:
        self._reachable = reachable
        self._tabs = tabs
        self._render = render
        self._shown: dict[str, Targets] = {}
        """By the agent who has a form open."""

    def opened(self, agent: str) -> Targets:
        """The targets of an agent who opens the form."""
        self._shown[agent] = found = self._reachable(agent)
        return found

    def publish(self) -> None:
        """Send what changed. A wrap-up ends without an event: call this often."""
        for agent, shown in tuple(self._shown.items()):
            tabs, found = self._tabs.of(agent), self._reachable(agent)
            if not tabs:
                del self._shown[agent]
            elif found != shown:
                self._shown[agent] = found
                for tab in tabs:
                    page = "forms/transfer_targets"
                    tab.send(m.Targets(self._render.page(page, tab.language, reachable=found)))
