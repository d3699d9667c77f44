"""`firstline agents`: the agents, their phones, passwords and roles."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar, get_args

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands
from ari_app.commands.language_argument import LANGUAGE
from ari_app.commands.store_access import by_option, change, read, refresh_application, with_store
from ari_app.config.state import State
from ari_app.fulfilment.code_words import hashing
from ari_app.main import pbx_site
from ari_app.store import agents as staff
from ari_app.store import changes, desk_sessions, subscribers
from ari_app.store.agents import Agent, Role
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.workplace.new_agents import is_login, taken_by, with_phone
from ari_app.workplace.passwords import faults, generated
from ivr.problems import near
from ivr.secret import Secret

T = TypeVar("T")


@click.group(cls=Commands)
def agents() -> None:
    """Add agents, set passwords and roles."""


@agents.command("list")
@json_option("; without passwords")
@click.pass_obj
def list_(state: State, as_json: bool) -> None:
    """List agents by extension."""
    found = read(state, staff.everyone)
    if as_json:
        print_json([_fields(one) for one in found])
        return
    for one in found:
        may = "may sign in" if one.password else "may not sign in"
        words = (one.name, one.full_name, one.extension, one.role, " ".join(one.languages), may)
        click.echo("  ".join(words))


@agents.command()
@click.argument("name")
@click.option("--full-name", required=True, help="As callers and colleagues know them.")
@click.option("--extension", required=True, help="The digits that dial their phone.")
@click.option("--role", type=click.Choice(get_args(Role)), default="agent", show_default=True)
@click.option(
    "--language",
    "languages",
    type=LANGUAGE,
    multiple=True,
    help="A language they speak; may be repeated  [default: the site's first].",
)
@by_option
@click.pass_obj
def add(
    state: State,
    /,
    by: str,
    name: str,
    full_name: str,
    extension: str,
    role: Role,
    languages: tuple[str, ...],
) -> None:
    """Add an agent who signs in as NAME, with a SIP account for their phone."""
    if not is_login(name):
        raise click.BadParameter(
            "a login is 2 to 32 of a-z, 0-9, dot, dash and underscore, and begins with a letter",
            param_hint="NAME",
        )
    languages = languages or state.config().site.languages[:1]
    new = with_phone(name, full_name, extension, languages, role)

    async def adding(store: Store) -> None:
        there = await store.read(staff.everyone)
        if (one := taken_by(new, there)) is not None:
            raise click.ClickException(
                f"there is an agent {name} already: choose another"
                if name == one.name
                else f"{extension} is the phone of {one.name}: dial another"
            )
        people = await store.read(subscribers.with_phones)
        # An account that Asterisk cannot read is an error now, not at its next start.
        pbx_site.site(state.config(), state.keys(), people, (*there, new), pbx_site.APOLOGY)
        made = change(state, by, "agents add", name, f"{role}, {extension}")
        await store.write(changes.made, made, staff.add, [new])
        await refresh_application(state)

    with_store(state, adding)
    phone = new.sip_password.reveal()
    click.echo(f"{name} is added; their phone: SIP user {extension}, password {phone}")
    click.echo(_phone_hint(state, extension))
    click.echo(f"they can sign in once they have a password: `firstline agents password {name}`")


@agents.command()
@click.argument("name")
@click.option("--generate", is_flag=True, help="Generate one, and print it once.")
@by_option
@click.pass_obj
def password(state: State, name: str, generate: bool, by: str) -> None:
    """Set the password of an agent: prompted twice, not echoed. Ends their sessions."""

    async def setting(store: Store, one: Agent) -> tuple[Secret, int]:
        names = (one.name, one.full_name)
        new = generated(names) if generate else await asyncio.to_thread(_typed)
        weak = faults(new, names, state.config().operator.brands)
        if weak:
            raise click.ClickException(f"the password is too weak. {' '.join(weak)}")
        with hashing(state) as hasher:
            hashed = await hasher.password(new)
        made = change(state, by, "agents password", name)
        return new, await store.write(changes.made, made, _put_password, name, hashed)

    new, browsers = _with(state, name, setting)
    click.echo(f"the password of {name} is set{f': {new.reveal()}' if generate else ''}")
    click.echo(_signed_out(name, browsers))


@agents.command()
@click.argument("name")
@click.argument("role", type=click.Choice(get_args(Role)))
@by_option
@click.pass_obj
def role(state: State, name: str, role: Role, by: str) -> None:
    """Set the role of an agent at the desk. Each ROLE includes those before it."""
    putting = change(state, by, "agents role", name, role)
    _with(
        state,
        name,
        lambda store, _: store.write(changes.made, putting, staff.put_role, name, role),
    )
    click.echo(f"{name} is {role} now")


@agents.command("sign-out")
@click.argument("name")
@by_option
@click.pass_obj
def sign_out(state: State, name: str, by: str) -> None:
    """Sign an agent out of all browsers. Unsaved text stays in them until the next sign-in."""
    ending = change(state, by, "agents sign-out", name)
    browsers = _with(
        state, name, lambda store, _: store.write(changes.made, ending, desk_sessions.end_all, name)
    )
    click.echo(_signed_out(name, browsers))


@agents.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@by_option
@click.pass_obj
def remove(state: State, name: str, yes: bool, by: str) -> None:
    """Remove an agent and their phone. Their notes and actions stay under their name."""

    async def removing(store: Store, one: Agent) -> Agent:
        if not yes:
            who = f"{name} ({one.full_name}, extension {one.extension})"
            await asyncio.to_thread(click.confirm, f"Remove {who}?", abort=True)
        made = change(state, by, "agents remove", name)
        sends = bool(state.config().desk.webhook)
        await store.write(changes.made, made, staff.remove, name, datetime.now(UTC), sends)
        return one

    one = _with(state, name, removing)
    click.echo(f"{name} is removed; their notes and actions stay")
    click.echo(_phone_hint(state, one.sip_user))


def _with(state: State, name: str, action: Callable[[Store, Agent], Awaitable[T]]) -> T:
    """Run an action on an existing agent, notify the application, and return the result."""

    async def doing(store: Store) -> T:
        one = await store.read(staff.by_name, name)
        if one is None:
            names = [each.name for each in await store.read(staff.everyone)]
            raise click.ClickException(f"there is no agent {name}: {near(name, names)}")
        done = await action(store, one)
        await refresh_application(state)
        return done

    return with_store(state, doing)


def _put_password(db: Database, name: str, hashed: str) -> int:
    staff.put_password(db, name, hashed)
    return desk_sessions.end_all(db, name)


def _typed() -> Secret:
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    return Secret(typed)


def _signed_out(name: str, browsers: int) -> str:
    many = f"{browsers} browser{'s' * (browsers > 1)}"
    return f"{name} was signed out of {many}" if browsers else f"{name} was not signed in"


def _phone_hint(state: State, user: str) -> str:
    if state.config().manages_asterisk:
        return "Asterisk knows of it after `firstline reload`; calls go on"
    return (
        f"add their phone to your Asterisk: what has {user} in the files of `firstline pbx render "
        "DIRECTORY`, then its `pjsip reload` and `queue reload all`"
    )


def _fields(one: Agent) -> dict[str, str | bool | Sequence[str]]:
    """An agent as JSON: without password or hash."""
    return {
        "name": one.name,
        "full_name": one.full_name,
        "extension": one.extension,
        "languages": one.languages,
        "sip_user": one.sip_user,
        "role": one.role,
        "may_sign_in": bool(one.password),
    }
