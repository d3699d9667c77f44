"""Reports to the service manager that runs us: the protocol of sd_notify(3) of systemd.

A datagram to the Unix socket that ``NOTIFY_SOCKET`` names. Without one nothing is sent.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn

from ari_app.control.socket_path import short_path


def notify(state: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Report ``state``, such as ``READY=1``; returns False if the manager is gone."""
    address = environment.get("NOTIFY_SOCKET", "")
    try:
        if address:
            with _reachable(address) as where, _sending() as sending:
                sending.sendto(state.encode(), where)
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    except OSError:
        return True  # it is there, and does not read just now
    return True


def _sending() -> socket.socket:
    sending = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sending.setblocking(False)
    return sending


def _reachable(address: str) -> AbstractContextManager[str]:
    """The address as the kernel takes it; ``@`` begins one that is no file."""
    if address.startswith("@"):
        return nullcontext(address.replace("@", "\0", 1))
    return short_path(Path(address))


async def watchdog(
    environment: Mapping[str, str] = os.environ, gone: Callable[[], None] | None = None
) -> NoReturn:
    """Report twice in each period of the manager's watchdog that the event loop runs.

    ``gone`` is called when the manager is.
    """
    period = int(environment.get("WATCHDOG_USEC", "0")) / 1e6
    while True:
        if not period:
            await asyncio.Event().wait()
        if not notify("WATCHDOG=1", environment) and gone is not None:
            gone()
        await asyncio.sleep(period / 2)
