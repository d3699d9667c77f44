"""What callers hear, listened to by measurement: `python -m tests.bench.calls`.

Twenty SIP calls go through the shipped menus on a real Asterisk, with RHVoice where it is there
(``FIRSTLINE_VOICE_PATH``, or the repository's state directory), and are recorded one after the
other. Of each recording: the first sound after the answer, the level of the speech, the longest
silence within it, the time from the last key to the answer, the silence before a menu that follows
other words, and how much the fixed prompts of the last screen are like what should be said (1 is
the same waveform, below 0.5 another sentence).
"""

import asyncio
import itertools
import math
import os
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from ari_app.main.installation import installation
from ari_app.main.voices import settings
from ari_app.menus.loading import prompts_in_use
from ari_app.phone.listen import heard
from ivr.values import Phrase
from prompts import wav
from prompts.media import PromptMedia
from prompts.telephone import seconds
from prompts.voice import Voice
from tests.live.installation import ROOT, Installation

FRAME = 80
"""Samples of 10 ms at 8 kHz."""
QUIET = 0.004
"""What is below this, of full scale, is silence: G.711 adds less noise."""
GAP = 0.15
"""Silences from this many seconds on are gaps; words have shorter ones within them."""


UNKNOWN = 8.0
"""How long a prompt with values may last, in seconds."""


class Planned(Struct, frozen=True):
    """A call: the number, the caller, the keys (a comma waits for the prompts), the stay."""

    name: str
    number: str
    caller: str
    keys: str = ""
    stay: str = ""
    language: str = "ru"
    """What the caller speaks."""


CALLS = (
    Planned("balance", "611", "0001", "1"),
    Planned("balance, heard out", "611", "0001", ",1"),
    Planned("why it changed", "611", "0001", "1,1"),
    Planned("last payments", "611", "0002", "1,2", language="be"),
    Planned("how to pay", "611", "0001", "1,3"),
    Planned("minutes left", "611", "0001", "1,6"),
    Planned("tariff", "611", "0001", "2"),
    Planned("services", "611", "0001", "3"),
    Planned("long away", "611", "0001", "4"),
    Planned("languages", "611", "0001", "5"),
    Planned("internet", "611", "0001", "6"),
    Planned("the rest", "611", "0001", "7"),
    Planned("hours", "611", "0001", "7,1"),
    Planned("gifts", "611", "0003", "8", language="en"),
    Planned("a wrong key", "611", "0001", "4#"),
    Planned("code *100#", "*100#", "0001"),
    Planned("code *111#", "*111#", "0001", "", "8"),
    Planned("news line", "111", "0001", "", "15"),
    Planned("an agent", "611", "0001", "0", "8"),
    Planned("nothing pressed", "611", "0001", "", "100"),
)

SPOKEN = re.compile(r"^ *([\d.]+)    ([a-z0-9-]+): ", re.MULTILINE)
EVENT = re.compile(r"^ *([\d.]+)  (\S.*)$", re.MULTILINE)


class Heard(Struct, frozen=True):
    """What was measured of a call; times in seconds, None where it does not apply."""

    call: Planned
    first: float
    level: float
    longest: float
    after_key: float | None
    before_menu: float | None
    likeness: float | None
    ended: float


def loud(samples: wav.Samples) -> NDArray[np.bool_]:
    """Which frames of 10 ms are heard."""
    whole = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    return np.asarray(np.sqrt(np.mean(whole.astype(float) ** 2, axis=1)) > QUIET)


def gaps(frames: NDArray[np.bool_]) -> Iterator[tuple[float, float]]:
    """(start, seconds) of the silences between sounds."""
    sounds = np.flatnonzero(frames)
    for before, after in itertools.pairwise(sounds):
        if (after - before - 1) / 100 >= GAP:
            yield (before + 1) / 100, (after - before - 1) / 100


class Bench:
    """An installation whose calls are recorded, and the files of its prompts."""

    def __init__(self, one: Installation, media: PromptMedia, directory: Path) -> None:
        self._one = one
        self._media = media
        self._directory = directory

    async def call(self, planned: Planned) -> Heard:
        """Make a call and measure its recording."""
        recording = self._directory / f"{CALLS.index(planned):02}.wav"
        words = ["call", planned.number, "--as", planned.caller, "--record", str(recording)]
        words += ["--press", planned.keys] if planned.keys else []
        words += ["--stay", planned.stay] if planned.stay else []
        output = await asyncio.to_thread(self._one.out, *words)
        recording.with_suffix(".txt").write_text(output)
        samples, _ = wav.read(recording)
        frames = loud(samples)
        silences = list(gaps(frames))
        keys = [float(at) for at, what in EVENT.findall(output) if what.startswith("key ")]
        ended = float(EVENT.findall(output)[-1][0])
        began, last = self._last_screen(output)
        matches: dict[str, tuple[float, float]] = {}
        for each in last:
            file = await self._file(each, planned.language) if self._fixed(each) else None
            began += seconds(str(file.with_suffix(""))) if file else UNKNOWN
            if began > ended:
                break  # the call ended before it was heard whole
            if file:
                found = await asyncio.to_thread(heard, recording, file)
                matches[each] = found.score, found.at_seconds
        menu = matches.get(last[-1]) if len(last) > 1 else None
        answered = [at + long - keys[-1] for at, long in silences if keys and at + long > keys[-1]]
        before = [
            long for at, long in silences if menu is not None and abs(at + long - menu[1]) < 0.12
        ]
        return Heard(
            planned,
            int(np.argmax(frames)) / 100,
            20 * math.log10(wav.loudness(samples)),
            max((long for _, long in silences), default=0.0),
            answered[0] if answered else None,
            before[0] if before else None,
            min((score for score, _ in matches.values()), default=None),
            ended,
        )

    def _fixed(self, prompt: str) -> bool:
        known = self._media.catalogue
        return prompt in known.prompts and not known.slots(prompt)

    def _last_screen(self, output: str) -> tuple[float, list[str]]:
        """When the last screen that was played began, and its prompts in order."""
        screens: list[list[tuple[float, str]]] = [[]]
        for line in output.splitlines():
            if found := SPOKEN.match(line):
                screens[-1].append((float(found[1]), found[2]))
            elif screens[-1]:
                screens.append([])
        last = next((each for each in reversed(screens) if each), [(0.0, "")])
        return last[0][0], [prompt for _, prompt in last]

    async def _file(self, prompt: str, language: str) -> Path:
        """The sound of a prompt."""
        file = self._directory / f"{prompt}.wav"
        await self._media.write(Phrase(prompt), language, file)
        return file


def table(calls: Sequence[Heard]) -> Table:
    """The figures, a line for each call."""
    shown = Table(title="Calls, listened to by measurement")
    for name in ("call", "keys", "first sound", "dBFS", "longest gap", "after key", "before menu"):
        shown.add_column(name, justify="left" if name in ("call", "keys") else "right")
    shown.add_column("likeness", justify="right")
    shown.add_column("seconds", justify="right")
    for one in calls:
        shown.add_row(
            one.call.name,
            one.call.keys,
            *map(_number, (one.first, one.level, one.longest, one.after_key, one.before_menu)),
            _number(one.likeness),
            f"{one.ended:.1f}",
        )
    for name, get in (
        ("after key", [one.after_key for one in calls]),
        ("before menu", [one.before_menu for one in calls]),
    ):
        there = [each for each in get if each is not None]
        if there:
            shown.caption = f"{shown.caption or ''} {name}: median {statistics.median(there):.2f} s"
    return shown


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


async def measure(directory: Path, calls: Sequence[Planned]) -> list[Heard]:
    """Speak all prompts, bring an installation up, make the calls, and take it down."""
    voices = os.environ.get("FIRSTLINE_VOICE_PATH", str(ROOT / ".firstline" / "voices"))
    engine = "rhvoice" if Path(voices, "usr").is_dir() else "espeak"
    environment = {"FIRSTLINE_VOICE_ENGINE": engine, "FIRSTLINE_VOICE_PATH": voices}
    one = Installation(directory / "state", environment=environment)
    state = installation(directory / "state")
    config = state.config(environment)
    async with Voice(settings(config, state), state.sounds) as voice:
        media = PromptMedia(voice, prompts_in_use(config), None)
        await media.render_all()
        bench, found = Bench(one, media, directory), []
        try:
            await asyncio.to_thread(one.up)
            for planned in calls:
                found.append(await bench.call(planned))
                print(planned.name, file=sys.stderr, flush=True)
        finally:
            await asyncio.to_thread(one.away)
    return found


@click.command(help=__doc__)
@click.option("--only", help="Calls whose name has this word.", default="")
@click.option("--keep", type=click.Path(path_type=Path), help="Where the recordings stay.")
def main(only: str, keep: Path | None) -> None:
    """Measure and print the table."""
    chosen = [each for each in CALLS if only in each.name]
    with TemporaryDirectory() as scratch:
        found = asyncio.run(measure(keep or Path(scratch), chosen))
    Console(width=110).print(table(found))


if __name__ == "__main__":
    main()
