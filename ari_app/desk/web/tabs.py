"""The open browser tabs of agents, and the messages queued for each."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ari_app.desk.board.board_messages import ToBoard
from ari_app.desk.messages import ToBrowser

BACKLOG = 500
"""Messages that may be queued for a tab. A tab that is further behind is closed; its page
reconnects and gets a whole snapshot."""


class Tab:
    """A browser tab of an agent.

    ``language`` is that of its page; ``supervisor``: its user may monitor, whisper and barge;
    ``session`` is what its session keeps from its beginning to its end; ``listens``: they may
    listen to recorded conversations; ``wall``: it is a board for everybody to see.
    """

    def __init__(
        self, agent: str, language: str, supervisor: bool = False, session: str = ""
    ) -> None:
        self.agent = agent
        self.language = language
        self.supervisor = supervisor
        self.session = session
        self.listens = False
        self.wall = False
        self.outbox: asyncio.Queue[ToBrowser | ToBoard | None] = asyncio.Queue(BACKLOG)
        """What is to be sent; None closes the connection."""
        self.used = False
        """Whether the browser sent anything since this was reset."""

    def send(self, message: ToBrowser | ToBoard) -> None:
        """Queue a message. Never waits: a full queue closes the tab."""
        if self.outbox.full():
            self.close()
        else:
            self.outbox.put_nowait(message)

    def close(self) -> None:
        """Drop what is queued and close the connection; the page reconnects."""
        while not self.outbox.empty():
            self.outbox.get_nowait()
        self.outbox.put_nowait(None)


class Tabs:
    """All open tabs, by agent."""

    def __init__(self) -> None:
        self._tabs: dict[str, set[Tab]] = defaultdict(set)

    @contextmanager
    def opened(self, tab: Tab) -> Iterator[None]:
        """The tab is open while the context lasts."""
        self._tabs[tab.agent].add(tab)
        try:
            yield
        finally:
            self._tabs[tab.agent].discard(tab)
            if not self._tabs[tab.agent]:
                del self._tabs[tab.agent]

    def of(self, *agents: str) -> Iterable[Tab]:
        """The tabs of agents: a copy, since they may close meanwhile."""
        return tuple(tab for agent in agents for tab in self._tabs.get(agent, ()))

    def all(self) -> Iterable[Tab]:
        """Every tab: a copy."""
        return tuple(tab for tabs in self._tabs.values() for tab in tabs)

    def agents(self) -> frozenset[str]:
        """The agents who have a tab open."""
        return frozenset(self._tabs)

    def close_all(self) -> None:
        """Close every connection: the server stops."""
        for tab in self.all():
            tab.close()
