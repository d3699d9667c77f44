"""How soon codes are answered: `python -m tests.bench.ussd`.

A whole installation and real phones: from the INVITE of `*100#` to the first sound, the answering
included, and from a text to the text that answers it. The first of each is not counted.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic

from rich.console import Console
from rich.table import Table

from ari_app.phone.handset import Connected, Disconnected, Phone, Texted
from prompts import wav
from prompts.telephone import RATE
from tests.live.installation import Installation, installed

TIMES = 30
SOUND = 0.02
"""Loud enough for a sound; full scale is 1."""
TARGETS = {"*100# to sound": 150.0, "text to text": 100.0}
"""Milliseconds at the median."""


async def dialled(one: Installation, file: Path) -> float:
    """Seconds from the INVITE to the first sound."""
    async with Phone(one.subscriber(), file) as phone:
        began = monotonic()
        await phone.dial("*100#")
        connected = await phone.wait(Connected)
        await asyncio.sleep(1.0)
        await phone.hangup()
        await phone.wait(Disconnected)
    samples, _ = wav.read(file)
    loud = abs(samples) > SOUND
    assert loud.any(), "nothing was heard"
    return connected.at - began + float(loud.argmax()) / RATE


async def texted(phone: Phone) -> float:
    """Seconds from a text to the text that answers it."""
    began = monotonic()
    await phone.text("611", "*111#")
    return (await phone.wait(Texted)).at - began


async def measured(one: Installation, directory: Path) -> Mapping[str, Sequence[float]]:
    """What is measured, and how often it took how long."""
    await dialled(one, directory / "first.wav")
    calls = [await dialled(one, directory / f"{each}.wav") for each in range(TIMES)]
    async with Phone(one.subscriber(1)) as phone:  # the first one is owed the texts of the calls
        await phone.register()
        await texted(phone)
        texts = [await texted(phone) for _ in range(TIMES)]
    return dict(zip(TARGETS, (calls, texts), strict=True))


def main() -> None:
    """See the module."""
    table = Table("", "median (ms)", "worst (ms)", "target (ms)")
    with TemporaryDirectory() as name, installed(Path(name) / "state") as one:
        for what, times in asyncio.run(measured(one, Path(name))).items():
            found = [f"{1000 * each:.0f}" for each in (median(times), max(times))]
            table.add_row(what, *found, f"{TARGETS[what]:g}")
    Console(file=sys.stdout).print(table)


if __name__ == "__main__":
    main()
