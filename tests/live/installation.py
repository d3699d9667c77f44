"""A whole installation, brought up by `firstline up` in a directory of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from msgspec import json

from ari_app.admin.status import AgentPhone, Status, query
from ari_app.admin.status import Phone as Subscriber
from ari_app.config.state import PREFIX
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.main.installation import installation
from ari_app.phone.messages import Account
from ari_app.store import calls
from ari_app.store.open_database import open_reader
from asterisk_conf.process import started
from tests.deadlines import PACE, SOUND, allowed, prefer, until
from tests.live.forks import BUSY, NOTHING, Fork, Streams, completed
from tests.live.seed import QUEUE, aside, seed, shared
from tests.operators import BELARUS
from tests.pbx_fixture import asterisk, free_ports

T = TypeVar("T")
Environment: TypeAlias = Mapping[str, str]
NO_MORE: Environment = MappingProxyType({})

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if PREFIX not in name and name != "PYTHONDONTWRITEBYTECODE"  # the modules are compiled one time
} | BUSY
PHONES = ("call", "agent")
"""The commands that are phones."""
READY = 60.0
"""Seconds in which an installation must be up on a busy machine."""
ANSWER = 0.5
"""Seconds by which menus answer a key later on a machine that is twice as slow as a quiet one."""
ENDED = re.compile(r" ended after \d+\.\d s: ")
BEGAN = re.compile(r" began \(\w+, flow ")


class Installation:
    """One state directory and what runs in it.

    The demo operator is in it already, as in one that ran before, unless it is ``fresh``: to hash
    the code words of fifty subscribers takes seconds.
    """

    def __init__(
        self,
        state: Path,
        settings: str = "",
        *,
        fresh: bool = False,
        environment: Environment = NO_MORE,
    ) -> None:
        self.state = state
        self.as_shipped = not settings
        """Whether its prompts sound as in every other installation of the demo operator."""
        self._environment = {**ENVIRONMENT, **environment}
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.ports = free_ports()
        lines = [f"{name} = {getattr(self.ports, name)}" for name in self.ports.__struct_fields__]
        settings += "" if "queues" in settings else QUEUE
        text = "\n".join(["[ports]", *lines, "[asterisk]", f'path = "{root()}"', settings])
        (state / "firstline.toml").write_text(text + "\n")
        self.log = state / "up.log"
        self._up: Fork | subprocess.Popen[bytes] | None = None
        if not fresh:
            seed(state)

    def command(self, *words: str) -> list[str]:
        """The command line of `firstline …` in this state directory; what is a phone goes first."""
        first = ["nice", "-n", str(_priority(words))]
        return [*first, sys.executable, "-m", "ari_app.cli", "--state", str(self.state), *words]

    def run(
        self, *words: str, timeout: float = 120.0, given: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, with what it is given on its standard input."""
        speaks = "up" in words and self.state.is_dir()
        with self._spoken() if speaks else nullcontext():
            return completed(
                self.command(*words),
                lambda streams: self._begun(streams, *words),
                allowed(timeout),
                given,
            )

    def _begun(self, streams: Streams, *words: str) -> "Fork | subprocess.Popen[bytes]":
        """A command that runs: a fork, unless the Python of `up` is to begin in another way."""
        env = self._environment
        unusual = any(name.startswith("PYTHON") for name in env.keys() - ENVIRONMENT.keys())
        if words[0] != "up" or not unusual:
            of_state = ("--state", str(self.state), *_staying(words))
            return Fork(of_state, streams, env=env, cwd=ROOT, nice=_priority(words))
        with (
            streams.given.open("rb") as given,
            streams.out.open("ab") as out,
            streams.err.open("ab") as err,
        ):
            return subprocess.Popen(
                self.command(*words), stdin=given, stdout=out, stderr=err, cwd=ROOT, env=env
            )

    def started(self, word: str, log: Path) -> "subprocess.Popen[bytes]":
        """A command that runs until it is stopped, in the background."""
        with log.open("wb") as said:
            return subprocess.Popen(
                self.command(word), stderr=said, stdout=said, cwd=ROOT, env=self._environment
            )

    def out(self, *words: str) -> str:
        """What a command that succeeds prints."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def up(self) -> None:
        """`firstline up` in the foreground of a process of ours; returns when it is ready."""
        with self._spoken():
            self._up = up = self._begun(Streams(NOTHING, self.log, self.log), "up")
            until(lambda: self.ready() or up.poll() is not None, READY)
        assert up.poll() is None, self.log.read_text()
        prefer(self.status().pids.get("asterisk"))

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """All shipped prompts are there: an application that is ready would speak them on, and
        be late for the first callers. Where that fails, `up` says why."""
        with spoken(self.state, self._render if self.as_shipped else None):
            yield

    def _render(self) -> bool:
        return self.run("prompts", "render").returncode == 0

    def ready(self) -> bool:
        """Whether the application runs and has its Asterisk. Nothing else is looked at: a status
        takes 0.2 s of CPU where none runs, and this is asked until one does."""
        control = installation(self.state).control
        with suppress(NotRunningError):
            if control.exists():
                said = aside(ControlClient(control).status())
                return json.decode(said, type=Status).ari.connected
        return False

    def end(self) -> int | None:
        """Ctrl-C for what `up` started; the exit code."""
        if self._up is None:
            return None
        self._up.send_signal(signal.SIGINT)
        return self._up.wait(allowed(40))

    def away(self) -> None:
        """Take down all of it that may run still."""
        if self.end() != 0 or (self.state / "asterisk" / "process.json").exists():
            self.run("down")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the application without a warning, and its watcher; Asterisk goes on."""
        until(self.ready, READY)  # on a busy machine its status may be late
        pids = self.status().pids
        assert self._up is not None
        self._up.kill()  # the watcher
        os.kill(pids["application"], how)
        self._up.wait(allowed(10))
        until(lambda: not started(pids["application"]), 20)
        self._up = None

    def status(self) -> Status:
        """What `firstline status --json` says, without a process for it."""
        return aside(query(installation(self.state)))

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
        """A prompt as it sounds in a call; a shipped one is spoken one time for all."""
        file = self.state / f"{name}-{lang}.wav"
        kept = shared(self.state) / "said" / f"{'-'.join((name, *values, lang))}.wav"
        if not (self.as_shipped and kept.exists()):
            self.out("prompts", "say", name, *values, "--lang", lang, "-o", str(file))
            if self.as_shipped:
                kept.parent.mkdir(exist_ok=True)
                shutil.copyfile(file, mine := kept.with_suffix(f".{os.getpid()}"))
                mine.rename(kept)
        else:
            shutil.copyfile(kept, file)
        return file

    def ordered(self, command: str) -> str:
        """What Asterisk answers to a command of its own command line."""
        control = str(self.state / "asterisk" / "etc" / "asterisk.conf")
        words = [*asterisk().argv, "-C", control, "-rx", command]
        return subprocess.run(words, capture_output=True, text=True, timeout=allowed(10)).stdout

    def queued(self, callers: int) -> None:
        """Wait until so many callers are in the queue for an agent."""
        until(lambda: self.callers_wait(callers), 20)

    def callers_wait(self, callers: int) -> bool:
        """Whether so many callers are in the queue for an agent."""
        return f"has {callers} calls" in self.ordered("queue show support")

    def last_ended(self) -> str:
        """The last call, once it ended and the store has all that the log knows of."""
        logs = (self.log, installation(self.state).log)  # in the foreground, detached
        with closing(open_reader(installation(self.state).database, 5, BELARUS)) as db:

            def written() -> bool:
                log = "".join(each.read_text() for each in logs if each.exists())
                begun, ended = len(BEGAN.findall(log)), len(ENDED.findall(log))
                kept = db.conn.execute("select count(*), count(ended) from calls").fetchone()
                return begun > 0 and begun <= kept[0] and ended <= kept[1]

            until(lambda: self.status().calls.now == 0, 20)
            until(written, 20)
            until(lambda: calls.recent(db, 1)[0].ended, 20)
            return calls.recent(db, 1)[0].began.call

    def last_call(self) -> str:
        """The path of the last call, as text."""
        return self.out("calls", "show", self.last_ended())


def _staying(words: Sequence[str]) -> list[str]:
    """A caller stays on the line for longer where the menus answer later."""
    longer = list(words)
    if "--stay" in words:
        at = longer.index("--stay") + 1
        longer[at] = f"{float(longer[at]) + ANSWER * (PACE.slowness - 1):.1f}"
    return longer


def _priority(words: Sequence[str]) -> int:
    """What is added to the priority of a command, as `nice` counts it."""
    return SOUND if words[0] in PHONES and os.geteuid() == 0 else 0


def root() -> Path:
    """The private Asterisk's directory, in which the program is usr/sbin/asterisk."""
    return Path(asterisk().argv[-1]).parents[2]


@contextmanager
def spoken(state: Path, render: Callable[[], bool] | None = None) -> Iterator[None]:
    """What other installations of these tests spoke is there, so that it is spoken once. They come
    up one after the other until one has spoken all shipped prompts by ``render``, which says
    whether it did.
    """
    own = state / "sounds"
    own.mkdir(exist_ok=True)
    run = shared(state)
    whole = run / "whole"
    with (run / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        _link_missing(run, own)
        if all_there := whole.exists():
            flock(lock, LOCK_UN)
        made = not all_there and render is not None and render()
        yield
        flock(lock, LOCK_EX)
        _link_missing(own, run)
        if made:
            whole.touch()


def _link_missing(source: Path, target: Path) -> None:
    """Thousands of files, which no one writes into once they are there: copies would take a second
    and 140 MB for each installation."""
    there = {file.name for file in target.iterdir()}
    for file in (each for each in source.glob("*.wav") if each.name not in there):
        with suppress(FileExistsError):
            (target / file.name).hardlink_to(file)


@contextmanager
def installed(
    state: Path, settings: str = "", *, environment: Environment = NO_MORE
) -> Iterator[Installation]:
    """An installation that is up; at the end nothing of it runs any more."""
    one = Installation(state, settings, environment=environment)
    try:
        one.up()
        yield one
    finally:
        one.away()
