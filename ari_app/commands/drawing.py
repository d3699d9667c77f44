"""`firstline flows schema` and `firstline flows graph`: menus for editors, and for the eye."""

from pathlib import Path

import click
from msgspec import json

from ari_app import flows as reading
from ari_app.config import State
from ari_app.selfcare.operations import CATALOGUE
from ivr.schema import Names
from ivr.schema import schema as made
from prompts import catalogue

_directory = click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), required=False
)


@click.command()
@_directory
@click.option(
    "--strict-names/--any-names",
    "strict",
    default=True,
    help="Whether the editor refuses prompts that are not there yet; it offers those that are.",
)
@click.pass_obj
def schema(state: State, directory: Path | None, strict: bool) -> None:
    """The JSON Schema of menus, for editors; with the prompts of DIRECTORY, or of those in use."""
    laid = reading.prompts(directory or reading.directory(state.config()), catalogue.shipped())
    words = {each.prompt: next(iter(each.texts.values())) for each in laid.catalogue.listing()}
    text = json.format(json.encode(made(Names(CATALOGUE, words, strict))), indent=1)
    click.echo(text.decode())
