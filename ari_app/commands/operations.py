"""`firstline operations`: the operations that menus may run."""

from collections.abc import Iterator, Mapping

import click
from msgspec import json

from ari_app.selfcare.operations import CATALOGUE
from ivr.model import Operation
from ivr.problems import near


@click.command()
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
def operations(name: str | None, form: str) -> None:
    """List the operations that menus may run, or show NAME."""
    if name is not None and name not in CATALOGUE:
        raise click.ClickException(f"there is no operation {name}: {near(name, CATALOGUE)}")
    chosen = [CATALOGUE[name]] if name else list(CATALOGUE.values())
    if form == "json":
        click.echo(json.format(json.encode(chosen[0] if name else chosen), indent=2).decode())
        return
    for line in _whole(chosen[0]) if name else _table(chosen):
        click.echo(line.rstrip())


def _table(chosen: list[Operation]) -> Iterator[str]:
    rows = [("operation", "needs", "costs", "a day, a month", "waits", "what it does")]
    rows += [
        (
            one.name,
            one.need,
            "yes" if one.costs else "",
            _limits(one),
            f"{one.deadline:g} s",
            one.about,
        )
        for one in chosen
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))


def _whole(one: Operation) -> Iterator[str]:
    yield f"{one.name}: {one.about}"
    yield f"  needs     {one.need}"
    yield f"  costs     {'yes: a confirm must come before it' if one.costs else 'no'}"
    if one.costs:
        yield f"  limits    {_limits(one)} (a day, a month)"
    late = "accepted" if one.costs else "unavailable" if "unavailable" in one.outcomes else "failed"
    yield f"  waits     {one.deadline:g} s, then it is {late}"
    if one.waiting:
        yield f"  plays     {one.waiting} while it runs"
    yield f"  takes     {_kinds(one.inputs)}"
    for outcome, brings in one.outcomes.items():
        meant = "the caller is proven" if outcome == one.proves else MEANT.get(outcome, "")
        yield f"  {outcome:<14}{_kinds(brings) if brings else meant}"


def _limits(one: Operation) -> str:
    return ", ".join(str(most) if most else "any" for most in (one.daily, one.monthly)) * one.costs


def _kinds(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in values.items()) or "nothing"


MEANT: Mapping[str, str] = {
    "accepted": "not known yet: the caller gets a message about how it ended",
    "again": "not for the first time: at least the third call within a week",
    "already": "refused: it is so already",
    "changed": "refused: the price is no longer the one confirmed",
    "debt": "the balance is below zero",
    "different": "refused: the two entries differ",
    "failed": "nothing was done: it could not be stored",
    "weak": "refused: it is too easy to guess",
    "wrong": "refused: that is not the word",
    "ok": "it is done",
    "day": "refused: not on that day, or not for so long",
    "limit": "refused: the caller reached the limit",
    "locked": "refused: too many wrong entries",
    "low": "the balance is below the amount that was given",
    "no-recipient": "refused: no subscriber has that number",
    "no-such": "refused: nothing has that code or number",
    "none": "there is nothing to report",
    "not-on": "refused: there is nothing to end",
    "nowhere": "the caller's number is withheld",
    "paused": "refused: not while the number is paused",
    "self": "refused: it is the caller's own number",
    "too-little": "refused: not enough money, minutes, gigabytes or points",
    "too-much": "refused: more than the maximum",
    "unavailable": "nothing was done: the back end is unavailable",
    "usual": "nothing in particular",
    "unknown": "the caller is no subscriber",
    "zero": "refused: nothing at all",
}
"""What outcomes without values mean."""
