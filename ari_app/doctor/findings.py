"""What the doctor found: each finding with its place and the line to change."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Severity = Literal["critical", "warning", "note"]

ORDER: tuple[Severity, ...] = ("critical", "warning", "note")
EXIT_CODES = {"critical": 2, "warning": 1, "note": 0}


class Finding(Struct, frozen=True):
    """One thing that is wrong.

    ``where`` is a file with its line, or what was looked at; ``change`` the line to write there,
    or the command to run. A ``note`` may be as it should be.
    """

    id: str
    severity: Severity
    where: str
    text: str
    change: str


def exit_code(findings: Iterable[Finding]) -> int:
    """That of the worst finding: 2 critical, 1 warning, 0 none or notes."""
    return max((EXIT_CODES[one.severity] for one in findings), default=0)
