"""`firstline doctor`: what is wrong with an Asterisk, and which line to change."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.runner import run
from ari_app.config.state import State
from ari_app.doctor.examine import examined
from ari_app.doctor.findings import ORDER, Finding, exit_code
from ari_app.doctor.read_files import ReadError
from ari_app.main.examination import of_files, of_installation

UNKNOWN = 3
"""The exit code when nothing can be said, as monitoring plugins have it."""

COLOURS = {"critical": "red", "warning": "yellow", "note": "blue"}


@click.command()
@click.option(
    "--config",
    "directory",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A directory such as /etc/asterisk: examine its files alone.",
)
@json_option()
@click.pass_obj
def doctor(state: State, directory: Path | None, as_json: bool) -> None:
    """Check an Asterisk: list what is wrong, and what to change.

    Exit code 0 if nothing is, or only notes; 1 for warnings, 2 for something critical, 3 if it
    could not be looked at.
    """
    try:
        seen = run(of_files(directory) if directory else of_installation(state))
    except ReadError as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(UNKNOWN) from error
    found = examined(seen.facts)
    if seen.without:
        click.echo(seen.without, err=True)
    if as_json:
        print_json(found)
    else:
        show(found)
    raise click.exceptions.Exit(exit_code(found))


def show(found: Sequence[Finding]) -> None:
    """Print findings, each with its place and what to change."""
    for one in found:
        severity = click.style(one.severity, fg=COLOURS[one.severity], bold=True)
        click.echo(f"{severity} {one.where} [{one.id}]\n    {one.text}\n    -> {one.change}")
    counts = Counter(one.severity for one in found)
    summed = [
        f"{counts[each]} {each}{'s' * (counts[each] > 1 and each != 'critical')}"
        for each in ORDER
        if counts[each]
    ]
    click.echo(", ".join(summed) or "nothing is wrong")
