"""How the application reports to its watcher: the protocol of sd_notify(3) of systemd.

So it reports in the same way to systemd and to a watcher. Only datagrams of the application itself
count: Asterisk, its child, reports as well, to whom it does not know.
"""

import os
import socket
import struct
from pathlib import Path

SOCKET = "watcher.sock"
_SENDER = struct.Struct("3i")
"""Of SCM_CREDENTIALS: process, user, group."""


def opened(directory: Path) -> socket.socket:
    """The socket of the watcher in a state directory, in place of one that was left there."""
    path = directory / SOCKET
    path.unlink(missing_ok=True)
    receiving = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiving.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    receiving.setblocking(False)
    parent = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    try:
        receiving.bind(f"/proc/self/fd/{parent}/{SOCKET}")  # the kernel takes 107 bytes
    finally:
        os.close(parent)
    return receiving


def received(receiving: socket.socket) -> list[tuple[int, str]]:
    """All that was reported: the id of the process, and its lines."""
    reports: list[tuple[int, str]] = []
    while True:
        try:
            text, ancillary, _, _ = receiving.recvmsg(4096, socket.CMSG_SPACE(_SENDER.size))
        except BlockingIOError:
            return reports
        for _, kind, data in ancillary:
            if kind == socket.SCM_CREDENTIALS:
                reports.append((_SENDER.unpack(data)[0], text.decode(errors="replace")))
