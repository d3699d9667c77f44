"""Names the optional extra `phone`, a SIP phone for scripts, where it is missing."""

import sys
from importlib.util import find_spec

import click

LIBRARY = "pjsua2-python==2.15.1.post1"
"""What the extra `phone` of pyproject.toml installs. Naming it works wherever Firstline came from:
`firstline[phone]` is found only where Firstline is installed already, or on a package index."""


def require_phone(command: str) -> None:
    """Raise :class:`click.ClickException` if the SIP stack (pjsua2) is not installed."""
    if find_spec("pjsua2") is not None:
        return
    remedy = f"install it with `{sys.executable} -m pip install {LIBRARY}`"
    if sys.version_info >= (3, 13):
        remedy = "use one of them, this Python has no wheel of it"
    raise click.ClickException(
        f"`firstline {command}` needs the extra `phone` (for Python 3.11 and 3.12): {remedy}"
    )
