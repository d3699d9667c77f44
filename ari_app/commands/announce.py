"""`firstline announce`: announce an outage to callers, and its end to those who asked for it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click
from msgspec import to_builtins

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.audience import by_language, chosen, known
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import (
    by_option,
    change,
    moment,
    now,
    read,
    shown,
    until_option,
    write,
)
from ari_app.config.state import State
from ari_app.store import announcement_requests, announcements, changes
from ari_app.store.announcement_requests import Reach
from ari_app.store.announcements import Announcement
from ari_app.store.sqlite import Database
from ivr.speech import languages
from prompts.template import unspoken

LONGEST = 600
"""The most characters of a text, about a minute of speech."""

LISTED = 1000
"""The most ended announcements that are listed."""

Listed = tuple[Announcement, Reach]


@click.group(cls=Commands)
def announce() -> None:
    """Announce outages and other news to callers."""


def _each_language(command: Callable[..., None]) -> Callable[..., None]:
    """``--text-LANG TEXT``, for each shipped language, as it was before ``--text LANG=TEXT``."""
    for code in languages.shipped():
        command = click.option(f"--text-{code}", code, default="", hidden=True)(command)
    return command


@announce.command()
@click.option("--area", "areas", multiple=True, help="Play to its subscribers; may be repeated.")
@click.option("--tariff", "tariffs", multiple=True, help="Likewise, by id or name.")
@click.option("--everyone", is_flag=True, help="Play to every caller.")
@click.option(
    "--text",
    "texts",
    multiple=True,
    metavar="LANG=TEXT",
    help="What is said in a language; may be repeated for others.",
)
@_each_language
@click.option(
    "--recording",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Played instead of a spoken text: WAV, 8000 Hz, mono, 16 bits.",
)
@until_option
@by_option
@click.pass_obj
def add(
    state: State,
    /,
    areas: tuple[str, ...],
    tariffs: tuple[str, ...],
    everyone: bool,
    recording: Path | None,
    text_until: str,
    by: str,
    texts: tuple[str, ...],
    **given: str,
) -> None:
    """Add an announcement that is played to callers until a time."""
    if (bool(areas), bool(tariffs), everyone).count(True) != 1:
        raise click.UsageError("name the callers with one of --area, --tariff and --everyone")
    until = moment(state, text_until)
    spoken = state.config().site.languages
    older = tuple(f"{code}={text}" for code, text in given.items() if text)
    said = _texts(by_language((*older, *texts), spoken), recording, spoken)
    if not everyone:
        known_areas, known_tariffs = read(state, known)
        areas = chosen("area", areas, known_areas)
        tariffs = chosen("tariff", tariffs, known_tariffs)
    draft = Announcement(
        areas=areas,
        tariffs=tariffs,
        texts=said,
        recording=_kept(recording, state) if recording else "",
        since=now(state),
        until=until,
        by=by,
    )
    adding = change(state, by, "announce add", _whom(draft), _what(draft))
    added = write(state, changes.made, adding, announcements.add, draft)
    click.echo(f"announcement {added.id}: {_whom(added)}, until {shown(until, state)}")


@announce.command("list")
@click.option("--all", "ended", is_flag=True, help="Include ended ones, the last 1000.")
@json_option()
@click.pass_obj
def list_(state: State, ended: bool, as_json: bool) -> None:
    """List the announcements in force, newest first."""
    at = now(state)
    found = read(state, _listed, at, ended)
    if as_json:
        print_json([_fields(one, reach, at) for one, reach in found])
        return
    for one, reach in found:
        click.echo(
            f"{one.id}  {one.state(at)} until {shown(_end(one), state)}  {_whom(one)}  "
            f"{_what(one)}  heard: {reach.heard}, requests: {reach.requests}"
        )
    if not found:
        click.echo("nothing is announced")


@announce.command()
@click.argument("id", type=int)
@json_option()
@click.pass_obj
def show(state: State, id: int, as_json: bool) -> None:
    """Show announcement ID: its callers, its texts, and how many heard it."""
    one, reach = read(state, _found, id)
    if as_json:
        print_json(_fields(one, reach, now(state)))
        return
    click.echo(f"announcement {id}, {one.state(now(state))}: {_whom(one)}")
    click.echo(f"  {shown(one.since, state)} to {shown(_end(one), state)}, by {one.by}")
    for language, text in one.texts.items():
        click.echo(f"  {language}: {text}")
    if one.recording:
        click.echo(f"  recording: {one.recording}.wav")
    click.echo(f"  callers who heard it: {reach.heard}; who asked for a text: {reach.requests}")


@announce.command()
@click.argument("id", type=int)
@until_option
@by_option
@click.pass_obj
def extend(state: State, id: int, text_until: str, by: str) -> None:
    """Change when announcement ID ends, later or earlier."""
    read(state, _found, id)
    until = moment(state, text_until)
    extending = change(state, by, "announce extend", id, shown(until, state))
    if not write(state, changes.made, extending, announcements.extend, id, until, now(state)):
        raise click.ClickException(f"announcement {id} has ended: add a new one")
    click.echo(f"announcement {id} lasts until {shown(until, state)}")


@announce.command()
@click.argument("id", type=int)
@click.option(
    "--mended", "restored", is_flag=True, help="It works again: text those who asked for it."
)
@by_option
@click.pass_obj
def cancel(state: State, id: int, restored: bool, by: str) -> None:
    """End announcement ID now."""
    _, reach = read(state, _found, id)
    ending = change(state, by, "announce cancel", id, "mended" if restored else "")
    if not write(state, changes.made, ending, announcements.cancel, id, restored, now(state)):
        raise click.ClickException(f"announcement {id} has ended already")
    click.echo(f"announcement {id} has ended")
    if restored:
        click.echo(f"texts that it is fixed: {reach.requests}")
    elif reach.requests:
        click.echo(
            f"callers who asked for a text when it is fixed: {reach.requests}; "
            f"`firstline announce cancel {id} --mended` sends it"
        )


def _texts(
    given: Mapping[str, str], recording: Path | None, spoken: Sequence[str]
) -> Mapping[str, str]:
    """The texts that were given; warns about languages of the site without one."""
    said = {name: " ".join(text.split()) for name, text in given.items() if text.strip()}
    texts = {name: said[name] for name in spoken if name in said}
    missing = [name for name in spoken if name not in texts]
    if not texts and recording is None:
        raise click.UsageError(f"give a text or a recording: --text {spoken[0]}=… or --recording")
    for name, text in texts.items():
        for fault in unspoken(text):
            raise click.UsageError(f"--text-{name}: {fault.text}")
        if len(text) > LONGEST:
            raise click.UsageError(
                f"the text in {name} is longer than {LONGEST} characters: shorten it"
            )
    if texts and missing and recording is None:
        options = ", ".join(f"--text {name}=…" for name in missing)
        click.echo(
            f"warning: no {options}: callers in that language hear the text in {next(iter(texts))}",
            err=True,
        )
    return texts


def _kept(recording: Path, state: State) -> str:
    """Copy the recording to where Asterisk can play it; returns the path without extension."""
    from prompts import sound_files  # it loads numpy
    from prompts.wav import SoundError

    content = recording.read_bytes()
    state.announcements.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = state.announcements / f"{hashlib.sha256(content).hexdigest()[:16]}.wav"
    try:
        sound_files.write(kept, *sound_files.decode(recording))
    except SoundError as error:
        raise click.ClickException(f"{recording}: {error}") from error
    return str(kept.with_suffix(""))


def _listed(db: Database, at: datetime, ended: bool) -> list[Listed]:
    found = announcements.recent(db, LISTED) if ended else announcements.unended(db, at)
    return [(one, announcement_requests.reach(db, one.id)) for one in found]


def _found(db: Database, id: int) -> Listed:
    one = announcements.by_id(db, id)
    if one is None:
        raise click.ClickException(
            f"there is no announcement {id}: `firstline announce list --all` lists them"
        )
    return one, announcement_requests.reach(db, id)


def _fields(one: Announcement, reach: Reach, at: datetime) -> dict[str, object]:
    """An announcement as JSON."""
    return {**to_builtins(one), "state": one.state(at), **to_builtins(reach)}


def _end(one: Announcement) -> datetime:
    return one.cancelled or one.until


def _whom(one: Announcement) -> str:
    return ", ".join(one.areas) or ", ".join(one.tariffs) or "everyone"


def _what(one: Announcement) -> str:
    return next(iter(one.texts.values()), "a recording")
