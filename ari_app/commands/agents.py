"""`firstline agents`: who answers callers, and what he signs in with at the desk."""

import asyncio
import re
import secrets
import sys
from collections.abc import Callable
from typing import TypeVar, get_args

import click

from ari_app import exchange
from ari_app.codewords import hashing
from ari_app.commands.running import Commands
from ari_app.commands.stored import announced, asked, read
from ari_app.config import State
from ari_app.store import agents as staff
from ari_app.store import desk_sessions, subscribers
from ari_app.store.agents import Agent, Role
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ivr.phrases import LANGUAGES
from ivr.problems import near
from ivr.secret import Secret

T = TypeVar("T")

SHORTEST, LONGEST = 10, 256
"""Signs of a password; the desk reads no more of what is typed."""
DIFFERENT = 5
"""How many of them must differ."""

_NAME = re.compile(r"[a-z][a-z0-9._-]{0,31}")
"""A login. The desk reads it in small letters, whatever is typed."""
_ROLE = click.Choice(get_args(Role))


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def agents(ctx: click.Context) -> None:
    """Who answers callers, and may sign in at the desk [alone: the list]."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@agents.command("list")
@click.pass_obj
def list_(state: State) -> None:
    """All agents: login, role, extension, whether he may sign in, name."""
    for one in read(state, staff.everyone):
        may = "may sign in" if one.may_sign_in else "may not sign in"
        click.echo("  ".join((one.name, one.role, one.extension, may, one.full_name)))


@agents.command()
@click.argument("name")
@click.option("--full-name", required=True, metavar="TEXT", help="As colleagues call him.")
@click.option("--extension", required=True, metavar="NUMBER", help="What his phone is dialled by.")
@click.option("--sip-user", metavar="USER", help="Of his phone [default: the extension].")
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(LANGUAGES),
    default=["ru"],
    show_default=True,
    help="What he speaks; several by several --language.",
)
@click.option("--role", type=_ROLE, default="agent", show_default=True, help="What he may do.")
@click.pass_obj
def add(
    state: State,
    name: str,
    full_name: str,
    extension: str,
    sip_user: str | None,
    languages: tuple[str, ...],
    role: Role,
) -> None:
    """Add an agent with login NAME, who may not sign in before he has a password."""
    if not _NAME.fullmatch(name):
        wanted = "a login is a small Latin letter, then up to 31 of a-z, 0-9, dot, - and _"
        raise click.BadParameter(wanted, param_hint="NAME")
    phone = (sip_user or extension, Secret(secrets.token_urlsafe(18)))
    one = Agent(name, full_name, extension, languages, *phone, role)

    async def adding(store: Store) -> bool:
        people = await store.read(subscribers.everyone)
        before = await store.read(staff.everyone)
        if name not in (other.name for other in before):
            # Refuses what Asterisk's files cannot hold, and what stands there twice.
            exchange.site(state.config(), state.keys(), people, [*before, one], exchange.APOLOGY)
        added = await store.write(staff.add, [one])
        if added:
            await announced(state)
        return bool(added)

    if not asked(state, adding):
        raise click.ClickException(f"there is an agent {name} already: `firstline agents list`")
    click.echo(
        f"{name} is added; his phone works after a restart, with what `firstline status` then "
        f"shows. To sign in he needs a password: `firstline agents password {name}`"
    )


@agents.command()
@click.argument("name")
@click.option("--generate", is_flag=True, help="Make one, and show it once.")
@click.option("--stdin", is_flag=True, help="Read it from the first line of standard input.")
@click.option("--none", "barred", is_flag=True, help="Take it away: he may no longer sign in.")
@click.pass_obj
def password(state: State, name: str, generate: bool, stdin: bool, barred: bool) -> None:
    """Set what agent NAME signs in with, and sign him out everywhere.

    It is asked for twice and not shown.
    """
    if generate + stdin + barred > 1:
        raise click.UsageError("give one of --generate, --stdin and --none")

    async def setting(store: Store) -> tuple[int, Secret | None]:
        await _found(store, name)
        made = Secret(secrets.token_urlsafe(15)) if generate else None
        hash = staff.BARRED if barred else await _hashed(state, name, made, stdin)
        ended = await store.write(_put_password, name, hash)
        await announced(state)
        return ended, made

    ended, made = asked(state, setting)
    what = "is set" if made is None else f"is {made.reveal()} and is not shown again"
    click.echo(f"the password of {name} {'is taken away' if barred else what}; {_out(ended)}")


@agents.command()
@click.argument("name")
@click.argument("role", type=_ROLE)
@click.pass_obj
def role(state: State, name: str, role: Role) -> None:
    """Set what agent NAME may do: each ROLE what those before it may, and more."""
    _change(state, name, lambda db: staff.put_role(db, name, role))
    click.echo(f"{name} is {role} from now on")


@agents.command("end-sessions")
@click.argument("name")
@click.pass_obj
def end_sessions(state: State, name: str) -> None:
    """Sign agent NAME out of every browser; his password stays."""
    click.echo(_out(_change(state, name, lambda db: desk_sessions.end_all(db, name))))


def weakness(name: str, password: str) -> str:
    """Why a password is too weak for the agent of a login, or cannot be typed; "" if it will do."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"take {SHORTEST} to {LONGEST} signs"
    if not password.isprintable():
        return "it has a sign that nobody can type"
    if len(set(password)) < DIFFERENT:
        return f"take {DIFFERENT} signs that differ, or more"
    if name in password.casefold():
        return "the login is a part of it"
    return ""


async def _hashed(state: State, name: str, made: Secret | None, stdin: bool) -> str:
    word = await asyncio.to_thread(_typed, stdin) if made is None else made
    if wrong := weakness(name, word.reveal()):
        raise click.ClickException(f"this cannot be the password: {wrong}")
    with hashing(state) as hasher:
        return await hasher.password(word)


def _typed(stdin: bool) -> Secret:
    if stdin:
        return Secret(sys.stdin.readline().rstrip("\n"))
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    return Secret(typed)


def _put_password(db: Database, name: str, hash: str) -> int:
    """In one transaction, so that nobody stays signed in by a password of before."""
    staff.put_password(db, name, hash)
    return desk_sessions.end_all(db, name)


def _change(state: State, name: str, change: Callable[[Database], T]) -> T:
    """What comes of changing something about an agent, of which the application is told."""

    async def changing(store: Store) -> T:
        await _found(store, name)
        done = await store.write(change)
        await announced(state)
        return done

    return asked(state, changing)


async def _found(store: Store, name: str) -> None:
    known = [one.name for one in await store.read(staff.everyone)]
    if name not in known:
        raise click.ClickException(f"there is no agent {name}: {near(name, known)}")


def _out(ended: int) -> str:
    return f"signed out of {ended} browser{'' if ended == 1 else 's'}"
