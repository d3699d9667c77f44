"""The processes of an installation, by the files that name them: one application, one Asterisk."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ari_app.config.state import State
from asterisk_conf import process
from asterisk_conf.process import Process


class UpError(Exception):
    """Firstline cannot start or stop; the text says what the operator can do."""


class AlreadyRunsError(UpError):
    """Another process is the application here."""

    exit_code = 3
    """Of a command that it ends: the watcher and systemd then start nothing again."""


def down(state: State, say: Callable[[str], None]) -> None:
    """Stop the processes that were started in this state directory, and no others."""
    names = ("firstline agi", "Asterisk")
    if not any([_stop_watched(state, say), *(stop(state, say, name) for name in names)]):
        say(f"nothing is running in {state.directory}")


def _stop_watched(state: State, say: Callable[[str], None]) -> bool:
    """Stop the application by its watcher, which would start it again; whether one of them ran."""
    watcher, application = recorded(watcher_process(state)), recorded(state.process)
    if watcher is not None:
        process.end(watcher, signal.SIGTERM, 20.0) or process.end(watcher, signal.SIGKILL, 5.0)
        if application is not None and not process.alive(application):
            say(f"Firstline stopped (pid {application.pid})")
            return True
    return stop(state, say, "Firstline") or watcher is not None


def stop(state: State, say: Callable[[str], None], name: str) -> bool:
    """Stop a process of ours (SIGTERM, after 20 s SIGKILL); returns whether it ran."""
    files = {"Firstline": state.process, "Asterisk": asterisk_process(state)}
    file = files.get(name, agi_process(state))
    one = recorded(file)
    if one is None:
        return False
    if name != "Firstline":
        process.leave(file, one)
    if not process.end(one, signal.SIGTERM, 20.0):
        process.end(one, signal.SIGKILL, 5.0)
    file.unlink(missing_ok=True)
    say(f"{name} stopped (pid {one.pid})")
    return True


def asterisk_process(state: State) -> Path:
    """The pid file of our Asterisk."""
    return state.directory / "asterisk" / "process.json"


def agi_process(state: State) -> Path:
    """The pid file of `firstline agi`, if `firstline up` started it."""
    return state.directory / "agi.json"


def watcher_process(state: State) -> Path:
    """The pid file of the process that starts again what dies."""
    return state.directory / "watcher.json"


def recorded(file: Path) -> Process | None:
    """The process of a pid file, None if it no longer runs (or its pid was reused)."""
    return process.running(file)


def refuse_second(state: State) -> None:
    one = recorded(state.process)
    if one is not None:
        raise AlreadyRunsError(
            f"Firstline runs in {state.directory} already (pid {one.pid}): "
            "stop it with `firstline down`, or name another --state"
        )


@contextmanager
def alone(
    state: State, again: Sequence[str] = (), *, succeeds: bool = False
) -> Iterator[Process | None]:
    """Hold the pid file, so that a state directory has one application at a time.

    ``again`` is the command line with which its watcher starts it again, () if it has none. One
    that ``succeeds`` the application that runs gets that one, and ends it when it is prepared.
    """
    if not succeeds:
        refuse_second(state)
    before, me = recorded(state.process), process.myself()
    process.record(state.process, Process(me.pid, me.started, tuple(again)))
    try:
        yield before
    finally:
        now = process.recorded(state.process)
        if before is not None and process.alive(before):  # this one failed, and that one goes on
            process.record(state.process, before)
        elif now is None or now.pid == me.pid:
            state.process.unlink(missing_ok=True)


async def end_before(application: Process | None) -> None:
    """Have an application, if there is one, hand over its calls, and wait until it has ended.

    Raises :class:`UpError` if it does not.
    """
    if application is None:
        return
    if not await asyncio.to_thread(process.end, application, signal.SIGTERM, 30.0):
        raise UpError(f"the application before (pid {application.pid}) does not end: it goes on")


def upgrade(state: State) -> Process:
    """Have the watcher start an application beside the one that runs; returns that one.

    Raises :class:`UpError` if there is none to do it.
    """
    watcher, application = recorded(watcher_process(state)), recorded(state.process)
    if application is None:
        raise UpError("Firstline does not run here: start it with `firstline up`")
    if watcher is None:
        raise UpError(
            "it has no watcher: `systemctl restart firstline` upgrades a service, and calls go on"
        )
    os.kill(watcher.pid, signal.SIGUSR2)
    return application
