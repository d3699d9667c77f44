"""The tables of FreePBX's database, whatever they were read from, as a company."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec
from msgspec import json

from ari_app.freepbx.company import (
    DEFAULT_LAST,
    DEFAULT_RETRY,
    LOST,
    Announcement,
    Company,
    Condition,
    Entry,
    Group,
    Ivr,
    Limit,
    Number,
    Passage,
    Queue,
    Route,
    Sound,
    Switch,
    Text,
)
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.texts import said, whole

Row: TypeAlias = Mapping[str, str | None]
Tables: TypeAlias = Mapping[str, list[Row]]

CUSTOM = ("kvstore_FreePBX_modules_Customappsreg", "kvstore")

WANTED = frozenset(
    (
        "announcement", "custom_destinations", "daynight", "featurecodes", "freepbx_settings",
        "incoming", "ivr_details", "ivr_entries", "languages", "miscapps", "miscdests",
        "queueprio", "queues_config", "queues_details", "recordings", "ringgroups", "setcid",
        "timeconditions", "timegroups_details", "users", *CUSTOM,
    )
)  # fmt: skip
"""The tables that say something about menus."""

UNREAD = "unread"
"""The number of a custom destination that cannot be read."""

KEYS = re.compile(r"[0-9*#]{1,10}")


def company(tables: Tables) -> Company:
    """What the rows of FreePBX's tables mean. Raises :class:`SourceError` if they are none."""
    if not {"ivr_details", "incoming"} & tables.keys():
        raise SourceError(
            "no tables of FreePBX are in it: `ivr_details` and `incoming` are missing"
        )
    sounds = {_text(row, "id"): _files(row) for row in tables.get("recordings", ())}
    return Company(
        routes=tuple(_routes(tables)),
        ivrs=dict(_ivrs(tables, sounds)),
        announcements={one.id: one for one in _announcements(tables, sounds)},
        conditions={one.id: one for one in _conditions(tables)},
        queues={one.number: one for one in _queues(tables, sounds)},
        groups={one.number: one for one in _groups(tables)},
        switches={one.id: one for one in _switches(tables)},
        languages=_passages(tables, "languages", "language_id", "lang_code"),
        priorities=_passages(tables, "queueprio", "queueprio_id", "queue_priority"),
        caller_ids=_passages(tables, "setcid", "cid_id", "cid_name"),
        misc={one.id: one for one in _misc(tables)},
        applications={one.number: one for one in _applications(tables)},
        extensions={
            number: Number(number, said(row.get("name")), number)
            for row in tables.get("users", ())
            if (number := _text(row, "extension"))
        },
        custom=dict(_custom(tables)),
        texts={
            _files(row): Text(said(row.get("displayname")), said(row.get("description")))
            for row in tables.get("recordings", ())
        },
    )


def _text(row: Row, key: str, otherwise: str = "") -> str:
    return (row.get(key) or otherwise).strip()


def _count(row: Row, key: str, otherwise: int = 0) -> int:
    return whole(_text(row, key), otherwise)


def _files(row: Row) -> Sound:
    return tuple(each for one in _text(row, "filename").split("&") if (each := one.strip()))


def _sound(row: Row, key: str, sounds: Mapping[str, Sound], default: str = "") -> Sound:
    text = _text(row, key)
    if text == "default" and default:
        return (default,)
    return sounds.get(text) or ((f"{LOST}{text}",) if whole(text) else ())


def _routes(tables: Tables) -> Iterator[Route]:
    for row in tables.get("incoming", ()):
        yield Route(
            _text(row, "extension"),
            _text(row, "cidnum"),
            said(row.get("description")),
            _text(row, "destination"),
        )


def _ivrs(tables: Tables, sounds: Mapping[str, Sound]) -> Iterator[tuple[str, Ivr]]:
    entries: dict[str, dict[str, Entry]] = {}
    ends: dict[tuple[str, str], str] = {}
    for row in tables.get("ivr_entries", ()):
        keys, dest = _text(row, "selection"), _text(row, "dest")
        if keys in ("i", "t"):
            ends[_text(row, "ivr_id"), keys] = dest
        if KEYS.fullmatch(keys):
            found = entries.setdefault(_text(row, "ivr_id"), {})
            found[keys] = Entry(
                keys, dest, _count(row, "ivr_ret") == 1 and dest.startswith("from-did-direct,")
            )
    for row in tables.get("ivr_details", ()):
        number, announcement = _text(row, "id"), _sound(row, "announcement", sounds)
        direct = _text(row, "directdial")
        own = entries.get(number, {})
        yield (
            number,
            Ivr(
                number,
                said(row.get("name")),
                announcement,
                tuple(own[keys] for keys in sorted(own)),
                _limit(row, "invalid", sounds, ends.get((number, "i"))),
                _limit(row, "timeout", sounds, ends.get((number, "t"))),
                wait=_count(row, "timeout_time", 10),
                direct={"ext-local": "all", "Disabled": "", "0": ""}.get(direct, direct),
                mode=_count(row, "strict_dial_timeout", 2),
                after_voicemail=_text(row, "retvm") == "on",
            ),
        )


def _limit(row: Row, what: str, sounds: Mapping[str, Sound], entry: str | None) -> Limit:
    """``entry``: where the entry `i` or `t` leads, which counts where retries are disabled."""
    loops = _count(row, f"{what}_loops", -1)
    if loops < 0:
        return Limit() if entry is None else Limit(0, dest=entry)
    retry = _sound(row, f"{what}_retry_recording", sounds, DEFAULT_RETRY) if loops else ()
    return Limit(
        min(loops, 99),
        retry,
        _count(row, f"{what}_append_announce", 1) == 1 or not retry,
        _sound(row, f"{what}_recording", sounds, DEFAULT_LAST),
        _text(row, f"{what}_destination"),
        _count(row, f"{what}_ivr_ret") == 1,
    )


def _announcements(tables: Tables, sounds: Mapping[str, Sound]) -> Iterator[Announcement]:
    for row in tables.get("announcement", ()):
        repeat = _text(row, "repeat_msg")
        yield Announcement(
            _text(row, "announcement_id"),
            said(row.get("description")),
            _sound(row, "recording_id", sounds),
            _text(row, "post_dest"),
            _count(row, "allow_skip") == 1,
            repeat if KEYS.fullmatch(repeat) else "",
            _count(row, "return_ivr") == 1,
            _count(row, "noanswer") == 1,
        )


def _conditions(tables: Tables) -> Iterator[Condition]:
    times: dict[str, list[str]] = {}
    for row in tables.get("timegroups_details", ()):
        times.setdefault(_text(row, "timegroupid"), []).append(_text(row, "time"))
    for row in tables.get("timeconditions", ()):
        zone = _text(row, "timezone")
        calendar = _text(row, "mode", "time-group") != "time-group"
        yield Condition(
            _text(row, "timeconditions_id"),
            said(row.get("displayname")),
            () if calendar else tuple(times.get(_text(row, "time"), ())),
            _text(row, "truegoto"),
            _text(row, "falsegoto"),
            "" if zone == "default" else zone,
            calendar,
        )


def _queues(tables: Tables, sounds: Mapping[str, Sound]) -> Iterator[Queue]:
    for row in tables.get("queues_config", ()):
        menu = _text(row, "ivr_id")
        yield Queue(
            _text(row, "extension"),
            said(row.get("descr")),
            _text(row, "dest"),
            _count(row, "maxwait"),
            menu if menu.isdigit() and menu != "0" else "",
            _sound(row, "joinannounce_id", sounds),
            (row.get("grppre") or "").strip(),
        )


def _groups(tables: Tables) -> Iterator[Group]:
    for row in tables.get("ringgroups", ()):
        yield Group(
            _text(row, "grpnum"),
            said(row.get("description")),
            _text(row, "grplist"),
            _count(row, "grptime", 20),
            _text(row, "postdest"),
        )


def _switches(tables: Tables) -> Iterator[Switch]:
    found: dict[str, dict[str, str]] = {}
    for row in tables.get("daynight", ()):
        found.setdefault(_text(row, "ext"), {})[_text(row, "dmode")] = _text(row, "dest")
    for number, one in found.items():
        name = said(one.get("fc_description", ""))
        yield Switch(number, name, one.get("day", ""), one.get("night", ""))


def _passages(tables: Tables, table: str, key: str, value: str) -> dict[str, Passage]:
    rows = tables.get(table, ())
    return {
        _text(row, key): Passage(
            _text(row, key), said(row.get("description")), _text(row, value), _text(row, "dest")
        )
        for row in rows
    }


def _misc(tables: Tables) -> Iterator[Number]:
    for row in tables.get("miscdests", ()):
        dialled = _text(row, "destdial")
        if dialled.startswith("{"):
            module, _, feature = dialled.strip("{}").partition(":")
            dialled = _code(tables, module, feature) or dialled
        yield Number(_text(row, "id"), said(row.get("description")), dialled)


def _applications(tables: Tables) -> Iterator[Number]:
    for row in tables.get("miscapps", ()):
        number = _text(row, "miscapps_id")
        dialled = _code(tables, "miscapps", f"miscapp_{number}") or _text(row, "ext")
        yield Number(number, said(row.get("description")), dialled, _text(row, "dest"))


def _code(tables: Tables, module: str, feature: str) -> str:
    """The feature code in force, or "" for one that is missing or switched off."""
    for row in tables.get("featurecodes", ()):
        if (row.get("modulename"), row.get("featurename")) == (module, feature):
            code = _text(row, "customcode") or _text(row, "defaultcode")
            return code if _count(row, "enabled") else ""
    return ""


class _Custom(msgspec.Struct):
    """A custom destination as the kvstore has it. ``destret``: it comes back, and goes on to
    ``dest``."""

    target: str | None = None
    description: str | None = None
    destret: str | int | bool | None = None
    dest: str | None = None


def _custom(tables: Tables) -> Iterator[tuple[str, Number]]:
    rows: Iterable[Row] = (row for name in CUSTOM for row in tables.get(name, ()))
    for row in rows:
        module = row.get("module") or "Customappsreg"
        if row.get("id") == "dests" and module.endswith("Customappsreg"):
            number = _text(row, "key")
            try:
                one = json.decode(row.get("val") or "", type=_Custom)
            except (msgspec.DecodeError, RecursionError):
                yield number, Number(number, "", UNREAD)
                continue
            back = (one.dest or "") if str(one.destret) in ("1", "True") else ""
            yield number, Number(number, said(one.description), back, one.target or "")
    for row in tables.get("custom_destinations", ()):
        target = _text(row, "custom_dest")
        yield target, Number(target, said(row.get("description")), "", target)
