"""A drained Asterisk: new calls are rejected there, so that who sent them tries another one."""

import asyncio
import logging
from collections.abc import Callable
from typing import NoReturn

from ari_app.ari.errors import AriError, RefusedError, UnreachableError
from ari_app.ari.link import Link

log = logging.getLogger(__name__)

VARIABLE = "FIRSTLINE_DRAINED"
"""A global variable of the dialplan: with "yes" new calls are answered by "503 Service
Unavailable". It stays when the application ends, and does not when Asterisk does."""
RENEW = 1.0
"""Seconds between two looks; while it is drained the variable is set each time."""


async def keep(link: Link, drained: Callable[[], bool | None]) -> NoReturn:
    """Notify the dialplan of whether its Asterisk is ``drained``, None while that is not known.
    Never returns."""
    said: bool | None = None
    while True:
        await link.wait_connected()
        now = drained()
        if now is not None and (now or now != said):
            try:
                await link.ari.asterisk.set_global_var(VARIABLE, "yes" if now else "")
                said = now
            except (AriError, UnreachableError, RefusedError) as error:
                log.debug("%s was not set: %r", VARIABLE, error)
        await asyncio.sleep(RENEW)
