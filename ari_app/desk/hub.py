"""The open tabs of agents, and what is on its way to them."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ari_app.desk.messages import Told

BEHIND = 500
"""Messages that may wait for a tab; one that is further behind is cut off, and comes back to a
whole new picture."""


class Tab:
    """A tab of an agent's browser. ``language`` is that of its page; ``mentor``: he may hear how
    others speak."""

    def __init__(self, agent: str, language: str, mentor: bool = False) -> None:
        self.agent = agent
        self.language = language
        self.mentor = mentor
        self.out: asyncio.Queue[Told | None] = asyncio.Queue(BEHIND)
        """What is to be sent; None is the end of it."""
        self.used = False
        """Whether something was said in it since that was looked at."""

    def tell(self, message: Told) -> None:
        """Tell the tab. Never waits."""
        if self.out.full():
            self.cut()
        else:
            self.out.put_nowait(message)

    def cut(self) -> None:
        """Tell it nothing more: its connection ends, and it comes again."""
        while not self.out.empty():
            self.out.get_nowait()
        self.out.put_nowait(None)


class Hub:
    """All tabs."""

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

    def of(self, agent: str) -> Iterable[Tab]:
        """The tabs of an agent; they may close meanwhile."""
        return tuple(self._tabs.get(agent, ()))

    def all(self) -> Iterable[Tab]:
        """Every tab."""
        return tuple(tab for tabs in self._tabs.values() for tab in tabs)

    def present(self) -> frozenset[str]:
        """The agents who have a tab open."""
        return frozenset(self._tabs)

    def cut(self, agent: str) -> None:
        """End the connections of an agent, who may come in no more."""
        for tab in self.of(agent):
            tab.cut()
