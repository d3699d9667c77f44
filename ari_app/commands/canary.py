"""`firstline flows canary`: new menus for a share of the calls, beside the old ones."""

from collections.abc import Iterator

import click
from msgspec import Struct

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.store_access import read, shown
from ari_app.config.state import State
from ari_app.store import canaries
from ari_app.store.canaries import Canary
from ari_app.store.sqlite import Database
from ivr.acd.canary import CanaryFigures, SideFigures

LISTED = 10
"""The most canaries that are listed."""


class Both(Struct, frozen=True):
    """A canary, and how the calls of both sides went."""

    canary: Canary
    figures: CanaryFigures


@click.command()
@json_option()
@click.pass_obj
def canary(state: State, as_json: bool) -> None:
    """Show new menus for a share of the calls beside the old: `flows reload --share`.

    The last ten canaries, the newest first. Percentages are of the calls that are over.
    """
    if as_json:
        print_json(read(state, _both, LISTED))
        return
    lines = list(canary_lines(state, LISTED))
    for line in lines or ["none yet: `firstline flows reload --share 10 --for 2h` begins one"]:
        click.echo(line)


def canary_lines(state: State, limit: int) -> Iterator[str]:
    """The last canaries, in lines of text."""
    for one in read(state, _both, limit):
        tried = one.canary
        yield (
            f"canary {tried.id}: {tried.share} % of the callers since {shown(tried.began, state)}"
            f" by {tried.by or 'no one'}, {_end(tried, state)}"
        )
        yield f"  new menus: {_side(one.figures.new)}"
        yield f"  old menus: {_side(one.figures.old)}"


def _both(db: Database, limit: int) -> list[Both]:
    return [Both(one, canaries.both_sides(db, one)) for one in canaries.listed(db, limit)]


def _end(tried: Canary, state: State) -> str:
    if tried.ended is None:
        return f"until {shown(tried.until, state)}"
    who = f" by {tried.ended_by}" if tried.ended_by else ""
    return f"{tried.end} {shown(tried.ended, state)}{who}: {tried.why}"


def _side(side: SideFigures) -> str:
    return (
        f"{side.calls} calls, {side.ended} over: {side.part(side.agents):.0f} % to agents,"
        f" {side.part(side.hung_up):.0f} % hung up before, {side.part(side.faults):.0f} % faults,"
        f" {side.seconds:g} s in the menus"
    )
