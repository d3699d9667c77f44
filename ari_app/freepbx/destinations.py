"""Destinations, as FreePBX writes them: `ext-queues,400,1`."""

import re
from typing import NamedTuple

_FORMS = (
    ("ivr", r"ivr-(\d{1,20}),(?:s|return),1"),
    ("announcement", r"app-announcement-(\d{1,20}),s,1"),
    ("condition", r"timeconditions,(\d{1,20}),1"),
    ("queue", r"ext-queues,(\d{1,20}),1"),
    ("group", r"ext-group,(\d{1,20}),1"),
    ("extension", r"from-did-direct,(\d{1,20}),1"),
    ("extension", r"ext-local,(\d{1,20}),(?:dest|1)"),
    ("extension", r"ext-findmefollow,FM(\d{1,20}),1"),
    ("voicemail", r"ext-local,vm[busi](\d{1,20}),1"),
    ("end", r"app-blackhole,(hangup),1"),
    ("blackhole", r"app-blackhole,([\w-]+),1"),
    ("misc", r"ext-miscdests,(\d{1,20}),1"),
    ("application", r"app-miscapps,(\d{1,20}),1"),
    ("switch", r"app-daynight,(\d{1,20}),1"),
    ("language", r"app-languages,(\d{1,20}),1"),
    ("priority", r"app-queueprio,(\d{1,20}),1"),
    ("caller-id", r"app-setcid,(\d{1,20}),1"),
    ("directory", r"directory,(\d{1,20}),1"),
    ("conference", r"ext-meetme,(\d{1,20}),1"),
    ("blast", r"vmblast-grp,(\d{1,20}),1"),
    ("paging", r"app-pagegroups,(\d{1,20}),1"),
    ("fax", r"ext-fax,(\w+),1"),
    ("call-recording", r"ext-callrecording,(\d{1,20}),1"),
    ("play", r"play-system-recording,(\d{1,20}),1"),
    ("trunk", r"ext-trunk,(\d{1,20}),1"),
    ("route", r"from-trunk,([^,]+),1"),
    ("custom", r"customdests,dest-(\d{1,20}),1"),
)

_READ = tuple((kind, re.compile(form, re.ASCII)) for kind, form in _FORMS)


class Destination(NamedTuple):
    """The kind of what a call is sent to, and its key; "" where there is none."""

    kind: str
    key: str


NOWHERE = Destination("end", "hangup")


def destination(text: str) -> Destination:
    """What a destination names; `foreign` for one of no module that is known here."""
    text = text.strip()
    if not text:
        return NOWHERE
    for kind, form in _READ:
        if found := form.fullmatch(text):
            return Destination(kind, found[1])
    return Destination("foreign", text)
