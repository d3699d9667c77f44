"""Where an agent stands: what his phone and his queues say of him, in one word."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ivr.acd.queues import Board

Word = Literal["ready", "paused", "ringing", "talking", "resting", "busy", "away", "nowhere"]
"""``resting``: the pause after a call. ``busy``: his phone is in use for something else. ``away``:
his phone is not there. ``nowhere``: he is in no queue."""


class AgentState(Struct, frozen=True):
    """What an agent does. ``paused`` and its ``reason`` hold whatever else he does; ``until`` is
    when the pause after a call ends."""

    word: Word
    paused: bool = False
    reason: str = ""
    until: datetime | None = None
    queues: tuple[str, ...] = ()


def standing(board: Board, interface: str, wrapups: Mapping[str, int], now: datetime) -> AgentState:
    """Where the agent of an interface stands; ``wrapups`` are the queues' pauses, in seconds."""
    found = {
        name: queue.members[interface]
        for name, queue in board.queues.items()
        if interface in queue.members
    }
    members, queues = tuple(found.values()), tuple(sorted(found))
    paused = any(one.paused for one in members)
    reason = next((one.reason for one in members if one.paused), "")
    rests = [one.rests_until(wrapups.get(name, 0)) for name, one in found.items()]
    until = max((one for one in rests if one is not None and one > now), default=None)
    states = {one.state for one in members}
    word: Word
    if any(talk.interface == interface for talk in board.talks):
        word = "talking"
    elif any(offer.interface == interface for offer in board.offers):
        word = "ringing"
    elif not members:
        word = "nowhere"
    elif states & {"unavailable", "invalid"}:
        word = "away"
    elif paused:
        word = "paused"
    elif until is not None:
        word = "resting"
    else:
        word = "ready" if states <= {"not in use", "unknown"} else "busy"
    return AgentState(
        word, paused, reason, until if word in ("resting", "paused") else None, queues
    )
