"""`firstline flows`: the menus."""

import click

from ari_app.commands.checking import check, rules
from ari_app.commands.running import Commands


@click.group(cls=Commands)
def flows() -> None:
    """The menus that callers go through."""


for command in (check, rules):
    flows.add_command(command)
