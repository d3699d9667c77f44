"""How long callers wait for new sentences: `python -m tests.bench.voice`.

So many callers ask for their balance in one moment, each with an amount that was never said, and
with the fixed words rendered as after a start. Silence is the time until all sounds of a caller's
screen are there. Then the same callers ask again, at once and when the language's own engine has
caught up, and others with amounts of which some are known.
RHVoice is that of ``FIRSTLINE_VOICE_PATH`` or of the repository's state directory.
"""

import asyncio
import os
import random
import time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from ari_app.config.state import State
from ari_app.main.speech import AMOUNTS
from ari_app.main.voices import settings
from ivr.values import Money, Phrase
from prompts.catalogue import Catalogue, read
from prompts.media import PromptMedia
from prompts.operator import Operator
from prompts.pieces import SpokenText
from prompts.plan import pieces
from prompts.speech_pool import cores
from prompts.telephone import playable
from prompts.voice import UNHURRIED, Voice

ROOT = Path(__file__).parents[2]
TEXTS = {"ru.yaml": "balance-is: На вашем счёте {balance:money}.\n"}
MOST = 1_000
"""Rubles; amounts are drawn from all hundredths below."""

AIM = 1.0
"""Seconds of silence that no caller should have, on two cores."""


class Burst(Struct, frozen=True):
    """What a burst of callers heard."""

    name: str
    callers: int
    waits: tuple[float, ...]
    first_engine: int
    """Sentences spoken by the language's own engine, of those that were new."""
    new: int
    cpu: float
    """Seconds of the speech processes, divided by the cores: the burst on cores that are quiet."""
    hits: float
    """Percent of all sounds that were in the cache."""


async def burst(name: str, media: PromptMedia, amounts: list[Decimal]) -> Burst:
    """Callers that ask in one moment; raises AssertionError for one who hears nothing."""

    async def one(amount: Decimal) -> float:
        began = time.monotonic()
        files = await media.media([balance(amount)], "ru")
        waited = time.monotonic() - began
        assert files
        assert all(playable(Path(f"{file}.wav")) for file in files)
        return waited

    every = [each for amount in amounts for each in texts(media.catalogue, amount)]
    missing = {each for each in every if media.voice.find(each) is None}
    before = cpu(media.voice)
    waits = await asyncio.gather(*map(one, amounts))
    used = (cpu(media.voice) - before) / cores()
    own = sum(media.voice.find(each) is not None for each in missing)
    known = sum(each not in missing for each in every)
    return Burst(
        name, len(amounts), tuple(sorted(waits)), own, len(missing), used, 100 * known / len(every)
    )


def cpu(voice: Voice) -> float:
    """Seconds of CPU that the speech processes have used."""
    ticks = 0
    for pid in voice.pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime of proc(5)
    return ticks / os.sysconf("SC_CLK_TCK")


def balance(amount: Decimal) -> Phrase:
    """What a caller is answered."""
    return Phrase("balance-is", {"balance": Money(amount, "BYN")})


def texts(catalogue: Catalogue, amount: Decimal) -> list[SpokenText]:
    """The sounds of the answer."""
    played = pieces(catalogue, balance(amount), "ru")
    return [each for each in played if isinstance(each, SpokenText)]


async def measured(engine: str, callers: int, directory: Path) -> tuple[str, list[Burst]]:
    """The bursts of one engine; amounts are the same in every run."""
    state = State(directory)
    state.make()
    environment = {
        "FIRSTLINE_VOICE_ENGINE": engine,
        "FIRSTLINE_VOICE_PATH": os.environ.get(
            "FIRSTLINE_VOICE_PATH", str(ROOT / ".firstline/voices")
        ),
        "FIRSTLINE_OPERATOR_NAME": "Example",
        "FIRSTLINE_OPERATOR_COUNTRY": "BY",
        "FIRSTLINE_OPERATOR_CURRENCY": "BYN",
        "FIRSTLINE_SITE_TIMEZONE": "Etc/UTC",
        "FIRSTLINE_SITE_LANGUAGES": "ru",
    }
    chosen = settings(state.config(environment), state)
    speaker = chosen.speakers["ru"]
    drawn = random.Random(1).sample(range(1, 100 * MOST), 2 * callers)
    first = [Decimal(each) / 100 for each in drawn[:callers]]
    others = [Decimal(each) / 100 for each in drawn[callers:]]
    catalogue = Catalogue(read(TEXTS).texts, Operator(currency="BYN"))
    async with Voice(chosen, state.sounds) as voice:
        media = PromptMedia(voice, catalogue, None)
        await media.render_all()
        half = callers // 2
        return str(speaker), [
            await burst("all new", media, first),
            await burst("again", media, first),
            await later(media, first),
            await burst("half new", media, first[:half] + others[: callers - half]),
            await usual(media, callers),
        ]


async def later(media: PromptMedia, amounts: list[Decimal]) -> Burst:
    """The same callers, when their sentences were spoken by the language's own engine."""
    every = [each for amount in amounts for each in texts(media.catalogue, amount)]
    async with asyncio.timeout(UNHURRIED):
        while any(media.voice.find(each) is None for each in every):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.1)
    return await burst("again, later", media, amounts)


async def usual(media: PromptMedia, callers: int) -> Burst:
    """Callers with amounts as most have, when an installation has spoken amounts ahead."""
    await media.render_amounts(AMOUNTS)
    drawn = random.Random(2).sample(range(1, 100 * AMOUNTS), callers)
    return await burst(f"up to {AMOUNTS}, later", media, [Decimal(each) / 100 for each in drawn])


@click.command(help=__doc__)
@click.option("--callers", default=50, show_default=True, help="Who ask in one moment.")
@click.option("--engine", "engines", multiple=True, default=("rhvoice", "espeak"))
def main(callers: int, engines: tuple[str, ...]) -> None:
    """See the module."""
    table = Table(title=f"{callers} callers in one moment, {cores()} processes of an engine")
    for heading in (
        "voice",
        "burst",
        "heard",
        "own voice",
        "median s",
        "worst s",
        "CPU s",
        "cache hits %",
    ):
        table.add_column(heading, justify="left" if heading in ("voice", "burst") else "right")
    worst = 0.0
    for engine in engines:
        with TemporaryDirectory(prefix="firstline-bench-") as directory:
            name, bursts = asyncio.run(measured(engine, callers, Path(directory)))
        for each in bursts:
            middle = each.waits[len(each.waits) // 2]
            worst = max(worst, each.waits[-1])
            table.add_row(
                name,
                each.name,
                f"{len(each.waits)} of {each.callers}",
                f"{each.first_engine} of {each.new}",
                f"{middle:.3f}",
                f"{each.waits[-1]:.3f}",
                f"{each.cpu:.2f}",
                f"{each.hits:.0f}",
            )
    console = Console(width=120)
    console.print(table)
    if worst > AIM:
        console.print(f"silence of {worst:.2f} s: more than {AIM:g} s")
        raise SystemExit(1)


if __name__ == "__main__":
    main(prog_name="python -m tests.bench.voice")
