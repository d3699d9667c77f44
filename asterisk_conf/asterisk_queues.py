"""A site's queues as app_queue has them: members, penalties, and rules by waiting time.

A member has one penalty in a queue, for all callers who wait there. So each language that is served
by the agents who speak it has a queue of its own, in which all others have a penalty higher by
:data:`OTHERS`.
"""

from collections.abc import Iterator

from msgspec import Struct

from asterisk_conf.site import Agent, Queue, Site

OTHERS = 10
"""Higher than any penalty of a site."""
EVERYBODY = 2**31 - 1
"""The highest penalty: all agents are rung."""


class AsteriskQueue(Struct, frozen=True):
    """A queue of app_queue: its members with their penalties, and its queue rules.

    ``circles`` are seconds of waiting and the highest penalty that is rung from then on. That of
    second 0 is set by the dialplan: app_queue looks at its rules after the first second.
    """

    name: str
    queue: Queue
    language: str
    members: tuple[tuple[Agent, int], ...]
    circles: tuple[tuple[int, int], ...]

    def after(self, patience: int) -> tuple[tuple[int, int], ...]:
        """The circles of a caller for whom one agent is kept for so many seconds."""
        later = tuple(each for each in self.circles if each[0] > patience)
        most = [most for at, most in self.circles if at <= patience]
        return ((patience, most[-1] if most else EVERYBODY), *later)


def asterisk_queues(site: Site) -> tuple[AsteriskQueue, ...]:
    """All of a site's queues as Asterisk has them."""
    return tuple(
        AsteriskQueue(
            name, queue, language, tuple(_members(site, queue, language)), circles(queue, language)
        )
        for queue in site.queues
        for language, name in queue.names.items()
    )


def _members(site: Site, queue: Queue, language: str) -> Iterator[tuple[Agent, int]]:
    for agent in site.agents:
        penalty = queue.agents.get(agent.login or agent.user, None if queue.agents else 0)
        if queue.name in agent.queues and penalty is not None:
            foreign = bool(language) and language not in agent.languages
            yield agent, penalty + OTHERS * foreign


def circles(queue: Queue, language: str) -> tuple[tuple[int, int], ...]:
    """Seconds of waiting, and up to which penalty agents are rung from then on, for the callers of
    a language that has a row of its own, or "" for all others; all are without any."""
    given = queue.circles
    if language:
        soon = {at: most for at, most in given.items() if at < queue.patience}
        given = {0: OTHERS - 1, **soon, queue.patience: 2 * OTHERS - 1}
    return tuple(sorted(given.items()))
