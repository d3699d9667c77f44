"""An installation of Firstline for the bench, with the same menus as a plain dialplan beside it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import msgspec
from msgspec import Struct

from ari_app.config.state import PREFIX, State
from ari_app.control.client import ControlClient
from ari_app.main.installation import installation
from ari_app.main.site_names import custom_directory
from asterisk_conf.site import Ports
from ivr.values import Phrase
from prompts import catalogue
from prompts.media import PromptMedia
from prompts.voice import Settings, Voice
from tests.bench.bare import READY
from tests.operators import DEMO

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCREENS = {"first": "main-menu", "second": "guest-menu", "bye": "thanks-bye"}
"""The screens of menus.yaml and native.conf and their prompts."""

NATIVE, BARE, OURS = "700", "701", "611"
"""What is dialled for the plain dialplan, for the bare loop, and for Firstline."""

KEYED, CHECKED = "612", "613"
"""What is dialled at Firstline to key a code word that is not checked, and one that is."""

CALLER = "+375990000001"
"""A subscriber of the demo operator. The plus keeps Asterisk from taking the caller for a SIP
account: the call comes over the trunk."""

WORD = "5266"
"""The caller's code word."""


class RigError(Exception):
    """The bench cannot run; the text says why."""


class Rig(Struct, frozen=True):
    """What runs: where phones call, and the processes by name."""

    host: str
    port: int
    asterisk: int
    application: int
    voice: int
    """The process of the application's that speaks."""
    bare: int
    """The process of :mod:`tests.bench.bare`."""

    def serving(self, number: str) -> tuple[int, ...]:
        """The processes that serve calls to ``number``, without Asterisk."""
        return {NATIVE: (), BARE: (self.bare,), OURS: (self.application, self.voice)}[number]


@contextmanager
def running(directory: Path, root: Path | None, offset: int, bare: bool = True) -> Iterator[Rig]:
    """Firstline in ``directory`` on the Asterisk of ``root`` while the context lasts, with the
    bare loop beside it or not."""
    state = installation(directory)
    state.make()
    _settle(state, root, Ports().shifted(offset))
    sounds = asyncio.run(_sounds(state))
    _add_dialplan(state, sounds)
    firstline(state, "up", "--detach")
    try:
        with _bare(state, sounds) if bare else nullcontext(0) as loop:
            yield _look(state, loop)
    finally:
        firstline(state, "down")


def _settle(state: State, root: Path | None, ports: Ports) -> None:
    menus = state.directory / "menus"
    menus.mkdir(exist_ok=True)
    for flow in HERE.glob("*.yaml"):
        (menus / flow.name).write_text(flow.read_text())
    settings = {
        "site": {"numbers": [OURS, KEYED, CHECKED], "calls_per_caller": 0},
        "menus": {"directory": str(menus)},
        "voice": {"engine": "espeak"},
        "asterisk": {"path": str(root) if root else ""},
        "ports": msgspec.to_builtins(ports),
    }
    lines = []
    for section, values in settings.items():
        # Numbers, lists and plain strings are written in TOML as in JSON.
        lines += [f"[{section}]", *(f"{key} = {json.dumps(one)}" for key, one in values.items())]
    (state.directory / "firstline.toml").write_text("\n".join(lines) + "\n")


async def _sounds(state: State) -> dict[str, str]:
    """The files that Firstline will play, by screen."""
    words = catalogue.load(ROOT / "prompts", DEMO)
    async with Voice(Settings(), state.sounds) as voice:
        reading = PromptMedia(voice, words, None)
        return {
            screen: (await reading.media([Phrase(prompt)], "ru"))[0]
            for screen, prompt in SCREENS.items()
        }


def _add_dialplan(state: State, sounds: dict[str, str]) -> None:
    """Add files of an administrator, which stay when Firstline renders its own again."""
    custom = custom_directory(state.config({}), state)
    custom.mkdir(parents=True, exist_ok=True)
    native = (HERE / "native.conf").read_text().format(**sounds)
    (custom / "extensions_custom.conf").write_text(native)
    (custom / "pjsip_custom.conf").write_text((HERE / "trunk.conf").read_text())


@contextmanager
def _bare(state: State, sounds: dict[str, str]) -> Iterator[int]:
    """The bare loop while the context lasts: its process."""
    command = [sys.executable, "-P", "-m", "tests.bench.bare", str(state.directory)]
    with subprocess.Popen([*command, *sounds.values()], stdout=subprocess.PIPE, text=True) as loop:
        try:
            assert loop.stdout is not None
            if loop.stdout.readline().strip() != READY:
                raise RigError("the bare loop does not reach Asterisk: see above")
            yield loop.pid
        finally:
            loop.kill()


def _look(state: State, bare: int) -> Rig:
    report = msgspec.json.decode(asyncio.run(ControlClient(state.control).status()))
    pids = report["pids"]
    sip = report["sip"]
    return Rig(sip["host"], sip["port"], pids["asterisk"], pids["application"], pids["voice"], bare)


def firstline(state: State, *arguments: str) -> str:
    """What a command prints; raises :class:`RigError` when it fails."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    command = [sys.executable, "-P", "-m", "ari_app.cli", "--state", str(state.directory)]
    try:
        done = subprocess.run(
            [*command, *arguments],
            env={**environment, "PYTHONPATH": str(ROOT)},
            check=True,
            timeout=300,
            stdout=subprocess.PIPE,
            text=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise RigError(f"firstline {' '.join(arguments)} failed: {error}") from error
    return done.stdout
