"""The lines of calls that are no calls through the menus of all callers."""

from typing import Final

ON_SCREENS: Final = ("ussd", "cabinet")
"""The lines on which callers read: what came over them is no call in progress or in a count."""

AGI: Final = "agi"
"""The line of calls while the application is down: by the menus that `firstline agi` has read."""


def listed(*lines: str) -> str:
    """Lines as a list of SQL."""
    return "({})".format(", ".join(f"'{line}'" for line in lines))
