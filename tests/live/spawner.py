"""A process in which the modules of phones and of speech are loaded: forks of it become both.

Run by :mod:`tests.live.spawned` as ``python -m tests.live.spawner FD``; on the socket FD it is
asked for processes, one on each connection. It ends when its own standard input does.
"""

import gc
import os
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from runpy import run_module

from tests.live.spawned import LONGEST, PROGRAMS, Order, opened, received, sent

LATER = ("pyttsx3",)
"""What a program loads once it runs."""


def serve(listener: socket.socket) -> None:
    """Fork until standard input ends."""
    running: dict[int, tuple[int, socket.socket]] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is listener:
                    ended, pid, connection = _forked(listener)
                    running[ended] = pid, connection
                    selector.register(ended, selectors.EVENT_READ)
                else:
                    selector.unregister(key.fd)
                    pid, connection = running.pop(key.fd)
                    os.close(key.fd)
                    _, status = os.waitpid(pid, 0)
                    _say(connection, os.waitstatus_to_exitcode(status))
                    connection.close()


def _forked(listener: socket.socket) -> tuple[int, int, socket.socket]:
    """A process that was ordered: a descriptor that shows its end, its id, and who waits for it."""
    connection, _ = listener.accept()
    said, streams, _, _ = socket.recv_fds(connection, LONGEST, 3)
    order = received(said)
    pid = os.fork()
    if not pid:
        try:
            _become(order, streams)
        except SystemExit as end:
            print(end.code, file=sys.stderr)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(1)
    for each in streams:
        os.close(each)
    _say(connection, pid)
    return os.pidfd_open(pid), pid, connection


def _say(connection: socket.socket, number: int) -> None:
    with suppress(ConnectionError):  # who asked has ended
        connection.send(sent(number))


def _become(order: Order, streams: list[int]) -> None:
    """Run the program of an order in this process, which ends with it."""
    for number, each in enumerate(streams):
        os.dup2(each, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.setpriority(os.PRIO_PROCESS, 0, order.priority)
    if order.priority < 0:  # a phone, as in tests.deadlines.prefer
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    os.chdir(order.directory)
    os.environ.clear()
    os.environ.update(order.environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [order.module, *order.words]
    sys.stdin, sys.stdout = opened(0, "r"), opened(1, "w")
    sys.stderr = opened(2, "w", buffering=1, errors="backslashreplace")
    run_module(order.module, run_name="__main__")
    os._exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when the tests have
    for name in (*PROGRAMS, *LATER):
        import_module(name)
    for name in PROGRAMS:
        del sys.modules[name]  # each fork runs one as its main module
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
