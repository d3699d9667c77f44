"""How many calls may be here at a time, from how soon Asterisk answers.

The limit is found as TCP finds its window: it grows while it is used up and answers are quick, and
sinks when they are late. So calls are refused before those who are here have to wait, and as many
are served as this machine can serve, whatever else it does. Arithmetic without a clock.
"""

from msgspec import Struct
from msgspec.structs import replace

FIRST = 50.0
"""Calls at a time that are taken without having been tried."""
LEAST = 10.0
"""So many may be here however late the answers: then it is not the calls that make them late."""
IN_A_ROW = 2
"""So many late answers in a row lower the limit."""
LOWER = 0.85
"""To how much of the calls that are here."""
PAUSE = 7
"""Answers after lowering it until it is lowered again: calls need a moment to end."""
USED = 0.9
"""It grows while so much of it is used."""
FASTER, FASTEST = 0.0001, 0.1
"""By what part it grows with an answer: the more answers since it was lowered, the faster."""
HYSTERESIS = 0.97
"""At how much of the limit calls are taken again."""


class Limits(Struct, frozen=True):
    """What is too much; 0 is no limit. ``seconds``: an answer that takes longer is late, and one
    that takes more than half of it leaves the limit as it is."""

    seconds: float = 0.05
    calls: int = 0


class Admission(Struct, frozen=True):
    """What was measured so far, and whether new calls are refused."""

    limit: float = FIRST
    """Calls at a time that may be here by the answers so far."""
    refusing: bool = False
    late: int = 0
    """Late answers in a row."""
    steady: int = 1000
    """Answers since the limit was lowered; at the start nothing is known against growing fast."""


def answered(admission: Admission, seconds: float, calls: int, limits: Limits) -> Admission:
    """An answer took so long while there were so many calls."""
    late = admission.late + 1 if seconds > limits.seconds else 0
    after = replace(admission, late=late, steady=admission.steady + 1)
    if late >= IN_A_ROW and admission.steady >= PAUSE:
        lowered = max(LEAST, min(admission.limit, calls) * LOWER)
        return replace(after, limit=lowered, late=0, steady=0)
    if seconds <= limits.seconds / 2 and calls >= admission.limit * USED:
        more = 1 + min(FASTEST, FASTER * after.steady)
        return replace(after, limit=max(admission.limit, calls) * more)
    return after


def counted(admission: Admission, calls: int, limits: Limits) -> Admission:
    """There are so many calls: whether more are taken."""
    measured = admission.limit if limits.seconds else float("inf")
    limit = min(measured, limits.calls or measured)
    if calls >= limit:
        return replace(admission, refusing=True)
    return replace(admission, refusing=admission.refusing and calls > limit * HYSTERESIS)
