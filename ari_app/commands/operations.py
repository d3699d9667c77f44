"""`firstline operations`: the operations that menus may run."""

from collections.abc import Iterator, Mapping

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands, Lazy
from ari_app.config.state import State
from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from ivr.model import Operation
from ivr.problems import near


def own_operations(state: State) -> Mapping[str, Operation]:
    """The operations beside the menus in use; raises ``FlowsError`` for those with problems."""
    return loading.own_operations(loading.directory(state.config()))


LIST = "list"
"""The command that is meant where none is named."""


class _ListsByDefault(Commands):
    """`firstline operations balance` is `firstline operations list balance`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """See the class."""
        asks = {"-h", "--help"} & set(args)
        if not args or (args[0] not in self.list_commands(ctx) and not asks):
            args = [LIST, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ListsByDefault)
def operations() -> None:
    """List the operations that menus may run, and try your own.

    Without a command they are listed.
    """


@operations.command(LIST)
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
@json_option(", as --format json")
@click.pass_obj
def listing(state: State, name: str | None, form: str, as_json: bool) -> None:
    """List the operations that menus may run, or show NAME.

    Those of Firstline come first, then those that stand beside the menus.
    """
    known = {**CATALOGUE, **own_operations(state)}
    if name is not None and name not in known:
        raise click.ClickException(f"there is no operation {name}: {near(name, known)}")
    chosen = [known[name]] if name else list(known.values())
    if as_json or form == "json":
        print_json(chosen[0] if name else chosen)
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


operations.lazy = {"try": Lazy("operation_try:try_")}

MEANT: Mapping[str, str] = {
    "accepted": "not known yet: the caller gets a message about how it ended",
    "again": "not for the first time: at least the third call within a week",
    "already": "refused: it is so already",
    "ask": "the caller is asked",
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
    "past": "refused: that time is over",
    "skip": "the caller is not asked",
    "self": "refused: it is the caller's own number",
    "too-little": "refused: not enough money, minutes, gigabytes or points",
    "too-much": "refused: more than the maximum",
    "unlisted": "possible, for a number of days that billing does not list",
    "unavailable": "nothing was done: the back end is unavailable",
    "usual": "nothing in particular",
    "unknown": "the caller is no subscriber",
    "zero": "refused: nothing at all",
}
"""What outcomes without values mean."""
