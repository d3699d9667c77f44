"""The bench `tests/bench/size`: what grows with subscribers and calls.

For each size, a store of so many subscribers with a year of calls (:mod:`tests.bench.big_store`)
becomes an installation without the demo operator, on a real Asterisk. Measured are the start, the
memory of the application, commands, what a card and a search wait for, the first sound of a call;
and the import of so many subscribers into an empty store, and of the same file once more.
"""

import asyncio
import os
import resource
import statistics
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from ari_app.main.installation import installation
from ari_app.store import (
    callbacks,
    code_words,
    colleague_notes,
    history,
    search,
    subscribers,
    tickets,
)
from ari_app.store import outbox as texts
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from prompts import wav
from tests.bench import big_store
from tests.live.installation import Installation
from tests.operators import BELARUS

SETTINGS = """
[site]
demo = false
timezone = "Europe/Minsk"
numbers = ["611"]
languages = ["ru"]
[operator]
name = "Example"
country = "BY"
currency = "BYN"
[billing]
kind = "none"
"""
CALLER = 77
"""The subscriber whose phone calls."""
SEARCHES = (
    "Ковальвич",
    "Kavalvich",
    "Кавалвич Ана",
    "анна",
    "к",
    "минск",
    "роуминг метро",
    big_store.number(CALLER),
)
CALLS = 3
QUIET = 0.004
"""What is below this, of full scale, is silence: G.711 adds less noise."""


@click.command(help=__doc__)
@click.option("--sizes", default="10000,100000,1000000", show_default=True, help="Subscribers.")
@click.option("--directory", type=click.Path(path_type=Path), help="Where it needs 6 GB for 10^6.")
def main(sizes: str, directory: Path | None) -> None:
    """See the module."""
    console, found = Console(stderr=True), []
    for size in map(int, sizes.split(",")):
        with TemporaryDirectory(dir=directory, prefix="firstline-size-") as name:
            measured = {}
            for what, figure in _measured(Path(name), size, console):
                console.print(f"{size:,}: {what}: {figure}")
                measured[what] = figure
        found.append((f"{size:,}", measured))
    table = Table("", *(size for size, _ in found))
    for what in found[0][1]:
        table.add_row(what, *(one[what] for _, one in found))
    Console(width=100).print(table)


def _measured(directory: Path, size: int, console: Console) -> Iterator[tuple[str, str]]:
    one = Installation(directory / "state", SETTINGS, fresh=True)
    state = installation(one.state)
    with console.status(f"{size} subscribers: making the store"):
        began = time.perf_counter()
        big_store.make(state.database, size, datetime.now(UTC), BELARUS)
        asyncio.run(_phone(state.database))
        os.sync()  # what the system still writes would be measured, too
    yield "store made, s", f"{time.perf_counter() - began:.0f}"
    yield "store, MB", f"{state.database.stat().st_size / 1e6:.0f}"
    one.run("prompts", "render", timeout=600)
    try:
        began = time.perf_counter()
        one.up()
        yield "`up`, s", f"{time.perf_counter() - began:.1f}"
        pid = one.status().pids["application"]
        yield "application at the start, MB", f"{_memory(pid):.0f}"
        for words in (("status",), ("subscribers", "list", "--limit", "20"), ("calls", "list")):
            yield f"`{' '.join(words)}`, s", f"{_seconds(partial(one.out, *words)):.2f}"
        number = big_store.number(CALLER)
        firsts = [_first_sound(one, directory, number) for _ in range(CALLS)]
        yield "answer to first sound, s", f"{statistics.median(firsts):.2f}"
        yield from asyncio.run(_desk(state.database))
        yield "application after calls, MB", f"{_memory(pid):.0f}"
    finally:
        one.away()
    yield from _imported(directory, size, console)


async def _phone(database: Path) -> None:
    """Give the caller a phone."""

    def phone(db: Database) -> None:
        where = (
            "update subscribers set sip_user = msisdn, sip_password = 'x-y-z-1-2-3' where id = ?"
        )
        db.conn.execute(where, (CALLER,))

    store = await Store.open(database, BELARUS, examine=False)
    await store.write(phone)
    await store.close()


async def _desk(database: Path) -> Iterator[tuple[str, str]]:
    """What the desk waits for: all that a card shows, and searches."""
    store = await Store.open(database, BELARUS, examine=False)
    number, now = big_store.number(CALLER), datetime.now(UTC)

    def card(db: Database) -> None:
        subscribers.by_id(db, CALLER)
        code_words.of(db, CALLER)
        code_words.locked_out_until(db, CALLER, now)
        history.of_subscriber(db, CALLER)
        texts.undelivered(db, number, 3)
        tickets.active_of(db, CALLER)
        colleague_notes.of_subscriber(db, CALLER)
        callbacks.open_of(db, number)
        search.chronology(db, CALLER, "роуминг")
        history.count_since(db, CALLER, now - timedelta(days=30))

    found = [("all reads of a card, ms", await _milliseconds(partial(store.read, card)))]
    for text in SEARCHES:
        took = await _milliseconds(partial(store.read, search.find, text, 20))
        found.append((f"search {text}, ms", took))
    await store.close()
    return iter(found)


def _imported(directory: Path, size: int, console: Console) -> Iterator[tuple[str, str]]:
    one = Installation(directory / "import", SETTINGS, fresh=True)
    installation(one.state).make()
    asyncio.run(_open(installation(one.state).database))
    file = directory / "subscribers.csv"
    with file.open("w") as lines:
        lines.write("number;name;language;area\n")
        for id in range(1, size + 1):
            lines.write(f"{big_store.number(id)};Ковальвич Анна {id % 997};ru;Минск\n")
    for what, more in (("import", ()), ("import of the same", ("--update",))):
        with console.status(f"{size} subscribers: {what}"):
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            command = one.command("subscribers", "import", str(file), *more)
            memory = _peak(subprocess.Popen(command, stdout=subprocess.DEVNULL))
            took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
            yield f"{what}, s", f"{took:.1f}"
            yield f"{what}, s of CPU", f"{after.ru_utime - before.ru_utime:.1f}"
            yield f"{what}, MB", f"{memory:.0f}"


async def _open(database: Path) -> None:
    await (await Store.open(database, BELARUS)).close()


def _first_sound(one: Installation, directory: Path, number: str) -> float:
    """Seconds from the answer of a call to its first sound."""
    recording = directory / "heard.wav"
    one.out("call", "611", "--as", number, "--stay", "3", "--record", str(recording))
    samples, rate = wav.read(recording)
    return float(np.flatnonzero(np.abs(samples) > QUIET)[0]) / rate


def _memory(pid: int) -> float:
    """What is in memory of a process, in megabytes: Rss of proc_pid_status(5)."""
    return _of_status(pid, "VmRSS")


def _peak(process: "subprocess.Popen[bytes]") -> float:
    """The most memory that a process had until its end, in megabytes."""
    most = 0.0
    while process.poll() is None:
        most = max(most, _of_status(process.pid, "VmHWM"))
        time.sleep(0.05)
    if process.returncode:
        raise click.ClickException(f"{process.args!r} failed")
    return most


def _of_status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


async def _milliseconds(work: Callable[[], Awaitable[object]]) -> str:
    """How long it takes, the median of five times."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        await work()
        times.append(time.perf_counter() - began)
    return f"{statistics.median(times) * 1e3:.1f}"


if __name__ == "__main__":
    os.nice(5)
    main(prog_name="tests/bench/size")
