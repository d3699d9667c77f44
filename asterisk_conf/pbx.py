"""Runs an Asterisk in a state directory: writes its files, starts, controls and stops it."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Struct

from asterisk_conf import process as processes
from asterisk_conf.discovery import Asterisk, PbxError
from asterisk_conf.files import private_directory, replace
from asterisk_conf.parts import CONVERSATIONS
from asterisk_conf.ports import port_problems
from asterisk_conf.process import Process, alive, end, spawn
from asterisk_conf.render import render
from asterisk_conf.site import Paths, Site

START_SECONDS = 60.0
CLI_SECONDS = 10.0
_POLL_SECONDS = 0.05
_SOCKET_BYTES = 107 - len("/asterisk.ctl")  # what a Unix socket's path leaves for its directory


WEBRTC = ("res_crypto", "res_srtp", "res_pjsip_transport_websocket")
"""The modules that phones in browsers need, besides those of ARI."""


class Status(Struct, frozen=True):
    """``pid`` is None when it does not run. ``warnings`` say what is wrong and what to do."""

    pid: int | None
    version: str
    warnings: tuple[str, ...] = ()


class Pbx:
    """The Asterisk of a state directory. Its methods block: call them in a thread."""

    def __init__(
        self,
        asterisk: Asterisk,
        site: Site,
        state: Path,
        custom: Path | None = None,
        *,
        keep: bool = False,
    ) -> None:
        """``custom`` has the administrator's own files; None is a directory in ``state``. With
        ``keep`` files that are there stay as they are, since ``site`` is not complete."""
        self.asterisk = asterisk
        self.home = state.resolve() / "asterisk"
        self.site = msgspec.structs.replace(
            site,
            paths=_paths(asterisk, self.home, custom),
            websocket_client=(asterisk.modules / "res_websocket_client.so").exists(),
            broadcasts=(asterisk.modules / "app_stasis_broadcast.so").exists(),
            webrtc=_has_webrtc(asterisk) or any(one.phone == "browser" for one in site.agents),
        )
        self._keep = keep

    @property
    def log(self) -> Path:
        """Asterisk's log of notices, warnings and errors."""
        return self.site.paths.log / "messages"

    def write(self) -> tuple[str, ...]:
        """Write the configuration (files 0600, directories 0700); returns what changed."""
        if self._keep and self._conf.exists():
            return ()
        files = render(self.site)
        own = self.site.paths
        try:
            recording = own.spool / "recording"  # Asterisk does not make these, and needs them
            keys = own.lib / "keys"
            for directory in (
                *(
                    self.home,
                    own.etc,
                    own.lib,
                    keys,
                    own.spool,
                    recording,
                    own.log,
                    own.run,
                    own.music_on_hold,
                    own.conversations.parent,
                    own.conversations,
                ),
            ):
                private_directory(directory)
            own.custom.mkdir(mode=0o700, exist_ok=True)
            for file in own.etc.glob("*_custom.conf"):  # where they were before
                if not (own.custom / file.name).exists():
                    shutil.move(file, own.custom)
            if not any(own.music_on_hold.iterdir()):
                from asterisk_conf.music_on_hold import music_wav  # with numpy

                replace(own.music_on_hold / "firstline.wav", music_wav())
            return tuple(
                name for name, text in files.items() if replace(own.etc / name, text.encode())
            )
        except OSError as error:
            raise PbxError(
                f"cannot write {error.filename or self.home} ({error.strerror}); "
                "make room there, or choose another --state"
            ) from error

    def start(self, deadline: float = START_SECONDS) -> Status:
        """Write the files, start Asterisk and wait ``deadline`` seconds until it takes calls.

        It keeps running when this process ends. One that already runs is left as it is. Raises
        :class:`PbxError` with the end of its log when it does not come up.
        """
        if self._process() is not None:
            return self.status()
        self.write()
        with processes.turn(self.home):
            if self._process() is None:
                self._start(deadline)
        return self.status()

    def _start(self, deadline: float) -> None:
        self._check()
        command = _command(self.asterisk, self.home)
        process = spawn(command, self.home / "output.log")
        processes.record(self._pidfile, msgspec.structs.replace(process, argv=tuple(command)))
        processes.raise_limit(process)
        try:
            self._wait_booted(process, deadline)
        except BaseException:
            self._pidfile.unlink(missing_ok=True)
            self._end(process)
            raise

    def stop(self, seconds: float = 5.0) -> bool:
        """Stop it: by its console, then SIGTERM, then SIGKILL, ``seconds`` each. Whether it ran."""
        process = self._process()
        if process is not None:
            processes.leave(self._pidfile, process)
            with suppress(PbxError):  # its console does not answer, or it has just ended
                self.cli("core stop now")
                end(process, None, seconds)
            self._end(process, seconds)
        self._pidfile.unlink(missing_ok=True)
        if self.home not in self.site.paths.run.parents:
            with suppress(OSError):  # it may never have been made
                self.site.paths.run.rmdir()
        return process is not None

    def status(self) -> Status:
        """Whether the process runs; Asterisk itself is not asked."""
        process = self._process()
        return Status(
            process.pid if process else None, self.asterisk.version, _warnings(self.site.host)
        )

    def cli(self, command: str) -> str:
        """The output of a console command. Raises :class:`PbxError`."""
        return console_output([*self.asterisk.argv, "-C", str(self._conf), "-rx", command])

    @property
    def _conf(self) -> Path:
        return self.site.paths.etc / "asterisk.conf"

    @property
    def _pidfile(self) -> Path:
        return self.home / "process.json"

    def _process(self) -> Process | None:
        return processes.running(self._pidfile)

    def _check(self) -> None:
        wanted = re.findall(r"^load = (\S+)", render(self.site)["modules.conf"], re.MULTILINE)
        missing = [name for name in wanted if not (self.asterisk.modules / name).exists()]
        if missing:
            raise PbxError(
                f"this Asterisk lacks {', '.join(missing)}; install the package that has them, "
                "or remove that Asterisk and let Firstline unpack its own"
            )
        problems = port_problems(self.site.host, self.site.ports)
        if problems:
            raise PbxError("\n".join(problems))

    def _wait_booted(self, process: Process, deadline: float) -> None:
        end_by = time.monotonic() + deadline
        while time.monotonic() < end_by:
            if not alive(process):
                raise PbxError(f"Asterisk ended at its start: {self._log_tail()}")
            try:
                if "fully booted" in self.cli("core waitfullybooted"):
                    return
            except PbxError:
                end(process, None, _POLL_SECONDS)  # its console is not open yet
        raise PbxError(f"Asterisk did not start in {deadline:.0f} s: {self._log_tail()}")

    def _log_tail(self, lines: int = 5) -> str:
        tail: list[str] = []
        for file in (self.log, self.home / "output.log"):
            if file.exists():
                text = file.read_text(encoding="utf-8", errors="replace")
                tail += [line for line in text.splitlines()[-lines:] if line.strip()]
        return "\n".join([f"its log {self.log} says", *tail]) if tail else "it logged nothing"

    def _end(self, process: Process, seconds: float = 5.0) -> None:
        end(process, signal.SIGTERM, seconds) or end(process, signal.SIGKILL, seconds)


def _has_webrtc(asterisk: Asterisk) -> bool:
    """Whether there are the modules for phones in browsers."""
    return all((asterisk.modules / f"{name}.so").exists() for name in WEBRTC)


def become(asterisk: Asterisk, state: Path) -> NoReturn:
    """Become the Asterisk of a state directory, in the foreground; its files must be written.

    Raises :class:`PbxError` if it runs already.
    """
    home = state.resolve() / "asterisk"
    file = home / "process.json"
    one, me = processes.running(file), processes.myself()
    if one is not None and one != me:
        raise PbxError(f"Asterisk runs already (pid {one.pid}); stop it: firstline pbx stop")
    processes.record(file, me)
    processes.raise_limit(me)
    argv = _command(asterisk, home)
    os.umask(processes.PRIVATE)
    os.execv(argv[0], argv)


def _command(asterisk: Asterisk, home: Path) -> list[str]:
    """The command line that starts Asterisk in the foreground.

    A private one is run by its own loader. `core restart` executes argv[0] again, so for that it is
    a script that does the same.
    """
    words = [*asterisk.argv]
    if "--library-path" in words:
        script = home / "asterisk"
        words[1:1] = ["--argv0", str(script)]
        replace(script, f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n'.encode())
        script.chmod(0o700)
    return [*words, "-f", "-C", str(home / "etc" / "asterisk.conf")]


def console_command(asterisk: Process, command: str) -> list[str]:
    """The command line that runs a console command in an Asterisk of ours that runs.

    It is made from that of the process, so it is right whatever the settings say meanwhile.
    """
    words = Path(f"/proc/{asterisk.pid}/cmdline").read_text().rstrip("\0").split("\0")
    return [*(word for word in words if word != "-f"), "-rx", command]


def console_output(argv: list[str]) -> str:
    """The output of a command line of the console. Raises :class:`PbxError`."""
    try:
        answer = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=CLI_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise PbxError(f"Asterisk did not answer in {CLI_SECONDS:.0f} s; restart it") from error
    if answer.returncode != 0:
        raise PbxError("Asterisk does not run here; start it: firstline pbx start")
    return answer.stdout


def _paths(asterisk: Asterisk, home: Path, custom: Path | None) -> Paths:
    run = home / "run"
    if len(str(run).encode()) > _SOCKET_BYTES:
        mark = zlib.crc32(str(home).encode())
        run = Path(tempfile.gettempdir()) / f"firstline-{mark:08x}"
    return Paths(
        etc=home / "etc",
        custom=custom or home / "custom",
        modules=asterisk.modules,
        data=asterisk.data,
        lib=home / "lib",
        spool=home / "spool",
        log=home / "log",
        run=run,
        music_on_hold=home / "hold",
        conversations=home.parent / CONVERSATIONS,
    )


def _warnings(host: str) -> tuple[str, ...]:
    """With host 0.0.0.0 Asterisk resolves this host's name at every call and waits for DNS."""
    if host != "0.0.0.0":
        return ()
    name = socket.gethostname()
    try:
        lines = Path("/etc/hosts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    if any(name in line.split("#")[0].split()[1:] for line in lines):
        return ()
    return (f"/etc/hosts lacks this host's name, so every call asks DNS; add: 127.0.1.1 {name}",)
