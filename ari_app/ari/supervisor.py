"""A supervisor joins an agent's call with a phone of their own."""

from typing import Literal, TypeAlias

from ari_app.ari.dialling import ring
from ari_app.ari.rest import Ari

CONTEXT = "firstline-mentor"
"""The context of the dialplan; its extensions are the modes."""

SupervisionMode: TypeAlias = Literal["listen", "whisper", "barge"]
"""Monitor silently, speak to the agent only, or speak to both. The supervisor always hears both."""


async def supervise(
    ari: Ari, phone: str, agent: str, mode: SupervisionMode, channel: str = ""
) -> None:
    """Ring a supervisor's phone; once answered, it is in the agent's call until that ends.

    ``phone`` and ``agent`` are interfaces, such as ``PJSIP/702``, ``channel`` is the id that the
    channel to the supervisor gets. Nothing is heard if the agent has
    no call. Raises as :func:`~ari_app.ari.dialling.ring`.
    """
    shown = f"<{agent.partition('/')[2]}>"
    await ring(ari, phone, (CONTEXT, mode), {"FIRSTLINE_SPY": agent}, shown, channel)
