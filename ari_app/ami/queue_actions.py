"""What moves agents and their callers: pauses, memberships, and who is passed on to whom."""

from ari_app.ami.client import Ask, RefusedError

TRANSFER = "firstline-transfer"
"""The context of the dialplan in which callers are passed on."""

_DONE = ("Already there", "Not there")
"""How app_queue refuses what is so already."""


class QueueActions:
    """Moves agents and callers; each raises :class:`~ari_app.ami.client.AmiError` if it cannot."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def pause(self, interface: str, paused: bool, reason: str = "") -> None:
        """Let a phone rest, or rest no more, in all queues that it is a member of."""
        said = "true" if paused else "false"
        await self._ask("QueuePause", Interface=interface, Paused=said, Reason=reason)

    async def redirect(self, channel: str, context: str, extension: str) -> None:
        """Take a caller out of what he is in, and let him go on at an extension of a context.

        For one who speaks with an agent :meth:`transfer` is better: of a redirected one his queue
        believes, and writes into its log, that he speaks with the agent until he hangs up.
        """
        await self._ask("Redirect", Channel=channel, Context=context, Exten=extension, Priority="1")

    async def transfer(self, leg: str, to: str) -> None:
        """Pass a caller on, as the agent's phone could: ``leg`` is that of their talk.

        ``to`` is a number, or ``queue-`` and the name of a queue.
        """
        await self._ask("BlindTransfer", Channel=leg, Context=TRANSFER, Exten=to)

    async def join(self, queue: str, interface: str, name: str, penalty: int = 0) -> None:
        """Make a phone a member of a queue; of one that is, nothing changes."""
        await self._unless_so(
            "QueueAdd", Queue=queue, Interface=interface, MemberName=name, Penalty=str(penalty)
        )

    async def leave(self, queue: str, interface: str) -> None:
        """Make it a member no more. One that is written in queues.conf can only be paused."""
        await self._unless_so("QueueRemove", Queue=queue, Interface=interface)

    async def _unless_so(self, action: str, **values: str) -> None:
        try:
            await self._ask(action, **values)
        except RefusedError as error:
            if not error.why.endswith(_DONE):
                raise
