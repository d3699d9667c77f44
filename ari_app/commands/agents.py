"""`firstline agents`: the agents, their phones, passwords and roles."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import get_args

import click
from msgspec import structs

from ari_app.commands.agent_access import phones_applied, with_agent
from ari_app.commands.as_json import json_option, printed
from ari_app.commands.groups import Commands
from ari_app.commands.language_argument import CALLERS_LANGUAGE
from ari_app.commands.store_access import by_option, change, read, refresh_application, with_store
from ari_app.config.state import State
from ari_app.fulfilment.code_words import hashing
from ari_app.main import pbx_site
from ari_app.selfcare import totp
from ari_app.store import agents as staff
from ari_app.store import changes, desk_sessions, subscribers
from ari_app.store.agents import Agent, Phone, Role
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.workplace.new_agents import is_login, phone_password, taken_by, with_phone
from ari_app.workplace.passwords import faults, generated
from ivr.secret import Secret


@click.group(cls=Commands)
def agents() -> None:
    """Add agents, set passwords and roles."""


@agents.command("list")
@json_option("; without passwords")
@click.pass_obj
def list_(state: State, as_json: bool) -> None:
    """List agents by extension."""
    found = read(state, staff.everyone)
    if printed(
        [_fields(one) for one in found], as_json, "there are no agents yet: `firstline agents add`"
    ):
        return
    for one in found:
        may = "may sign in" if one.password else "may not sign in"
        may = "suspended" if one.suspended else may
        phone = ("phone in the browser",) if one.phone == "browser" else ()
        words = (one.name, one.full_name, one.extension, one.role, " ".join(one.languages))
        click.echo("  ".join((*words, may, *phone)))


@agents.command()
@click.argument("name")
@click.option("--full-name", required=True, help="As callers and colleagues know them.")
@click.option("--extension", required=True, help="The digits that dial their phone.")
@click.option("--role", type=click.Choice(get_args(Role)), default="agent", show_default=True)
@click.option(
    "--language",
    "languages",
    type=CALLERS_LANGUAGE,
    multiple=True,
    help="A language they speak; may be repeated  [default: the site's first].",
)
@click.option(
    "--phone",
    "kind",
    type=click.Choice(get_args(Phone)),
    default="sip",
    show_default=True,
    help="A SIP phone, or the desk in the browser.",
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
    kind: Phone,
) -> None:
    """Add an agent who signs in as NAME, with an account for their phone."""
    if not is_login(name):
        raise click.BadParameter(
            "a login is 2 to 32 of a-z, 0-9, dot, dash and underscore, and begins with a letter",
            param_hint="NAME",
        )
    languages = languages or state.config().site.languages[:1]
    new = with_phone(name, full_name, extension, languages, role, kind)

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
    click.echo(f"{name} is added; {_phone_of(new)}")
    click.echo(phones_applied(state, extension))
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

    new, browsers = with_agent(state, name, setting)
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
    with_agent(
        state,
        name,
        lambda store, _: store.write(changes.made, putting, staff.put_role, name, role),
    )
    click.echo(f"{name} is {role} now")


@agents.command()
@click.argument("name")
@click.argument("kind", type=click.Choice(get_args(Phone)))
@by_option
@click.pass_obj
def phone(state: State, name: str, kind: Phone, by: str) -> None:
    """Set the phone of an agent: a SIP phone, or the desk in the browser.

    The phone that they had is refused from then on; a call on it goes on. Also for a new password
    of the phone.
    """
    made = change(state, by, "agents phone", name, kind)

    async def putting(store: Store, one: Agent) -> Agent:
        new = structs.replace(one, phone=kind, sip_password=phone_password())
        await store.write(changes.made, made, staff.put_phone, name, kind, new.sip_password)
        return new

    one = with_agent(state, name, putting)
    click.echo(f"{name}: {_phone_of(one)}")
    click.echo(phones_applied(state, one.sip_user))


@agents.command("sign-out")
@click.argument("name")
@by_option
@click.pass_obj
def sign_out(state: State, name: str, by: str) -> None:
    """Sign an agent out of all browsers. Unsaved text stays in them until the next sign-in."""
    ending = change(state, by, "agents sign-out", name)
    browsers = with_agent(
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

    named = [queue for queue, one in state.config().queues.items() if name in one.agents]
    if named:
        raise click.ClickException(
            f"[queues.{named[0]}] of firstline.toml names {name}: take them out of it first; "
            f"`firstline agents suspend {name}` keeps them out meanwhile"
        )

    async def removing(store: Store, one: Agent) -> Agent:
        if not yes:
            who = f"{name} ({one.full_name}, extension {one.extension})"
            await asyncio.to_thread(click.confirm, f"Remove {who}?", abort=True)
        made = change(state, by, "agents remove", name)
        sends = bool(state.config().desk.webhook)
        await store.write(changes.made, made, staff.remove, name, datetime.now(UTC), sends)
        return one

    one = with_agent(state, name, removing)
    click.echo(f"{name} is removed; their notes and actions stay")
    click.echo(phones_applied(state, one.sip_user))


@agents.command()
@click.argument("name")
@by_option
@click.pass_obj
def suspend(state: State, name: str, by: str) -> None:
    """Keep an agent out until `resume`: signed out, and the phone is refused."""
    one = _suspended(state, name, by, True)
    click.echo(f"{name} is suspended; a call that they are in goes on")
    click.echo(phones_applied(state, one.sip_user))


@agents.command()
@click.argument("name")
@by_option
@click.pass_obj
def resume(state: State, name: str, by: str) -> None:
    """Lift the suspension of an agent: sign in and use the phone again."""
    one = _suspended(state, name, by, False)
    click.echo(f"{name} may sign in and use the phone again")
    click.echo(phones_applied(state, one.sip_user))


@agents.command("second-factor")
@click.argument("name")
@click.option("--remove", "removed", is_flag=True, help="Ask for no code any more.")
@by_option
@click.pass_obj
def second_factor(state: State, name: str, removed: bool, by: str) -> None:
    """Make a key for one-time codes at the desk, and print it once.

    The agent's authenticator app reads it. From then on signing in needs a code. Another key
    replaces it.
    """
    made = change(state, by, "agents second-factor", name, "removed" if removed else "")
    key = "" if removed else totp.new_key().reveal()
    put = staff.put_second_factor
    with_agent(state, name, lambda store, _: store.write(changes.made, made, put, name, key))
    if removed:
        click.echo(f"{name} signs in with the password alone")
        return
    issuer = next(iter(state.config().operator.brands), "Firstline")
    click.echo(f"the key of {name}, for an authenticator app: {' '.join(re.findall('.{4}', key))}")
    click.echo(totp.address(Secret(key), issuer, name))
    click.echo("from now on they sign in with the password and a code of the app")


def _suspended(state: State, name: str, by: str, suspended: bool) -> Agent:
    made = change(state, by, "agents suspend" if suspended else "agents resume", name)

    async def putting(store: Store, one: Agent) -> Agent:
        await store.write(changes.made, made, staff.suspend, name, suspended)
        return one

    return with_agent(state, name, putting)


def _phone_of(one: Agent) -> str:
    """What an agent's phone is, with the password of a SIP phone."""
    if one.phone == "browser":
        return "their phone is the desk in the browser: docs/desk.md#the-phone-in-the-browser"
    return f"their phone: SIP user {one.sip_user}, password {one.sip_password.reveal()}"


def _put_password(db: Database, name: str, hashed: str) -> int:
    staff.put_password(db, name, hashed)
    return desk_sessions.end_all(db, name)


def _typed() -> Secret:
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    return Secret(typed)


def _signed_out(name: str, browsers: int) -> str:
    many = f"{browsers} browser{'s' * (browsers > 1)}"
    return f"{name} was signed out of {many}" if browsers else f"{name} was not signed in"


def _fields(one: Agent) -> dict[str, str | bool | Sequence[str]]:
    """An agent as JSON: without password or hash."""
    return {
        "name": one.name,
        "full_name": one.full_name,
        "extension": one.extension,
        "languages": one.languages,
        "sip_user": one.sip_user,
        "phone": one.phone,
        "role": one.role,
        "may_sign_in": bool(one.password) and not one.suspended,
        "suspended": one.suspended,
        "second_factor": bool(one.second_factor.reveal()),
    }
