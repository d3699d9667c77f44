"""GotoIfTime of a plain dialplan: when, and where it leads."""

from typing import NamedTuple

from ari_app.freepbx.calendar import met
from ari_app.freepbx.dialplan import Step, branches
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.hours import is_zone


class Timed(NamedTuple):
    """A time as time groups have it, its zone, and where calls go then and else; "" for the next
    step, and for the zone of the system."""

    time: str
    zone: str
    yes: str
    no: str


def timed(step: Step) -> Timed | None:
    """What a GotoIfTime asks; None if it cannot be read, or the step is another one."""
    condition, yes, no = branches(step.args)
    parts = [part.strip() for part in condition.split("," if "," in condition else "|")]
    if step.app != "gotoiftime" or "${" in condition or len(parts) not in (4, 5):
        return None
    found = Timed("|".join(parts[:4]), "".join(parts[4:]), yes, no)
    try:
        met([found.time])
    except SourceError:
        return None
    return found if is_zone(found.zone) else None
