"""Rules for opening hours."""

from collections.abc import Callable, Iterator

from ivr.check.context import CheckContext, Finding
from ivr.hours.week import WEEKDAYS, days, exception_day, spans
from ivr.problems import near
from ivr.terms import Is


def hours(context: CheckContext) -> Iterator[Finding]:
    """Malformed days and hours."""
    readers: dict[Is, Callable[[str], object]] = {
        Is.DAYS: days,
        Is.SPANS: spans,
        Is.DATE: exception_day,
    }
    for what, read in readers.items():
        for _, mention in context.mentions(what):
            try:
                read(mention.name)
            except ValueError as error:
                yield mention.place, str(error)


def twin_days(context: CheckContext) -> Iterator[Finding]:
    """Days of the week that have two keys."""
    for each in context.read:
        first: dict[int, str] = {}
        for mention in each.mentions:
            if mention.what is Is.DAYS:
                try:
                    found = days(mention.name)
                except ValueError:
                    continue
                for day in sorted(found):
                    if first.setdefault(day, mention.name) != mention.name:
                        text = f"{WEEKDAYS[day]} is in {first[day]} already"
                        yield mention.place, f"{text}: keep one of them"
                        break


def zones(context: CheckContext) -> Iterator[Finding]:
    """Time zones that this machine does not know."""
    there = context.standard.zones
    for _, mention in context.mentions(Is.ZONE):
        if there is not None and mention.name not in there:
            text = f"there is no time zone {mention.name}: {near(mention.name, there)}"
            yield mention.place, text


def never_open(context: CheckContext) -> Iterator[Finding]:
    """Schedules that are never open."""
    for _, mention in context.mentions(Is.SCHEDULE_NAME):
        read = context.schedules.get(mention.name)
        if read is not None and read.schedule is not None:
            written = [*read.schedule.week.values(), *read.schedule.except_.values()]
            if not any(map(spans, written)):
                text = f"{mention.name} is never open"
                yield mention.place, f"{text}: give it hours, or remove it"


def idle_schedules(context: CheckContext) -> Iterator[Finding]:
    """Schedules that no flow uses."""
    used = {mention.name for _, mention in context.mentions(Is.SCHEDULE)}
    for _, mention in context.mentions(Is.SCHEDULE_NAME):
        if mention.name not in used:
            text = f"no flow uses the hours of {mention.name}"
            yield mention.place, f"{text}: use them with `hours: {mention.name}`, or remove it"
