"""`firstline campaigns`: a text or a call to all subscribers of an area or a tariff."""

import re
from collections.abc import Sequence
from typing import Any, TextIO

import click
from msgspec import to_builtins

from ari_app.commands.as_json import json_option, print_json, printed
from ari_app.commands.audience import by_language, chosen, known
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import by_option, change, now, read, shown, write
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import campaigns as store
from ari_app.store import changes
from ari_app.store.campaigns import Campaign, Reach
from ari_app.store.sqlite import Database
from ivr.model import Book
from ivr.number_advice import advice
from ivr.numbers import NumberPlan
from ivr.problems import near

LISTED = 1000
_SHOWN = 20
"""So many of the lines that are no numbers are shown."""
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
DAY = 24 * 60


@click.group(cls=Commands)
def campaigns() -> None:
    """Send texts to all of an area, or call them."""


def _clock(_: click.Context, __: click.Parameter, text: str) -> int:
    """The minute of the day of a time such as ``9:00``."""
    found = _CLOCK.fullmatch(text)
    minute = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
    if minute > DAY:
        raise click.BadParameter(f"{text!r} is not a time of day: write it as 9:00")
    return minute


@campaigns.command()
@click.argument("name")
@click.option("--area", "areas", multiple=True, help="To its subscribers; may be repeated.")
@click.option("--tariff", "tariffs", multiple=True, help="Likewise, by id or name.")
@click.option("--numbers", "listed", type=click.File(encoding="utf-8"),
              help="To the numbers of a file, one a line; - is the input.")  # fmt: skip
@click.option("--everyone", is_flag=True, help="To every subscriber.")
@click.option(
    "--text",
    "texts",
    multiple=True,
    metavar="LANG=TEXT",
    help="The text in a language; may be repeated for others.",
)
@click.option("--call", "flow", metavar="FLOW", help="Call instead, with a flow for campaigns.")
@click.option("--machine", metavar="PROMPT", default="",
              help="What an answering machine gets; without it nothing.")  # fmt: skip
@click.option("--tries", type=click.IntRange(1, 20), default=3, show_default=True,
              help="How often a number is called that does not answer.")  # fmt: skip
@click.option("--retry", "pause", type=click.IntRange(1, 10_000), default=60, show_default=True,
              help="Minutes until it is called again.")  # fmt: skip
@click.option("--from", "first", default="9:00", show_default=True, callback=_clock,
              help="From this time of day, in the site's time zone.")  # fmt: skip
@click.option("--to", "last", default="20:00", show_default=True, callback=_clock,
              help="Until this time of day.")  # fmt: skip
@click.option("--rate", type=click.IntRange(1, 100_000), default=60, show_default=True,
              help="Texts or calls in a minute, at most.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show how many it is for, and add nothing.")
@by_option
@click.pass_obj
def add(
    state: State,
    /,
    name: str,
    areas: tuple[str, ...],
    tariffs: tuple[str, ...],
    listed: TextIO | None,
    texts: tuple[str, ...],
    dry_run: bool,
    by: str,
    **how: Any,
) -> None:
    """Send a text to subscribers, or call them, each number once.

    NAME is the campaign's own: the same name twice is refused, so that nothing is sent twice.
    """
    if sum((how.pop("everyone"), bool(areas or tariffs), listed is not None)) != 1:
        raise click.UsageError(
            "name the subscribers with --area and --tariff, --numbers, or --everyone"
        )
    if how["first"] == how["last"]:
        raise click.UsageError("--from and --to are the same time: nothing would ever be sent")
    numbers = _numbers(listed, state.config().numbers)
    known_areas, known_tariffs = read(state, known)
    new = Campaign(
        name=name,
        texts=_said(state, texts, how["flow"], how["machine"]),
        areas=chosen("area", areas, known_areas),
        tariffs=chosen("tariff", tariffs, known_tariffs),
        created=now(state),
        by=by,
        **(how if how["flow"] else {each: how[each] for each in ("first", "last", "rate")}),
    )
    reach = read(state, store.audience, new, numbers)
    refused = f"; {reach.stopped} want none" if reach.stopped else ""
    minutes = -(-reach.waiting // new.rate)
    lasting = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    counts = f"{reach.waiting} {'numbers' if new.flow else 'texts'}, in {lasting} of"
    counts = f"{counts} {'calling at least' if new.flow else 'sending'}{refused}"
    if dry_run:
        click.echo(f"would {'call' if new.flow else 'send'} {counts}")
        return
    adding = change(state, by, "campaigns add", name, counts)
    if write(state, changes.made, adding, store.add, new, numbers) is None:
        raise click.ClickException(
            f"there was a campaign {name} already: `firstline campaigns show {name}`"
        )
    click.echo(f"campaign {name}: {counts}")


@campaigns.command("list")
@json_option()
@click.pass_obj
def list_(state: State, as_json: bool) -> None:
    """List the campaigns, newest first."""
    found = read(state, _listed)
    if printed(
        [{**to_builtins(one), "reach": reach} for one, reach in found],
        as_json,
        "there was no campaign",
    ):
        return
    for one, reach in found:
        click.echo(f"{shown(one.created, state)}  {one.name}  {one.state}  {_counts(reach)}")


@campaigns.command()
@click.argument("name")
@json_option()
@click.pass_obj
def show(state: State, name: str, as_json: bool) -> None:
    """Show campaign NAME: its subscribers, what they get, and how far it is."""
    one, reach = read(state, _named, name)
    held = (
        bool(one.flow)
        and one.state in ("running", "paused")
        and one.flow not in _book(state).outbound
    )
    if as_json:
        print_json({**to_builtins(one), "reach": reach, "held": held})
        return
    listed = f"{one.listed} numbers of a list" if one.listed else "everyone"
    whom = ", ".join((*one.areas, *one.tariffs)) or listed
    click.echo(f"campaign {name}, {one.state}: {whom}, by {one.by}")
    click.echo(f"  from {_time(one.first)} to {_time(one.last)}, {one.rate} a minute")
    if one.flow:
        machine = one.machine or "nothing"
        click.echo(f"  calls with {one.flow}; answering machines get {machine}")
        click.echo(f"  {one.tries} attempts, {one.pause} min apart")
    if held:
        click.echo(f"  it calls no one: the menus have no flow {one.flow} with `outbound: yes`")
    for language, text in one.texts.items():
        click.echo(f"  {language}: {text}")
    click.echo(f"  {_counts(reach)}")


@campaigns.command()
@click.argument("name")
@by_option
@click.pass_obj
def pause(state: State, name: str, by: str) -> None:
    """Send no more texts, and begin no more calls, until NAME is resumed."""
    _set(state, name, by, "paused")


@campaigns.command()
@click.argument("name")
@by_option
@click.pass_obj
def resume(state: State, name: str, by: str) -> None:
    """Send the texts of campaign NAME, or make its calls, again."""
    _set(state, name, by, "running")


@campaigns.command()
@click.argument("name")
@by_option
@click.pass_obj
def cancel(state: State, name: str, by: str) -> None:
    """End campaign NAME: who has not got its text or call gets none."""
    _set(state, name, by, "cancelled")


@campaigns.command()
@click.argument("number")
@by_option
@click.pass_obj
def refuse(state: State, number: str, by: str) -> None:
    """Send no campaigns to NUMBER any more."""
    refusing = change(state, by, "campaigns refuse", masked(number))
    new = write(state, changes.made, refusing, store.stop, number, "command", now(state))
    click.echo(f"{number} gets no campaigns" if new else f"{number} got none before")


@campaigns.command()
@click.argument("number")
@by_option
@click.pass_obj
def allow(state: State, number: str, by: str) -> None:
    """Send campaigns to NUMBER again, which asked for it."""
    allowing = change(state, by, "campaigns allow", masked(number))
    if not write(state, changes.made, allowing, store.allow, number):
        raise click.ClickException(f"{number} has not refused campaigns")
    click.echo(f"{number} gets campaigns again")


def _set(state: State, name: str, by: str, to: store.State) -> None:
    one, _ = read(state, _named, name)
    changing = change(state, by, "campaigns", name, to)
    if not write(state, changes.made, changing, store.set_state, one.id, to):
        raise click.ClickException(f"campaign {name} is {one.state}")
    click.echo(f"campaign {name} is {to}")


def _said(state: State, texts: tuple[str, ...], flow: str | None, machine: str) -> dict[str, str]:
    """The texts; none where a flow is to call, which must be one for that."""
    if not flow:
        if machine:
            raise click.UsageError("--machine is for calls: --call FLOW")
        return _texts(texts, state.config().site.languages)
    if texts:
        raise click.UsageError("a campaign sends a --text or makes a --call, not both")
    book = _book(state)
    if flow not in book.outbound:
        few = f"has not `outbound: yes`: {near(flow, book.outbound)}"
        raise click.ClickException(f"no flow {flow} may call: {few}")
    if machine and (machine not in book.slots or book.slots[machine].keys() - {"operator"}):
        raise click.ClickException(f"no prompt without values is {machine}")
    return {}


def _numbers(file: TextIO | None, plan: NumberPlan) -> list[str]:
    """The numbers of a file, each once."""
    lines = [(at, line.strip()) for at, line in enumerate(file or (), 1)]
    given = [(at, line) for at, line in lines if line and not line.startswith("#")]
    found = [(at, line, plan.msisdn(line)) for at, line in given]
    wrong = [(at, line) for at, line, number in found if number is None]
    for at, line in wrong[:_SHOWN]:
        click.echo(f"{file and file.name}:{at}: {advice(plan, line)}", err=True)
    if wrong:
        raise click.ClickException(f"{len(wrong)} lines are no numbers: nothing was stored")
    if file and not found:
        raise click.ClickException("there is no number in the file")
    return list(dict.fromkeys(number for _, _, number in found if number))


def _texts(given: tuple[str, ...], spoken: Sequence[str]) -> dict[str, str]:
    texts = {code: " ".join(text.split()) for code, text in by_language(given, spoken).items()}
    texts = {code: text for code, text in texts.items() if text}
    if not texts:
        raise click.UsageError(f"give a text: --text {spoken[0]}=…")
    missing = [code for code in spoken if code not in texts]
    if missing:
        click.echo(
            f"warning: no text in {', '.join(missing)}: who speaks it gets the one in "
            f"{next(code for code in (*spoken, *texts) if code in texts)}",
            err=True,
        )
    return texts


def _book(state: State) -> Book:
    from ari_app.commands.flow_tests import load_flows  # a list needs no flows

    return load_flows(state, None).book


def _named(db: Database, name: str) -> tuple[Campaign, Reach]:
    one = store.by_name(db, name)
    if one is None:
        raise click.ClickException(f"there is no campaign {name}: `firstline campaigns list`")
    return one, store.reach(db, one.id)


def _listed(db: Database) -> list[tuple[Campaign, Reach]]:
    return [(one, store.reach(db, one.id)) for one in store.listed(db, LISTED)]


def _counts(reach: Reach) -> str:
    counts = {name: getattr(reach, name) for name in reach.__struct_fields__}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "no one"


def _time(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"
