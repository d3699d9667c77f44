"""`firstline flows`: the menus."""

import click

from ari_app.commands.check import check, rules
from ari_app.commands.flow_tests import cover, test_, walk
from ari_app.commands.graph import graph, schema
from ari_app.commands.reload import reload, versions
from ari_app.commands.runner import Commands
from ari_app.commands.simulate import simulate


@click.group(cls=Commands)
def flows() -> None:
    """The menus that callers go through."""


for command in (check, rules, reload, versions, simulate, test_, cover, walk, schema, graph):
    flows.add_command(command)
