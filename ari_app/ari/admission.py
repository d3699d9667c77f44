"""How many calls may be here at a time, from how soon Asterisk answers.

The limit is found as TCP finds its window: it grows while it is used up and answers are in time,
and sinks when several in a row are late. So calls are refused before those who are here have to
wait, and as many are served as this machine can serve, whatever else it does. Arithmetic without a
clock.
"""

from math import inf, isfinite

from msgspec import Struct
from msgspec.structs import replace

FIRST = 50.0
"""Calls at a time that are taken without having been tried, unless more are here at the start."""
LEAST = 10.0
"""So many may be here however late the answers: then it is not the calls that make them late."""
IN_A_ROW, IF_UNUSED = 2, 5
"""So many late answers in a row lower the limit: while it is used up, and while it is not. Then it
is hardly the calls that make them late, and two may be an accident."""
LOWER = 0.85
"""To how much of the calls that are here, or of what it was if it is not used up."""
PAUSE = 7
"""Answers after lowering it until it is lowered again: calls need a moment to end."""
USED = 0.9
"""It grows while so much of it is used."""
FASTER, FASTEST = 0.0001, 0.1
"""By what part it grows with an answer: the more answers since it was lowered, the faster."""
STEADY, SLOWER = 1000, 0.01
"""After so many answers in which it was not lowered it grows by such a part also with an answer
that is neither quick nor late: Asterisk may be far away."""
HYSTERESIS = 0.97
"""At how much of the limit calls are taken again."""


class Limits(Struct, frozen=True):
    """What is too much; 0 is no limit. ``seconds``: an answer that takes longer is late, and one
    that takes at most half of it is quick."""

    seconds: float = 0.05
    calls: int = 0


class Admission(Struct, frozen=True):
    """What was measured so far, and whether new calls are refused."""

    limit: float = inf
    """Calls at a time that may be here by the answers so far; no limit before the first one."""
    refusing: bool = False
    late: int = 0
    """Late answers in a row."""
    steady: int = STEADY
    """Answers since the limit was lowered; at the start nothing is known against growing fast."""


def answered(admission: Admission, seconds: float, calls: int, limits: Limits) -> Admission:
    """An answer took so long while there were so many calls."""
    limit = admission.limit if isfinite(admission.limit) else max(FIRST, calls / USED)
    used = calls >= limit * USED
    late = admission.late + 1 if seconds > limits.seconds else 0
    after = replace(admission, limit=limit, late=late, steady=admission.steady + 1)
    if late >= (IN_A_ROW if used else IF_UNUSED) and admission.steady >= PAUSE:
        too_many = min(limit, calls) if used else limit
        return replace(after, limit=max(LEAST, too_many * LOWER), late=0, steady=0)
    if used and not late:
        if seconds <= limits.seconds / 2:
            part = min(FASTEST, FASTER * after.steady)
            return replace(after, limit=max(limit, calls) * (1 + part))
        if after.steady >= STEADY:
            return replace(after, limit=limit * (1 + SLOWER))
    return after


def limit_of(admission: Admission, limits: Limits) -> float:
    """How many calls may be here at a time; infinite without a limit."""
    measured = admission.limit if limits.seconds else inf
    return min(measured, limits.calls or measured)


def counted(admission: Admission, calls: int, limits: Limits) -> Admission:
    """There are so many calls: whether more are taken."""
    limit = limit_of(admission, limits)
    if calls >= limit:
        return replace(admission, refusing=True)
    return replace(admission, refusing=admission.refusing and calls > limit * HYSTERESIS)
