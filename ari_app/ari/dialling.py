"""An agent's phone is rung by a click, and what it is rung for follows when it is answered."""

from collections.abc import Mapping

from ari_app.ari.errors import GoneError
from ari_app.ari.rest import Ari
from ari_app.ari.sip_messages import PhoneNotRegisteredError

CONTEXT = "firstline-transfer"
"""The context of the dialplan that connects a phone to a number."""

CLICKED = {"PJSIP_HEADER(add,X-Firstline-Clicked)": "yes"}
"""The variable that puts a header into the request to a phone: its agent wants to be rung."""


async def ring(
    ari: Ari,
    phone: str,
    place: tuple[str, str],
    variables: Mapping[str, str],
    shown: str,
    channel: str = "",
) -> None:
    """Ring a phone, an interface such as ``PJSIP/702``, with a caller ID; answered, it continues at
    a ``place``: a context and an extension, with variables. ``channel`` is an id for its channel.
    A phone in the browser answers by itself where the agent has just clicked: :data:`CLICKED`.

    Raises :class:`PhoneNotRegisteredError`, or as :mod:`ari_app.ari.errors` says.
    """
    technology, _, resource = phone.partition("/")
    try:
        online = (await ari.endpoints.get(technology, resource)).state == "online"
    except GoneError:
        online = False
    if not online:
        raise PhoneNotRegisteredError(f"{phone} is not registered")
    await ari.channels.originate(phone, *place, {**variables, **CLICKED}, shown, channel)


async def dial(ari: Ari, ours: str, phone: str, number: str) -> None:
    """Ring an agent's phone, which shows a number; answered, that number is dialled, and sees
    ``ours``. Raises as :func:`ring`; ``ValueError`` for what is no number."""
    digits = number.removeprefix("+")
    if not digits.isdecimal() or not digits.isascii():
        raise ValueError(f"{number} cannot be dialled")
    await ring(ari, phone, (CONTEXT, digits), {}, f'"{digits}" <{ours}>')
