"""The schedules of opening hours that stand beside the flows, read from the disk."""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import yaml

from ari_app import flows
from ari_app.config import Config
from ivr.hours import Schedule, faults
from ivr.problems import Place, Problem
from ivr.source import compose


def schedules(config: Config) -> Mapping[str, Schedule]:
    """Every schedule by its name; :class:`~ari_app.flows.FlowsError` says all that is wrong."""
    found: dict[str, Schedule] = {}
    problems: list[Problem] = []
    for path in sorted(flows.directory(config).rglob("*.yaml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if isinstance(compose(str(path), text), Problem):
            continue  # the check of flows tells it
        table = yaml.load(text, Loader=yaml.BaseLoader)
        if "schedule" in table:
            told = list(_read(table, found))
            problems += [Problem(Place(str(path), 1, 1), one) for one in told]
    if problems:
        raise flows.FlowsError(tuple(problems))
    return found


def _read(table: dict[str, object], found: dict[str, Schedule]) -> Iterator[str]:
    """Put a schedule among those that were found; yields what is wrong with it."""
    try:
        one = msgspec.convert({**table, "except_": table.get("except", {})}, Schedule)
        ZoneInfo(one.timezone)
    except msgspec.ValidationError as error:
        yield f"this is no schedule ({error}): it has schedule, timezone, week and perhaps except"
        return
    except (ZoneInfoNotFoundError, ValueError) as error:
        yield f"the timezone does not exist ({error}): write one such as Europe/Minsk"
        return
    if one.schedule in found:
        yield f"the schedule {one.schedule} stands in another file, too: rename one of them"
    found[one.schedule] = one
    for fault in faults(one):
        yield f"{fault.section}, {fault.key}: {fault.text}"
