"""`firstline import`: menus of other systems."""

import click

from ari_app.commands.groups import Lazy, LazyCommands

SECTIONS = {
    "From": {
        "dialplan": Lazy("import_dialplan:dialplan", "Import a context of an Asterisk dialplan"),
        "freepbx": Lazy("import_freepbx:freepbx", "Import the IVRs of a FreePBX"),
    },
}


@click.group("import", cls=LazyCommands, sections=SECTIONS)
def imports() -> None:
    """Make menus of what another system has."""
