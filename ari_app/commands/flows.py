"""`firstline flows`: the menus."""

import click

from ari_app.commands.groups import Lazy, LazyCommands

SECTIONS = {
    "Check and test": {
        "check": Lazy("check:check", "List what is wrong with flows"),
        "rules": Lazy("check:rules", "List the rules of the check, or explain one"),
        "test": Lazy("flow_tests:test_", "Run the tests beside flows"),
        "cover": Lazy("flow_tests:cover", "List the nodes and edges that tests do not reach"),
        "walk": Lazy("flow_tests:walk", "Write tests that take every path of a flow"),
        "simulate": Lazy("simulate:simulate", "Call a number from this terminal"),
        "replay": Lazy("replay:replay", "Run recorded calls through changed menus"),
    },
    "Put into force": {
        "reload": Lazy("reload:reload", "Reload the menus for new calls"),
        "diff": Lazy("menu_sets:diff", "List what differs between files and the menus in force"),
        "history": Lazy("menu_history:history", "List the sets of menus that were in force"),
        "canary": Lazy("canary:canary", "Show new menus for a share of the calls beside the old"),
        "rollback": Lazy("menu_sets:rollback", "Restore a whole set of menus"),
        "versions": Lazy("menu_history:versions", "List the versions that were in force"),
    },
    "Draw and edit": {
        "graph": Lazy("graph:graph", "Draw a flow"),
        "plan": Lazy("graph:plan", "Print the menus as a call plan"),
        "schema": Lazy("graph:schema", "Print the JSON Schema of flows for editors"),
    },
}


@click.group(cls=LazyCommands, sections=SECTIONS)
def flows() -> None:
    """Check, test, draw and reload the menus that callers go through."""
