"""The queues as Asterisk is told of them: who serves, whom first, and whom only after a while.

Asterisk knows one penalty of an agent in a queue, whoever waits there. So a language that shall be
served by those who speak it has a row of its own, in which all others have a penalty higher by
:data:`OTHERS`.
"""

from collections.abc import Iterator

from msgspec import Struct

from asterisk_conf.site import Agent, Queue, Site

OTHERS = 10
"""No penalty of a site is so high."""


class AsteriskQueue(Struct, frozen=True):
    """One of Asterisk's queues: its members with their penalties, and up to which they are rung.

    ``circles`` are seconds of waiting and the highest penalty from then on. That of second 0 is
    told by the dialplan: app_queue looks at its rules when a second has passed.
    """

    name: str
    queue: Queue
    language: str
    members: tuple[tuple[Agent, int], ...]
    circles: tuple[tuple[int, int], ...]


def asterisk_queues(site: Site) -> tuple[AsteriskQueue, ...]:
    """All of a site's queues as Asterisk has them."""
    return tuple(
        AsteriskQueue(
            name, queue, language, tuple(_members(site, queue, language)), _circles(queue, language)
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


def _circles(queue: Queue, language: str) -> tuple[tuple[int, int], ...]:
    given = queue.circles
    if language:
        soon = {at: most for at, most in given.items() if at < queue.patience}
        given = {0: OTHERS - 1, **soon, queue.patience: 2 * OTHERS - 1}
    return tuple(sorted(given.items()))
