"""A mentor joins an agent's call, with his own phone."""

from typing import Literal, TypeAlias

from ari_app.ari.errors import GoneError
from ari_app.ari.rest import Ari
from ari_app.ari.texts import NoPhoneError

CONTEXT = "firstline-mentor"
"""Of the dialplan; its extensions are the ways."""

Way: TypeAlias = Literal["listen", "whisper", "barge"]
"""Who hears the mentor: nobody, the agent, or both. He himself always hears both."""


async def mentor(ari: Ari, phone: str, agent: str, way: Way) -> None:
    """Ring the phone of a mentor; who answers it is in the agent's call until that ends.

    Both are interfaces, such as ``PJSIP/702``. Nothing is heard if the agent has no call.
    :class:`NoPhoneError` if the mentor's is not registered, or as :mod:`ari_app.ari.errors` says.
    """
    technology, _, resource = phone.partition("/")
    try:
        online = (await ari.endpoints.get(technology, resource)).state == "online"
    except GoneError:
        online = False
    if not online:
        raise NoPhoneError(f"{phone} is not registered")
    shown = f"<{agent.partition('/')[2]}>"
    await ari.channels.originate(phone, CONTEXT, way, {"FIRSTLINE_SPY": agent}, shown)
