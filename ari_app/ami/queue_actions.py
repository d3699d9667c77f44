"""AMI actions on queues and calls: pause, add, remove, redirect, transfer."""

import logging

from ari_app.ami.client import AmiError, Ask, RefusedError

log = logging.getLogger(__name__)

TRANSFER = "firstline-transfer"
"""The context of the dialplan that takes transferred callers."""
HELD, ASK, THREE = "firstline-held", "firstline-ask", "firstline-three"
"""The contexts of a caller who hears music, of the agent who asks somebody, and of all three."""
HELD_CALLER = "FIRSTLINE_HELD"
"""The variable of that agent's channel: the name of the caller's channel."""
MOVED = "FIRSTLINE_MOVED"
"""The variable that says where a caller goes who is taken out of a queue."""
OWNER = "FIRSTLINE_OWNER"
"""The variable that names the application to which a caller comes back first."""
PEOPLE = "firstline-people"
"""The context with the numbers that may be dialled."""

_DONE = ("Already there", "Not there")
"""How app_queue's messages end when nothing needs to change."""


class QueueActions:
    """Each method raises :class:`~ari_app.ami.client.AmiError` if it fails."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def pause(self, interface: str, paused: bool, reason: str = "") -> None:
        """Pause or unpause a phone in all queues that it is a member of (QueuePause)."""
        value = "true" if paused else "false"
        await self._ask("QueuePause", Interface=interface, Paused=value, Reason=reason)

    async def redirect(self, channel: str, context: str, extension: str) -> None:
        """Let a caller's channel continue at an extension of a context (Redirect).

        For a caller who speaks with an agent use :meth:`transfer`: after a redirect app_queue
        reports, and writes into its log, that the conversation lasts until the caller hangs up.
        """
        await self._ask("Redirect", Channel=channel, Context=context, Exten=extension, Priority="1")

    async def move(self, queue: str, channel: str, to: str) -> None:
        """Take a caller who waits out of a queue (QueueWithdrawCaller), so that their channel
        goes to ``to``: a number, or ``queue-`` and the name of a queue. In the dialplan that is
        ``firstline-moved``; app_queue reports the caller as withdrawn, not as abandoned.
        """
        await self._ask("Setvar", Channel=channel, Variable=MOVED, Value=to)
        await self._ask("QueueWithdrawCaller", Queue=queue, Caller=channel, WithdrawInfo=to)

    async def transfer(self, leg: str, to: str) -> None:
        """Blind transfer, as the agent's phone does it; ``leg`` is the agent's channel.

        ``to`` is a number, or ``queue-`` and the name of a queue.
        """
        await self._ask("BlindTransfer", Channel=leg, Context=TRANSFER, Exten=to)

    async def mute_recording(self, channel: str, muted: bool) -> None:
        """Record silence instead of both sides of a channel, or go on (MixMonitorMute)."""
        state = "1" if muted else "0"
        await self._ask("MixMonitorMute", Channel=channel, Direction="both", State=state)

    async def consult(self, caller: str, leg: str, phone: str, number: str) -> None:
        """The agent on ``leg`` calls ``number``, and the caller (a channel) hears music meanwhile.

        ``phone`` is the agent's interface, to which the caller comes back if need be. What ends
        the consultation is in the dialplan, at ``firstline-held``.
        """
        for channel, variable, value in (
            (caller, "FIRSTLINE_BACK", phone),
            (caller, "FIRSTLINE_AGENT", leg),
            (leg, HELD_CALLER, caller),
        ):
            await self._ask("Setvar", Channel=channel, Variable=variable, Value=value)
        await self._ask(
            "Redirect",
            Channel=caller,
            Context=HELD,
            Exten="s",
            Priority="1",
            ExtraChannel=leg,
            ExtraContext=ASK,
            ExtraExten=number,
            ExtraPriority="1",
        )

    async def conference(self, caller: str, leg: str) -> None:
        """The caller, who hears music, joins the agent on ``leg`` and who was asked."""
        await self._ask("Redirect", Channel=caller, Context=THREE, Exten=leg, Priority="1")

    async def is_dialled(self, number: str) -> bool:
        """Whether the dialplan knows the way to a number (digits, ``*`` and ``#``)."""
        found = await self._ask("Getvar", Variable=f"DIALPLAN_EXISTS({PEOPLE},{number},1)")
        return found.get("Value", "") not in ("", "0")

    async def extend(self, channel: str, seconds: int) -> bool:
        """Set the limit of a channel, by its id, to so many seconds from now (AbsoluteTimeout):
        as the dialplan's ``TIMEOUT(absolute)``, but whatever the channel does. Returns whether
        that was done, and raises nothing."""
        try:
            await self._ask("AbsoluteTimeout", Channel=channel, Timeout=str(seconds))
        except AmiError as error:
            log.debug("channel %s: its limit stays: %s", channel, error)
            return False
        return True

    async def return_to(self, channel: str, application: str) -> None:
        """Have a caller's channel, by its name, come back to an application (Setvar); also while
        it is in the dialplan, where ARI sets nothing. Raises nothing."""
        try:
            await self._ask("Setvar", Channel=channel, Variable=OWNER, Value=application)
        except AmiError as error:
            log.warning("channel %s comes back to any worker: %s", channel, error)

    async def hang_up(self, channel: str) -> None:
        """Hang up a channel."""
        await self._ask("Hangup", Channel=channel)

    async def set_penalty(self, queue: str, interface: str, penalty: int) -> None:
        """Set the penalty of a member of a queue (QueuePenalty)."""
        await self._ask("QueuePenalty", Queue=queue, Interface=interface, Penalty=str(penalty))

    async def reload_members(self) -> None:
        """Give the members of all queues the penalties of queues.conf again (QueueReload)."""
        await self._ask("QueueReload", Members="yes")

    async def join(self, queue: str, interface: str, name: str, penalty: int = 0) -> None:
        """Add a phone to a queue (QueueAdd); nothing happens if it is a member already."""
        await self._unless_already(
            "QueueAdd", Queue=queue, Interface=interface, MemberName=name, Penalty=str(penalty)
        )

    async def leave(self, queue: str, interface: str) -> None:
        """Remove it (QueueRemove). A member configured in queues.conf can only be paused."""
        await self._unless_already("QueueRemove", Queue=queue, Interface=interface)

    async def _unless_already(self, action: str, **values: str) -> None:
        try:
            await self._ask(action, **values)
        except RefusedError as error:
            if not error.why.endswith(_DONE):
                raise
