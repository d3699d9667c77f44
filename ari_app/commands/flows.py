"""`firstline flows`: the menus."""

import click

from ari_app.commands.checking import check, rules
from ari_app.commands.drawing import graph, schema
from ari_app.commands.menus import reload, versions
from ari_app.commands.rehearsing import cover, test_, walk
from ari_app.commands.running import Commands
from ari_app.commands.simulating import simulate


@click.group(cls=Commands)
def flows() -> None:
    """The menus that callers go through."""


for command in (check, rules, reload, versions, simulate, test_, cover, walk, schema, graph):
    flows.add_command(command)
