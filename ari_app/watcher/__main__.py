"""`python -m ari_app.watcher DIRECTORY PID SOCKET FORM COMMAND…`: becomes the watcher.

It is started by :mod:`ari_app.main.watched`, in the place of the process that the operator
started; ``SOCKET`` is an open descriptor, ``PID`` the application's.
"""

import os
import socket
import sys
from pathlib import Path

from ari_app.watcher import reports
from ari_app.watcher.child import Application
from ari_app.watcher.log import Log
from ari_app.watcher.watch import PIDFILE, Watcher
from asterisk_conf import process


def main() -> int:
    """Watch until the application is stopped; returns the exit code."""
    directory, pid, descriptor, form, *again = sys.argv[1:]
    state = Path(directory)
    process.record(state / PIDFILE, process.myself())
    os.set_inheritable(int(descriptor), False)
    reporting = socket.socket(fileno=int(descriptor))
    try:
        application = Application(int(pid), again)
        return Watcher(state, application, reporting, Log(form == "json")).run()
    finally:
        (state / reports.SOCKET).unlink(missing_ok=True)
        (state / PIDFILE).unlink(missing_ok=True)


if __name__ == "__main__":
    raise SystemExit(main())
