"""`firstline voices`: the voices of prompts, from Debian's archive, and whether they speak."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click
from rich.progress import Progress
from rich.table import Table

from ari_app.admin.status import query
from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands
from ari_app.commands.language_argument import LANGUAGE
from ari_app.commands.output import Output
from ari_app.commands.runner import console, run, run_briefly
from ari_app.commands.waiting_sentences import waiting_sentences
from ari_app.config.state import State
from ari_app.control.client import NotRunningError
from ari_app.main import voices as installed
from ivr.speech.dates import moment
from ivr.speech.phrases import digits
from prompts import rhvoice_files
from prompts.speaker import Speaker, usual_voice
from prompts.speech_process import SpeechFailed

_TRIAL = datetime(2026, 11, 21, 14, 5)


@click.group(cls=Commands)
def voices() -> None:
    """Install, list and test the voices of prompts."""


@voices.command("list")
@json_option()
@click.pass_obj
def list_(state: State, as_json: bool) -> None:
    """List the voices that an operator may use, and which are in use."""
    config = state.config()
    speakers = installed.settings(config, state).speakers
    there = installed.found(config, state)
    headings = ("language", "engine", "voice", "licence", "state")
    rows = []
    for language in installed.spoken(config):
        for engine, voice, licence, usable in _known(language, there, speakers[language]):
            used = (speakers[language].engine, speakers[language].voice) == (engine, voice)
            shown = "in use" if used else "installed" if usable else "not installed"
            rows.append((language, engine, voice, licence, shown))
    if as_json:
        print_json([dict(zip(headings, row, strict=True)) for row in rows])
        return
    table = Table(*headings, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Output(soft_wrap=True).print(table)
    if there is None:
        click.echo("`firstline voices install` fetches RHVoice and its voices (141 MB)")


def _known(
    language: str, there: rhvoice_files.RHVoiceFiles | None, used: Speaker
) -> Iterator[tuple[str, str, str, bool]]:
    """(engine, voice, licence, whether it is there) of the voices of a language."""
    free = rhvoice_files.free().get(language, ())
    every = there.voices() if there else ()
    present = tuple(voice for tongue, voice in every if tongue == language)
    for voice in dict.fromkeys((*free, *present)):
        licence = rhvoice_files.LICENCE if voice in free else "see its own"
        yield "rhvoice", voice, licence, voice in present
    yield "espeak", usual_voice("espeak", language), "GPL-3.0+", True
    if used.engine == "http" or (
        used.engine == "espeak" and used.voice != usual_voice("espeak", language)
    ):
        yield used.engine, used.voice, "", True


@voices.command()
@click.option("--mirror", help="The Debian archive [default: the one of this machine's apt].")
@click.pass_obj
def install(state: State, mirror: str | None) -> None:
    """Fetch RHVoice and its free voices from Debian's archive.

    They go into the state directory. apt checks the archive's signature; the sources of this
    machine are not changed. Voices whose licence forbids business (CC-BY-NC-ND) are not kept.
    """
    state.make()
    with Progress(console=console(), transient=True) as bar:
        task = bar.add_task("voices", total=100.0)
        found = installed.fetch(
            state,
            lambda what, percent: bar.update(task, description=what, completed=percent),
            mirror,
        )
    names = ", ".join(f"{voice} ({language})" for language, voice in found.voices())
    click.echo(f"RHVoice is in {state.rhvoice}: {names}")


@voices.command()
@click.option("--lang", "languages", multiple=True, type=LANGUAGE)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="A directory for what was said.",
)
@click.pass_obj
def test(state: State, languages: tuple[str, ...], output: Path | None) -> None:
    """Have each language of the site spoken by its voice. Exit code 1 if one cannot be.

    Nothing is taken from the cache, and no other engine speaks instead. Sentences that wait for
    their usual voice are listed if Firstline runs.
    """
    from prompts.trial import attempt  # it loads numpy

    state.make()
    settings = installed.settings(state.config(), state)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    failed = False
    for language in languages or state.config().site.languages:
        speaker = settings.speakers.get(language) or Speaker(
            "espeak", usual_voice("espeak", language)
        )
        text = f"{moment(_TRIAL, None, language)}. {digits('0123456789', language)}."
        keep = output / f"{language}.wav" if output else None
        try:
            one = run(attempt(language, speaker, settings, text, keep))
        except SpeechFailed as failure:
            failed = True
            click.echo(f"{language}: {speaker} cannot be used: {failure}")
            continue
        click.echo(
            f"{language}: {speaker} {one.version} spoke {one.lasts:.1f} s in {one.took:.2f} s, "
            f"level {one.level:.1f} dBFS"
        )
    with suppress(NotRunningError):
        for line in waiting_sentences(run_briefly(query(state)).waiting):
            click.echo(line)
    if failed:
        raise click.exceptions.Exit(1)
