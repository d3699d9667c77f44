"""A context of a plain Asterisk dialplan as menus, as far as text can show what it does.

Understood are Answer, NoOp, Wait, Playback, Background, WaitExten, Read with a variable that
is compared or dialled by a Goto, Goto, GotoIf and ExecIf on that variable, GotoIf on a caller's
number, GotoIfTime, ExecIfTime, Gosub and Macro of steps that go straight on, Queue, Dial,
VoiceMail, Set of the language or of QUEUE_PRIO and Hangup; While, GotoIf and ExecIf on a counter,
whose rounds are written out, as each may lead elsewhere. Anything else is named where it stands:
it is not guessed at.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from ari_app.freepbx import calendar
from ari_app.freepbx.calendar import met
from ari_app.freepbx.circles import break_circles
from ari_app.freepbx.company import Sound
from ari_app.freepbx.dialplan import Context, Step, arguments
from ari_app.freepbx.dialplan_counters import MOST_ROUNDS, PRIORITY, kept
from ari_app.freepbx.dialplan_entries import caller, entries
from ari_app.freepbx.dialplan_inlined import TOO_MANY
from ari_app.freepbx.dialplan_patterns import joined
from ari_app.freepbx.dialplan_steps import Place, language_of
from ari_app.freepbx.dialplan_times import timed
from ari_app.freepbx.draft import DraftMenus, DraftNode, Finding, Plain, Schedule
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.plain_nodes import TRIES, PlainNodes
from ari_app.freepbx.sounds import Prompts, sound_names
from ari_app.freepbx.texts import seconds, whole

_UNKNOWN: Final = "is not understood"
_WHY: Final = {
    **dict.fromkeys(
        ("gosub", "macro"),
        "calls what is not in the file, or does not go straight on: write a flow",
    ),
    **dict.fromkeys(("endwhile", "exitwhile", "continuewhile"), "stands outside of its loop"),
}
"""Why a step is not understood, by its application."""


def menus(
    found: Mapping[str, Context],
    context: str,
    number: str,
    *,
    languages: tuple[str, ...],
    year: int,
    taken: Iterable[str] = (),
) -> DraftMenus:
    """The menus of a context, which begins at ``number``, or at its extension `s`.

    Raises :class:`~ari_app.freepbx.errors.SourceError` for a context that is not there.
    """
    found = joined(found)
    if context not in found:
        known = ", ".join(sorted(name for name, one in found.items() if one.extensions)[:20])
        raise SourceError(f"there is no context {context}: there are {known}")
    start = number if number in found[context].extensions else "s"
    if start not in found[context].extensions:
        raise SourceError(f"[{context}] has neither {number} nor s: name its --number")
    plan = _Plan(found, languages, year, frozenset(taken))
    begin = plan.node(Place(context, start))
    plan.finish()
    begin = plan.made_one(begin)
    plan.findings += [*plan.left_out(), *break_circles(plan.nodes, begin)]
    plan.nodes["farewell"] = DraftNode({"end": "silence-bye"}, [])
    return DraftMenus(
        number.lstrip("+*"),
        (number,),
        tuple(plan.languages),
        begin,
        12,
        plan.nodes,
        plan.schedules,
        plan.lists,
        plan.prompts.made,
        tuple(plan.findings),
        "farewell",
    )


class _Plan(PlainNodes):
    def __init__(
        self,
        found: Mapping[str, Context],
        languages: tuple[str, ...],
        year: int,
        taken: frozenset[str],
    ) -> None:
        super().__init__(found)
        self.year = year
        self.known = languages
        self.languages = [languages[0]]
        self.prompts = Prompts({}, taken)
        self.schedules: dict[str, Schedule] = {}
        self.lists: dict[str, tuple[str, ...]] = {}
        self._hours_of: dict[tuple[str, ...], str] = {}
        self._list_of: dict[str, str] = {}

    def made(self, name: str, place: Place) -> DraftNode:
        """The node of a step, as its application has it."""
        steps = self.steps(place)
        if place.step >= len(steps):
            if steps:
                return DraftNode({"end": "thanks-bye"}, [])
            missing = f"[{place.context}] {place.extension}"
            return self._unknown(name, missing, f"{missing} is not in the file")
        if not steps[place.step].app:
            missing = f"[{place.context}] {place.extension},{steps[place.step].priority}"
            return self._unknown(name, missing, f"{missing} is not in the file")
        step, onward = steps[place.step], place._replace(step=place.step + 1)
        args, what = arguments(step.args), f"[{place.context}] {place.extension}, {step.app}"
        made = {
            "playback": self._playback,
            "background": self._background,
            "read": self._read,
            "waitexten": self._background,
            "queue": self._queue,
            "dial": self._dial,
            "voicemail": self._voicemail,
            "gotoif": self._caller,
            "gotoiftime": self._hours,
            "set": self._language,
        }.get(step.app)
        node = made(step, args, onward) if made else None
        if node is None:
            onward = onward._replace(counts=kept(step, place.counts))
            why = TOO_MANY if place in self.too_many else _WHY.get(step.app, _UNKNOWN)
            if step.app == "while":
                onward, why = self._loop(place._replace(counts=onward.counts))
            elif language := language_of(step):
                why = f"is not known: to speak {language!r}, add it to `languages` of [site]"
            return self._unknown(name, what, f"{step.app}({step.args}) {why}", onward)
        self.findings.append(Finding(what, "", "imported", (name,), "; ".join(node.notes)))
        return node

    def _unknown(self, name: str, what: str, why: str, onward: Place | None = None) -> DraftNode:
        """What is not understood is passed over where the call goes on, else it ends here."""
        self.findings.append(Finding(what, "", "not imported", (name,), why))
        note = f"NOT IMPORTED: {why}."
        steps = self.steps(onward) if onward else []
        if onward is not None and onward.step < len(steps):
            return DraftNode({"set": {"passed": "yes"}, "then": self.node(onward)}, [note])
        return DraftNode({"end": ["operator-left", "thanks-bye"]}, [note])

    def _loop(self, place: Place) -> tuple[Place, str]:
        """The first step in a loop whose rounds are not known, and what is left to do by hand."""
        onward, ends = self.entered(place), self.loop(place)
        if ends is None:
            return onward, "has no EndWhile"
        first, behind = self.node(onward), self.node(place._replace(step=ends[1] + 1))
        return onward, (
            "is a loop whose rounds are not known: here calls go through it one time, from "
            f"{first} to {behind}. If {first} is a menu, write its `attempts`; else lead what goes "
            f"to {behind} back to {first}"
        )

    # Applications.

    def _playback(self, _: Step, args: list[str], onward: Place) -> DraftNode | None:
        sound = sound_names(args[0])
        if not sound:
            return None
        body: dict[str, Plain] = {"say": self.prompts.name(sound), "barge-in": "no"}
        return DraftNode(body | {"then": self.node(onward)}, [])

    def _background(self, step: Step, args: list[str], onward: Place) -> DraftNode | None:
        """A menu of Background and WaitExten, whose keys are extensions."""
        waited = step.app == "waitexten"
        sounds, wait = ([], args[0]) if waited else (list(sound_names(args[0])), "")
        after, to = onward, self.noticed(onward)
        while to[:2] == onward[:2] and after.step <= to.step < len(self.steps(to)):
            one = self.steps(to)[to.step]
            if one.app not in ("background", "waitexten") or (waited and to.counts != after.counts):
                break
            if dict(to.counts).get(PRIORITY) != dict(onward.counts).get(PRIORITY):
                break  # of a key that is pressed later it would be another one
            given = arguments(one.args)[0]
            sounds += sound_names(given) if one.app == "background" else ()
            wait, waited = (given, True) if one.app == "waitexten" else (wait, waited)
            after = to._replace(step=to.step + 1)
            to = self.noticed(after)
        follows = after.step < len(self.steps(after))
        wait = wait or ("2" if follows and not waited else self.timeout("response", after))
        between = self.timeout("digit", after)
        # What is set after the first sound is not known where a key is pressed before it.
        onward = onward._replace(counts=tuple(sorted({*onward.counts} & {*after.counts})))
        extensions = self.found[onward.context].extensions
        # A wrong key never goes on behind: without an `i` the call ends (main/pbx.c, pbx_run).
        ends = after._replace(step=len(self.steps(after)))
        wrong = onward.beginning("i") if "i" in extensions else ends
        # Without a key the next step goes first (main/pbx_builtins.c, pbx_builtin_waitexten).
        silent = after.beginning("t") if "t" in extensions and not follows else after
        return self._menu(tuple(sounds), (wait, between), self.keys(onward), (wrong, silent))

    def _read(self, _: Step, args: list[str], onward: Place) -> DraftNode | None:
        """A menu of Read, and of what its variable is compared with.

        A timeout of its own holds for the first key and between keys (main/app.c of Asterisk,
        ``ast_app_getdata_full``); its attempts are for those who key nothing (apps/app_read.c):
        each is a node, since a wrong key leads on at once."""
        counts = dict(onward.counts)
        tries = counts.pop(TRIES, 0) or min(whole("".join(args[4:5]), 1), MOST_ROUNDS)
        onward = onward._replace(counts=tuple(sorted(counts.items())))
        compared = entries(self, args[0], onward)
        if compared is None:
            return None
        keys, after = compared
        silent = keys.pop("", after)
        if tries > 1:
            again = tuple(sorted({**counts, TRIES: tries - 1}.items()))
            silent = onward._replace(step=onward.step - 1, counts=again)
        own = args[5] if len(args) > 5 and args[5] != "0" else ""
        waits = own or self.timeout("response", onward), own or self.timeout("digit", onward)
        sound = sound_names(args[1] if len(args) > 1 else "")
        return self._menu(sound, waits, keys, (after, silent))

    def _menu(
        self,
        sound: Sound,
        waits: tuple[str, str],
        keys: Mapping[str, Place],
        ends: tuple[Place, Place],
    ) -> DraftNode | None:
        """``waits``: seconds for the first key and between keys; "" for those of Asterisk, 10 and 5
        (main/pbx.c)."""
        if not sound or not keys:
            return None
        body: dict[str, Plain] = {"menu": self.prompts.name(sound)}
        body["keys"] = {key: self.node(to) for key, to in keys.items()}
        wait, between = f"{seconds(waits[0], 10)}s", f"{seconds(waits[1], 5)}s"
        body |= {"unread": list(keys), "wait": wait, "between": between}
        body |= {"attempts": "1", "wrong": "not-understood", "gave-up": self.node(ends[0])}
        unanswered = self.node(ends[1])
        if unanswered != body["gave-up"]:
            body["unanswered"] = unanswered
        return DraftNode(body, [])

    def _queue(self, _: Step, args: list[str], onward: Place) -> DraftNode | None:
        if "${" in args[0]:
            return None
        body: dict[str, Plain] = {"queue": args[0], "on": {"ended": self.goodbye()}}
        limit = args[4] if len(args) > 4 else ""
        notes = [f"its longest wait there was {limit} s: set it for the queue"] if limit else []
        if priority := dict(onward.counts).get(PRIORITY, 0):
            body["priority"] = str(priority)
        return DraftNode(body | {"else": self.node(onward)}, notes)

    def _dial(self, _: Step, args: list[str], onward: Place) -> DraftNode | None:
        targets = args[0].split("&")
        found = re.fullmatch(r"\w+/(?:\w*/)?([0-9*#+]+)(?:@.*)?", targets[0])
        if found is None or "${" in args[0]:
            return None
        ring = seconds(args[1] if len(args) > 1 else "", 30)
        notes = ["it rings one of several phones here: give them a number together"]
        body: dict[str, Plain] = {"dial": found[1], "ring": f"{ring}s"}
        body |= {"on": {"ended": self.goodbye()}, "else": self.node(onward)}
        return DraftNode(body, notes if len(targets) > 1 else [])

    def _voicemail(self, _: Step, args: list[str], onward: Place) -> DraftNode | None:
        box = args[0].partition("@")[0].lstrip("busd")
        if not box.isdigit():
            return None
        note = f"a number must lead to the box: exten => *{box},1,VoiceMail({args[0]})"
        after = self.node(onward)
        return DraftNode({"dial": f"*{box}", "on": {"ended": after}, "else": after}, [note])

    def _hours(self, step: Step, _: list[str], onward: Place) -> DraftNode | None:
        """One question for the hours of steps in a row that lead to the same, such as holidays."""
        if (asked := timed(step)) is None:
            return None
        to, times = self.target(onward, asked.yes) if asked.yes else onward, [asked.time]
        for following in self.steps(onward)[onward.step :] if asked.yes and not asked.no else ():
            one = timed(following)
            same = one and one.yes and not one.no and one.zone == asked.zone
            if not one or not same or self.target(onward, one.yes) != to:
                break
            times.append(one.time)
            onward = onward._replace(step=onward.step + 1)
        notes, key = [f"GotoIfTime {time}" for time in times], (asked.zone, *times)
        name = self._hours_of.setdefault(key, f"hours-{len(self.schedules) + 1}")
        if name not in self.schedules:
            found = calendar.schedule(met(times), self.year)
            until = f"days that move with the year are listed until {found.until}"
            notes += [until] if found.until else []
            self.schedules[name] = Schedule(found, asked.zone, tuple(notes))
        closed = self.target(onward, asked.no) if asked.no else onward
        ways = {"open": self.node(to), "closed": self.node(closed)}
        return DraftNode({"hours": name, **ways}, notes)

    def _caller(self, step: Step, _: list[str], onward: Place) -> DraftNode | None:
        """A comparison of the caller's number with another one."""
        if (compared := caller(step)) is None:
            return None
        number, *ways = compared
        name = self._list_of.setdefault(number, f"callers-{len(self.lists) + 1}")
        self.lists[name] = (number,)
        same, other = (self.node(self.target(onward, to) if to else onward) for to in ways)
        note = f"{number}, if it is no whole number of your country, must be as calls have it here"
        return DraftNode({"branch": "number", "when": {f"in {name}": same}, "else": other}, [note])

    def _language(self, step: Step, _: list[str], onward: Place) -> DraftNode | None:
        code = language_of(step)
        if code not in self.known:
            return None
        if code not in self.languages:
            self.languages.append(code)
        return DraftNode({"language": code, "then": self.node(onward)}, [])
