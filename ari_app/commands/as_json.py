"""``--json``: what a command lists or shows, for scripts."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
from msgspec import json

F = TypeVar("F", bound=Callable[..., Any])


def json_option(more: str = "") -> Callable[[F], F]:
    """``--json``, as the argument ``as_json``; ``more`` says what is in it besides."""
    return click.option("--json", "as_json", is_flag=True, help=f"For scripts{more}.")


def print_json(found: object) -> None:
    """Print what msgspec can encode, indented."""
    click.echo(json.format(json.encode(found), indent=2).decode())


def printed(found: Sequence[object], as_json: bool, none: str) -> bool:
    """Print a list as JSON, or ``none`` for an empty one; whether there is nothing left to print.

    ``none`` goes to standard error: a script that reads lines gets none.
    """
    if as_json:
        print_json(found)
    elif not found:
        click.echo(none, err=True)
    return as_json or not found
