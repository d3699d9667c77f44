"""`firstline demo`: the fictional operator of a new installation."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from ari_app.calls.recordings import Recordings
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import with_store
from ari_app.config.first_settings import without_demo
from ari_app.config.state import FILE, State
from ari_app.main.demo import DemoData, find_demo, remove_demo
from ari_app.main.processes import recorded
from ari_app.store.db import Store


@click.group(cls=Commands)
def demo() -> None:
    """Remove the demo operator from an installation."""


@demo.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only print what there is of the demo operator.")
@click.pass_obj
def remove(state: State, yes: bool, dry_run: bool) -> None:
    """Remove the demo operator: its subscribers, agents, billing, and their calls.

    Your own subscribers, agents, announcements and settings stay, and `demo = false` is written
    into the settings, which must say whose installation it is by then.
    """
    if recorded(state.process) is not None:
        raise click.ClickException("Firstline runs here: stop it with `firstline down` first")

    async def removing(store: Store) -> None:
        data = await store.read(find_demo)
        for line in _found(data):
            click.echo(line)
        if dry_run:
            return
        if not data:
            _leave(state)
            return
        if not yes:
            await asyncio.to_thread(click.confirm, "Remove all of it?", abort=True)
        _leave(state)
        names = {Path(each).name for each in data.files}
        recordings = Recordings(state.recorded)
        files = await asyncio.to_thread(recordings.forget, names, frozenset(data.calls))
        gone = await store.write(remove_demo, data, datetime.now(UTC))
        await store.scrub()
        more = [("recordings", files)] if files else []
        click.echo("removed: " + ", ".join(f"{name} {count}" for name, count in (*gone, *more)))

    with_store(state, removing)


def _leave(state: State) -> None:
    """Write `demo = false` into the settings, unless it stands there."""
    file = state.directory / FILE
    if state.config().site.demo:
        state.begin(without_demo(file.read_text("utf-8") if file.exists() else ""))
        click.echo(f"{file}: demo = false")


def _found(data: DemoData) -> list[str]:
    if not data:
        return ["there is nothing of the demo operator here"]
    people, staff, calls = len(data.subscribers), ", ".join(data.agents), len(data.calls)
    return [f"the demo operator: {people} subscribers, {calls} calls; agents: {staff or 'none'}"]
