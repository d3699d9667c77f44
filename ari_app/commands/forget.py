"""`firstline subscribers forget`: erase a person; statistics stay."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from ari_app.calls.recordings import SPOOL, Recordings
from ari_app.commands.store_access import refresh_application, with_store
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import erasure
from ari_app.store.db import Store
from ari_app.store.erasure import ErasureReport, Person
from ivr.number_advice import advice

PAUSE = 0.01
"""Seconds after each step in which a running application can write."""


@click.command()
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget(state: State, number: str, yes: bool) -> None:
    """Erase the person with NUMBER, subscriber or not. Statistics stay."""

    async def erase(store: Store) -> None:
        person = await store.read(erasure.find, number)
        if person is None:
            raise click.ClickException(advice(store.numbers, number))
        if not yes:
            await asyncio.to_thread(click.confirm, _question(person), abort=True)
        names = {Path(file).name for file in person.files}
        files = 0
        for each in (state.recorded, state.directory / SPOOL):
            forget = Recordings(each).forget
            files += await asyncio.to_thread(forget, names, frozenset(person.calls))
        remove = Recordings(state.recorded).conversations.remove
        files += await asyncio.to_thread(remove, person.conversations)
        done = await store.write(erasure.erase, person, datetime.now(UTC))
        await refresh_application(state)
        for index in erasure.INDEXES:
            more, first = True, True
            while more:
                more = await store.write(erasure.forget_words, index, first)
                first = False
                await asyncio.sleep(PAUSE)
        await store.scrub()
        for line in _report(person, done, files):
            click.echo(line)

    with_store(state, erase)


def _question(person: Person) -> str:
    who = "an unknown person" if person.id is None else f"subscriber {person.id}"
    calls, files = len(person.calls), len(person.files)
    what = (
        f"{who} with {masked(person.number)}, {calls} calls, {files} recordings of complaints,"
        f" {len(person.conversations)} of conversations"
    )
    return f"Erase {what}? This cannot be undone"


def _report(person: Person, done: ErasureReport, files: int) -> list[str]:
    gone = [*done.gone, *([("recordings", files)] if files else [])]
    lines = [
        f"{how}: {', '.join(f'{name} {count}' for name, count in counts)}"
        for how, counts in (("erased", gone), ("anonymised", done.kept))
        if counts
    ]
    left = [file for file in person.files if Path(file).exists()]
    lines += [f"not removed, since the file is outside the installation: {file}" for file in left]
    if person.sip_user:
        lines.append("Asterisk keeps their phone until `firstline reload`; calls go on")
    if person.in_call:
        lines.append("a call of theirs is in progress: repeat the command when it has ended")
    return lines or ["nothing is stored about this number"]
