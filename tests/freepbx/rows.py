"""FreePBX's rows of random small companies, and what FreePBX does with a call, by its own rules.

Nothing of the import is used: the rules are those of FreePBX 17's modules, as the dialplan that
they write has them.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import TypeAlias

Rows: TypeAlias = dict[str, list[dict[str, str]]]

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
DAYS = tuple(str(day) for day in range(1, 32))
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
KEYS = "0123456789*#"
NUMBER = "2700000"
DESTINATIONS = (
    *(f"ivr-{number},s,1" for number in (1, 2, 3)),
    *(f"app-announcement-{number},s,1" for number in (1, 2)),
    *(f"timeconditions,{number},1" for number in (1, 2, 3)),
    *("ext-queues,400,1", "ext-group,600,1", "ext-miscdests,1,1", "app-queueprio,1,1"),
    *("from-did-direct,201,1", "from-did-direct,202,1", "app-daynight,0,1", ""),
    *("ext-local,vmb201,1", "ext-local,vmu202,1", "app-blackhole,hangup,1"),
)
STEPS = 60
"""After so many steps without an end a call goes round for ever."""


def company(chance: Random) -> Rows:
    """The rows of a company with three IVRs."""

    def somewhere() -> str:
        return chance.choice(DESTINATIONS)

    rows: Rows = {"ivr_details": [], "ivr_entries": []}
    rows["recordings"] = [
        {"id": str(number), "displayname": f"r{number}", "filename": f"custom/rec-{number}"}
        for number in range(1, 8)
    ]
    for number in ("1", "2", "3"):
        row = {"id": number, "name": f"m{number}", "announcement": number, "timeout_time": "5"}
        row |= {"retvm": chance.choice(("", "on")), "strict_dial_timeout": "2"}
        loops = chance.choice(("disabled", "0", "1", "2"))
        for what in ("invalid", "timeout"):
            row |= {
                f"{what}_loops": loops,
                f"{what}_retry_recording": chance.choice(("", "default", "4")),
                f"{what}_append_announce": chance.choice("01"),
                f"{what}_recording": chance.choice(("", "default")),
                f"{what}_destination": somewhere(),
                f"{what}_ivr_ret": chance.choice("001"),
            }
        rows["ivr_details"].append(row)
        own = [*chance.sample(KEYS, chance.randrange(1, 5)), *chance.choice(("", "", "i", "t"))]
        rows["ivr_entries"] += [
            {
                "ivr_id": number,
                "selection": key,
                "dest": somewhere(),
                "ivr_ret": chance.choice("01"),
            }
            for key in own
        ]
    rows["announcement"] = [
        {"announcement_id": number, "description": "a", "recording_id": f"{5 + int(number)}"}
        | {"post_dest": somewhere(), "return_ivr": chance.choice("01")}
        for number in ("1", "2")
    ]
    rows["timegroups_details"] = [
        {"timegroupid": number, "time": _time(chance)}
        for number in ("1", "2", "3")
        for _ in range(chance.randrange(1, 4))
    ]
    rows["timeconditions"] = [
        {"timeconditions_id": number, "time": chance.choice((number, number, number, "0"))}
        | {"truegoto": somewhere(), "falsegoto": somewhere(), "timezone": "default"}
        for number in ("1", "2", "3")
    ]
    rows["queues_config"] = [
        {"extension": "400", "descr": "", "maxwait": "", "dest": somewhere(), "ivr_id": "none"}
    ]
    rows["ringgroups"] = [{"grpnum": "600", "grplist": "201-202", "postdest": somewhere()}]
    rows["users"] = [
        {"extension": number, "name": "", "voicemail": "novm", "ringtimer": "0"}
        for number in ("201", "202")
    ]
    rows["miscdests"] = [{"id": "1", "description": "", "destdial": "80291234567"}]
    rows["daynight"] = [
        {"ext": "0", "dmode": mode, "dest": somewhere()} for mode in ("day", "night")
    ]
    rows["queueprio"] = [{"queueprio_id": "1", "queue_priority": "5", "dest": somewhere()}]
    rows["incoming"] = [{"extension": NUMBER, "cidnum": "", "destination": "ivr-1,s,1"}]
    return rows


def _time(chance: Random) -> str:
    def some(names: Sequence[str]) -> str:
        first, last = chance.choice(names), chance.choice(names)
        return chance.choice(("*", first, f"{first}-{last}"))

    minutes = [f"{hour:02}:{minute}" for hour in range(24) for minute in ("00", "30", "59")]
    return "|".join(map(some, (minutes, WEEKDAYS, DAYS, MONTHS)))


def matches(time: str, at: datetime) -> bool:
    """Whether GotoIfTime takes a moment; each part may wrap, and its end is included."""
    minutes, weekdays, days, months = time.split("|")
    weekday = WEEKDAYS[(at.weekday() + 1) % 7]
    return (
        _within(f"{at:%H:%M}", minutes, [f"{n // 60:02}:{n % 60:02}" for n in range(1440)])
        and _within(weekday, weekdays, WEEKDAYS)
        and _within(str(at.day), days, DAYS)
        and _within(MONTHS[at.month - 1], months, MONTHS)
    )


def _within(value: str, text: str, names: Sequence[str]) -> bool:
    if text == "*":
        return True
    first, _, last = text.partition("-")
    begin, end, here = (names.index(each) for each in (first, last or first, value))
    return begin <= here <= end if begin <= end else here >= begin or here <= end


class Call:
    """A call of somebody who keys ``keys``, one at each question, "" for silence; queues time out,
    and who is called hangs up first. ``open``: it asks for more keys; ``endless``: it goes
    round for ever; ``mixed``: silences and wrong keys were in one IVR, which count apart here."""

    def __init__(self, rows: Rows, at: datetime, keys: Sequence[str]) -> None:
        self.heard: list[str] = []
        self.open = self.endless = self.mixed = False
        self.at, self.keys = at, keys
        self._rows, self._left = rows, iter(keys)
        self._last = self._priority = ""
        self._before: dict[str, str] = {}
        dest = rows["incoming"][0]["destination"]
        for _ in range(STEPS):
            dest = self._step(dest)
            if not dest or dest.startswith("app-blackhole"):
                return
        self.endless = True

    def _row(self, table: str, key: str, value: str) -> dict[str, str]:
        return next(row for row in self._rows[table] if row[key] == value)

    def _step(self, dest: str) -> str:
        kind, key, _ = dest.split(",")
        if found := re.fullmatch(r"ivr-(\d)", kind):
            return self._ivr(found[1], entered=key == "s")
        if kind.startswith("app-announcement-"):
            row = self._row("announcement", "announcement_id", kind[17:])
            self.heard.append(f"announcement {kind[17:]}")
            back = row["return_ivr"] == "1" and self._last
            return f"{self._last},return,1" if back else row["post_dest"]
        match kind:
            case "timeconditions":
                row = self._row("timeconditions", "timeconditions_id", key)
                times = self._rows["timegroups_details"]
                own = [one["time"] for one in times if one["timegroupid"] == row["time"]]
                met = any(matches(time, self.at) for time in own)
                return row["truegoto" if met else "falsegoto"]
            case "ext-queues":
                self.heard.append(f"queue {key} {self._priority}")
                return self._row("queues_config", "extension", key)["dest"]
            case "app-daynight":
                return self._row("daynight", "dmode", "day")["dest"]
            case "app-queueprio":
                self._priority = "5"
                return self._rows["queueprio"][0]["dest"]
            case "ext-local":
                self.heard.append(f"dial *{key[3:]}")
                back = self._last and self._row("ivr_details", "id", self._last[4:])["retvm"]
                return f"{self._last},return,1" if back else ""
            case "ext-miscdests":
                key = self._row("miscdests", "id", key)["destdial"]
        self.heard.append(f"dial {key}")
        return ""

    def _ivr(self, number: str, *, entered: bool) -> str:
        name, row = f"ivr-{number}", self._row("ivr_details", "id", number)
        if entered:
            self._before[name] = self._last
        self._last = name
        self.heard.append(name)
        own = {e["selection"]: e for e in self._rows["ivr_entries"] if e["ivr_id"] == number}
        kinds = set[str]()
        for failures, key in enumerate(self._left, 1):
            what, end = ("invalid", "i") if key else ("timeout", "t")
            if key and (entry := own.get(key)):
                return self._keyed(name, entry)
            kinds.add(what)
            self.mixed |= len(kinds) > 1
            if row[f"{what}_loops"] == "disabled":
                return own[end]["dest"] if end in own else ""
            if failures > int(row[f"{what}_loops"]):
                back = row[f"{what}_ivr_ret"] == "1" and self._before[name]
                return f"{back},return,1" if back else row[f"{what}_destination"]
        self.open = True
        return ""

    def _keyed(self, name: str, entry: dict[str, str]) -> str:
        dest = entry["dest"]
        if entry["ivr_ret"] != "1" or not dest.startswith("from-did-direct"):
            return dest
        if before := self._before[name]:
            return f"{before},return,1"
        self.heard.append(f"dial {dest.split(',')[1]}")
        return f"{name},return,1"


def without_repeats(heard: Sequence[str]) -> Iterator[str]:
    """What was heard; the same IVR in a row is one: it is asked again, or comes to itself."""
    for place, one in enumerate(heard):
        if not (one.startswith("ivr") and place and heard[place - 1] == one):
            yield one
