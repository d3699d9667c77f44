"""A whole installation, brought up by `firstline up` in a directory of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from msgspec import json

from ari_app.config import PREFIX
from ari_app.phone.messages import Account
from ari_app.status import AgentPhone, Status
from ari_app.status import Phone as Subscriber
from tests.pbx_fixture import asterisk, free_ports

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {name: value for name, value in os.environ.items() if PREFIX not in name}
READY = 60.0
"""Seconds in which an installation must be up on a busy machine."""


class Installation:
    """One state directory and what runs in it."""

    def __init__(self, state: Path, settings: str = "", **environment: str) -> None:
        self.state = state
        self._environment = {**ENVIRONMENT, **environment}
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.ports = free_ports()
        lines = [f"{name} = {getattr(self.ports, name)}" for name in self.ports.__struct_fields__]
        text = "\n".join(["[ports]", *lines, "[asterisk]", f'path = "{_root()}"', settings])
        (state / "firstline.toml").write_text(text + "\n")
        self._up: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> list[str]:
        """The command line of `firstline …` in this state directory."""
        return [sys.executable, "-m", "ari_app.cli", "--state", str(self.state), *words]

    def run(
        self, *words: str, timeout: float = 120.0, given: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, with what it is given on its standard input."""
        return subprocess.run(
            self.command(*words),
            capture_output=True,
            text=True,
            timeout=timeout,
            input=given,
            cwd=ROOT,
            env=self._environment,
        )

    def out(self, *words: str) -> str:
        """What a command that succeeds prints."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def up(self) -> None:
        """`firstline up` in the foreground of a process of ours; returns when it is ready."""
        with self.log.open("ab") as log:
            self._up = subprocess.Popen(
                self.command("up"), stderr=log, stdout=log, cwd=ROOT, env=self._environment
            )
        until(lambda: self._ready() or self._up is None or self._up.poll() is not None, READY)
        assert self._up.poll() is None, self.log.read_text()

    def _ready(self) -> bool:
        done = self.run("status", "--json")
        return done.returncode == 0 and self.parsed(done.stdout).ari.connected

    def end(self) -> int | None:
        """Ctrl-C for what `up` started; the exit code."""
        if self._up is None:
            return None
        self._up.send_signal(signal.SIGINT)
        return self._up.wait(40)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Kill the application without a warning; Asterisk goes on."""
        os.kill(self.status().pids["application"], how)
        assert self._up is not None
        self._up.wait(10)
        self._up = None

    @property
    def log(self) -> Path:
        return self.state / "up.log"

    def status(self) -> Status:
        """What `firstline status --json` says."""
        return self.parsed(self.out("status", "--json"))

    def parsed(self, text: str) -> Status:
        return json.decode(text, type=Status)

    def account(self, one: Subscriber | AgentPhone) -> Account:
        """The account for a phone."""
        sip = self.status().sip
        return Account(one.sip_user, one.sip_password, sip.host, sip.port)

    def subscriber(self, index: int = 0) -> Account:
        """The account of a demo subscriber."""
        return self.account(self.status().subscribers[index])

    def agent(self, index: int = 0) -> Account:
        """The account of a demo agent."""
        return self.account(self.status().agents[index])

    def said(self, name: str, *values: str, lang: str = "ru") -> Path:
        """A prompt as it sounds in a call."""
        file = self.state / f"{name}-{lang}.wav"
        self.out("prompts", "say", name, *values, "--lang", lang, "-o", str(file))
        return file

    def ordered(self, command: str) -> str:
        """What Asterisk answers to a command of its own command line."""
        control = self.state / "asterisk" / "etc" / "asterisk.conf"
        words = [*asterisk().argv, "-C", str(control), "-rx", command]
        return subprocess.run(words, capture_output=True, text=True, timeout=10).stdout

    def queued(self, callers: int) -> None:
        """Wait until so many callers are in the queue for an agent."""
        until(lambda: f"has {callers} calls" in self.ordered("queue show support"), 20)

    def last_call(self) -> str:
        """The path of the last call, as text, once it is ended in the store."""
        until(lambda: "lasts" not in self.out("calls", "list", "--limit", "1"), 20)
        return self.out("calls", "show", self.out("calls", "list", "--limit", "1").split()[0])


def _root() -> Path:
    """The private Asterisk's directory, in which the program is usr/sbin/asterisk."""
    return Path(asterisk().argv[-1]).parents[2]


@contextmanager
def installed(state: Path, settings: str = "", **environment: str) -> Iterator[Installation]:
    """An installation that is up; at the end nothing of it runs any more."""
    one = Installation(state, settings, **environment)
    try:
        one.up()
        yield one
    finally:
        one.end()
        one.run("down")


def until(fact: Callable[[], bool], seconds: float) -> None:
    """Wait for a fact; it is asked again and again, at most for so many seconds."""
    deadline = monotonic() + seconds
    while not fact():
        assert monotonic() < deadline, "it did not come true"
