"""`firstline init`: the settings of a real operator, without the demo's data."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, TypeVar

import click

from ari_app.commands import init_answers as answer_of
from ari_app.commands.runner import run
from ari_app.config.first_settings import Answers, first_settings
from ari_app.config.settings import Site
from ari_app.config.site_departments import defaults, first
from ari_app.config.starter_menu import DIRECTORY, starter_menu
from ari_app.config.state import FILE, State
from ivr.countries import country_named
from ivr.numbers import NumberPlan
from ivr.speech import cldr
from ivr.speech import languages as spoken

T = TypeVar("T")

NUMBERS = ("611", "111")
"""The numbers that the shipped menus answer."""


@click.command()
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="[LANG=]NAME",
    help="The operator's name, as callers hear it; once for all languages, or for each.",
)
@click.option(
    "--brand",
    "brands",
    multiple=True,
    help="Another spelling or brand, which no code word may contain; several times.",
)
@click.option("--web", metavar="ADDRESS", help="Your address on the web, as prompts say it.")
@click.option(
    "--payment-ways",
    multiple=True,
    metavar="[LANG=]TEXT",
    help='How bills are paid, after "You can pay"; once for all languages, or for each.',
)
@click.option("--country", help="Whose number plan it is: a name or an ISO 3166 code.")
@click.option("--currency", help="Of prices and balances, a code of ISO 4217 such as EUR.")
@click.option("--timezone", metavar="ZONE", help="Of IANA, such as Europe/Warsaw.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    help="A language that callers are served in, the default first; several times  "
    "[default: those of the name, or of the country].",
)
@click.option(
    "--department",
    "departments",
    multiple=True,
    metavar="NAME[=LABEL]",
    help=f"To which agents send tickets; several times  "
    f"[default: {', '.join(defaults().departments)}].",
)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="NAME[=LABEL]",
    help="What contacts are about, besides the usual topics; several times.",
)
@click.option(
    "--number",
    "numbers",
    multiple=True,
    help=f"What callers dial; several times  [default: {', '.join(NUMBERS)}].",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The IPv4 address where phones register."
)
@click.option(
    "--starter",
    is_flag=True,
    help="Write a small menu of your own; without it only where the shipped ones lack a language.",
)
@click.option("--port-offset", type=int, default=0, help="Add this to all ports.")
@click.pass_obj
def init(state: State, /, **given: Any) -> None:  # fmt: skip
    """Write the settings of your own operator, without demo and data.

    On a terminal it asks for what is not given.
    """
    file = state.directory / FILE
    if file.exists() or state.database.exists():
        raise click.ClickException(
            f"there is an installation in {state.directory} already: change {file}, "
            "or name another --state"
        )
    name = _asked(
        "--name",
        "Name of the operator, as callers hear it (ru=…;en=…)",
        given["names"],
        answer_of.names,
    )
    country = _asked("--country", "Country (name or ISO code)", given["country"], country_named)
    plan = NumberPlan.of(country)
    zone = _asked(
        "--timezone", "Time zone", given["timezone"], answer_of.zone, next(iter(plan.zones), "")
    )
    currency = _asked("--currency", "Currency (ISO 4217)", given["currency"], answer_of.currency)
    numbers = _asked(
        "--number",
        "Numbers that callers dial, with commas",
        given["numbers"] or (() if _terminal() else NUMBERS),
        answer_of.numbers,
        ",".join(NUMBERS),
        ",",
    )
    languages = _asked(
        "--language",
        _which_languages(name, country),
        given["languages"] or (() if _terminal() else _usual(name, country)),
        answer_of.languages,
        ",".join(_usual(name, country)),
        ",",
    )
    departments = _asked(
        "--department",
        "Departments that work on tickets, with commas",
        given["departments"] or (() if _terminal() else tuple(defaults().departments)),
        answer_of.labelled,
        ",".join(defaults().departments),
        ",",
    )
    topics = _asked("--topic", "", given["topics"], answer_of.labelled) if given["topics"] else {}
    menus = _own_menus(languages, given["starter"])
    own_departments, own_topics = first(departments, topics, bool(menus))
    try:
        IPv4Address(given["host"])
    except ValueError as error:
        raise click.BadParameter(f"{error}", param_hint="--host") from error
    answers = Answers(
        name=name,
        brands=given["brands"],
        country=country,
        currency=currency,
        timezone=zone,
        languages=languages,
        departments=own_departments,
        topics=own_topics,
        numbers=numbers,
        host=given["host"],
        words=_words(given["web"], given["payment_ways"]),
        port_offset=given["port_offset"],
        menus=menus,
    )
    state.make()
    _write_menus(answers, state.settings.parent / DIRECTORY)
    state.begin(first_settings(answers))
    state.keys()  # so that the file is there for secrets of the operator's
    run(_made(state))
    click.echo(_next(state, file, plan))


def _own_menus(languages: Sequence[str], starter: bool) -> str:
    """Where the site's own menus are, beside its settings; "" if the shipped ones are enough."""
    from ari_app.menus import loading  # help needs no menus

    if starter or not set(languages) <= set(loading.spoken(loading.SHIPPED)):
        return DIRECTORY
    return ""


def _write_menus(answers: Answers, directory: Path) -> None:
    if not answers.menus:
        return
    queue = Site().queues[0]
    for name, text in starter_menu(answers.languages, answers.numbers, queue).items():
        file = directory / name
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")


async def _made(state: State) -> None:
    """An empty database, so that agents and subscribers can be added before the first start."""
    from ari_app.store.db import Store, place

    where = place((config := state.config()).database.url, state.database)
    await (await Store.open(where, config.numbers)).close()
    state.database_made.touch(0o600)


def _next(state: State, file: Path, plan: NumberPlan) -> str:
    """The next steps, printed."""
    command = f"firstline --state {state.directory}"
    return (
        f"{file}: written for country code {plan.code}; numbers are stored as {plan.example}\n\n"
        "Next:\n"
        f"  {command} agents add anna --full-name 'Anna Example' --extension 701\n"
        f"  {command} agents password anna --generate\n"
        f"  {command} subscribers import subscribers.csv\n"
        f"  {command} flows check\n"
        f"  {command} up\n"
    )


def _asked(
    option: str,
    question: str,
    given: str | tuple[str, ...] | None,
    read: Callable[[tuple[str, ...]], T] | Callable[[str], T],
    default: str = "",
    separator: str = ";",
) -> T:
    """The parsed value of an option, or of the answer to ``question`` on a terminal.

    The answer for an option that may be repeated is split at ``separator``.
    """
    reading: Callable[[Any], T] = read
    if given:
        try:
            return reading(given)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=option) from error
    if not _terminal():
        raise click.UsageError(f"{option} is missing, and no terminal is there to ask: {question}")
    while True:
        text = click.prompt(question, default=default or None)
        try:
            return reading(text if given is None else tuple(text.split(separator)))
        except ValueError as error:
            click.echo(str(error), err=True)


def _terminal() -> bool:
    """Whether standard input is a terminal, so that questions can be asked."""
    return sys.stdin.isatty()


def _words(web: str | None, payment_ways: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The words of the operator that were given."""
    said = {"site": _web(web)} if web else {}
    if payment_ways:
        said["payment-ways"] = _asked("--payment-ways", "", payment_ways, answer_of.names)
    return said


def _web(address: str) -> dict[str, str]:
    """An address for all languages, without what no one says."""
    spoken = re.sub("^https?://", "", address.strip()).rstrip("/")
    if not spoken or re.search(r"\s", spoken):
        raise click.BadParameter(
            f"{address!r} is none: write one such as example.net", param_hint="--web"
        )
    return {"": spoken}


def _usual(name: Mapping[str, str], country: str) -> tuple[str, ...]:
    """The languages of the operator's name, else those of the country that Firstline speaks."""
    of_country = (code for code in cldr.spoken_in(country) if code in spoken.known())
    return tuple(filter(None, name)) or tuple(of_country)


def _which_languages(name: Mapping[str, str], country: str) -> str:
    """What is asked, and why where no language goes without saying."""
    why = "" if _usual(name, country) else f"Firstline speaks no language of {country}. "
    known = ", ".join(spoken.known())
    return f"{why}Languages of callers, of {known}, with commas, the default first"
