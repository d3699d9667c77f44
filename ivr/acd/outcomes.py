"""What became of calls in the end: the definitions beside :mod:`ivr.acd.figures`.

- *Repeated*: an answered call whose number joined a queue again, in another call, within
  :data:`REPEAT` of the answer.
- *First-contact rate*: contacts that the agent noted as solved at once / contacts of the answered.
- *Containment*: calls that ended in the menus and joined no queue / calls that ended.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ivr.acd.figures import SECOND, ratio

REPEAT = 7 * 86400 * SECOND
WAITS = tuple(n * SECOND for n in (5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600))
"""The ends of the classes of waits that are counted apart; the last class has none."""
WAIT_LASTS = len(WAITS) + 1
"""The number of the class of those who wait still, of whom no one knows how long it will be."""


class Contacts(Struct, frozen=True):
    """What became of those who were answered: how many called again within :data:`REPEAT`, of how
    many there is a contact that says whether it was solved, and how many of those were."""

    answered: int = 0
    repeated: int = 0
    noted: int = 0
    solved: int = 0

    @property
    def repeat_rate(self) -> float | None:
        """The part of the answered who called again: 0 to 1."""
        return ratio(self.repeated, self.answered)

    @property
    def first_contact_rate(self) -> float | None:
        """The part of the contacts that were solved at once: 0 to 1."""
        return ratio(self.solved, self.noted)


class MenuCalls(Struct, frozen=True):
    """Calls through the menus that ended, and how many of them joined a queue."""

    ended: int = 0
    queued: int = 0

    @property
    def contained(self) -> int:
        """How many ended in the menus."""
        return self.ended - self.queued

    @property
    def containment(self) -> float | None:
        """The part that ended in the menus: 0 to 1."""
        return ratio(self.contained, self.ended)


class NodeCalls(Struct, frozen=True):
    """How many calls passed a node of the menus, and how many ended there and joined no queue."""

    flow: str
    node: str
    passed: int
    gone: int


class Surveyed(Struct, frozen=True):
    """Callers who were asked how they were served, and how many answered; ``marks``: question ->
    how many answers, and their mean as a part of the best one, 0 to 1. ``by_text``: how many of
    ``asked`` were asked by text, the others by keys; ``text_answered``: of these, who answered."""

    asked: int = 0
    answered: int = 0
    marks: Mapping[str, tuple[int, float]] = {}
    by_text: int = 0
    text_answered: int = 0

    @classmethod
    def of(cls, parts: Iterable["Surveyed"]) -> "Surveyed":
        """All of them together."""
        sums: dict[str, tuple[int, float]] = {}
        counts = [0, 0, 0, 0]
        for one in parts:
            added = (one.asked, one.answered, one.by_text, one.text_answered)
            counts = [sum(both) for both in zip(counts, added, strict=True)]
            for name, (count, mean) in one.marks.items():
                before, sum_ = sums.get(name, (0, 0.0))
                sums[name] = (before + count, sum_ + count * mean)
        marks = {name: (count, total / count) for name, (count, total) in sums.items()}
        asked, answered, by_text, text_answered = counts
        return cls(asked, answered, marks, by_text, text_answered)
