"""Which conversations of agents are to be scored: random, but the same each time one looks."""

from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256

from msgspec import Struct


class Candidate(Struct, frozen=True):
    """A conversation: the id of its stay in the queue, the ``channel`` of the caller, who answered,
    and whether it is ``recorded``."""

    stay: int
    channel: str
    agent: str
    recorded: bool


def drawn(candidates: Iterable[Candidate], each: int) -> list[Candidate]:
    """``each`` of every agent: the recorded ones first, else by chance. What is drawn depends on
    the conversations alone, so that it can be drawn again."""
    found: list[Candidate] = []
    taken: dict[str, int] = {}
    for one in sorted(candidates, key=lambda one: (one.agent, not one.recorded, _lot(one))):
        if taken.setdefault(one.agent, 0) < each:
            taken[one.agent] += 1
            found.append(one)
    return found


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _lot(one: Candidate) -> bytes:
    return sha256(f"{one.channel} {one.agent}".encode()).digest()
