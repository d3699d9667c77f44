"""`firstline flows schema` and `firstline flows graph`: the JSON Schema and pictures of flows."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import click
from msgspec import json

from ari_app.commands.language_argument import LANGUAGE
from ari_app.commands.store_access import read, read_since
from ari_app.commands.time_arguments import SINCE_HELP
from ari_app.config.state import State
from ari_app.main.flow_graph import CannotDraw, drawn, texts_of
from ari_app.menus import loading as reading
from ari_app.selfcare.operations import CATALOGUE
from ari_app.store.flow_traffic import traffic
from ivr.diagram.call_plan import call_plan
from ivr.diagram.dot import dot
from ivr.diagram.mermaid import mermaid
from ivr.diagram.picture import Picture, Traffic, linked_flows, picture
from ivr.model import Flow, Operation
from ivr.problems import near
from ivr.schema import Names
from ivr.schema import schema as made

TEXTS: Mapping[str, Callable[[Picture], str]] = {
    ".dot": dot,
    ".gv": dot,
    ".mmd": mermaid,
    ".json": lambda found: json.format(json.encode(found), indent=1).decode() + "\n",
}
"""Suffix of a file -> what renders it."""

FORMS = {"mermaid": ".mmd", "dot": ".dot", "json": ".json"}
"""Name of a form of text -> the suffix of its files."""

DRAWN: Mapping[str, Literal["svg", "png", "pdf"]] = {".svg": "svg", ".png": "png", ".pdf": "pdf"}
"""Suffixes of files that Graphviz renders."""

_directory = click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), required=False
)


@click.command()
@_directory
@click.option(
    "--strict-names/--any-names",
    "strict",
    default=True,
    help="Whether the editor rejects prompts that do not exist; it completes those that do.",
)
@click.pass_obj
def schema(state: State, directory: Path | None, strict: bool) -> None:
    """Print the JSON Schema of flows for editors.

    It offers the prompts, nodes, flows and schedules of DIRECTORY, by default those in use, and
    the queues of the settings.
    """
    config = state.config()
    menus = directory or reading.directory(config)
    laid = reading.prompts(menus, reading.shipped(config))
    words = {each.prompt: next(iter(each.texts.values())) for each in laid.catalogue.listing()}
    others = reading.named(menus, reading.site_names(config))
    operations = {**CATALOGUE, **_own(menus)}
    text = json.format(json.encode(made(Names(operations, words, strict, others))), indent=1)
    click.echo(text.decode())


def _own(menus: Path) -> Mapping[str, Operation]:
    """The operations of a directory; none while they have problems, which the check lists."""
    try:
        return reading.own_operations(menus)
    except reading.FlowsError:
        return {}


def drawable(_: click.Context, __: click.Parameter, output: Path | None) -> Path | None:
    endings = (*DRAWN, *TEXTS)
    if output is not None and output.suffix.lower() not in endings:
        raise click.BadParameter(f"{output.name} must end in one of {', '.join(endings)}")
    return output


@click.command()
@click.argument("flow")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    callback=drawable,
    help="Ends in .svg, .png, .pdf, .dot, .mmd (Mermaid) or .json  [default: FLOW.svg].",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "dot", "json"]),
    help="Print the picture as text; with --output a file is written.",
)
@click.option("--whole", is_flag=True, help="Include all flows it leads to, each in a frame.")
@click.option(
    "--lang",
    type=LANGUAGE,
    help="The language of texts  [default: the site's first].",
)
@click.option(
    "--menus",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The menus [default: those in use].",
)
@click.option("--calls", is_flag=True, help="Show how many calls took each edge.")
@click.option(
    "--since",
    callback=read_since,
    metavar="WHEN",
    help=f"Count calls from this time on: {SINCE_HELP}",
)
@click.option("--all-versions", is_flag=True, help="Count calls of older versions, too.")
@click.pass_obj
def graph(
    state: State,
    /,
    flow: str,
    output: Path | None,
    whole: bool,
    lang: str | None,
    menus: Path | None,
    form: str | None,
    **counted: Any,
) -> None:
    """Draw a flow: its nodes, the keys between them, and the shortest path to a human."""
    found = reading.menus(
        menus or reading.directory(state.config()),
        reading.shipped(state.config()),
        CATALOGUE,
    )
    flows = found.book.flows
    if flow not in flows:
        raise click.ClickException(f"there is no flow {flow}: {near(flow, flows)}")
    names = linked_flows(flows, flow) if whole else (flow,)
    passed = {}
    if any(counted.values()):
        passed = {name: _traffic(state, flows[name], **counted) for name in names}
    texts = texts_of(found.catalogue, lang or found.catalogue.languages[0])
    drawing = picture(found.book, names, texts, passed)
    if form is not None and output is None:
        click.echo(TEXTS[FORMS[form]](drawing), nl=False)
        return
    output = output or Path(f"{flow}.svg")
    write_picture(drawing, output)
    click.echo(f"{output}: {', '.join(names)}")


@click.command()
@click.argument("flow", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="The file, of HTML  [default: plan.html].",
)
@click.option("--lang", "langs", type=LANGUAGE, multiple=True, help="Only texts of this language.")
@click.option(
    "--menus",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The menus [default: those in use].",
)
@click.pass_obj
def plan(
    state: State,
    flow: str | None,
    output: Path | None,
    langs: tuple[str, ...],
    menus: Path | None,
) -> None:
    """Print the menus as a call plan, for the people who answer for them.

    A page of HTML with numbers, hours, queues, and each node: what is played in each language, and
    where keys lead. With FLOW it has that flow and all to which it leads.
    """
    config = state.config()
    directory = menus or reading.directory(config)
    found = reading.menus(directory, reading.shipped(config), CATALOGUE)
    flows = found.book.flows
    if flow is not None and flow not in flows:
        raise click.ClickException(f"there is no flow {flow}: {near(flow, flows)}")
    names = sorted(flows) if flow is None else linked_flows(flows, flow)
    texts = {lang: texts_of(found.catalogue, lang) for lang in langs or config.site.languages}
    output = output or Path("plan.html")
    name = config.operator.name
    name = name if isinstance(name, str) else next(iter(name.values()), "")
    title = f"Call plan: {name}" if name else "Call plan"
    output.write_text(call_plan(found.book, names, texts, title, date.today()), "utf-8")
    click.echo(f"{output}: {', '.join(names)}")


def _traffic(
    state: State, flow: Flow, since: datetime | None, all_versions: bool, **_: bool
) -> Traffic:
    return read(state, traffic, flow.flow, "" if all_versions else flow.version, since)


def write_picture(found: Picture, output: Path) -> None:
    """Write a picture in the form that the file's suffix names."""
    ending = output.suffix.lower()
    if ending in TEXTS:
        output.write_text(TEXTS[ending](found), encoding="utf-8")
        return
    try:
        output.write_bytes(drawn(found, DRAWN[ending]))
    except CannotDraw as error:
        others = f"{output.with_suffix('.mmd')} or {output.with_suffix('.dot')}"
        raise click.ClickException(f"{error}; or write {others}") from error
