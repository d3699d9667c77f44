"""Random companies of :mod:`tests.freepbx.rows` as people write a dialplan by hand, without
FreePBX: attempts are counted in a variable, by Goto or in a While."""

import re
from collections.abc import Iterator
from random import Random

from tests.freepbx import rows
from tests.freepbx.rows import Rows

START = "begin"


def company(chance: Random) -> Rows:
    """The rows of a company in which nothing goes back to the menu before: that is FreePBX's."""
    of = rows.company(chance)
    for menu in of["ivr_details"]:
        menu |= {"retvm": "", "invalid_ivr_ret": "0", "timeout_ivr_ret": "0"}
        if chance.random() < 0.5:
            menu["invalid_destination"] = menu["timeout_destination"]
    for one in (*of["ivr_entries"], *of["announcement"]):
        one |= {name: "0" for name in ("ivr_ret", "return_ivr") if name in one}
    return of


def dialplan(of: Rows) -> str:
    """The contexts of a company; calls begin at `s` of :data:`START`."""
    start = of["incoming"][0]["destination"]
    return "\n".join([f"[{START}]", *_steps("s", "Answer()", _to(start)), *_contexts(of), ""])


def _contexts(of: Rows) -> Iterator[str]:
    for menu in of["ivr_details"]:
        yield f"[ivr-{menu['id']}]"
        entries = [one for one in of["ivr_entries"] if one["ivr_id"] == menu["id"]]
        yield from _menu(menu, {one["selection"]: one["dest"] for one in entries})
    for one in of["announcement"]:
        yield f"[app-announcement-{one['announcement_id']}]"
        sound = f"Playback(custom/rec-{5 + int(one['announcement_id'])})"
        yield from _steps("s", sound, _to(one["post_dest"]))
    yield "[timeconditions]"
    for one in of["timeconditions"]:
        times = [each for each in of["timegroups_details"] if each["timegroupid"] == one["time"]]
        asked = [f"GotoIfTime({each['time'].replace('|', ',')}?met)" for each in times]
        steps = _steps(one["timeconditions_id"], *asked, _to(one["falsegoto"]))
        yield from (*steps, f" same => n(met),{_to(one['truegoto'])}")
    yield "[others]"
    yield from _steps("end", "Hangup()")
    yield from _steps("queue", "Queue(400,t)", _to(of["queues_config"][0]["dest"]))
    first = _to(of["queueprio"][0]["dest"])
    yield from _steps("first", "Set(__QUEUE_PRIO=5)", first)
    yield from _steps("group", "Dial(PJSIP/600,20)", "Hangup()")
    yield from _steps("misc", "Dial(PJSIP/80291234567@trunk)", "Hangup()")
    yield from _steps("day", _to(of["daynight"][0]["dest"]))
    for number in ("201", "202"):
        yield from _steps(f"phone{number}", f"Dial(PJSIP/{number})", "Hangup()")
        yield from _steps(f"box{number}", f"VoiceMail({number}@default,u)", "Hangup()")


def _menu(menu: dict[str, str], keys: dict[str, str]) -> Iterator[str]:
    """A menu: with a While where silence and wrong keys lead to the same, else with a Goto."""
    ends = {"i": menu["invalid_destination"], "t": menu["timeout_destination"]}
    rounds = menu["invalid_loops"]
    if rounds == "disabled":
        rounds, ends = "0", {end: keys.get(end, "") for end in "it"}
    keys = {key: to for key, to in keys.items() if key not in ("i", "t")}
    sound = f"custom/rec-{menu['announcement']}"
    if ends["i"] == ends["t"] and "#" not in keys:
        asked = [f'GotoIf($["${{KEY}}" = "{key}"]?{_place(to)})' for key, to in keys.items()]
        yield from _steps("s", "Set(TRIES=0)", f"While($[${{TRIES}} <= {rounds}])",
            f"Read(KEY,{sound},1,,1,5)", *asked, "Set(TRIES=$[${TRIES} + 1])", "EndWhile()",
            _to(ends["i"]))  # fmt: skip
        return
    yield from _steps("s", "Set(TRIES=0)")
    yield from (f" same => n(ask),Background({sound})", " same => n,WaitExten(5)")
    for key, to in keys.items():
        yield from _steps(key, _to(to))
    for end, to in ends.items():
        yield from _steps(end, "Set(TRIES=${INC(TRIES)})",
            f"ExecIf($[${{TRIES}} > {rounds}]?{_to(to)})", "Goto(s,ask)")  # fmt: skip


def _steps(extension: str, first: str, *rest: str) -> Iterator[str]:
    yield f"exten => {extension},1,{first}"
    yield from (f" same => n,{one}" for one in rest)


def _to(dest: str) -> str:
    return f"Goto({_place(dest)})"


def _place(dest: str) -> str:
    """Where a destination of FreePBX is in the dialplan."""
    kind, key, _ = (dest or ",,").split(",")
    if re.match(r"ivr-|app-announcement-", kind) or kind == "timeconditions":
        return dest
    own = {
        "ext-queues": "queue",
        "app-queueprio": "first",
        "ext-group": "group",
        "ext-miscdests": "misc",
        "app-daynight": "day",
        "from-did-direct": f"phone{key}",
        "ext-local": f"box{key[3:]}",
    }
    return f"others,{own.get(kind, 'end')},1"
