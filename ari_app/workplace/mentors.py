"""A mentor's phone rings, and who picks up hears how an agent speaks with his caller."""

from ari_app.ari.rest import Channels
from ari_app.desk.ports import How

RING = 20
"""Seconds in which the mentor picks up."""


async def spied(channels: Channels, mentor: str, agent: str, how: How) -> None:
    """Let the mentor's phone ring; both are interfaces, as queues name them.

    Raises as :mod:`ari_app.ari.errors` says.
    """
    heard = _phone(agent).partition("/")[2]
    extension = f"{how}-{heard}"
    await channels.originate(_phone(mentor), "firstline-mentor", extension, heard, RING)


def _phone(interface: str) -> str:
    """The endpoint of an interface: of ``Local/701@from-queue/n``, as FreePBX has it, the phone."""
    technology, _, rest = interface.partition("/")
    return f"PJSIP/{rest.partition('@')[0]}" if technology == "Local" else interface
