"""What an agent does, as it is recorded: the state of the desk, and who signed out."""

from collections.abc import Mapping
from datetime import datetime

from ari_app.desk.agents.agent_state import agent_state
from ari_app.workplace.agent_phones import AgentPhones
from ivr.acd.board import Board
from ivr.acd.figures import SIGNED_OUT


def agent_doing(
    who: str, phones: AgentPhones, board: Board, wrapups: Mapping[str, int], now: datetime
) -> tuple[str, str, datetime | None]:
    """The state of an agent, the reason of a pause, and the end of the wrap-up time.

    ``who`` is a login, or the interface of a phone that is no agent's; ``wrapups`` are the queues'
    wrap-up times, in seconds.
    """
    state = agent_state(board, phones.of(who) or who, wrapups, now)
    signed_out = state.reason == SIGNED_OUT and state.name in ("paused", "unreachable")
    return SIGNED_OUT if signed_out else state.name, state.reason, state.until
