"""IVRs in the dialplan that FreePBX writes."""

import re
from collections.abc import Iterator
from typing import Final

from ari_app.freepbx.company import Entry, Ivr, Limit, Sound
from ari_app.freepbx.dialplan import Context, Step, arguments, branches
from ari_app.freepbx.tables import KEYS
from ari_app.freepbx.texts import said, whole

BACK: Final = "${IVR_CONTEXT"
"""What a way back to the IVR before names."""

_MESSAGE: Final = re.compile(r"IVR_MSG=(.*)")


def ivr(key: str, context: Context) -> Ivr:
    """The IVR of a context `ivr-N`."""
    start = context.extensions.get("s", [])
    text = [f"{step.app}({step.args})" for step in start]
    announcement = _message(start)
    reading = [arguments(step.args) for step in start if step.app == "read"]
    looped = any(step.app == "while" for step in start)
    waits = [arguments(step.args)[0] for step in start if step.app == "waitexten"]
    waits += [each[5] for each in reading if len(each) > 5]
    direct = "from-did-direct-ivr" in context.includes or any("DB(DEVICE/" in each for each in text)
    directory = [each for each in context.includes if each.startswith("from-ivr-directory-")]
    return Ivr(
        key,
        said(context.comment),
        announcement,
        tuple(_entries(context)),
        _limit(context.extensions.get("i", []), announcement),
        _limit(context.extensions.get("t", []), announcement),
        wait=whole(waits[0], 10) if waits else 10,
        direct="all" if direct else directory[0].rpartition("-")[2] if directory else "",
        mode=0 if looped else 1 if reading else 2,
        after_voicemail=any("IVR_RETVM=RETURN" in each for each in text),
    )


def _message(steps: list[Step]) -> Sound:
    for step in steps:
        if step.app == "set" and (found := _MESSAGE.fullmatch(step.args)):
            return sound(found[1])
    return ()


def sound(text: str) -> Sound:
    """The sounds of ``custom/a&custom/b``."""
    return tuple(each for one in text.split("&") if (each := one.strip()))


def _entries(context: Context) -> Iterator[Entry]:
    for keys in sorted(context.extensions):
        steps = context.extensions[keys]
        if not KEYS.fullmatch(keys) or _is_echo(keys, steps):
            continue
        for step in steps:
            if step.app == "gotoif" and BACK in step.args:
                yield Entry(keys, branches(step.args)[1], True)
                break
            if step.label.startswith("ivrsel-") and step.app == "goto":
                yield Entry(keys, step.args)
                break


def _is_echo(keys: str, steps: list[Step]) -> bool:
    """Whether it only leads from ``1#`` to ``1``."""
    return keys.endswith("#") and [step.args for step in steps] == [f"{keys[:-1]},1"]


def _limit(steps: list[Step], announcement: Sound) -> Limit:
    """The extension `i` or `t`: what follows wrong keys, or silence."""
    if not any(step.label == "final" for step in steps):
        entries = [step.args for step in steps if step.label.startswith("ivrsel-")]
        return Limit(0, dest=entries[0]) if entries else Limit()
    retries = 0
    last: Sound = ()
    retry = _message(steps)
    for step in steps:
        if step.app == "gotoif" and (more := re.search(r"> *(\d+)\]", step.args)):
            retries = min(whole(more[1]), 99)
        if step.app == "playback":
            last = sound(arguments(step.args)[0])
    announce = bool(announcement) and retry[-len(announcement) :] == announcement
    if announce or not retry:
        retry = retry[: len(retry) - len(announcement)] if announce else ()
    end = steps[-1]
    back = end.app == "gotoif" and BACK in end.args
    dest = branches(end.args)[1] if back else end.args
    return Limit(retries, retry, announce or not retry, last, dest, back)
