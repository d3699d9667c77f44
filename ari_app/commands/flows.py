"""`firstline flows`: the menus."""

from pathlib import Path

import click

from ari_app import flows as reading
from ari_app.commands.drawing import graph, schema
from ari_app.commands.menus import reload, versions
from ari_app.commands.rehearsing import cover, test_, walk
from ari_app.commands.running import Commands
from ari_app.commands.simulating import simulate
from ari_app.config import State
from ari_app.selfcare.operations import CATALOGUE
from prompts import catalogue


@click.group(cls=Commands)
def flows() -> None:
    """The menus that callers go through."""


@flows.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.pass_obj
def check(state: State, directory: Path | None) -> None:
    """Say all that is wrong with the flows of DIRECTORY (those in use, if none is named)."""
    try:
        menus = reading.menus(
            directory or reading.directory(state.config()), catalogue.shipped(), CATALOGUE
        )
    except reading.FlowsError as error:
        for problem in error.problems:
            click.echo(str(problem))
        raise click.exceptions.Exit(1) from error
    for flow in menus.book.flows.values():
        numbers = ", ".join(flow.numbers) or "no number"
        click.echo(f"{flow.file}: flow {flow.flow} ({numbers}), {len(flow.nodes)} nodes: good")


for command in (reload, versions, simulate, test_, cover, walk, schema, graph):
    flows.add_command(command)
