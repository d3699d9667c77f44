"""The extra `phone`: the SIP stack that `firstline call` and `firstline agent` need."""

import sys
from importlib.util import find_spec

import click


def require_phone(command: str) -> None:
    """Raise :class:`click.ClickException` if the SIP stack (pjsua2) is not installed."""
    if find_spec("pjsua2") is None:
        raise click.ClickException(
            f"`firstline {command}` needs the extra `phone` (for Python 3.11 and 3.12): "
            f"install it with `{sys.executable} -m pip install 'firstline[phone]'`"
        )
