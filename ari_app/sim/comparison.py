"""What other menus would have done to recorded calls: each call, and all together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from ari_app.sim.follow import Pressed
from ari_app.sim.replay import Run, heard, person, reached
from ivr.events import Keyed, Said
from ivr.tape import Hidden

Verdict: TypeAlias = Literal["same", "another", "lost", "unknown", "not-replayed"]
"""``same``: the call ends where it did, and came to the same. ``another``: it ends elsewhere.
``lost``: what the caller came to before is not reached, nor people. ``unknown``: it needs an
answer that is not on its tape. ``not-replayed``: it cannot be replayed."""

VERDICTS: dict[Verdict, str] = {
    "same": "same end",
    "another": "another end",
    "lost": "lost",
    "unknown": "not known",
    "not-replayed": "not replayed",
}


class Elsewhere(Struct, frozen=True):
    """A key that leads elsewhere: the node where it was pressed, and the one it led to."""

    key: str
    was: str
    now: str


class Seconds(Struct, frozen=True):
    """Seconds from the beginning of a call, before and after; None if it was not reached."""

    before: float | None = None
    after: float | None = None


class Compared(Struct, frozen=True, omit_defaults=True):
    """A call before and after; ``why`` it is not known, or not replayed.

    ``goal``: what the caller came to last of all: a queue, an operation, or else a node.
    ``elsewhere``: the first key that leads elsewhere.
    """

    call: str
    verdict: Verdict
    was: str = ""
    now: str = ""
    goal: str = ""
    to_goal: Seconds = Seconds()
    to_person: Seconds = Seconds()
    elsewhere: Elsewhere | None = None
    why: str = ""


def compared(call: str, before: Run, after: Run, pressed: Sequence[Pressed]) -> Compared:
    """A call that was replayed."""
    goal, at = _goal(before)
    came = {**dict(heard(after)), **dict(reached(after))}
    people = Seconds(person(before), person(after))
    if after.how == "unknown":
        verdict: Verdict = "unknown"
    elif (before.end, _names(before)) == (after.end, _names(after)) and goal in came:
        verdict = "same"
    elif after.how in ("lost", "fault") or (goal not in came and people.after is None):
        verdict = "lost"
    else:
        verdict = "another"
    return Compared(
        call,
        verdict,
        before.end,
        after.end,
        goal,
        Seconds(at, came.get(goal)),
        people,
        _first_elsewhere(before, after, pressed),
        after.why if verdict in ("unknown", "lost") else "",
    )


def _names(found: Run) -> list[str]:
    return [what for what, _ in reached(found)]


def _goal(found: Run) -> tuple[str, float]:
    """What the caller came to last, and when: not what runs before they press a key."""
    keys = [turn.at for turn in found.turns if isinstance(turn.event, Keyed | Said)]
    came = [(what, at) for what, at in reached(found) if keys and at >= keys[0]]
    came = came or list(heard(found))
    return came[-1] if came else ("", 0.0)


def _first_elsewhere(before: Run, after: Run, pressed: Iterable[Pressed]) -> Elsewhere | None:
    for one in pressed:
        if one.after >= len(after.turns):
            break
        was, now = _led(before, one.before), _led(after, one.after)
        if was != now:
            return Elsewhere(_key(before, one.before), was, now)
    return None


def _led(found: Run, at: int) -> str:
    """From which node to which one an answer led."""
    here = found.turns[at].session
    if at + 1 < len(found.turns):
        there = found.turns[at + 1].session
        to = f"{there.flow}/{there.node}"
    else:
        to = "the end" if found.how in ("ended", "gone") else "/".join(found.spot)
    return f"{here.flow}/{here.node} -> {to}"


def _key(found: Run, at: int) -> str:
    turn = found.turns[at]
    if isinstance(turn.taped, Hidden):
        return "secret" if turn.taped.sealed else f"{turn.taped.length} digits"
    if isinstance(turn.event, Said):
        return turn.event.words
    return turn.event.digits if isinstance(turn.event, Keyed) else ""


class Summary(Struct, frozen=True):
    """All calls together. ``elsewhere``: keys that lead elsewhere, each with its calls; ``whys``:
    why calls were lost, are not known or not replayed; mean ``to_goal`` and ``to_person`` of the
    calls that reach it before and after."""

    calls: int
    verdicts: dict[Verdict, int]
    ends: list[tuple[str, str, int]]
    elsewhere: list[tuple[Elsewhere, int]]
    whys: list[tuple[Verdict, str, int]]
    to_goal: Seconds
    to_person: Seconds


def summary(calls: Sequence[Compared]) -> Summary:
    """What became of all calls."""
    by = Counter(one.verdict for one in calls)
    moved = Counter((one.was, one.now) for one in calls if one.was != one.now)
    keys = Counter(one.elsewhere for one in calls if one.elsewhere is not None)
    whys = Counter((one.verdict, one.why) for one in calls if one.why)
    return Summary(
        len(calls),
        {verdict: by[verdict] for verdict in VERDICTS},
        [(was, now, count) for (was, now), count in moved.most_common()],
        keys.most_common(),
        [(verdict, why, count) for (verdict, why), count in whys.most_common()],
        _mean([one.to_goal for one in calls]),
        _mean([one.to_person for one in calls]),
    )


def _mean(times: Iterable[Seconds]) -> Seconds:
    both = [
        (one.before, one.after) for one in times if one.before is not None and one.after is not None
    ]
    if not both:
        return Seconds()
    before, after = (sum(each) / len(both) for each in zip(*both, strict=True))
    return Seconds(round(before, 1), round(after, 1))
