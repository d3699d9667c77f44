"""The command line: `firstline --help`. Each command is loaded when it is used."""

import os
import resource
from pathlib import Path

import click

from ari_app import __version__
from ari_app.commands.groups import Lazy, LazyCommands

SECTIONS = {
    "Run": {
        "init": Lazy("init:init", "Write the settings of your own operator"),
        "up": Lazy("up:up", "Start Asterisk and the application"),
        "reload": Lazy("reload:reload_all", "Reload settings, agents, queues, phones and menus"),
        "upgrade": Lazy("up:upgrade", "Replace the application that runs by a new one"),
        "stop": Lazy("up:stop", "Stop the application when its calls have ended"),
        "down": Lazy("up:down", "Stop what `up` started"),
        "status": Lazy("status:status", "Show what runs, and the accounts of phones"),
        "doctor": Lazy(
            "doctor:doctor", "Check an Asterisk: list what is wrong, and what to change"
        ),
        "install": Lazy(
            "install:install",
            "Install two services of systemd, for the application and for Asterisk",
        ),
        "uninstall": Lazy("install:uninstall", "Remove the services"),
        "cluster": Lazy(
            "cluster:cluster",
            "Render the files of several machines, see and drain workers",
        ),
        "agi": Lazy("agi:agi", "Serve the menus over FastAGI"),
        "pbx": Lazy("pbx:pbx", "Render, start and stop the Asterisk of this installation"),
    },
    "Try": {
        "call": Lazy("call:call", "Place a SIP call"),
        "agent": Lazy("agent:agent", "Be the phone of a demo agent"),
        "ussd": Lazy("ussd:ussd", "Dial a USSD code and reply to its pages"),
        "demo": Lazy("demo:demo", "Remove the demo operator from an installation"),
        "demo-billing": Lazy("demo_billing:demo_billing", "Serve a billing system for tests"),
    },
    "Menus": {
        "flows": Lazy("flows:flows", "Check, test, draw and reload the menus"),
        "import": Lazy("imports:imports", "Make menus of what another system has"),
        "voices": Lazy("voices:voices", "Install, list and test the voices of prompts"),
        "prompts": Lazy("prompts:prompts", "List prompts and render their sound"),
        "hours": Lazy("hours:hours", "Show opening hours and override them"),
        "announce": Lazy("announce:announce", "Announce outages and other news to callers"),
        "campaigns": Lazy("campaigns:campaigns", "Send texts to all of an area, or call them"),
        "knowledge": Lazy("knowledge:knowledge", "Check the articles of the knowledge base"),
        "operations": Lazy("operations:operations", "List the operations that menus may run"),
    },
    "Calls": {
        "calls": Lazy("calls:calls", "List calls and show one step by step"),
        "plan": Lazy("plan:plan", "Plan how many agents a day needs"),
        "queues": Lazy("queues:queues", "Show waiting callers and agents of each queue"),
        "surveys": Lazy("surveys:surveys", "Show what callers said of conversations"),
        "quality": Lazy("quality:quality", "Check score cards, and list scores of conversations"),
        "callbacks": Lazy("callbacks:callbacks", "List and close requests for a callback"),
        "complaints": Lazy("complaints:complaints", "List, show and close complaints"),
        "tickets": Lazy("tickets:tickets", "List, show and change tickets"),
        "tasks": Lazy("tasks:tasks", "List, add and close tasks of agents"),
        "messages": Lazy("messages:messages", "List texts to subscribers"),
    },
    "Agents": {
        "agents": Lazy("agents:agents", "Add agents, set passwords and roles"),
        "desk": Lazy("desk:desk", "Make the certificate of the agents' desk"),
        "acts": Lazy("audit:acts", "List what agents did for subscribers"),
        "changes": Lazy("changes:changes", "List what was changed by hand, and by whom"),
        "views": Lazy("audit:views", "List which personal data agents viewed"),
    },
    "Subscribers": {
        "subscribers": Lazy("subscribers:subscribers", "List, import and erase subscribers"),
        "orders": Lazy("orders:orders", "List and show orders of subscribers"),
    },
    "Other systems": {
        "tokens": Lazy("tokens:tokens", "Make, list and revoke tokens of the API"),
        "mail": Lazy("mail:mail", "Send a mail to test the server of alarms"),
        "webhooks": Lazy("webhooks:webhooks", "Show webhooks, test one, and send events again"),
    },
    "Operate": {
        "backup": Lazy("backup:backup", "Write a backup, while Firstline runs"),
        "restore": Lazy("backup:restore", "Restore a backup"),
        "store": Lazy("store:store", "Write the store to PostgreSQL, or back to a file"),
        "retention": Lazy("retention:retention", "Show retention times and what has expired"),
        "completion": Lazy("completion:completion", "Print the completion script of a shell"),
    },
}


@click.group(
    cls=LazyCommands,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".firstline"),
    envvar="FIRSTLINE_STATE",
    show_default=True,
    help="The directory of this installation.",
)
@click.version_option(__version__, prog_name="firstline")
@click.pass_context
def main(ctx: click.Context, state: Path) -> None:
    """Firstline: IVR, self-service and agents' desk of a telecom operator, on Asterisk."""
    from ari_app.main.installation import installation

    if os.environ.get("NO_COLOR"):  # rich looks at it by itself
        ctx.color = False
    ctx.obj = installation(state)
    # A core file of ours, or of the Asterisk that we start, would contain the digits of callers.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


if __name__ == "__main__":
    main(prog_name="firstline")
