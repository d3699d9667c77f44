"""Many calls at once, by sipp; what they cost, read from the kernel.

sipp sends keys through a raw socket: it needs root, or CAP_NET_RAW.
"""

import csv
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from tests.bench.rig import CALLER, HERE, Rig, RigError

HOLD = 1.0
"""Seconds from the answer to the first key, in the calls that are counted."""

CALL = 6.0
"""What such a call lasts at most, in seconds; a run that ends later did not hold its rate."""

_SETTLE = 1.0  # seconds in which the application writes the last records of calls
_TICKS = os.sysconf("SC_CLK_TCK")


class Run(Struct, frozen=True):
    """How a run of sipp ended."""

    calls: int
    failed: int
    seconds: float


class Cost(Struct, frozen=True):
    """CPU per call of the whole processes, all their threads, in milliseconds."""

    asterisk: float
    ours: float


class Memory(Struct, frozen=True):
    """The most memory since the start, resident, in megabytes (10**6 bytes)."""

    application: float
    voice: float


@contextmanager
def calling(
    rig: Rig, number: str, rate: int, calls: int, hold: float, keys: str = "1"
) -> Iterator[list[Run]]:
    """Calls by sipp while the context lasts; it ends when they end and then the list has the run.

    ``hold`` is the time in seconds from the answer to the first key, ``keys`` is what answers the
    first prompt. An error inside ends sipp.
    """
    sipp = shutil.which("sipp")
    if sipp is None:
        raise RigError("sipp is missing: apt-get install sip-tester")
    with tempfile.TemporaryDirectory() as directory:
        stats, scenario = Path(directory) / "stats.csv", Path(directory) / "scenario.xml"
        written = (HERE / "scenario.xml").read_text()
        scenario.write_text(written.format(keys=keys, pause=1000 * len(keys)))
        base = rig.port + 200
        most = calls / rate + hold + 60
        command = [
            sipp, f"{rig.host}:{rig.port}", "-sf", str(scenario), "-s", number,
            "-key", "caller", CALLER, "-i", rig.host, "-p", str(base), "-mp", str(base + 2),
            "-r", str(rate), "-m", str(calls), "-l", str(calls), "-d", str(round(hold * 1000)),
            "-recv_timeout", "20000", "-timeout", f"{most:.0f}s", "-nostdin",
            "-trace_stat", "-stf", str(stats), "-fd", "3600",
        ]  # fmt: skip
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        runs: list[Run] = []
        try:
            yield runs
            _, said = process.communicate(timeout=most + 30)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        seconds = time.monotonic() - began
        if process.returncode not in (0, 1):
            raise RigError(f"sipp ended with {process.returncode}: {said.decode().strip()}")
        last = list(csv.DictReader(stats.read_text().splitlines(), delimiter=";"))[-1]
        done = int(last["SuccessfulCall(C)"])
        runs.append(Run(calls, calls - done, seconds))


def held(rig: Rig, number: str, rates: Sequence[int], seconds: int) -> int:
    """The highest of the ascending ``rates`` at which no call failed; 0 if none."""
    best = 0
    for rate in rates:
        with calling(rig, number, rate, rate * seconds, HOLD) as runs:
            pass
        if runs[0].failed or runs[0].seconds > seconds + CALL:
            break
        best = rate
    return best


def cost(rig: Rig, number: str, rate: int, calls: int) -> Cost:
    """What a call costs; :class:`HouseError` if one fails."""
    serving = rig.serving(number)
    asterisk, ours = cpu((rig.asterisk,)), cpu(serving)
    with calling(rig, number, rate, calls, HOLD) as runs:
        pass
    time.sleep(_SETTLE)
    _no_failure(runs[0])
    return Cost(
        (cpu((rig.asterisk,)) - asterisk) / calls * 1000,
        (cpu(serving) - ours) / calls * 1000,
    )


def mean(costs: Sequence[Cost]) -> Cost:
    """The mean of costs of equally many calls."""
    return Cost(
        sum(one.asterisk for one in costs) / len(costs),
        sum(one.ours for one in costs) / len(costs),
    )


def peak(rig: Rig, number: str, calls: int, rate: int) -> Memory:
    """The peak memory of ours with ``calls`` at once; :class:`HouseError` if one fails."""
    with calling(rig, number, rate, calls, calls / rate + 3.0) as runs:
        pass
    _no_failure(runs[0])
    return Memory(_most_memory(rig.application) / 1e6, _most_memory(rig.voice) / 1e6)


def _no_failure(run: Run) -> None:
    if run.failed:
        raise RigError(f"{run.failed} of {run.calls} calls failed: let nothing else run here")


def cpu(pids: Sequence[int]) -> float:
    """utime and stime of processes, in seconds: fields 14 and 15 of proc_pid_stat(5)."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def _most_memory(pid: int) -> int:
    """The most that a process ever had in memory, in bytes: VmHWM of proc_pid_status(5)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RigError(f"process {pid} has ended")
