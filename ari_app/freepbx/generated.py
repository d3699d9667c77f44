"""The company in the dialplan that FreePBX writes, `extensions_additional.conf`, of 13 to 17."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeVar

from msgspec.structs import replace

from ari_app.freepbx.company import (
    Announcement,
    Company,
    Condition,
    Group,
    Number,
    Passage,
    Queue,
    Route,
    Switch,
)
from ari_app.freepbx.dialplan import Context, Step, arguments, branches
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.generated_ivrs import BACK, ivr, sound
from ari_app.freepbx.tables import KEYS
from ari_app.freepbx.texts import said, whole

_EMPTY: Final = Context("", [], {}, [])
Kind = TypeVar("Kind")


def company(
    found: Mapping[str, Context], queues: Mapping[str, Mapping[str, str]] | None = None
) -> Company:
    """What the contexts of FreePBX do. Raises :class:`SourceError` if none of them is there.

    ``queues``: queue -> its settings in `queues_additional.conf`, where a key in it leads; None if
    that file is not there.
    """
    ivrs = {
        name[4:]: context
        for name, context in found.items()
        if name.startswith("ivr-") and name[4:].isdigit()
    }
    played = {
        name[17:]: context
        for name, context in found.items()
        if name.startswith("app-announcement-") and name[17:].isdigit()
    }
    if not ivrs and not any(name.startswith("ext-did") for name in found):
        raise SourceError(
            "no IVR and no inbound route of FreePBX is in it; `firstline import dialplan` reads "
            "the dialplan of an Asterisk without FreePBX"
        )

    def each(context: str) -> Mapping[str, list[Step]]:
        return found.get(context, _EMPTY).extensions

    local = each("ext-local")
    numbers = [key for key in local if key.isdigit()]
    return Company(
        routes=tuple(_routes(found)),
        ivrs={key: ivr(key, context) for key, context in ivrs.items()},
        announcements={key: _announcement(key, context) for key, context in played.items()},
        conditions=_read(each("timeconditions"), _condition),
        queues={
            key: replace(one, menu=_break_out((queues or {}).get(key, {})))
            for key, one in _read(each("ext-queues"), _queue, "qcall").items()
        },
        groups=_read(each("ext-group"), _group),
        switches=_read(each("app-daynight"), _switch),
        languages=_read(each("app-languages"), _language),
        priorities=_read(each("app-queueprio"), _priority),
        caller_ids=_read(each("app-setcid"), _caller_id),
        misc=_read(each("ext-miscdests"), _misc),
        applications=_read(each("app-miscapps"), _application),
        extensions={key: Number(key, "", key) for key in numbers},
        custom={
            key.removeprefix("dest-"): Number(
                key.removeprefix("dest-"),
                _noop(steps, "Entering Custom Destination"),
                "",
                _last(steps),
            )
            for key, steps in each("customdests").items()
            if key.startswith("dest-")
        },
        keys_of_queues=queues is not None,
    )


def _read(
    extensions: Mapping[str, list[Step]],
    made: Callable[[str, list[Step]], Kind],
    label: str = "",
) -> dict[str, Kind]:
    """Numbered extensions as values; only those with a step of this ``label``, if it is given."""
    return {
        key: made(key, steps)
        for key, steps in extensions.items()
        if key.isdigit() and (not label or any(step.label == label for step in steps))
    }


def _routes(found: Mapping[str, Context]) -> Iterator[Route]:
    for name, context in found.items():
        if not name.startswith("ext-did-"):
            continue
        for extension, steps in context.extensions.items():
            number, _, caller = extension.partition("/")
            ends = [step.args for step in steps if step.label == "dest-ext"]
            if ends:
                yield Route("" if number == "s" else number, caller, "", ends[0])


def _announcement(key: str, context: Context) -> Announcement:
    start = context.extensions.get("s", [])
    played = [step for step in start if step.app in ("playback", "background")]
    ends = context.extensions.get("t") or start
    end = ends[-1] if ends else Step("goto", "")
    back = end.app == "gotoif" and BACK in end.args
    repeats = [
        name
        for name, steps in context.extensions.items()
        if KEYS.fullmatch(name) and any("play" in step.args for step in steps)
    ]
    return Announcement(
        key,
        _noop(start, "Playing announcement"),
        sound(arguments(played[0].args)[0]) if played else (),
        branches(end.args)[1] if back else end.args,
        any(name.startswith("_[") for name in context.extensions),
        repeats[0] if repeats else "",
        back,
        any(step.app == "progress" for step in start),
    )


def _condition(key: str, steps: list[Step]) -> Condition:
    times, zone, calendar, label = [], "", False, ""
    ends: dict[str, str] = {}
    for step in steps:
        label = step.label or label
        if step.app == "gotoiftime":
            condition = branches(step.args)[0].split("," if "," in step.args else "|")
            times.append("|".join(part.strip() for part in condition[:4]))
            zone = condition[4].strip() if len(condition) > 4 else zone
        elif step.app == "agi" and "calendar" in step.args:
            calendar = True
        elif step.app == "gotoif" and "TCRETURN" in step.args:
            ends.setdefault(label, branches(step.args)[1])
    return Condition(
        key, "", tuple(times), ends.get("truegoto", ""), ends.get("falsegoto", ""), zone, calendar
    )


def _queue(key: str, steps: list[Step]) -> Queue:
    text = "\n".join(step.args for step in steps)
    dest = [branches(step.args)[1] for step in steps if step.label == "gotodest"]
    return Queue(
        key,
        "",
        dest[0] if dest else "",
        whole(_chosen(r"QMAXWAIT=.*:(\d+)\)\}$", text)),
        "",
        sound(_chosen(r"QJOINMSG=.*\)\}:(.+)\)\}$", text) or ""),
        _chosen(r'QCIDPP=.*\}":(.+)\)\}$', text).strip(),
    )


def _break_out(settings: Mapping[str, str]) -> str:
    menu = settings.get("context", "").removeprefix("ivr-")
    return menu if menu.isdigit() else ""


def settings(lines: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """The sections of a `.conf` of Asterisk, the last value of each key."""
    found: dict[str, dict[str, str]] = {}
    section: dict[str, str] = {}
    for line in lines:
        text = line.partition(";")[0].strip()
        if text.startswith("[") and "]" in text:
            section = found.setdefault(text[1:].partition("]")[0], {})
        elif "=" in text:
            key, _, value = text.partition("=")
            section[key.strip()] = value.removeprefix(">").strip()
    return found


def _chosen(form: str, text: str) -> str:
    """What a setting is where no call has its own: the last part of its IF."""
    found = re.search(form, text, re.MULTILINE)
    value = found[1] if found else ""
    return "" if value.strip() in ("", ")") else value


def _group(key: str, steps: list[Step]) -> Group:
    members, seconds = "", 20
    for step in steps:
        if found := re.search(r"dial,s,1\((\d+),.*,([\d#*-]+)\)\)?\Z", step.args):
            seconds, members = whole(found[1]), found[2]
    return Group(key, "", members, seconds, _last(steps))


def _switch(key: str, steps: list[Step]) -> Switch:
    _, night, day = branches(next((s.args for s in steps if s.app == "gotoif"), ""))
    return Switch(key, "", day, night)


def _language(key: str, steps: list[Step]) -> Passage:
    name = re.search(r"\((.*)\)\Z", _noop(steps, "Changing Channel"))
    return Passage(key, name[1] if name else "", _set(steps, "CHANNEL(language)"), _last(steps))


def _priority(key: str, steps: list[Step]) -> Passage:
    name = re.search(r"\((.*)\)\Z", _noop(steps, "Changing Channel"))
    return Passage(key, name[1] if name else "", _set(steps, "_QUEUE_PRIO"), _last(steps))


def _caller_id(key: str, steps: list[Step]) -> Passage:
    return Passage(key, "", _set(steps, "CALLERID(name)"), _last(steps))


def _misc(key: str, steps: list[Step]) -> Number:
    dialled = _last(steps).removeprefix("from-internal,").rpartition(",")[0]
    return Number(key, _noop(steps, "MiscDest:"), dialled or "{of a missing module}")


def _application(key: str, steps: list[Step]) -> Number:
    found = re.search(r"miscapp (\d+): (.*)", _noop(steps, "Running"))
    number, name = (found[1], found[2]) if found else (key, "")
    return Number(number, name, key, _last(steps))


def _set(steps: list[Step], name: str) -> str:
    for step in steps:
        variable, _, value = step.args.partition("=")
        if step.app == "set" and variable.strip() == name:
            return value.strip()
    return ""


def _noop(steps: list[Step], begin: str) -> str:
    """What a Noop says behind these words."""
    for step in steps:
        if step.app == "noop" and step.args.startswith(begin):
            return said(step.args.removeprefix(begin))
    return ""


def _last(steps: list[Step]) -> str:
    """The last Goto with a context."""
    found = [step.args for step in steps if step.app == "goto" and step.args.count(",") == 2]
    return found[-1] if found else ""
