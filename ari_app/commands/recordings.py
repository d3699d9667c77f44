"""`firstline prompts studio` and `record-check`: recordings of a human voice, made and checked."""

from collections import Counter
from pathlib import Path

import click

from ari_app.commands.language_argument import LANGUAGE
from ari_app.config.state import State
from ari_app.menus import loading

MENUS = click.option(
    "--menus",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The menus whose texts are used [default: those in use].",
)
LANG = click.option("--lang", type=LANGUAGE, required=True, help="Which language.")


@click.command()
@LANG
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where to write  [default: here].",
)
@MENUS
@click.pass_obj
def studio(state: State, lang: str, output: Path, menus: Path | None) -> None:
    """Write the script for a recording studio: file names and texts.

    As studio-LANG.csv for a spreadsheet, and as studio-LANG.html to print.
    """
    from prompts.studio import as_csv, as_html, script  # it loads numpy

    catalogue = loading.prompts_in_use(state.config(), menus)
    lines = script(catalogue, lang)
    output.mkdir(parents=True, exist_ok=True)
    table, page = output / f"studio-{lang}.csv", output / f"studio-{lang}.html"
    table.write_text(as_csv(lines), "utf-8-sig")  # with the mark by which spreadsheets know UTF-8
    page.write_text(as_html(lines, lang), "utf-8")
    counted = Counter(each.section for each in lines)
    shown = " and ".join(f"{number} {section}" for section, number in counted.items())
    click.echo(f"{table} and {page}: {shown}")


@click.command("record-check")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False, exists=True))
@LANG
@click.option("--no-missing", is_flag=True, help="Do not list what is missing.")
@MENUS
@click.pass_obj
def record_check(
    state: State, directory: Path, lang: str, no_missing: bool, menus: Path | None
) -> None:
    """List what is wrong with recordings, and which are missing.

    DIRECTORY has a directory per language, as recordings/ of the state directory. Exit code 1 if
    something is wrong.
    """
    from prompts.record_check import check  # it loads numpy

    catalogue = loading.prompts_in_use(state.config(), menus)
    every = check(directory, catalogue, lang)
    found = [each for each in every if not (no_missing and each.kind == "missing")]
    for each in found:
        click.echo(f"{lang}/{each.name}: {each.kind}: {each.text}")
    if any(each.serious for each in found):
        counted = Counter(each.kind for each in found)
        raise click.ClickException(", ".join(f"{n} {kind}" for kind, n in counted.items()))
    click.echo(f"all recordings of {lang} are there and in order")
