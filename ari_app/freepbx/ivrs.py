"""An IVR as a menu."""

from ari_app.freepbx.company import Ivr, Limit
from ari_app.freepbx.destinations import Destination, destination
from ari_app.freepbx.draft import Plain
from ari_app.freepbx.planner import MENU, Planner
from ari_app.freepbx.sounds import SHIPPED, SILENCE, lost
from ari_app.freepbx.tables import KEYS


def ivr(plan: Planner, name: str, key: str) -> None:
    """The menu of an IVR; before it a ``set``, where the last IVR of the call matters."""
    one = plan.company.ivrs[key]
    place = Destination("ivr", key)
    parents = plan.contexts.menus_before(place)
    menu = name
    if plan.contexts.tracked:
        menu = f"{name}-menu"
        kept = {f"before-{key}": f"{{{MENU}}}"} if plan.contexts.depends(key) else {}
        plan.put(name, {"set": {**kept, MENU: f"ivr-{key}"}, "then": menu})
    sounds = (one.announcement, *(each for end in (one.wrong, one.silent) for each in end.played))
    changes = lost(*sounds)
    if not one.announcement:
        changes.append("it has no announcement: its prompt is a second of silence")
    keys = _keys(plan, one, menu, parents, changes)
    body: dict[str, Plain] = {"menu": _announced(plan, one), "keys": keys}
    body |= {"unread": list(keys)} if keys else {}
    wait = min(max(one.wait, 2), 120)
    if wait != one.wait:
        changes.append(f"{wait} s are waited for a key, not {one.wait} s")
    body |= {"wait": f"{wait}s", "between": "3s" if one.mode == 2 else f"{wait}s"}
    body |= _again(plan, one, changes)
    body["gave-up"] = _limit(plan, one, one.wrong, f"{menu}-wrong", parents)
    unanswered = _limit(plan, one, one.silent, f"{menu}-silent", parents)
    if unanswered != body["gave-up"]:
        body["unanswered"] = unanswered
    plan.put(menu, body, f"IVR {key}" + (f": {one.name}" if one.name else ""), *changes)
    plan.found(place, menu, changes)


def _announced(plan: Planner, one: Ivr) -> str:
    return plan.prompts.name(one.announcement or (SILENCE,))


def _keys(
    plan: Planner, one: Ivr, menu: str, parents: frozenset[str], changes: list[str]
) -> dict[str, str]:
    keys: dict[str, str] = {}
    for entry in one.entries:
        kind, number = destination(entry.dest)
        if not entry.returns or kind != "extension":
            keys[entry.keys] = plan.node(entry.dest)
            continue
        own = plan.dial(f"{menu}-{number}", number, menu) if "" in parents else ""
        pressed = entry.keys.replace("*", "star").replace("#", "hash")
        node = f"{menu}-key-{pressed}"
        keys[entry.keys] = plan.back(node, parents, f"before-{one.id}", own)
        if parents != {""}:
            changes.append(
                f"key {entry.keys} leads back to the IVR before and calls no one, as its "
                f"*Return* does in FreePBX, too: {entry.dest} may be meant"
            )
    if plan.direct and one.direct == "all":
        for number in filter(KEYS.fullmatch, plan.direct):
            keys.setdefault(number, plan.node(f"from-did-direct,{number},1"))
    elif one.direct:
        changes.append(
            "Direct Dial is left out: `--direct-dial` writes a key for each extension"
            if one.direct == "all"
            else "Direct Dial by the directory is not there"
        )
    return keys


def _again(plan: Planner, one: Ivr, changes: list[str]) -> dict[str, Plain]:
    """How often it is asked, and what is played before it is asked again."""
    wrong, silent = one.wrong, one.silent
    attempts = max([each.retries or 0 for each in (wrong, silent)]) + 1
    body: dict[str, Plain] = {"attempts": f"{min(attempts, 100)}"}
    again = one.announcement if silent.announce else ()
    if silent.retry and silent.retry[0] in SHIPPED:
        if again:
            changes.append("after silence the announcement is played alone, without a sound before")
        else:
            body["silent"] = plan.prompts.name(silent.retry)
    elif silent.retry:
        body["silent"] = plan.prompts.name((*silent.retry, *again))
    if wrong.retry:
        body["wrong"] = plan.prompts.name(wrong.retry)
    for end, what in ((wrong, "wrong keys"), (silent, "silence")):
        if end.retries is None:
            changes.append(f"where {what} end the call, it ends with a goodbye of ours")
    if not wrong.announce:
        changes.append("after a wrong key the announcement is played again, too")
    if wrong.retries != silent.retries:
        text = ", ".join(
            f"{'disabled' if each.retries is None else each.retries} for {what}"
            for each, what in ((wrong, "wrong keys"), (silent, "silence"))
        )
        changes.append(f"retries are {text}: here both have {attempts} attempts")
    return body


def _limit(plan: Planner, one: Ivr, limit: Limit, name: str, parents: frozenset[str]) -> str:
    """Where silences or wrong keys lead in the end."""
    if limit.retries is None:
        return plan.goodbye()
    to = plan.node(limit.dest)
    if limit.returns:
        to = plan.back(f"{name}-back", parents, f"before-{one.id}", to)
    if limit.last:
        plan.put(name, {"say": plan.prompts.name(limit.last), "then": to})
        return name
    return to
