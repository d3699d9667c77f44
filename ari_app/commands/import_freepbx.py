"""`firstline import freepbx`: IVRs, hours and recordings of a FreePBX as menus of ours."""

import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ari_app.commands.flow_tests import load_flows, walked
from ari_app.commands.language_argument import LANGUAGE
from ari_app.config.state import State
from ari_app.freepbx import recordings, report, source, writer
from ari_app.freepbx.draft import DraftMenus, Finding
from ari_app.freepbx.menus import menus as planned
from ari_app.freepbx.selection import chosen
from ari_app.menus import loading as reading

SOUNDS = Path("/var/lib/asterisk/sounds")

DIRECTORY = click.option(
    "--into",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The directory of the new menus; no file in it is replaced.",
)
SOUNDS_OPTION = click.option(
    "--sounds",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help=f"The directory of recordings, such as {SOUNDS}; a backup has its own.",
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Write nothing, only print the table.")
LANG = click.option(
    "--lang",
    type=LANGUAGE,
    help="The language below which the recordings are  [default: the site's first].",
)


@click.command()
@click.argument(
    "path", metavar="SOURCE", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--did", default="", metavar="N", help="Begin at the inbound route of this number.")
@click.option("--ivr", default="", metavar="N", help="Begin at the IVR with this id.")
@click.option("--number", default="", metavar="N", help="The number at which an --ivr begins.")
@DIRECTORY
@SOUNDS_OPTION
@LANG
@click.option("--direct-dial", "direct", is_flag=True, help="Write a key for each extension.")
@DRY_RUN
@click.pass_obj
def freepbx(
    state: State,
    /,
    path: Path,
    directory: Path,
    sounds: Path | None,
    lang: str | None,
    dry_run: bool,
    **chosen_by: Any,
) -> None:
    """Import the IVRs of a FreePBX, with all that calls come to from there.

    SOURCE is a backup (.tar.gz or .tgz), an SQL dump, freepbx.conf for its live database, or
    extensions_additional.conf. Without --did and --ivr it begins at all inbound routes that come
    to an IVR. What cannot be imported is listed with the reason.
    """
    if chosen_by["did"] and chosen_by["ivr"]:
        raise click.UsageError("--did and --ivr are two beginnings: give one of them")
    config = state.config()
    languages = tuple(config.site.languages)
    taken = reading.shipped(config).prompts
    with tempfile.TemporaryDirectory() as kept:
        found = source.read(path, Path(kept), sounds)
        choice = chosen(
            found.company,
            **chosen_by,
            year=datetime.now(UTC).year,
            languages=languages,
            taken=taken,
        )
        drafted = planned(found.company, choice)
        findings = report.findings(found.company, drafted, routes=not chosen_by["ivr"])
        if dry_run:
            click.echo(report.markdown(findings), nl=False)
            return
        put(state, drafted, findings, directory, path.name, found.sounds, lang or "")


def put(
    state: State,
    drafted: DraftMenus,
    findings: Iterable[Finding],
    directory: Path,
    name: str,
    sounds: Mapping[str, Path],
    lang: str = "",
    *,
    freepbx: bool = True,
) -> None:
    """Write menus, recordings, tests and the report; print the report.

    Raises a ClickException where a file is there already: nothing is then written.
    """
    files = dict(writer.files(drafted, name))
    others = ("import.md", f"{drafted.flow}.test.yaml", "recordings")
    there = [each for each in (*files, *others) if (directory / each).exists()]
    if there:
        raise click.ClickException(
            f"{directory / there[0]} exists: choose another directory, or move it away"
        )
    for each, text in files.items():
        file = directory / each
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    problems = list(recordings.convert(drafted, sounds, directory / "recordings", lang))
    parts = [
        f"# Imported from {name}",
        report.markdown(findings, "FreePBX" if freepbx else "Dialplan"),
        *report.to_do(drafted, str(directory.absolute()), problems, freepbx=freepbx),
    ]
    text = "\n\n".join(part.strip() for part in parts) + "\n"
    (directory / "import.md").write_text(text, "utf-8")
    click.echo(text)
    tests, count, _ = walked(load_flows(state, directory))
    (directory / f"{drafted.flow}.test.yaml").write_text(tests, "utf-8")
    click.echo(
        f"{directory}: {len(drafted.nodes)} nodes, {count} tests; now `firstline flows check "
        f"{directory}` and `firstline flows test {directory}`"
    )
