"""What the figures of queues and agents mean: each definition stands here once.

All that shows figures (board, reports, API, commands) counts by this module. Times are whole
microseconds since 1970 in UTC, spans whole microseconds.

- *Short*: abandoned within :data:`SHORT`. It stands apart: of the other figures only ``joined``
  counts it.
- *Service level*: answered in time / (answered + abandoned after that time).
- *Abandon rate*: abandoned / (joined - short - still waiting).
- *ASA* (average speed of answer): mean wait of the answered.
- *AHT* (average handling time): mean of conversation and wrap-up, of the conversations that ended.
- *Occupancy*: (talking + wrap-up) / (talking + wrap-up + ringing + ready).

A stay counts in the quarter hour in which the caller joined; a state in each in which it lasted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeAlias, get_args

from msgspec import Struct
from msgspec.structs import fields

SECOND = 1_000_000
SHORT = 5 * SECOND
QUARTER = 900 * SECOND

How: TypeAlias = Literal[
    "waiting", "answered", "abandoned", "timeout", "full", "empty", "key", "withdrawn", "callback",
    "lost",
]  # fmt: skip
"""How a stay ended. ``full`` and ``empty``: the queue took no callers, or no agent was there any
more. ``key``: the caller left by a key, ``callback``: and is called back. ``withdrawn``: taken out
by an agent or supervisor. ``lost``: no record says how."""
HOWS: tuple[How, ...] = get_args(How)


class Stay(Struct, frozen=True, kw_only=True):
    """The stay of a caller in a queue.

    ``channel``: unique id of the caller's channel; ``call``: the id of our call, "" for one that
    came through no menu. ``queue``: its name in Asterisk. ``left``: end of the wait, None while
    the caller waits. ``agent``: who answered, by login; the interface where it is no agent's.
    ``ended``: end of the conversation with that agent, ``wrap`` the wrap-up after it.
    ``transferred``: the queue or number to which the agent transferred the caller, "" for none.
    ``promised``: the wait announced to the caller last. ``pop``: from the offer to the card.
    """

    id: int = 0
    channel: str
    call: str = ""
    queue: str
    topic: str = ""
    language: str = ""
    number: str = ""
    subscriber: int | None = None
    flow: str = ""
    version: str = ""
    priority: int = 0
    joined: int
    answered: int | None = None
    left: int | None = None
    how: How = "waiting"
    agent: str = ""
    ended: int | None = None
    wrap: int | None = None
    transferred: str = ""
    promised: int | None = None
    pop: int | None = None

    @property
    def waited(self) -> int | None:
        """The wait; None while the caller waits."""
        return None if self.left is None else max(0, self.left - self.joined)

    @property
    def talked(self) -> int | None:
        """The conversation; None if there was none, or it goes on."""
        if self.answered is None or self.ended is None:
            return None
        return max(0, self.ended - self.answered)

    @property
    def short(self) -> bool:
        """Whether the caller abandoned so soon that it counts nowhere else."""
        return self.how == "abandoned" and (self.waited or 0) < SHORT


class Origin(Struct, frozen=True, kw_only=True):
    """From where a caller came into a queue: fields of the :class:`Stay` that begins."""

    call: str = ""
    topic: str = ""
    language: str = ""
    number: str = ""
    subscriber: int | None = None
    flow: str = ""
    version: str = ""
    priority: int = 0


class Figures(Struct, frozen=True, kw_only=True):
    """Sums over stays, and the ratios of them; ratios are None where there is nothing to divide.

    Counts by how stays ended: ``abandoned`` is without ``short``, ``abandoned_late`` are those of
    them after the time in which callers are to be answered. ``handled``: conversations that ended.
    Sums of spans: ``waited_answered``, ``waited_abandoned``, ``talked``, ``wrapped``, ``pop`` (of
    the ``popped`` cards). ``longest``: the longest wait. ``promised``: answered stays with an
    announced wait; ``promise_error``: by how much it was wrong, ``promise_bias``: the announced
    less the real wait.
    """

    joined: int = 0
    waiting: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    abandoned_late: int = 0
    short: int = 0
    timeout: int = 0
    full: int = 0
    empty: int = 0
    key: int = 0
    withdrawn: int = 0
    callback: int = 0
    lost: int = 0
    waited_answered: int = 0
    waited_abandoned: int = 0
    longest: int = 0
    handled: int = 0
    talked: int = 0
    wrapped: int = 0
    transferred: int = 0
    promised: int = 0
    promise_error: int = 0
    promise_bias: int = 0
    popped: int = 0
    pop: int = 0

    @property
    def service_level(self) -> float | None:
        """Of those who were to be answered in time, the part that was: 0 to 1."""
        return ratio(self.in_time, self.answered + self.abandoned_late)

    @property
    def abandon_rate(self) -> float | None:
        """The part of all callers who abandoned: 0 to 1."""
        return ratio(self.abandoned, self.joined - self.short - self.waiting)

    @property
    def asa(self) -> float | None:
        """Average speed of answer, in microseconds."""
        return ratio(self.waited_answered, self.answered)

    @property
    def aht(self) -> float | None:
        """Average handling time, in microseconds: conversation and wrap-up."""
        return ratio(self.talked + self.wrapped, self.handled)

    @property
    def mean_talk(self) -> float | None:
        """Mean conversation, in microseconds."""
        return ratio(self.talked, self.handled)

    @property
    def mean_wrap(self) -> float | None:
        """Mean wrap-up, in microseconds."""
        return ratio(self.wrapped, self.handled)

    @property
    def mean_promise_error(self) -> float | None:
        """By how much the promised waits were wrong in the mean, in microseconds."""
        return ratio(self.promise_error, self.promised)

    @property
    def mean_pop(self) -> float | None:
        """Mean span from the offer to the card, in microseconds."""
        return ratio(self.pop, self.popped)


SUMS: tuple[str, ...] = tuple(one.name for one in fields(Figures))
"""The names of the sums, in their order."""


def figures(stays: Iterable[Stay], in_time: Callable[[str], int]) -> Figures:
    """The figures of stays; ``in_time``: within which span a queue is to be answered."""
    sums: Counter[str] = Counter()
    longest = 0
    for stay in stays:
        sums["joined"] += 1
        longest = max(longest, stay.waited or 0)
        if stay.short:
            sums["short"] += 1
            continue
        sums[stay.how] += 1
        waited = stay.waited or 0
        if stay.how == "answered":
            sums["in_time"] += waited <= in_time(stay.queue)
            sums["waited_answered"] += waited
            _add_conversation(sums, stay, waited)
        elif stay.how == "abandoned":
            sums["abandoned_late"] += waited > in_time(stay.queue)
            sums["waited_abandoned"] += waited
    return Figures(**sums, longest=longest)


def _add_conversation(sums: Counter[str], stay: Stay, waited: int) -> None:
    if stay.talked is not None:
        sums["handled"] += 1
        sums["talked"] += stay.talked
        sums["wrapped"] += stay.wrap or 0
        sums["transferred"] += bool(stay.transferred)
    if stay.promised is not None:
        sums["promised"] += 1
        sums["promise_error"] += abs(stay.promised - waited)
        sums["promise_bias"] += stay.promised - waited
    if stay.pop is not None:
        sums["popped"] += 1
        sums["pop"] += stay.pop


def together(parts: Iterable[Figures]) -> Figures:
    """The figures of several parts as one."""
    sums: Counter[str] = Counter()
    longest = 0
    for part in parts:
        longest = max(longest, part.longest)
        for name in SUMS:
            sums[name] += getattr(part, name)
    sums["longest"] = longest
    return Figures(**sums)


def quarter(at: int) -> int:
    """The beginning of the quarter hour of a time."""
    return at - at % QUARTER


SIGNED_OUT = "signed-out"
"""The state of an agent who is not signed in at the desk, and the reason of that pause."""
ABSENT = frozenset({SIGNED_OUT, "no-queue", "unreachable"})
"""States of agents who are not at work."""


class Span(Struct, frozen=True, kw_only=True):
    """What an agent did from ``since`` to ``until``, None for what they do now.

    ``state``: a name of :data:`ari_app.desk.agents.agent_state.StateName` or :data:`SIGNED_OUT`;
    ``reason``: that of a pause.
    """

    id: int = 0
    agent: str
    state: str
    reason: str = ""
    since: int
    until: int | None = None


def spent(spans: Iterable[Span], since: int, until: int) -> Counter[tuple[str, str, str]]:
    """Agent, state and reason -> how long within a time; what goes on lasts until its end."""
    found: Counter[tuple[str, str, str]] = Counter()
    for span in spans:
        last = until if span.until is None else min(span.until, until)
        within = last - max(span.since, since)
        if within > 0:
            found[span.agent, span.state, span.reason] += within
    return found


def occupancy(spent: Mapping[str, int]) -> float | None:
    """The part of the available time that was work on calls, 0 to 1; ``spent``: state -> span."""
    work = spent.get("talking", 0) + spent.get("wrap-up", 0)
    return ratio(work, work + spent.get("ringing", 0) + spent.get("ready", 0))


def ratio(part: int, whole: int) -> float | None:
    """A part of a whole; None of nothing."""
    return part / whole if whole > 0 else None
