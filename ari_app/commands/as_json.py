"""``--json``: what a command lists or shows, for scripts."""

from collections.abc import Callable
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
