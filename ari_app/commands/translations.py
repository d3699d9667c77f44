"""`firstline prompts export` and `import`: texts for translators, as a table."""

from pathlib import Path

import click

from ari_app.commands.language_argument import LANGUAGE
from ari_app.commands.recordings import LANG, MENUS
from ari_app.config.state import State
from ari_app.menus import loading
from prompts import translation
from prompts.translation import TableError


@click.command("export")
@LANG
@click.option("--from", "sources", type=LANGUAGE, multiple=True, help="Translated from it.")
@click.option("--all", "every", is_flag=True, help="Also what the language has.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False))
@MENUS
@click.pass_obj
def export(
    state: State,
    lang: str,
    sources: tuple[str, ...],
    every: bool,
    output: Path | None,
    menus: Path | None,
) -> None:
    """Write a table (CSV) of the texts that a language lacks, for a translator.

    Its columns are the prompt, its placeholders, the texts of the other languages of the site, or
    of those `--from` names, and the language.
    """
    words = loading.prompts_in_use(state.config(), menus)
    named = sources or tuple(each for each in words.languages if each != lang)
    if not named:
        raise click.UsageError("the site has no other language: give --from")
    output = output or Path(f"texts-{lang}.csv")
    text = translation.as_csv(words, lang, named, every)
    output.write_text(text, "utf-8-sig")  # with the mark by which spreadsheets know UTF-8
    what = "texts" if every else "texts that are missing"
    click.echo(f"{output}: {translation.count(text)} {what}")


@click.command("import")
@click.argument("csv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@LANG
@MENUS
@click.pass_obj
def import_(state: State, csv: Path, lang: str, menus: Path | None) -> None:
    """Write the texts of a table into prompts/LANG.yaml, if all of them fit.

    Empty ones are left out, and so are those that the language has already as they are.
    """
    config = state.config()
    directory = menus or loading.directory(config)
    if directory == loading.SHIPPED:
        raise click.UsageError("the shipped menus stay as they are: give --menus")
    file = directory / loading.PROMPTS / f"{lang}.yaml"
    files = {str(each): each.read_text("utf-8-sig") for each in file.parent.glob("*.yaml")}
    shipped = loading.shipped(config)
    there = {name: text.source for name, text in shipped.texts.get(lang, {}).items()}
    try:
        rows = translation.read(csv.read_text("utf-8-sig"), lang)
        new = translation.translated(files.get(str(file), ""), rows, there)
    except (TableError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{csv}:{error}; nothing was written") from error
    files[str(file)] = new.text
    wrong = translation.problems(shipped, files, str(file), rows, csv)
    for one in wrong:
        click.echo(str(one), err=True)
    if wrong:
        raise click.ClickException("nothing was written")
    file.parent.mkdir(exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(new.text, "utf-8")
    part.rename(file)
    click.echo(f"{file}: {new.added} texts added, {new.changed} changed")
