"""`firstline ussd`: a text session in the terminal, over the application or in memory."""

import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import click
from msgspec import json

from ari_app.admin.status import query
from ari_app.commands.call_phone import CallError, chosen, subscribers_phones
from ari_app.commands.flow_tests import LoadedFlows, load_flows, quiet
from ari_app.commands.runner import run
from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.sim.run import Call
from ari_app.sim.script import Test
from ari_app.ussd.line import Page, Reply, TextLine
from ivr.problems import near
from ivr.screens import USSD
from ivr.word_codes import code_of
from prompts.plan import screen_texts

NextReply = Callable[[], str | None]
"""The next reply; None when there are no more."""


@click.command()
@click.argument("code")
@click.option(
    "--as",
    "caller",
    default="",
    help="Whose phone it is: a number, or the end of a demo subscriber's.",
)
@click.option("--press", help="Replies in turn: keys one by one; words and longer ones by commas.")
@click.pass_obj
def ussd(state: State, code: str, caller: str, press: str | None) -> None:
    """Dial a USSD code and reply to its pages, one line a reply.

    CODE is such as '*100#', or a word that finds it, such as 'balance'. Over the running
    application, or else the demo operator in memory.
    """
    reply = _typed if press is None else _given(press)
    if state.control.exists():
        try:
            run(_over_application(state, code, caller, reply))
            return
        except NotRunningError:
            click.echo("Firstline does not run here: using the demo operator in memory", err=True)
    run(_in_memory(load_flows(state, None), code, caller, reply))


def _given(press: str) -> NextReply:
    keys = not press.strip("0123456789*#")
    coming = iter(press if keys else press.split(","))
    return partial(next, coming, None)


def _typed() -> str | None:
    click.echo("> ", nl=False)
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


async def _number(state: State, caller: str) -> str:
    """The number of a subscriber with a phone here: by its last digits, or by name."""
    there = subscribers_phones(await query(state))
    if not there:
        raise CallError("no subscriber has a phone here: name a whole number, by --as")
    return chosen(there, caller or None).number


async def _over_application(state: State, code: str, caller: str, reply: NextReply) -> None:
    """Run a session over the application, as a USSD gateway does."""
    whole = state.config().numbers.whole(caller) if caller else None
    number = whole or await _number(state, caller)
    session = f"terminal-{secrets.token_hex(8)}"
    replies: list[str] = []
    if any(map(str.isalpha, code)):  # a word is the first reply to the menu, where it is looked up
        code, replies = state.config().ussd.menu, [code]
    while True:
        request = {
            "sessionId": session,
            "serviceCode": code,
            "phoneNumber": number,
            "text": "*".join(replies),
        }
        page = await ControlClient(state.control).ussd(json.encode(request))
        kind, _, text = page.partition(" ")
        given = await _shown(reply)(Page(text, last=kind == "END"))
        if given is None:
            return
        replies.append(given.text)


async def _in_memory(on: LoadedFlows, code: str, caller: str, reply: NextReply) -> None:
    """Run a session on the demo operator in memory."""
    code = code_of(code, on.book.words) or code
    if on.book.answering(code) is None:
        raise click.ClickException(f"no flow has {code}: {near(code, on.book.dialled)}")
    at = datetime.now().replace(second=0, microsecond=0)
    call = Call(on.bench, Test(test=code, call=code, as_=caller, at=at), lambda: 0.0)
    line = TextLine(
        partial(screen_texts, on.catalogue, form="written"),
        _shown(reply),
        on.catalogue.languages[0],
        USSD,
        on.book.words,
    )

    async def reach(_: float) -> None:
        """Replies do not wait for a clock."""

    with quiet():
        await call.over(line, reach)


def _shown(reply: NextReply) -> Callable[[Page], Awaitable[Reply | None]]:
    async def show(page: Page) -> Reply | None:
        click.echo(page.text)
        if page.last:
            return None
        given = reply()
        if given is None:
            return None
        click.echo(f"-> {given}")
        return Reply(given, seen=True)

    return show
