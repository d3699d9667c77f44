"""`firstline subscribers forget`: a person is erased, what is counted stays."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from ari_app.calls.recordings import Recordings
from ari_app.commands.store_access import announced, asked
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import erasure
from ari_app.store.db import Store
from ari_app.store.erasure import ErasureReport, Person


@click.command()
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget(state: State, number: str, yes: bool) -> None:
    """Erase whoever has NUMBER, subscriber or not, for ever; calls stay counted."""

    async def forgetting_(store: Store) -> None:
        person = await store.read(erasure.find, number)
        if person is None:
            raise click.ClickException(
                f"this is no telephone number: write it as {store.numbers.example}"
            )
        if not yes:
            await asyncio.to_thread(click.confirm, _question(person), abort=True)
        recorded = Recordings(state.recorded)
        names = {Path(file).name for file in person.files}
        files = await asyncio.to_thread(recorded.forget, names, frozenset(person.calls))
        done = await store.write(erasure.erase, person, datetime.now(UTC))
        await announced(state)
        await store.scrub()
        for line in _told(person, done, files):
            click.echo(line)

    asked(state, forgetting_)


def _question(person: Person) -> str:
    who = "nobody we know" if person.id is None else f"subscriber {person.id}"
    calls, files = len(person.calls), len(person.files)
    what = f"{who} with {masked(person.number)}, {calls} calls, {files} recordings of complaints"
    return f"Forget {what}? It cannot be undone"


def _told(person: Person, done: ErasureReport, files: int) -> list[str]:
    gone = [*done.gone, *([("recordings", files)] if files else [])]
    lines = [
        f"{how}: {', '.join(f'{name} {count}' for name, count in counts)}"
        for how, counts in (("erased", gone), ("kept, as nobody's", done.kept))
        if counts
    ]
    left = [file for file in person.files if Path(file).exists()]
    lines += [f"still there, as it is no file of ours: {file}" for file in left]
    if person.sip_user:
        lines.append("Asterisk knows his phone until its next start: `firstline down`, then `up`")
    if person.in_call:
        lines.append("a call of his lasts: when it is over, forget him again")
    return lines or ["nothing is known of this number"]
