"""A terminal in which the commands of the documentation are run as they stand there.

A ``text`` fence after ``sh`` is what its last command prints: each of its lines, in this order,
perhaps with others between; numbers and ids may differ, and ``…`` is anything.

A line that is ``./firstline …`` and nothing else is run in a fork of a process that has its modules
loaded (:mod:`tests.live.forks`); `up`, and what needs a shell, begin as they do for a reader.
"""

import os
import random
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from msgspec import Struct

from asterisk_conf.ports import port_problems
from asterisk_conf.site import Ports
from tests.deadlines import allowed, until
from tests.docs.markdown import Fence, fences
from tests.live.forks import BUSY, Fork, completed
from tests.live.installation import READY, ROOT, Installation, spoken
from tests.pbx_fixture import WORKER, asterisk

FOREGROUND = "./firstline up"
DETACHED = "./firstline up --detach"
ID = re.compile(r"\b[0-9a-f]{16}\b")
NEEDS_A_SHELL = re.compile(r"[;&|<>$`*?]")
LOOSE = re.compile(r"(?P<any>\s*…\s*)|(?P<space>\s+)|(?P<id>\b[0-9a-f]{8,16}\b)|(?P<number>\d+)")
LOOSELY = {"any": ".*", "space": r"\s+", "id": "[0-9a-f]+", "number": r"\d+"}


class Command(Struct, frozen=True):
    """A line of a ``sh`` fence, and what it is said to print, or nothing."""

    line: str
    prints: str = ""


def instructions(text: str) -> Iterator[Command | Fence]:
    """What a reader does, in order: commands, and texts for files."""
    blocks = fences(text)
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        if block.language == "sh":
            *first, last = block.text.strip().replace("\\\n", "").split("\n")
            yield from map(Command, first)
            yield Command(last, after.text if after and after.language == "text" else "")
        elif block.file:
            yield block


def unsaid(expected: str, printed: str) -> str:
    """The first line of ``expected`` that was not printed; "" if all were, in this order."""
    lines = iter(printed.splitlines())
    for line in expected.splitlines():
        pattern = _pattern(line.strip())
        if not any(pattern.fullmatch(one.strip()) for one in lines):
            return line
    return ""


def _pattern(line: str) -> re.Pattern[str]:
    parts, end = [], 0
    for found in LOOSE.finditer(line):
        parts += [re.escape(line[end : found.start()]), LOOSELY[found.lastgroup or ""]]
        end = found.end()
    return re.compile("".join([*parts, re.escape(line[end:])]))


class Terminal:
    """A shell in a clone, and a second one in which `up` runs in the foreground."""

    def __init__(self, clone: Path) -> None:
        clone.mkdir()
        for name in ("firstline", "ivr"):
            (clone / name).symlink_to(ROOT / name)
        self.clone = clone
        self.installation = Installation(clone / ".firstline", fresh=True)
        self.second = clone.parent / "second"
        self.up: subprocess.Popen[bytes] | None = None
        root = Path(asterisk().argv[-1]).parents[2]
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "FIRSTLINE_STATE"},
            **BUSY,
            "FIRSTLINE_NO_APT": "1",
            "FIRSTLINE_ASTERISK_PATH": str(root),
        }

    def write(self, fence: Fence) -> None:
        """Write a text into its file, or add it to its end."""
        with (self.clone / fence.file).open("a" if fence.added else "w") as file:
            file.write(fence.text)

    def run(self, command: str, expected: str) -> None:
        """Run a command, and compare what it prints."""
        if command == FOREGROUND:
            self.bring_up(expected)
            return
        if ID.search(command):
            command = ID.sub(self.installation.last_ended(), command)
        command = re.sub(r"(?<=--port-offset )\d+", str(free_offset()), command)
        with spoken(self.installation.state) if command == DETACHED else nullcontext():
            done = self._done(command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        assert not unsaid(expected, done.stdout), f"{command} printed:\n{done.stdout}"

    def _done(self, command: str) -> "subprocess.CompletedProcess[str]":
        first, *words = shlex.split(command)
        if first == "./firstline" and "up" not in words and not NEEDS_A_SHELL.search(command):
            return completed(
                words,
                lambda streams: Fork(words, streams, env=self.environment, cwd=self.clone),
                allowed(120),
            )
        return subprocess.run(
            ["sh", "-c", command],
            cwd=self.clone,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=allowed(120),
        )

    def bring_up(self, expected: str) -> None:
        """`up` in the foreground, until it has logged what it should."""
        log = self.installation.log = self.clone.parent / "up.log"
        with spoken(self.installation.state), log.open("wb") as file:
            self.up = up = subprocess.Popen(
                ["sh", "-c", f"exec {FOREGROUND}"],
                cwd=self.clone,
                env=self.environment,
                stdout=file,
                stderr=file,
            )
            until(lambda: not unsaid(expected, log.read_text()) or up.poll() is not None, READY)
        assert up.poll() is None, log.read_text()
        self.second.mkdir(mode=0o700)
        with spoken(self.second):
            pass  # one that is brought up later


def free_offset() -> int:
    """An offset at which all ports are free, and which no other process of the tests tries: its
    ports are below those of :func:`tests.pbx_fixture.free_ports`."""
    offsets = range(1000 + 10 * WORKER, 2000, 80)
    return next(
        offset
        for offset in iter(lambda: random.choice(offsets), None)
        if not port_problems("127.0.0.1", Ports().shifted(offset))
    )


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal; at the end nothing that was started from it runs any more."""
    one = Terminal(tmp_path / "clone")
    try:
        yield one
    finally:
        one.installation.run("down")
        one.installation.run("--state", str(one.second), "down")
        if one.up is not None:
            one.up.wait(allowed(40))
