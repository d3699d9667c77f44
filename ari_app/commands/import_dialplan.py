"""`firstline import dialplan`: the menu of an Asterisk without FreePBX."""

from datetime import UTC, datetime
from pathlib import Path

import click

from ari_app.commands.import_freepbx import DIRECTORY, DRY_RUN, LANG, SOUNDS_OPTION, put
from ari_app.config.state import State
from ari_app.freepbx import plain, report, source
from ari_app.menus import loading as reading


@click.command()
@click.argument(
    "path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--context", required=True, metavar="NAME", help="The context of the menu.")
@click.option("--number", required=True, metavar="N", help="The number at which calls begin.")
@DIRECTORY
@SOUNDS_OPTION
@LANG
@DRY_RUN
@click.pass_obj
def dialplan(
    state: State,
    /,
    path: Path,
    context: str,
    number: str,
    directory: Path,
    sounds: Path | None,
    lang: str | None,
    dry_run: bool,
) -> None:
    """Import a context of an Asterisk dialplan, as far as its text shows what it does.

    FILE is an extensions.conf. Steps that are not understood are named where they stand.
    """
    config = state.config()
    drafted = plain.menus(
        source.plain(path),
        context,
        number,
        languages=tuple(config.site.languages),
        year=datetime.now(UTC).year,
        taken=reading.shipped(config).prompts,
    )
    if dry_run:
        click.echo(report.markdown(drafted.findings, "Dialplan"), nl=False)
        return
    put(
        state,
        drafted,
        drafted.findings,
        directory,
        path.name,
        source.below(sounds),
        lang or "",
        freepbx=False,
    )
