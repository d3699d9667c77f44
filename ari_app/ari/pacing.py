"""How far apart calls are let in while there are more than can be served.

Most work of a call is at its beginning. If new callers are refused while the limit is reached and
else let in, as many begin at once as came while one ended, and all others wait for their
beginnings. So they are let in one by one, a little faster than calls end when there are as many as
may be: by Little's law a limit of calls that last so long on average. Arithmetic without a clock.
"""

from math import exp, isfinite

from msgspec import Struct

from ari_app.ari.admission import LEAST, Admission

MEMORY = 5.0
"""Seconds after which what was counted weighs a third."""
ENOUGH = 3.0
"""Calls that must have ended before it is known how long they last."""
CALM = 200
"""After so many answers since the limit was lowered no one is kept apart any more."""
PACED = 0.5
"""And not while less of the limit is used."""
FARTHEST = 2.0
"""The most seconds between two calls."""
MORE = 1.15
"""How many more are let in than end: else a machine that could serve all stays below its limit."""


class Pace(Struct, frozen=True):
    """Calls that ended, and seconds that all calls lasted; both of the last moments."""

    ended: float = 0.0
    lasted: float = 0.0


def passed(pace: Pace, seconds: float, calls: int, ended: int) -> Pace:
    """So many seconds passed with so many ``calls``, of which so many ended meanwhile."""
    kept = exp(-seconds / MEMORY)
    return Pace(pace.ended * kept + ended, pace.lasted * kept + calls * seconds)


def gap(pace: Pace, admission: Admission, calls: int, limit: float) -> float:
    """Seconds between two calls that are let in now, with a ``limit`` of calls; 0 is none."""
    lowered = admission.steady < CALM and isfinite(limit)
    if not lowered or calls < max(LEAST, limit * PACED) or pace.ended < ENOUGH:
        return 0.0
    return min(FARTHEST, pace.lasted / pace.ended / limit / MORE)
