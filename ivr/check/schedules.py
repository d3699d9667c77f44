"""Rules for opening hours."""

from collections.abc import Callable, Collection, Iterator

from ivr.check.context import CheckContext, Finding, Read
from ivr.hours.schedule import gap_text, gaps
from ivr.hours.week import WEEKDAYS, Span, clock, days, exception_days, span_text, spans
from ivr.problems import near
from ivr.terms import Is


def hours(context: CheckContext) -> Iterator[Finding]:
    """Malformed days and hours."""
    readers: dict[Is, Callable[[str], object]] = {
        Is.DAYS: days,
        Is.SPANS: spans,
        Is.DATE: exception_days,
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
            text = f"there is no time zone {mention.name}: {_zone(mention.name, there)}"
            yield mention.place, text


def _zone(name: str, there: Collection[str]) -> str:
    """What to write instead: the zone of that city, or one that is spelled alike."""
    city = name.strip().replace(" ", "_").rpartition("/")[2].casefold()
    cities = {each.rpartition("/")[2].casefold(): each for each in sorted(there)}
    if city in cities:
        return f"did you mean {cities[city]}?"
    alike = near(name, there)
    return alike if "?" in alike else "write one as Europe/Minsk: continent, slash and city"


def lost_minutes(context: CheckContext) -> Iterator[Finding]:
    """Spans that end at 23:59, or a minute before the next one: closed for that minute."""
    for each in context.read:
        lost = set[int]()
        for mention in each.mentions:
            if mention.what is not Is.SPANS:
                continue
            for begin, end in _ends_before(mention.name):
                text = f"{span_text((begin, end))} leaves the minute from {clock(end)} on closed"
                lost.add(end % 1440)
                yield mention.place, f"{text}: end it at {clock(end + 1)}"
        for mention in each.mentions:
            if mention.what is not Is.SCHEDULE_NAME:
                continue
            for begin, end in _gaps(each):
                if end - begin == 1 and begin % 1440 not in lost:
                    lost.add(begin % 1440)
                    text = f"{gap_text((begin, end))}, a minute between two spans"
                    yield mention.place, f"{text}: end the first at {clock(end % 1440)}"


def _ends_before(text: str) -> Iterator[Span]:
    """The spans that end a minute before the next one, or before midnight; none if malformed."""
    try:
        found = spans(text)
    except ValueError:
        return
    starts = {begin for begin, _ in found} | {1440}
    for begin, end in found:
        if end not in starts and end + 1 in starts:
            yield begin, end


def _gaps(read: Read) -> tuple[Span, ...]:
    """When a schedule is closed in a week; nothing of one that is malformed."""
    try:
        return gaps(read.schedule) if read.schedule is not None else ()
    except ValueError:
        return ()


def past_exceptions(context: CheckContext) -> Iterator[Finding]:
    """Exceptions of a year that are over."""
    today = context.standard.today
    for _, mention in context.mentions(Is.DATE) if today is not None else ():
        try:
            last = exception_days(mention.name).last
        except ValueError:
            continue
        if last is not None and today is not None and last < today:
            text = f"{mention.name} is over"
            yield mention.place, f"{text}: remove it, or leave out the year if it is every year's"


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
