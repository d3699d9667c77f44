"""A supervisor joins an agent's call with a phone of their own."""

from typing import Literal, TypeAlias

from ari_app.ari.errors import GoneError
from ari_app.ari.rest import Ari
from ari_app.ari.sip_messages import PhoneNotRegisteredError

CONTEXT = "firstline-mentor"
"""The context of the dialplan; its extensions are the modes."""

SupervisionMode: TypeAlias = Literal["listen", "whisper", "barge"]
"""Monitor silently, speak to the agent only, or speak to both. The supervisor always hears both."""


async def supervise(ari: Ari, phone: str, agent: str, mode: SupervisionMode) -> None:
    """Ring a supervisor's phone; once answered, it is in the agent's call until that ends.

    ``phone`` and ``agent`` are interfaces, such as ``PJSIP/702``. Nothing is heard if the agent has
    no call. Raises :class:`PhoneNotRegisteredError`, or as :mod:`ari_app.ari.errors` says.
    """
    technology, _, resource = phone.partition("/")
    try:
        online = (await ari.endpoints.get(technology, resource)).state == "online"
    except GoneError:
        online = False
    if not online:
        raise PhoneNotRegisteredError(f"{phone} is not registered")
    shown = f"<{agent.partition('/')[2]}>"
    await ari.channels.originate(phone, CONTEXT, mode, {"FIRSTLINE_SPY": agent}, shown)
