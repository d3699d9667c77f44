"""Stand-ins in Asterisk: channels that wait in a queue for somebody who is called back.

Each is a Local channel. Its first half waits in the queue; when an agent answers, its second half
dials the caller: ``firstline-stand-in`` and what follows it in the dialplan.
"""

from collections.abc import Sequence
from contextlib import suppress

from ari_app.ami.client import Ask, RefusedError
from ari_app.ari.errors import GoneError
from ari_app.ari.rest import Ari
from ivr.acd.callbacks import Ticket, of_channel

DIALS = "-dials"
"""How the id of the second half ends."""

PEOPLE = "firstline-people"
"""The context with the numbers that may be dialled."""

_NONE = "Database entry not found"

CONTEXT = "firstline-stand-in"

FAMILY = "firstline-callback"
"""Under which Asterisk's database has what the dialplan keeps of attempts."""

NOTED = "firstline-callback-noted"
"""The context that deletes what is kept of an attempt."""


class StandIns:
    """Each method raises as :mod:`ari_app.ari.errors` says, or ``AmiError``: ARI answers "" to all
    functions of the dialplan, and AMI to ``DB()`` (measured). ``shown`` is the number that callers
    see, ``ring`` for how many seconds their phone rings."""

    def __init__(self, ari: Ari, ask: Ask, shown: str, ring: int) -> None:
        self._ari = ari
        self._ask = ask
        self._shown = shown
        self._ring = ring

    async def alive(self) -> frozenset[str]:
        """The ids of the stand-ins' channels."""
        listed = await self._ari.channels.list()
        return frozenset(one.id for one in listed if of_channel(one.id))

    async def stand(self, ticket: Ticket, place: int) -> bool:
        """Put a stand-in into the queue of a ticket, at a place from 1. False if there is one."""
        digits = ticket.number.removeprefix("+")
        variables = {
            "__FIRSTLINE_TICKET": ticket.key(ticket.attempts + 1),
            "__FIRSTLINE_DIALS": ticket.channel + DIALS,
            "__FIRSTLINE_LANGUAGE": ticket.language,
            "FIRSTLINE_NUMBER": digits,
            "FIRSTLINE_RING": str(self._ring),
            "FIRSTLINE_SHOWN": self._shown,
            "FIRSTLINE_PRIORITY": str(ticket.priority),
            "FIRSTLINE_PLACE": str(place),
            "CHANNEL(language)": ticket.language,
        }
        if not ticket.language:
            del variables["CHANNEL(language)"]
        try:
            await self._ari.channels.originate(
                "Local/s@firstline-callback/n",
                CONTEXT,
                ticket.queue,
                variables,
                f'"{digits}" <{digits}>',
                ticket.channel,
                ticket.channel + DIALS,
            )
        except GoneError:
            return False
        return True

    async def withdraw(self, channel: str) -> None:
        """End a stand-in."""
        with suppress(GoneError):
            await self._ari.channels.hangup(channel)

    async def mark(self, ticket: Ticket, attempt: int) -> str:
        """What the dialplan keeps of an attempt; "" if no one was dialled."""
        try:
            found = await self._ask("DBGet", Family=FAMILY, Key=ticket.key(attempt))
        except RefusedError as error:
            if error.why != _NONE:  # the AMI user lacks the class `reporting`
                raise
            return ""
        return found.get("Val", "")

    async def marks(self) -> Sequence[str]:
        """The keys of all attempts of which the dialplan keeps something."""
        found = await self._ask("DBGetTree", Family=FAMILY)
        family = f"/{FAMILY}/"
        return [key.removeprefix(family) for key in found if key.startswith(family)]

    async def forget(self, key: str) -> bool:
        """Have the dialplan delete what it keeps of an attempt: its outcome is stored, and no
        stand-in of it is left. False with an older dialplan of others, which keeps it."""
        if not await self._exists(NOTED, "s"):
            return False
        with suppress(GoneError):
            await self._ari.channels.originate(
                f"Local/s@{NOTED}/n", NOTED, "s", {"__FIRSTLINE_TICKET": key}, "", f"noted-{key}"
            )
        return True

    async def knows(self, number: str) -> bool:
        """Whether the dialplan knows the way to a number."""
        return await self._exists(PEOPLE, number.removeprefix("+"))

    async def are_possible(self, queue: str) -> bool:
        """Whether Asterisk has the dialplan of stand-ins."""
        return await self._exists(CONTEXT, queue)

    async def _exists(self, context: str, extension: str) -> bool:
        function = f"DIALPLAN_EXISTS({context},{extension},1)"
        return (await self._ask("Getvar", Variable=function)).get("Value", "") not in ("", "0")
