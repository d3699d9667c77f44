"""Stops an installation as its calls allow."""

import asyncio
import signal
from collections.abc import Callable

from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.control.requests import StopRequest
from ari_app.main import processes
from ari_app.main.processes import UpError
from asterisk_conf import process
from asterisk_conf.pbx import console_command
from asterisk_conf.process import Process

_GRACE = 30.0
"""Seconds in which an application ends once no call holds it."""


async def stop(
    state: State, seconds: float, also_asterisk: bool, say: Callable[[str], None]
) -> None:
    """Stop the application when its calls have ended, after ``seconds`` anyway.

    With ``also_asterisk`` Asterisk is stopped after it, in the same way. Raises :class:`UpError`
    if something still runs in the end.
    """
    application, asterisk = processes.recorded(state.process), _asterisk(state)
    watcher = processes.recorded(processes.watcher_process(state))
    if application is None and watcher is not None:
        process.end(watcher, signal.SIGTERM, _GRACE)
        say("Firstline stopped: it was about to be started again")
    elif application is None:
        say(f"Firstline does not run in {state.directory}")
    else:
        await _stop_application(state, application, seconds)
        say(f"Firstline stopped (pid {application.pid})")
    if asterisk is not None and also_asterisk:
        await _stop_asterisk(state, asterisk, seconds)
        say(f"Asterisk stopped (pid {asterisk.pid})")
    elif asterisk is not None:
        say(f"Asterisk and its calls go on (pid {asterisk.pid}): `firstline down` ends it")


def _asterisk(state: State) -> Process | None:
    return processes.recorded(processes.asterisk_process(state))


async def _stop_application(state: State, application: Process, seconds: float) -> None:
    try:
        await ControlClient(state.control).stop(StopRequest(seconds))
    except NotRunningError as error:
        raise UpError(f"{error}; or end it by `kill {application.pid}`") from error
    if not await _ended(application, seconds + _GRACE):
        raise UpError(f"Firstline does not end (pid {application.pid}): `firstline down` ends it")


async def _stop_asterisk(state: State, asterisk: Process, seconds: float) -> None:
    file = processes.asterisk_process(state)
    process.leave(file, asterisk)
    if not seconds:
        if not process.end(asterisk, signal.SIGTERM, _GRACE):
            raise UpError(f"Asterisk does not end (pid {asterisk.pid}): `firstline down` ends it")
        return
    output = state.directory / "asterisk" / "output.log"
    console = process.spawn(console_command(asterisk, "core stop gracefully"), output)
    ended = await _ended(asterisk, seconds)
    process.end(console, signal.SIGKILL, 1.0)  # it does not end by itself
    if not ended:
        process.record(file, asterisk)
        abort = process.spawn(console_command(asterisk, "core abort shutdown"), output)
        await asyncio.to_thread(process.end, abort, None, _GRACE)
        raise UpError(
            f"Asterisk still has calls after {seconds:g} s, so it goes on and takes calls again: "
            "wait longer, or end them by `firstline down`"
        )


async def _ended(one: Process, seconds: float) -> bool:
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while process.alive(one):
        if clock() >= end:
            return False
        await asyncio.sleep(0.1)
    return True
