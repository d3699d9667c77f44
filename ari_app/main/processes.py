"""The processes of an installation, by the files that name them: one application, one Asterisk."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ari_app.config.state import State
from asterisk_conf import process
from asterisk_conf.process import Process


class UpError(Exception):
    """Firstline cannot start or stop; the text says what the operator can do."""


def down(state: State, say: Callable[[str], None]) -> None:
    """Stop the processes that were started in this state directory, and no others."""
    if not any([stop(state, say, "Firstline"), stop(state, say, "Asterisk")]):
        say(f"nothing is running in {state.directory}")


def stop(state: State, say: Callable[[str], None], name: str) -> bool:
    """Stop a process of ours (SIGTERM, after 20 s SIGKILL); returns whether it ran."""
    file = state.process if name == "Firstline" else asterisk_process(state)
    one = recorded(file)
    if one is None:
        return False
    if not process.end(one, signal.SIGTERM, 20.0):
        process.end(one, signal.SIGKILL, 5.0)
    file.unlink(missing_ok=True)
    say(f"{name} stopped (pid {one.pid})")
    return True


def asterisk_process(state: State) -> Path:
    """The pid file of our Asterisk."""
    return state.directory / "asterisk" / "process.json"


def recorded(file: Path) -> Process | None:
    """The process of a pid file, None if it no longer runs (or its pid was reused)."""
    try:
        one = msgspec.json.decode(file.read_bytes(), type=Process)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return one if process.alive(one) else None


def refuse_second(state: State) -> None:
    one = recorded(state.process)
    if one is not None:
        raise UpError(
            f"Firstline runs in {state.directory} already (pid {one.pid}): "
            "stop it with `firstline down`, or name another --state"
        )


@contextmanager
def alone(state: State) -> Iterator[None]:
    """Hold the pid file, so that a state directory has one application at a time."""
    refuse_second(state)
    me = Process(os.getpid(), process.started(os.getpid()) or 0)
    state.process.write_bytes(msgspec.json.encode(me))
    try:
        yield
    finally:
        state.process.unlink(missing_ok=True)
