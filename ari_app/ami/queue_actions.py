"""AMI actions on queues and calls: pause, add, remove, redirect, transfer."""

from ari_app.ami.client import Ask, RefusedError

TRANSFER = "firstline-transfer"
"""The context of the dialplan that takes transferred callers."""

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

    async def transfer(self, leg: str, to: str) -> None:
        """Blind transfer, as the agent's phone does it; ``leg`` is the agent's channel.

        ``to`` is a number, or ``queue-`` and the name of a queue.
        """
        await self._ask("BlindTransfer", Channel=leg, Context=TRANSFER, Exten=to)

    async def mute_recording(self, channel: str, muted: bool) -> None:
        """Record silence instead of both sides of a channel, or go on (MixMonitorMute)."""
        state = "1" if muted else "0"
        await self._ask("MixMonitorMute", Channel=channel, Direction="both", State=state)

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
