"""Gathers what `firstline doctor` examines: files, the machine, and the Asterisk that runs."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ari_app.admin import certificate_ends
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.doctor import read_files, read_live
from ari_app.doctor.conf import Conf
from ari_app.doctor.facts import Certificate, Facts, Live, OpenPages
from ari_app.doctor.read_machine import machine
from ari_app.main.foundation import clock
from ari_app.main.processes import asterisk_process, recorded
from ari_app.store import agents
from ari_app.store.errors import StoreError
from ari_app.store.opening import open_reader
from ari_app.store.server import place
from asterisk_conf.discovery import PbxError
from asterisk_conf.pbx import console_command, console_output

SYSTEM = Path("/etc/asterisk")
AGAIN = 1.0
"""Seconds after which a channel that no call is on is looked for again: a call may just begin."""

_PLACES = {
    "astspooldir": "/var/spool/asterisk",
    "astlogdir": "/var/log/asterisk",
    "astdatadir": "/var/lib/asterisk",
    "astrundir": "/var/run/asterisk",
}
"""The directories of Asterisk, and where they are by default."""


class Examined(Struct, frozen=True):
    """The facts; ``without`` says what could not be looked at, "" if all was."""

    facts: Facts
    without: str = ""


class _Running(Struct, frozen=True):
    """An Asterisk that runs: its process, if it is known, and its console."""

    pid: int | None
    console: read_live.Console


async def of_files(directory: Path) -> Examined:
    """What is in a directory of configuration files alone."""
    files = await asyncio.to_thread(read_files.configuration, directory)
    return Examined(Facts(etc=str(directory.absolute()), files=files))


async def of_installation(state: State) -> Examined:
    """The Asterisk of an installation, or the one on this machine."""
    config = state.config()
    etc = state.directory / "asterisk" / "etc"
    ours = config.manages_asterisk and (etc / "asterisk.conf").exists()
    files = await asyncio.to_thread(read_files.configuration, etc if ours else SYSTEM)
    facts = Facts(
        etc=str(etc if ours else SYSTEM),
        files=files,
        application=config.application,
        browser_phones=await asyncio.to_thread(_browser_phones, state, config),
        certificates=await asyncio.to_thread(_certificates, state, config),
        open_pages=tuple(_open_pages(config)),
        console="firstline pbx console" if ours else "asterisk -rx",
    )
    places = _places(facts.conf("asterisk.conf"))
    running = _ours(state) if ours else _system(places)
    facts = replace(
        facts,
        machine=await asyncio.to_thread(
            machine, running.pid if running else None, [*places.values(), state.directory]
        ),
        sounds=await asyncio.to_thread(read_files.sounds, _sounds(facts, places)),
    )
    if running is None:
        return Examined(
            facts, "Asterisk does not run: only its files and the machine were examined"
        )
    try:
        return Examined(replace(facts, live=await _live(state, config, running)))
    except (PbxError, OSError) as error:
        return Examined(facts, f"Asterisk was not asked: {error}")


def _certificates(state: State, config: Config) -> tuple[Certificate, ...]:
    """Those that end soon."""
    now = clock()
    return tuple(
        Certificate(one.path, trouble, one.until is None or one.until <= now)
        for one in certificate_ends.of_installation(config, state.directory)
        if (trouble := one.trouble(now))
    )


def _open_pages(config: Config) -> Iterator[OpenPages]:
    for section, pages in (("desk", config.desk), ("cabinet", config.cabinet)):
        here = pages.host.startswith("127.") or pages.host in ("::1", "localhost")
        if pages.enabled and not pages.by_https and not here:
            yield OpenPages(section, pages.host)


def _browser_phones(state: State, config: Config) -> tuple[str, ...]:
    """The SIP users of agents whose phone is the browser; none if they cannot be read."""
    where = place(config.database.url, state.database)
    try:
        with closing(open_reader(where, 5.0, config.numbers)) as db:
            everyone = agents.everyone(db)
    except (StoreError, sqlite3.Error):
        return ()
    return tuple(one.sip_user for one in everyone if one.phone == "browser")


def _places(conf: Conf) -> dict[str, Path]:
    known = conf.section("directories")
    return {key: Path(known.get(key, otherwise)) for key, otherwise in _PLACES.items()}


def _sounds(facts: Facts, places: dict[str, Path]) -> list[Path]:
    """Where sounds of the operator's own are: music on hold, and custom ones."""
    music = facts.conf("musiconhold.conf")
    played = (one.get("directory") for one in music.real() if one.get("mode") == "files")
    data = places["astdatadir"]
    return [*(data / each for each in played if each), data / "sounds" / "custom"]


def _ours(state: State) -> _Running | None:
    process = recorded(asterisk_process(state))
    if process is None:
        return None
    return _Running(process.pid, lambda command: console_output(console_command(process, command)))


def _system(places: dict[str, Path]) -> _Running | None:
    """The Asterisk of the machine, if there is one and we may use its console."""
    program = shutil.which("asterisk", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None or not (places["astrundir"] / "asterisk.ctl").exists():
        return None
    try:
        pid = int((places["astrundir"] / "asterisk.pid").read_text())
    except (OSError, ValueError):
        pid = None
    return _Running(pid, lambda command: console_output([program, "-rx", command]))


async def _live(state: State, config: Config, running: _Running) -> Live:
    """What Asterisk says, with the channels that leaked at two looks in a row."""
    live = await asyncio.to_thread(read_live.live, running.console)
    leaked = await _unserved(state, config, running)
    if leaked:
        await asyncio.sleep(AGAIN)
        leaked &= await _unserved(state, config, running)
    return replace(live, leaked=tuple(sorted(leaked)))


async def _unserved(state: State, config: Config, running: _Running) -> frozenset[str]:
    """The channels in our application that it serves no call on; all, if it does not run."""
    there = await asyncio.to_thread(read_live.inside, running.console, config.application)
    if not there:
        return there
    try:
        return there - frozenset(await ControlClient(state.control).channels())
    except NotRunningError:
        return there
