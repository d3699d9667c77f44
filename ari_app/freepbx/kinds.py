"""What becomes of each kind of destination besides IVRs."""

import re
from typing import Final

from ari_app.freepbx import calendar
from ari_app.freepbx.company import Number, Object, Passage
from ari_app.freepbx.contexts import priority_of
from ari_app.freepbx.destinations import Destination
from ari_app.freepbx.draft import Outcome, Plain, Schedule
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.hours import is_zone, question
from ari_app.freepbx.ivrs import ivr
from ari_app.freepbx.planner import MENU, Kind, Planner
from ari_app.freepbx.sounds import lost
from ari_app.freepbx.tables import UNREAD
from ari_app.freepbx.texts import whole

_DIALLED: Final = re.compile(r"[0-9*#+]{1,32}")

NUMBERS: Final = {
    "extension": "{}",
    "conference": "{}",
    "blast": "{}",
    "paging": "{}",
    "voicemail": "*{}",
}
"""Destinations that have a number for phones: their kind, and the number of a key."""

NO_WAY: Final = {
    "blackhole": "a call that is here is answered: it cannot be busy or congested",
    "directory": "there is no directory by name: let a menu offer the people who are called most",
    "fax": "no fax is received here: lead an inbound route to it in FreePBX",
    "call-recording": "recording is set per queue in FreePBX",
    "play": "it plays a recording and hangs up: make an Announcement of it, and import again",
    "trunk": "a trunk has no number of its own",
    "foreign": "it is a dialplan of your own: write what it does as nodes, or give it a number "
    "and dial that",
}
"""Why there is no node for a kind of destination."""


GONE: Final = "what it names is not in the source: it was deleted, or left out"


def _ivr(plan: Planner, place: Destination) -> str:
    known = place.key in plan.company.ivrs
    return plan.later(place, ivr) if known else plan.missing(place, GONE)


def _announcement(plan: Planner, place: Destination) -> str:
    known = place.key in plan.company.announcements
    return plan.later(place, _played) if known else plan.missing(place, GONE)


def _played(plan: Planner, name: str, key: str) -> None:
    one = plan.company.announcements[key]
    place = Destination("announcement", key)
    to, changes = plan.node(one.dest), []
    if one.returns:
        to = plan.back(f"{name}-back", plan.contexts.menus_before(place), MENU, to)
    if one.early:
        changes.append("*Don't Answer Channel*: a call that is here is answered")
    changes += lost(one.sound)
    body: dict[str, Plain]
    if not one.sound:
        body = {"set": {"played": "nothing"}, "then": to}
        changes.append("it has no recording")
    elif one.repeat:
        sound = plan.prompts.name(one.sound)
        keys = {one.repeat: "repeat"}
        body = {"menu": sound, "keys": keys, "unread": list(keys), "wait": "2s"}
        body |= {"attempts": "1", "silent": sound, "wrong": sound, "gave-up": to}
        changes.append("2 s are waited for the key that repeats it, not 1 s")
    else:
        body = {"say": plan.prompts.name(one.sound)}
        body |= {} if one.skip else {"barge-in": "no"}
        body["then"] = to
    plan.put(name, body, f"Announcement {key}: {one.name}", *changes)
    plan.found(place, name, changes)


def _condition(plan: Planner, place: Destination) -> str:
    one = plan.company.conditions.get(place.key)
    if one is None:
        return plan.missing(place, GONE)
    if one.times:
        return plan.later(Destination("hours", place.key), _hours)
    why = "its times are in a calendar" if one.calendar else "it has no time group"
    outcome: Outcome = "not imported" if one.calendar else "imported"
    plan.found(place, "", (f"{why}: taken as never met",), outcome)
    return plan.node(one.unmet)


def _hours(plan: Planner, name: str, key: str) -> None:
    one = plan.company.conditions[key]
    try:
        asked = question(plan.company, one)
    except SourceError as error:
        why = f"{error}: taken as never met"
        body: dict[str, Plain] = {"set": {"unread": "yes"}, "then": plan.node(one.unmet)}
        plan.put(name, body, f"NOT IMPORTED: Time Condition {key}: {why}.")
        plan.found(Destination("condition", key), name, (why,), "not imported")
        return
    found = calendar.schedule(asked.open, plan.choice.year)
    notes = [f"Time Condition {each.id}: {', '.join(each.times)}" for each in asked.parts]
    changes = []
    zone = asked.zone if is_zone(asked.zone) else ""
    if zone != asked.zone:
        changes.append(f"there is no time zone {asked.zone}: it is in that of the site")
    if found.until:
        changes.append(f"days that move with the year are listed until {found.until}")
    if len({each.zone for each in asked.parts}) > 1:
        changes.append(f"all of it is in the zone {zone or 'of the site'}")
    plan.schedules[name] = Schedule(found, zone, (*notes, *changes))
    ways: dict[str, Plain] = {"open": plan.node(asked.yes), "closed": plan.node(asked.no)}
    plan.put(name, {"hours": name, **ways}, *notes)
    for each in asked.parts:
        place = Destination("condition", each.id)
        if each.id == key or place not in plan.findings:
            plan.found(place, name, changes)


def _switch(plan: Planner, place: Destination) -> str:
    known = place.key in plan.company.switches
    own = Destination("call-flow", place.key)
    return plan.later(own, _switched) if known else plan.missing(place, GONE)


def _switched(plan: Planner, name: str, key: str) -> None:
    one, place = plan.company.switches[key], Destination("switch", key)
    why = (
        f"open is day, closed is night: `firstline hours force {name} closed --until …` "
        f"instead of *28{place.key}; its present state is not read"
    )
    always = calendar.Calendar({"mon-sun": "open"}, {}, 0)
    plan.schedules[name] = Schedule(always, "", (f"Call Flow Control {place.key}", why))
    ways: dict[str, Plain] = {"open": plan.node(one.day), "closed": plan.node(one.night)}
    plan.put(name, {"hours": name, **ways}, f"Call Flow Control {place.key}: {one.name}")
    plan.found(place, name, (why,))


def _passage(plan: Planner, place: Destination) -> str:
    """A language, a priority or a caller ID, and what follows."""
    one = plan.company.find(place.kind, place.key)
    if not isinstance(one, Passage):
        return plan.missing(place, GONE)
    if place.kind == "priority":
        if not priority_of(one):
            why = f"{one.value!r} is no priority: calls keep the one that they have"
            plan.found(place, "", (why,), "not imported")
            return plan.node(one.dest)
        plan.found(place, f"priority-{one.id}")
        return plan.later(place, _priority)
    if place.kind == "caller-id":
        plan.found(place, "", (f"people see the caller's own number, not {one.value!r}",))
        return plan.node(one.dest)
    code = _code(one)
    if code in plan.choice.languages:
        if code not in plan.languages:
            plan.languages.append(code)
        return plan.later(place, _language)
    why = f"the site does not speak {one.value!r}: add it to `languages` of [site]"
    plan.found(place, "", (why,), "not imported")
    return plan.node(one.dest)


def _code(one: Passage) -> str:
    return one.value.replace("_", "-").partition("-")[0].lower()


def _language(plan: Planner, name: str, key: str) -> None:
    one = plan.company.languages[key]
    plan.put(name, {"language": _code(one), "then": plan.node(one.dest)})
    why = f"callers who are subscribers hear {_code(one)} in their next call, too"
    plan.found(Destination("language", key), name, (why,))


def _priority(plan: Planner, name: str, key: str) -> None:
    one = plan.company.priorities[key]
    plan.put(name, {"set": {"priority": priority_of(one)}, "then": plan.node(one.dest)})


def _queue(plan: Planner, place: Destination) -> str:
    return plan.later(place, _waiting)


def _waiting(plan: Planner, name: str, key: str) -> None:
    one = plan.company.queues.get(key)
    place = Destination("queue", key)
    on, changes = {"ended": plan.goodbye()}, []
    if one is None:
        changes.append("its fail over is not in the source")
    elif one.menu:
        on["left"] = plan.node(f"ivr-{one.menu},s,1")
        changes.append(f"a key in the queue leads into IVR {one.menu}, which is played first")
    otherwise = plan.node(one.dest if one else "")
    priorities = sorted(plan.contexts.priorities(place), key=whole)
    nodes = {}
    for priority in priorities:
        node = f"{name}-priority-{priority}" if priority else f"{name}-usual"
        node = node if len(priorities) > 1 else name
        body: dict[str, Plain] = {"queue": key}
        body |= {"priority": priority} if priority else {}
        plan.put(node, body | {"on": on, "else": otherwise}, f"Queue {key}", *changes)
        nodes[priority] = node
    if len(nodes) > 1:
        usual = nodes.pop("", "") or next(iter(nodes.values()))
        plan.put(name, {"branch": "priority", "when": nodes, "else": usual})
    plan.found(place, name, changes)


def _misc(plan: Planner, place: Destination) -> str:
    one = plan.company.misc.get(place.key)
    if one is None:
        return plan.missing(place, GONE)
    if one.number.startswith("{"):
        return plan.missing(
            place, f"its feature code {one.number} is of a module that is not there"
        )
    if not _DIALLED.fullmatch(one.number):
        return plan.missing(place, f"{one.number or 'nothing'} is no number that a phone can dial")
    plan.found(place, f"misc-{one.id}")
    return plan.dial(f"misc-{one.id}", one.number)


def _group(plan: Planner, place: Destination) -> str:
    why = "its members, and what follows when there is no answer, stay in FreePBX"
    plan.found(place, f"group-{place.key}", (why,), "imported")
    note = f"Ring Group {place.key}: {why}"
    return plan.dial(f"group-{place.key}", place.key, ring="2m", note=note)


def _number(plan: Planner, place: Destination) -> str:
    name = f"{place.kind}-{place.key}"
    plan.found(place, name)
    return plan.dial(name, NUMBERS[place.kind].format(place.key))


def _voicemail(plan: Planner, place: Destination) -> str:
    return plan.later(place, _box)


def _box(plan: Planner, name: str, key: str) -> None:
    place = Destination("voicemail", key)
    menus = plan.contexts.menus_before(place)
    leads = {each if plan.contexts.back_after_voicemail(each) else "" for each in menus}
    after = plan.back(f"{name}-back", leads, MENU, plan.goodbye())
    plan.dial(name, NUMBERS["voicemail"].format(key), after)
    plan.found(place, name)


def _onward(plan: Planner, place: Destination) -> str:
    """A name for another destination."""
    one = plan.company.find(place.kind, place.key)
    if isinstance(one, Number) and one.number == UNREAD:
        return plan.missing(place, "it cannot be read: FreePBX keeps it in a form of its own")
    if one is None or not one.onward:
        return plan.missing(place, GONE)
    plan.found(place, "", _return_of(one) if place.kind == "custom" else ())
    return plan.node(one.onward[0])


def _return_of(one: Object) -> tuple[str, ...]:
    """What is to be said of a custom destination that comes back when it is through."""
    back = one.number if isinstance(one, Number) else ""
    return (f"*Return* is left out: what follows it there is {back}",) if back else ()


def _route(plan: Planner, place: Destination) -> str:
    routes = plan.company.routes
    dests = [one.dest for one in routes if (one.number, one.caller) == (place.key, "")]
    return plan.node(dests[0]) if dests else plan.missing(place, GONE)


def _end(plan: Planner, _: Destination) -> str:
    return plan.goodbye()


def _none(plan: Planner, place: Destination) -> str:
    return plan.missing(place, NO_WAY.get(place.kind, GONE))


KINDS: Final[dict[str, Kind]] = {
    "ivr": _ivr,
    "announcement": _announcement,
    "condition": _condition,
    "queue": _queue,
    "group": _group,
    "switch": _switch,
    "language": _passage,
    "priority": _passage,
    "caller-id": _passage,
    "misc": _misc,
    "voicemail": _voicemail,
    "extension": _number,
    "conference": _number,
    "blast": _number,
    "paging": _number,
    "application": _onward,
    "custom": _onward,
    "route": _route,
    "end": _end,
    "": _none,
}
"""Kind of a destination -> what names and makes its node; "" for all others."""
