"""`firstline subscribers`: subscribers and their code words."""

import asyncio
import sys
from datetime import UTC, datetime

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands, Lazy
from ari_app.commands.store_access import by_option, read, shown, with_store
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import code_words
from ari_app.store import subscribers as people
from ari_app.store.code_words import AuditEntry
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber
from ivr.secret import Secret

ATTEMPTS_SHOWN = 5


@click.group(cls=Commands)
def subscribers() -> None:
    """List, import and erase subscribers; set and unlock code words."""


@subscribers.command("list")
@click.option("--after", default=0, help="Begin after the subscriber with this id.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=1000, show_default=True)
@json_option(": whole numbers, too; without passwords")
@click.pass_obj
def list_(state: State, after: int, limit: int, as_json: bool) -> None:
    """List subscribers with the last digits of their numbers, page by page."""

    def some(db: Database) -> tuple[list[Subscriber], int]:
        return people.page(db, after, limit), people.count(db)

    found, total = read(state, some)
    if as_json:
        print_json([_fields(one) for one in found])
    for one in () if as_json else found:
        words = (str(one.id), masked(one.msisdn), one.language, one.name, one.area)
        click.echo("  ".join(words))
    more = f"; go on with --after {found[-1].id}" if len(found) == limit else ""
    click.echo(f"{len(found)} of {total} subscribers{more}", err=True)


@subscribers.command()
@click.argument("number")
@json_option()
@click.pass_obj
def show(state: State, number: str, as_json: bool) -> None:
    """Show the subscriber of NUMBER and the last attempts at their code word."""

    async def asking(store: Store) -> None:
        one = await _found(store, number)
        word = await store.read(code_words.of, one.id)
        until = await store.read(code_words.locked_out_until, one.id, datetime.now(UTC))
        entries = await store.read(code_words.entries, one.id, ATTEMPTS_SHOWN)
        if as_json:
            has_word = word and {"at": word.at, "by": word.by, "pin": bool(word.pin)}
            attempts = {"locked_until": until, "attempts": entries}
            print_json({**_fields(one), "code_word": has_word, **attempts})
            return
        click.echo(f"subscriber {one.id}: {one.msisdn}, {one.name}, {one.language}, {one.area}")
        has = f"set {shown(word.at, state)} by {word.by}" if word else "none"
        click.echo(f"code word: {has}{', and a PIN' if word and word.pin else ''}")
        if until is not None:
            click.echo(f"locked until {shown(until, state)}: `firstline subscribers unlock`")
        for entry in entries:
            click.echo(_line(state, entry))

    with_store(state, asking)


@subscribers.command("set-code-word")
@click.argument("number")
@click.option("--stdin", is_flag=True, help="Read it from the first line of standard input.")
@by_option
@click.pass_obj
def set_code_word(state: State, number: str, stdin: bool, by: str) -> None:
    """Set the code word of NUMBER's subscriber: prompted twice, not echoed."""

    async def setting(store: Store) -> tuple[str, ...]:
        from ari_app.fulfilment.code_words import StoredCodeWords, hashing  # `list` needs none

        one = await _found(store, number)
        word = await asyncio.to_thread(_asked, stdin)
        with hashing(state) as hasher:
            brands = state.config().operator.brands
            words = StoredCodeWords(store, hasher, lambda: datetime.now(UTC), brands)
            return await words.put(one, word, by, datetime.now(UTC))

    weak = with_store(state, setting)
    if weak:
        raise click.ClickException("the code word is too weak. " + " ".join(weak))
    click.echo("the code word is set")


@subscribers.command("set-pin")
@click.argument("number")
@click.option("--stdin", is_flag=True, help="Read it from the first line of standard input.")
@by_option
@click.pass_obj
def set_pin(state: State, number: str, stdin: bool, by: str) -> None:
    """Set the PIN of NUMBER's subscriber: prompted twice, not echoed."""

    async def setting(store: Store) -> tuple[str, ...]:
        from ari_app.fulfilment.code_words import StoredCodeWords, hashing  # `list` needs none

        one = await _found(store, number)
        pin = await asyncio.to_thread(_asked, stdin, "PIN")
        with hashing(state) as hasher:
            brands = state.config().operator.brands
            words = StoredCodeWords(store, hasher, lambda: datetime.now(UTC), brands)
            try:
                return await words.put_pin(one, pin, by, datetime.now(UTC))
            except ValueError as error:
                raise click.ClickException(str(error)) from error

    weak = with_store(state, setting)
    if weak:
        raise click.ClickException("the PIN is too weak. " + " ".join(weak))
    click.echo("the PIN is set")


@subscribers.command("second-contact")
@click.argument("number")
@click.argument("contact", required=False)
@click.option("--none", is_flag=True, help="Notify no one besides the subscriber.")
@click.pass_obj
def second_contact(state: State, number: str, contact: str | None, none: bool) -> None:
    """Set CONTACT, who gets a text when the SIM card of NUMBER is blocked or not."""

    async def setting(store: Store) -> str:
        one = await _found(store, number)
        if contact or none:
            try:
                await store.write(people.set_second_contact, one.id, contact or "")
            except ValueError as error:
                raise click.ClickException(str(error)) from error
        return await store.read(people.second_contact, one.id)

    kept = with_store(state, setting)
    click.echo(f"second contact: {kept or 'none'}")


@subscribers.command()
@click.argument("number")
@click.option("--reason", required=True, metavar="TEXT", help="Stored with the attempts.")
@by_option
@click.pass_obj
def unlock(state: State, number: str, reason: str, by: str) -> None:
    """Unlock the code word of NUMBER's subscriber after wrong attempts."""

    async def unlocking(store: Store) -> bool:
        one = await _found(store, number)
        return await store.write(code_words.unlock, one.id, by, reason, datetime.now(UTC))

    struck = with_store(state, unlocking)
    click.echo("the code word can be tried again" if struck else "there were no wrong attempts")


subscribers.lazy = {"import": Lazy("import_subscribers:import_"), "forget": Lazy("forget:forget")}


async def _found(store: Store, number: str) -> Subscriber:
    one = await store.read(people.by_number, number)
    if one is None:
        raise click.ClickException("no subscriber has this number: `firstline subscribers list`")
    return one


def _fields(one: Subscriber) -> dict[str, object]:
    """A subscriber as JSON: without the password of the phone."""
    return {
        "id": one.id,
        "number": one.msisdn,
        "name": one.name,
        "language": one.language,
        "area": one.area,
        "sip_user": one.sip_user,
        "created": one.created,
    }


def _asked(stdin: bool, called: str = "Code word") -> Secret:
    if stdin:
        return Secret(sys.stdin.readline().rstrip("\n"))
    typed: str = click.prompt(called, hide_input=True, confirmation_prompt="Once more")
    return Secret(typed)


def _line(state: State, entry: AuditEntry) -> str:
    by = f"by {entry.agent}" if entry.agent else f"from {masked(entry.number)}"
    words = (shown(entry.at, state), entry.outcome, by, entry.call, entry.why)
    return "  " + "  ".join(word for word in words if word)
