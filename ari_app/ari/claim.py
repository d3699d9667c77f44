"""One process serves an application: who comes later asks first, and is refused.

Asterisk gives an application to the socket that registered it last, and the one before is deaf from
then on. So each process also registers a second name, ``…-live``, which has no subscriptions and so
ends with its socket (measured: at once). While it is there, its process is asked by a user event,
and answers by a global variable: a socket whose machine is gone does not.
"""

import asyncio
import logging
import os
import secrets
import socket

from ari_app.ari.errors import GoneError, RefusedError
from ari_app.ari.events import ChannelUserevent
from ari_app.ari.rest import Ari

log = logging.getLogger(__name__)

ASKED = "firstline-who"
"""The name of the user event."""

PATIENCE = 1.0
"""Seconds in which a process that lives answers; it does in milliseconds."""

_TO_DO = (
    "stop one of the two, or give one of them another name (`application` of [ari], and the one in "
    "the dialplan's Stasis()); `firstline up --take-over` takes it"
)


class Claim:
    """The claim of this process on an application."""

    def __init__(self, ari: Ari, application: str, *, take_over: bool = False) -> None:
        """``take_over``: do not ask at the first connection."""
        self.name = f"{application}-live"
        self._ari = ari
        self._application = application
        self._variable = f"FIRSTLINE_WHO_{secrets.token_hex(4)}"
        self._asks = not take_over

    async def ask(self) -> None:
        """Raise :class:`RefusedError` if another process serves the application now."""
        if not self._asks:
            return
        applications = self._ari.applications
        if await applications.is_registered(self.name):
            owner = await self._owner()
            if owner:
                raise RefusedError(
                    f"the application {self._application} is served by another process ({owner}), "
                    f"which goes on: {_TO_DO}"
                )
            log.warning(
                "the application %s has an owner that does not answer in %g s: taking it over",
                self._application,
                PATIENCE,
            )
        elif await applications.is_foreign():
            raise RefusedError(
                f"another program is registered as the application {self._application}: {_TO_DO}"
            )

    def connected(self) -> None:
        """The application is ours: from now on it is asked before it is taken again."""
        self._asks = True

    async def answer(self, event: ChannelUserevent) -> None:
        """Answer another process that asks who serves the application."""
        variable = event.userevent.get("answer", "")
        if event.eventname == ASKED and variable.startswith("FIRSTLINE_WHO_"):
            log.warning("another process asks for the application %s", self._application)
            who = f"pid {os.getpid()} on {socket.gethostname()}"
            await self._ari.asterisk.set_global_var(variable, who)

    async def _owner(self) -> str:
        """Who answers for the application; "" if no one does in time."""
        try:
            await self._ari.events.user_event(ASKED, self.name, {"answer": self._variable})
        except GoneError:  # it has just ended
            return ""
        clock = asyncio.get_running_loop().time
        end = clock() + PATIENCE
        while clock() < end:
            if owner := await self._ari.asterisk.get_global_var(self._variable):
                await self._ari.asterisk.set_global_var(self._variable, "")
                return owner
            await asyncio.sleep(PATIENCE / 20)
        return ""
