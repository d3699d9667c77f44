"""`firstline flows replay`: what changed menus would have done to recorded calls."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from ari_app.commands import kept_menus
from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.graph import drawable, write_picture
from ari_app.commands.replay_calls import Chosen, Passed, replays
from ari_app.commands.runner import console
from ari_app.commands.store_access import now, read_since, with_store
from ari_app.commands.time_arguments import SINCE_HELP
from ari_app.config.state import State
from ari_app.main.flow_graph import texts_of
from ari_app.menus.loading import FlowsError
from ari_app.sim.comparison import VERDICTS, Compared, Seconds, Summary, summary
from ivr.diagram.picture import picture
from ivr.problems import near

SHOWN = 20
"""The most calls, keys and ends that are listed."""


@click.command()
@click.option(
    "--menus",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    required=True,
    help="The directory of the changed menus.",
)
@click.option("--since", callback=read_since, help=f"Calls from then on: {SINCE_HELP} Default: 7d.")
@click.option("--call", default="", metavar="ID", help="Only this call.")
@click.option("--flow", default="", help="Draw this flow, with the calls on its edges.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    callback=drawable,
    help="The picture of --flow: .svg, .png, .pdf, .dot, .mmd or .json  [default: FLOW.svg].",
)
@json_option(": a summary, and each call")
@click.pass_obj
def replay(
    state: State,
    menus: Path,
    since: datetime | None,
    call: str,
    flow: str,
    output: Path | None,
    as_json: bool,
) -> None:
    """Run recorded calls through changed menus, on a virtual clock.

    The callers press the keys that they pressed then, and back ends answer as they did. Nothing is
    ordered, sent or changed. Exit code 1 if a call is lost: the caller comes neither to what they
    came to before, nor to a person.
    """
    chosen = Chosen(since or now(state) - timedelta(days=7), call)
    passed = Passed(flow)
    try:
        with console().status("replaying calls") as status:
            calls = with_store(
                state,
                lambda store: replays(
                    state,
                    store,
                    menus,
                    chosen,
                    passed,
                    lambda count: status.update(f"replaying calls: {count}"),
                ),
            )
    except FlowsError as error:
        raise click.ClickException(str(error)) from error
    if call and not calls:
        raise click.ClickException(
            f"there is no call {call} that has ended: `firstline calls list`"
        )
    overall = summary(calls)
    if as_json:
        print_json({"summary": overall, "calls": calls})
    else:
        for line in _lines(overall, calls):
            click.echo(line)
    if flow:
        _draw(state, menus, flow, passed, output or Path(f"{flow}.svg"))
    if overall.verdicts["lost"]:
        raise click.exceptions.Exit(1)


def _lines(overall: Summary, calls: Sequence[Compared]) -> Iterator[str]:
    yield f"{overall.calls} call{'' if overall.calls == 1 else 's'}"
    for verdict, words in VERDICTS.items():
        yield f"  {words:<14}{overall.verdicts[verdict]:>6}"
    yield (
        f"mean seconds to the goal: {_seconds(overall.to_goal)}; to a person: "
        f"{_seconds(overall.to_person)}"
    )
    keys = [
        f"{count:>6}  {key.key or 'key'}: {key.was}, now {key.now}"
        for key, count in overall.elsewhere
    ]
    yield from _part("keys that lead elsewhere (the first of each call):", keys)
    ends = [f"{count:>6}  {was}, now {after}" for was, after, count in overall.ends if was]
    yield from _part("ends that are others:", ends)
    whys = [f"{count:>6}  {VERDICTS[verdict]}: {why}" for verdict, why, count in overall.whys]
    yield from _part("why:", whys)
    others = [one for one in calls if one.verdict in ("lost", "another", "unknown")]
    listed = [f"  {one.call}  {VERDICTS[one.verdict]}: {one.was}, now {one.now}" for one in others]
    yield from _part("calls (`firstline calls show ID`):", listed)


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"  and {len(lines) - SHOWN} more (--json lists all)"


def _seconds(mean: Seconds) -> str:
    if mean.before is None:
        return "none came there before and now"
    return f"{mean.before:g}, now {mean.after:g}"


def _draw(state: State, menus: Path, flow: str, passed: Passed, output: Path) -> None:
    new = kept_menus.loaded(state.config(), menus)
    if flow not in new.book.flows:
        raise click.ClickException(f"there is no flow {flow}: {near(flow, new.book.flows)}")
    texts = texts_of(new.catalogue, new.catalogue.languages[0])
    write_picture(picture(new.book, (flow,), texts, {flow: passed.traffic}), output)
    click.echo(f"{output}: {flow}", err=True)
